"""Explain one proposal's dates and states from the last snapshot."""

from __future__ import annotations

from datetime import date, datetime

from tasks.adapters.ledger import documents, inspections, office_mails, outbox
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.domain.errors import ConfigurationError
from tasks.domain.explanation import explain
from tasks.domain.ladder_explanation import explain_levels
from tasks.domain.report_dates import explain_reports
from tasks.escalate import backlog_of, ladder_of
from tasks.export import computed_day
from tasks.shelve import inspection_terms


def explain_proposal(
    jurisdiction: str, proposal_id: str, as_of: date | None, known_at: datetime | None, now: datetime
) -> str:
    """Return, in Chinese, why each date, state and level of the proposal is what it is; unknown ids are wrong use."""
    workplace = open_workplace(jurisdiction)
    day = computed_day(workplace, as_of, known_at, now)
    known_on = known_at.astimezone(workplace.jurisdiction.zone).date() if known_at else None
    rules, calendar = workplace.jurisdiction.rules, workplace.calendar(known_on)
    try:
        dates = explain(day.facts, day.obligations, rules, calendar, proposal_id, day.as_of, known_at)
    except KeyError:
        raise ConfigurationError(
            f"地区 {jurisdiction}", f"{day.as_of} 没有编号为 {proposal_id!r} 的建议提案", "请用 cases 导出台账查编号。"
        ) from None
    owed = day.obligations[day.obligations["proposal_id"] == proposal_id]
    labels = day.facts.units.set_index("unit_id")["name"].to_dict() | rules.labels
    history = outbox.history(workplace.ledger, jurisdiction)
    found = backlog_of(workplace, day.facts, day.obligations, day.as_of)
    told = explain_levels(owed, ladder_of(workplace), calendar, day.as_of, labels, history, found)
    inspected = _inspections_of(workplace, proposal_id, day.as_of, labels)
    return "\n\n".join(part for part in (dates, told, inspected) if part)


def _inspections_of(workplace: Workplace, proposal_id: str, as_of: date, units: dict[str, str]) -> str:
    terms = inspection_terms(workplace)
    rows = inspections.inspected(workplace.ledger, workplace.name)
    own = rows[rows["proposal_id"] == proposal_id]
    dated = {one: documents.by_id(workplace.ledger, workplace.name, one).dated_on for one in own["document_id"]}
    mine = own[own["document_id"].map(dated) <= as_of]
    if terms is None or mine.empty:
        return ""
    mails = office_mails.told_mails(workplace.ledger, workplace.name)
    told = [mail for mail in mails if proposal_id in {key[0] for key in mail["cases"]}]
    return explain_reports(mine, terms.remind_units, workplace.calendar(), as_of, told, units)
