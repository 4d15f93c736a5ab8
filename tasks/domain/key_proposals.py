"""Key proposals (重点、领导领办): where each stands, what is due next, what is late; and on which days a leader is told."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tasks.domain.cases import WITHDRAWN
from tasks.domain.deadlines import Limit, due_on
from tasks.domain.frames import CASES, Column, Facts, FrameSpec, State
from tasks.domain.history import known
from tasks.domain.repeats import session_years
from tasks.domain.workdays import WorkdayCalendar

PENDING = tuple(map(str, (State.OPEN, State.DUE_SOON)))
UNMET = (*PENDING, str(State.OVERDUE), str(State.SUSPENDED))
PLAN = "plan"
FROM_CASES = ("kind", "number", "title", "lead_unit_id", "stage", "replied_on", "outcome", "satisfaction")
KEY_PROPOSALS = FrameSpec(
    "key_proposals",
    "重点建议提案",
    ("proposal_id",),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("led_by", "text", "领办领导"),
        *(CASES.column(name) for name in FROM_CASES),
        Column("plan_state", "category", "办理方案", values=tuple(map(str, State))),
        Column("planned_on", "date", "方案制定日期"),
        Column("next_duty", "text", "下一步"),
        Column("next_on", "date", "下一步期限"),
        Column("late", "integer", "逾期事项", required=True),
        Column("most_days_late", "integer", "最长逾期天数"),
    ),
)
KEY_DUTIES = FrameSpec(
    "key_duties",
    "重点建议提案待办事项",
    ("proposal_id", "unit_id", "duty", "round"),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("duty", "text", "事项", required=True),
        Column("round", "integer", "轮次", required=True),
        Column("state", "category", "状态", required=True, values=tuple(map(str, State))),
        Column("last_on", "date", "期限", required=True),
        Column("is_provisional", "boolean", "暂定", required=True),
        Column("days_left", "integer", "剩余天数"),
        Column("days_late", "integer", "逾期天数"),
    ),
)


@dataclass(frozen=True, slots=True)
class Cadence:
    """A leader is told on ``starts_on`` and then every so often; on a day off, the next workday."""

    starts_on: date
    every: Limit


def key_proposals(
    facts: Facts, obligations: pd.DataFrame, cases: pd.DataFrame, as_of: date, duties: Collection[str] | None = None
) -> pd.DataFrame:
    """Return ``KEY_PROPOSALS``: key or led proposals of the latest session, and earlier ones of which something is still owed.

    ``obligations`` and ``cases`` are those of the same facts and day; only ``duties`` (None: all) are looked at for what is
    owed, due next and late. Withdrawn proposals are left out. Sorted by leader (those without one last), then by what is late.
    """
    now = known(facts, as_of).proposals
    chosen = now[now["is_key"].fillna(False).astype(bool) | (now["led_by"].fillna("").str.strip() != "")]
    years, open_duties = session_years(known(facts, as_of)), key_duties(obligations, chosen["proposal_id"], duties)
    year = chosen["proposal_id"].map(years)
    followed = (year == years.max()) | chosen["proposal_id"].isin(open_duties["proposal_id"])
    rows = chosen.loc[followed, ["proposal_id", "led_by"]].merge(
        cases[["proposal_id", *FROM_CASES]], on="proposal_id", validate="1:1"
    )
    rows = rows[rows["stage"] != WITHDRAWN].set_index("proposal_id", drop=False)
    rows = rows.join(_plans(obligations)).join(_next(open_duties)).join(_late(open_duties))
    rows = rows.assign(late=rows["late"].fillna(0), led_by=rows["led_by"].str.strip().replace("", None))
    order = ["led_by", "late", "most_days_late", "proposal_id"]
    return KEY_PROPOSALS.typed(
        rows.reset_index(drop=True).sort_values(order, ascending=[True, False, False, True]).reset_index(drop=True)
    )


def key_duties(
    obligations: pd.DataFrame, proposal_ids: pd.Series, duties: Collection[str] | None = None
) -> pd.DataFrame:
    """Return ``KEY_DUTIES``: what is still owed on these proposals of these duties (None: all), the earliest last day first."""
    owed = obligations.astype(dict.fromkeys(("proposal_id", "unit_id", "duty", "state"), "str"))
    rows = owed[owed["proposal_id"].isin(proposal_ids) & owed["state"].isin(UNMET)]
    rows = rows if duties is None else rows[rows["duty"].isin(list(duties))]
    rows = rows.assign(last_on=rows["extended_to"].fillna(rows["due_on"]))
    return KEY_DUTIES.typed(rows.sort_values(["last_on", *KEY_DUTIES.key], kind="stable").reset_index(drop=True))


def _plans(obligations: pd.DataFrame) -> pd.DataFrame:
    """Return by proposal the state of its plan; the worst where several units owe one."""
    owed = obligations.loc[obligations["duty"] == PLAN, ["proposal_id", "state", "met_on"]]
    owed = owed.astype({"proposal_id": "str", "state": "str"})
    rank = owed["state"].map({str(State.OVERDUE): 0, str(State.OPEN): 1, str(State.DUE_SOON): 1}).fillna(2)
    worst = owed.assign(rank=rank).sort_values(["rank", "met_on"], kind="stable").drop_duplicates("proposal_id")
    return worst.set_index("proposal_id")[["state", "met_on"]].set_axis(["plan_state", "planned_on"], axis=1)


def _next(duties: pd.DataFrame) -> pd.DataFrame:
    waiting = duties[duties["state"].isin(PENDING)].drop_duplicates("proposal_id").set_index("proposal_id")
    return waiting[["duty", "last_on"]].set_axis(["next_duty", "next_on"], axis=1)


def _late(duties: pd.DataFrame) -> pd.DataFrame:
    late = duties[duties["state"] == State.OVERDUE].groupby("proposal_id")["days_late"]
    return late.agg(late="size", most_days_late="max")


def brief_due(cadence: Cadence, calendar: WorkdayCalendar, as_of: date) -> date | None:
    """Return the newest day on or before ``as_of`` on which a brief was due, moved to a workday; None before the first.

    >>> from tasks.domain.workdays import WorkdayCalendar
    >>> plain = WorkdayCalendar([], [], date(2079, 12, 31))
    >>> brief_due(Cadence(date(2026, 3, 2), Limit.parse("14 days")), plain, date(2026, 4, 1))
    datetime.date(2026, 3, 30)
    """
    found, day, count = None, calendar.roll(cadence.starts_on), 0
    while day <= as_of:
        found, count = day, count + 1
        day = due_on(cadence.starts_on, _times(cadence.every, count), calendar)
    return found


def _times(limit: Limit, count: int) -> Limit:
    return Limit(limit.count * count, limit.unit)


@dataclass(frozen=True, slots=True)
class LeaderOffice:
    """Where a leader's brief goes: whose office (``name``, ``email``), how it addresses the leader, its own cadence if any."""

    salutation: str
    name: str = ""
    email: str = ""
    cadence: Cadence | None = None


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """The terms of the briefs: what stands on top, how often, how many days ahead they look, and the leaders by ``led_by``.

    ``duties`` are those that a leader is told of.
    """

    masthead: str
    cadence: Cadence
    ahead_days: int
    duties: tuple[str, ...]
    leaders: Mapping[str, LeaderOffice]

    def office_of(self, leader: str) -> LeaderOffice:
        """Return where that leader's brief goes; nowhere but the office for one that the terms do not name."""
        return self.leaders.get(leader, LeaderOffice(leader.replace(" ", "")))

    def cadence_of(self, leader: str) -> Cadence:
        """Return how often that leader is told."""
        return self.office_of(leader).cadence or self.cadence
