"""Joint inspections (联合督查): which cases one takes on, when, what it asks, and what of it is late."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tasks.domain.backlog import Standing
from tasks.domain.backlog_criteria import Criterion
from tasks.domain.deadlines import Limit, due_on
from tasks.domain.frames import Column, EventKind, FrameSpec
from tasks.domain.notices import Addressee
from tasks.domain.workdays import WorkdayCalendar

Key = tuple[str, int]
INSPECTED = FrameSpec(
    "inspected",
    "联合督查情况",
    ("document_id", "proposal_id", "occurrence"),
    (
        Column("document_id", "text", "督查方案", required=True),
        Column("proposal_id", "text", "编号", required=True),
        Column("occurrence", "integer", "第几次列入", required=True),
        Column("leader", "text", "牵头领导", required=True),
        Column("starts_on", "date", "督查开始", required=True),
        Column("ends_on", "date", "督查结束", required=True),
        Column("report_by", "date", "报告期限", required=True),
        Column("reported_on", "date", "报告日期"),
        Column("found_on", "date", "核查日期"),
        Column("found", "text", "核查情况"),
        Column("deadline", "date", "整改期限"),
        Column("closed_on", "date", "销号日期"),
    ),
)


@dataclass(frozen=True, slots=True)
class InspectionTerms:
    """How this office inspects: who leads and who comes along, when, how many cases at a time, what is asked.

    ``starts_after`` counts from the day of drafting, ``lasts`` from the first day, ``report_within`` from the last;
    ``remind_every`` from the day on which a report was due, ``remind_units`` (days or workdays) back from that day.
    ``copied_to`` are the leaders who get a copy.
    """

    leader: str
    members: tuple[str, ...]
    copied_to: tuple[Addressee, ...]
    starts_after: Limit
    lasts: Limit
    report_within: Limit
    remind_every: Limit
    remind_units: Limit
    most: int
    questions: Mapping[Criterion, tuple[str, ...]]

    def asked(self, criteria: Collection[Criterion]) -> tuple[str, ...]:
        """Return what is asked about a case that meets these criteria, each question once."""
        return tuple(dict.fromkeys(text for one in Criterion if one in criteria for text in self.questions[one]))


@dataclass(frozen=True, slots=True)
class Schedule:
    """The days of an inspection, and the day by which its report is due."""

    starts_on: date
    ends_on: date
    report_by: date


def scheduled(drafted_on: date, terms: InspectionTerms, calendar: WorkdayCalendar) -> Schedule:
    """Return the days of an inspection drafted on that day; its first and last day are workdays."""
    starts = calendar.roll(due_on(drafted_on, terms.starts_after, calendar))
    ends = calendar.roll(due_on(starts, terms.lasts, calendar))
    return Schedule(starts, ends, due_on(ends, terms.report_within, calendar))


def chosen(reviewed: pd.DataFrame, busy: Collection[Key], most: int) -> list[Key]:
    """Return the cases to inspect next: those that meet most criteria, the oldest first; ``most`` at the most.

    Left out are cases that wait to be closed, and those ``busy``: in a plan that waits for its signature, or in an
    inspection that has not reported yet.
    """
    met = reviewed[reviewed["standing"].isin([Standing.NEW, Standing.STILL])]
    ordered = met.assign(weight=-met["met_now"].str.split(";").str.len()).sort_values(
        ["weight", "since", "proposal_id", "occurrence"], kind="stable"
    )
    keys = [(str(one), int(other)) for one, other in zip(ordered["proposal_id"], ordered["occurrence"], strict=True)]
    return [key for key in keys if key not in busy][:most]


def running(inspected: pd.DataFrame) -> set[Key]:
    """Return the cases of inspections (``INSPECTED``) that have not reported yet."""
    rows = inspected[inspected["reported_on"].isna()]
    return {(str(one), int(other)) for one, other in zip(rows["proposal_id"], rows["occurrence"], strict=True)}


def late_reports(inspected: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return, one row an inspection, those whose report was due before ``as_of`` and is not there."""
    rows = inspected[inspected["reported_on"].isna() & (inspected["report_by"] < pd.Timestamp(as_of))]
    return rows.drop_duplicates("document_id").reset_index(drop=True)


def lapsed_deadlines(inspected: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the cases whose deadline, set by an inspection, passed before ``as_of`` while they are still open."""
    is_over = inspected["deadline"] < pd.Timestamp(as_of)
    return inspected[is_over & inspected["closed_on"].isna()].reset_index(drop=True)


def reminder_no(due: date, as_of: date, every: Limit, calendar: WorkdayCalendar) -> int:
    """Return how many reminders are due by ``as_of`` of what was due on ``due``: the first on the day after, then each limit.

    0 while it is not late.
    """
    count, day = 0, due
    while day < as_of:
        count, day = count + 1, due_on(day, every, calendar)
    return count


def under_inspection(events: pd.DataFrame) -> set[str]:
    """Return the proposals that the source says are being inspected jointly: opened, and not closed since."""
    kinds = (EventKind.JOINT_INSPECTION_OPENED, EventKind.JOINT_INSPECTION_CLOSED)
    rows = events[events["kind"].isin(list(map(str, kinds)))]
    last = rows.sort_values(["happened_on", "event_id"], kind="stable").drop_duplicates("proposal_id", keep="last")
    return set(last.loc[last["kind"] == EventKind.JOINT_INSPECTION_OPENED, "proposal_id"])
