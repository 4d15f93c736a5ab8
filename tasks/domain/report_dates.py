"""The report date of a joint inspection (联合督查) and its units: when each is reminded of it, of which cases, and why."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pandas as pd

from tasks.domain.deadlines import Limit, LimitUnit
from tasks.domain.escalation_record import latest_match
from tasks.domain.frames import label
from tasks.domain.inspections import Key
from tasks.domain.workdays import WorkdayCalendar


class Stage(StrEnum):
    """Why a unit is reminded: the date is near, or it has passed without a report."""

    NEAR = "near"
    PASSED = "passed"


STAGE_LABELS: Mapping[Stage, str] = {Stage.NEAR: "临近报告期限", Stage.PASSED: "报告期限已过"}


@dataclass(frozen=True, slots=True)
class ReportReminder:
    """What one unit is reminded of: an inspection's report date, and the open cases that it answers for."""

    document_id: str
    unit_id: str
    report_by: date
    stage: Stage
    cases: tuple[Key, ...]

    @property
    def key(self) -> str:
        """What keeps the reminder single: once for each date and stage, however often it is worked out."""
        return f"{self.document_id}|{self.unit_id}|{self.stage}|{self.report_by}"


def reminded_from(report_by: date, before: Limit, calendar: WorkdayCalendar) -> date:
    """Return the day from which a report date is near; ``before`` is in days or workdays."""
    if before.unit is LimitUnit.WORKDAYS:
        return calendar.add_workdays(report_by, -before.count)
    return report_by - timedelta(days=before.count)


def stage_on(report_by: date, as_of: date, before: Limit, calendar: WorkdayCalendar) -> Stage | None:
    """Return why ``as_of`` calls for a reminder; None while the date is far. On the day itself it has not passed."""
    if as_of > report_by:
        return Stage.PASSED
    return Stage.NEAR if as_of >= reminded_from(report_by, before, calendar) else None


def called_for(inspected: pd.DataFrame, as_of: date, before: Limit, calendar: WorkdayCalendar) -> pd.DataFrame:
    """Return the open cases (``INSPECTED``) of inspections without a report that call for a reminder, with its ``stage``."""
    waiting = inspected[inspected["reported_on"].isna() & inspected["closed_on"].isna()]
    stages = [stage_on(day.date(), as_of, before, calendar) for day in waiting["report_by"]]
    rows = waiting.assign(stage=pd.Series(stages, index=waiting.index, dtype="object"))
    return rows[rows["stage"].notna()].reset_index(drop=True)


def report_reminders(
    called: pd.DataFrame,
    answering: pd.DataFrame,
    silences: pd.DataFrame,
    explanations: pd.DataFrame,
    as_of: date,
    unknown: Collection[tuple[str, str]] = (),
) -> list[ReportReminder]:
    """Return who is reminded of what: the units that answer for the cases ``called_for``.

    ``answering`` has proposal_id, occurrence and unit_id. A silence holds a case's reminders, an explanation the one after
    the date, each through its last day; ``unknown`` (document_id, unit_id) are those of whom an earlier mail may have left.
    """
    rows = called.merge(answering, on=["proposal_id", "occurrence"], validate="m:m").assign(duty="")
    today = pd.Timestamp(as_of)
    silenced = latest_match(rows, silences[silences["until"] >= today], "until")["until"].notna()
    explained = latest_match(rows, explanations[explanations["until"] >= today], "until")["until"].notna()
    is_held = silenced | (explained & (rows["stage"] == Stage.PASSED))
    return [
        ReportReminder(
            str(document_id), str(unit_id), own["report_by"].iloc[0].date(), own["stage"].iloc[0], _keys(own)
        )
        for (document_id, unit_id), own in rows[~is_held.to_numpy()].groupby(["document_id", "unit_id"])
        if (document_id, unit_id) not in unknown
    ]


def _keys(rows: pd.DataFrame) -> tuple[Key, ...]:
    keys = zip(rows["proposal_id"].astype(str), rows["occurrence"].astype(int), strict=True)
    return tuple(sorted(keys))


def explain_reports(
    mine: pd.DataFrame,
    before: Limit,
    calendar: WorkdayCalendar,
    as_of: date,
    told: Collection[Mapping[str, Any]],
    units: Mapping[str, str],
) -> str:
    """Return, in Chinese, when the units of one proposal's inspections (``INSPECTED``) are reminded, and what they were told.

    ``told`` are its reminders in the outbox: document_id, unit_id, as_of, state. Empty where it was never inspected.
    """
    lines = []
    for row in mine.to_dict("records"):
        due = row["report_by"].date()
        lines.append(f"  {row['document_id']}:报告期限 {due},{_standing(row, due, as_of)}")
        first = reminded_from(due, before, calendar)
        lines.append(f"    提醒责任单位 {first}(期限前{before.label})、{due + timedelta(days=1)}(期限次日)起,各一次")
        lines += [
            f"    {one['as_of']} {label('message_state', one['state'])} {units.get(one['unit_id'], one['unit_id'])}"
            for one in told
            if one["document_id"] == row["document_id"] and one["as_of"] <= as_of
        ]
    return "\n".join(["联合督查:", *lines]) if lines else ""


def _standing(row: Mapping[Any, Any], due: date, as_of: date) -> str:
    for column, word in (("reported_on", "已报告"), ("closed_on", "已销号")):
        if row[column] <= pd.Timestamp(as_of):
            return f"{row[column].date()} {word},不再提醒"
    return "已过期限,未报告" if as_of > due else "未报告"
