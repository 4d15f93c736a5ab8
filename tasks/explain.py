"""Explain one proposal's dates and states from the last snapshot."""

from __future__ import annotations

from datetime import date, datetime

from tasks.adapters.workplace import open_workplace
from tasks.domain.errors import ConfigurationError
from tasks.domain.explanation import explain
from tasks.export import computed_day


def explain_proposal(
    jurisdiction: str, proposal_id: str, as_of: date | None, known_at: datetime | None, now: datetime
) -> str:
    """Return, in Chinese, why each date and state of the proposal is what it is; unknown ids are wrong use."""
    workplace = open_workplace(jurisdiction)
    day = computed_day(workplace, as_of, known_at, now)
    known_on = known_at.astimezone(workplace.jurisdiction.zone).date() if known_at else None
    rules, calendar = workplace.jurisdiction.rules, workplace.calendar(known_on)
    try:
        return explain(day.facts, day.obligations, rules, calendar, proposal_id, day.as_of, known_at)
    except KeyError:
        raise ConfigurationError(
            f"地区 {jurisdiction}", f"{day.as_of} 没有编号为 {proposal_id!r} 的建议提案", "请用 cases 导出台账查编号。"
        ) from None
