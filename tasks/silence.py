"""Silences and explanations on the command line."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tasks.adapters.ledger import silences
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.domain.errors import ConfigurationError


def add_silence(
    jurisdiction: str,
    unit_id: str | None,
    proposal_id: str | None,
    duty: str | None,
    until: date,
    why: str,
    by: str,
    now: datetime,
) -> int:
    """Hold every step that the scope covers through ``until`` and return the silence's number."""
    workplace = open_workplace(jurisdiction)
    _known_duty(workplace, duty)
    scope = {"unit_id": unit_id, "proposal_id": proposal_id, "duty": duty}
    local = now.astimezone(workplace.jurisdiction.zone)
    return silences.add_silence(workplace.ledger, jurisdiction, until=until, why=why, by=by, now=local, **scope)


def list_silences(jurisdiction: str, today: datetime) -> str:
    """Return one line a silence, the newest first: number, scope, last day, whether it still holds, by whom and why."""
    workplace = open_workplace(jurisdiction)
    day = today.astimezone(workplace.jurisdiction.zone).date()
    rows = silences.list_silences(workplace.ledger, jurisdiction)
    return "\n".join(_line(row, day) for row in rows) or "没有静默"


def end_silence(jurisdiction: str, number: int, by: str, now: datetime) -> None:
    """End a silence before its day."""
    silences.end_silence(open_workplace(jurisdiction).ledger, jurisdiction, number, by, now)


def add_explanation(
    jurisdiction: str,
    proposal_id: str,
    unit_id: str,
    duty: str | None,
    text: str,
    explained_on: date | None,
    until: date | None,
    by: str,
    now: datetime,
) -> int:
    """Record a unit's explanation, of today if no day is given, and return its number."""
    workplace = open_workplace(jurisdiction)
    _known_duty(workplace, duty)
    local = now.astimezone(workplace.jurisdiction.zone)
    return silences.add_explanation(
        workplace.ledger,
        jurisdiction,
        proposal_id,
        unit_id,
        text,
        explained_on=explained_on or local.date(),
        until=until,
        by=by,
        now=local,
        duty=duty,
    )


def _known_duty(workplace: Workplace, duty: str | None) -> None:
    known = workplace.jurisdiction.rules.labels
    if duty is not None and duty not in known:
        raise ConfigurationError("--duty", f"没有事项 {duty!r}", f"可用事项:{sorted(known)}。")


def _line(row: dict[str, Any], day: date) -> str:
    scope = " ".join(
        f"{name} {row[column]}"
        for name, column in (("单位", "unit_id"), ("编号", "proposal_id"), ("事项", "duty"))
        if row[column]
    )
    state = f"{row['ended_by']}已结束" if row["ended_at"] else "已到期" if row["until"] < day else "生效中"
    return f"{row['silence_id']}  {scope}  至 {row['until']}({state})  {row['why']}({row['by']})"
