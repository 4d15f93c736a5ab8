"""What a brief tells a leader about the key proposals that they lead: cases, what is late, what falls due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from reports.official import chinese_date
from tasks.domain.cases import CONCLUDED, REPLIED
from tasks.domain.frames import Facts, Outcome, State, label
from tasks.domain.records import unit_names
from tasks.domain.repeats import session_years

NOT_OWED = "—"


@dataclass(frozen=True, slots=True)
class KeyDuty:
    """Something that is owed on a case: by whom, what, by when; ``days`` late or left. A provisional day says so."""

    unit: str
    duty: str
    last_on: date
    days: int
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class KeyCase:
    """A key proposal as the brief shows it; a confidential one has no ``title``."""

    name: str
    title: str | None
    unit: str
    plan: str
    progress: str
    is_replied: bool
    is_concluded: bool
    is_dissatisfied: bool
    is_planned: bool
    late: tuple[KeyDuty, ...] = ()
    soon: tuple[KeyDuty, ...] = ()
    next: KeyDuty | None = None


@dataclass(frozen=True, slots=True)
class BriefContent:
    """Everything that a leader's brief (领办专报) says."""

    masthead: str
    issuer: str
    salutation: str
    serial_no: int
    as_of: date
    dated_on: date
    ahead_days: int
    cases: tuple[KeyCase, ...]
    with_plan: int
    owing_plan: int

    @property
    def late(self) -> tuple[KeyCase, ...]:
        """The cases of which something is late."""
        return tuple(case for case in self.cases if case.late)

    @property
    def soon(self) -> tuple[KeyCase, ...]:
        """The cases of which something falls due soon."""
        return tuple(case for case in self.cases if case.soon)


def key_cases(
    rows: pd.DataFrame,
    duties: pd.DataFrame,
    facts: Facts,
    labels: Mapping[str, str],
    as_of: date,
    ahead_days: int,
) -> tuple[KeyCase, ...]:
    """Return the cases of ``rows`` (``KEY_PROPOSALS``) in their order, with what is still owed (``KEY_DUTIES``).

    Numbers come again every year: those of an earlier session have their year.
    """
    secret = facts.proposals.loc[facts.proposals["is_confidential"].fillna(False).astype(bool), "proposal_id"]
    named = duties.assign(unit=unit_names(facts.units, duties["unit_id"]), label=duties["duty"].map(labels))
    units = unit_names(facts.units, rows["lead_unit_id"].fillna(""))
    years = session_years(facts)
    latest = years.max()
    last_soon = pd.Timestamp(as_of) + pd.Timedelta(days=ahead_days)
    cases = []
    for row, unit in zip(rows.to_dict("records"), units, strict=True):
        own = named[named["proposal_id"] == row["proposal_id"]]
        late = own[own["state"] == State.OVERDUE]
        waiting = own[own["state"].isin([State.OPEN, State.DUE_SOON])]
        soon = _duties(waiting[waiting["last_on"] <= last_soon], "days_left")
        title = None if row["proposal_id"] in set(secret) else str(row["title"])
        year = years.get(row["proposal_id"])
        of_year = "" if pd.isna(year) or year == latest else f"{year}年"
        row |= {"name": of_year + _number(row)}
        cases.append(_case(row, unit, title, _duties(late, "days_late"), soon, _duties(waiting.head(1), "days_left")))
    return tuple(cases)


def _case(
    row: dict[Any, Any],
    unit: str,
    title: str | None,
    late: tuple[KeyDuty, ...],
    soon: tuple[KeyDuty, ...],
    coming: tuple[KeyDuty, ...],
) -> KeyCase:
    return KeyCase(
        name=row["name"],
        title=title,
        unit=unit or NOT_OWED,
        plan=_plan(row),
        progress=_progress(row),
        is_replied=pd.notna(row["replied_on"]),
        is_concluded=row["stage"] == CONCLUDED,
        is_dissatisfied=row["satisfaction"] == "dissatisfied",
        is_planned=row["outcome"] == Outcome.PLANNED,
        late=late,
        soon=soon,
        next=coming[0] if coming else None,
    )


def _number(row: dict[Any, Any]) -> str:
    number = str(row["number"])
    return label("kind", row["kind"]) + (f"第{number}号" if number.isdigit() else number)


def _plan(row: dict[Any, Any]) -> str:
    """Return how the plan stands, in a few words."""
    if pd.isna(row["plan_state"]):
        return NOT_OWED
    if pd.notna(row["planned_on"]):
        return f"{short_day(row['planned_on'])}制定"
    return {str(State.OVERDUE): "逾期未制定", str(State.EXCUSED): "免予制定"}.get(row["plan_state"], "正在制定")


def _progress(row: dict[Any, Any]) -> str:
    """Return how far the case is, in a few words."""
    parts = [f"{short_day(row['replied_on'])}答复" if pd.notna(row["replied_on"]) else row["stage"]]
    parts += [label("outcome", row["outcome"])] if pd.notna(row["outcome"]) else []
    parts += [f"反馈{label('grade', row['satisfaction'])}"] if pd.notna(row["satisfaction"]) else []
    if row["stage"] not in (CONCLUDED, REPLIED, parts[0]):
        parts.append(row["stage"])
    return "，".join(parts)


def short_day(day: date) -> str:
    """Return the day as a table shows it."""
    return f"{day.year}.{day.month}.{day.day}"


def _duties(rows: pd.DataFrame, days: str) -> tuple[KeyDuty, ...]:
    return tuple(
        KeyDuty(
            row["unit"],
            row["label"] + (f"（第{row['round']}次）" if row["round"] > 1 else ""),
            row["last_on"].date(),
            int(row[days]),
            bool(row["is_provisional"]),
        )
        for row in rows.to_dict("records")
    )


def due_day(duty: KeyDuty) -> str:
    """Return the last day as people write it, marked where it is provisional."""
    return chinese_date(duty.last_on) + ("（暂定）" if duty.is_provisional else "")
