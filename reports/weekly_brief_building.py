"""The week's frames turned into what the weekly brief says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from reports.circular_content import Rate
from reports.weekly_brief_content import DueItem, LateUnit, Moved, Wait, WeeklyContent
from tasks.domain.frames import EventKind, Facts, Grade, Kind, State
from tasks.domain.history import overall_grade
from tasks.domain.ranking_measures import DONE, latest_sessions
from tasks.domain.records import unit_names
from tasks.domain.week import Move, coming, late_units, moves, opinions_awaited, returns_awaited

SHORT = {str(Kind.DEPUTY_SUGGESTION): "建议", str(Kind.CPPCC_PROPOSAL): "提案"}
OFFICE = "督查室"


@dataclass(frozen=True, slots=True)
class WeekFrames:
    """Two days of one jurisdiction: the obligations of ``since`` and of ``as_of``, and the facts known on ``as_of``.

    ``backlog`` are the proposals in the backlog, ``backlog_before`` those of ``since`` (None: not known).
    """

    facts: Facts
    before: pd.DataFrame
    now: pd.DataFrame
    since: date
    as_of: date
    until: date
    backlog: frozenset[str]
    backlog_before: frozenset[str] | None
    duty_labels: Mapping[str, str]


def weekly_content(
    frames: WeekFrames, masthead: str, issuer: str, serial_no: int, dated_on: date, waits: Sequence[Wait]
) -> WeeklyContent:
    """Return what the brief says; ``waits`` are those that only the office's own ledger knows."""
    current = set(latest_sessions(frames.facts, frames.as_of))
    now, before = (_replies(owed) for owed in (frames.now, frames.before))
    late = now["state"] == State.OVERDUE
    is_current = now["proposal_id"].isin(current)
    owing = now[is_current & (now["state"] != State.EXCUSED)]
    moved = moves(frames.before, frames.now)
    replies = moved[moved["duty"] == "reply"]
    fresh = None if frames.backlog_before is None else len(frames.backlog - frames.backlog_before)
    return WeeklyContent(
        masthead=masthead,
        issuer=issuer,
        serial_no=serial_no,
        since=frames.since,
        as_of=frames.as_of,
        until=frames.until,
        dated_on=dated_on,
        progress=Rate(int(owing["state"].isin(DONE).sum()), len(owing)),
        overdue=int((late & is_current).sum()),
        overdue_before=int(((before["state"] == State.OVERDUE) & before["proposal_id"].isin(current)).sum()),
        overdue_earlier=int((late & ~is_current).sum()),
        moved=_moved(moved, frames.duty_labels),
        replied=int(replies["move"].isin([Move.DONE, Move.DONE_LATE]).sum()),
        caught_up=int((replies["move"] == Move.DONE_LATE).sum()),
        newly_overdue=int((replies["move"] == Move.FELL_OVERDUE).sum()),
        dissatisfied=_dissatisfied(frames),
        undone=int((moved["move"] == Move.UNDONE).sum()),
        backlog=len(frames.backlog),
        new_backlog=fresh,
        due=_due(frames),
        late=_late(frames, moved),
        waits=(*waits, *_waits(frames)),
    )


def _replies(owed: pd.DataFrame) -> pd.DataFrame:
    plain = owed.astype({"duty": "str", "state": "str", "proposal_id": "str"})
    return plain[plain["duty"] == "reply"]


def _moved(moved: pd.DataFrame, labels: Mapping[str, str]) -> tuple[Moved, ...]:
    """Return what moved by duty, in the order of the rule book; what was freed or undone is told in words."""
    counted = moved.groupby(["duty", "move"]).size()
    kinds = (Move.DONE, Move.DONE_LATE, Move.FELL_OVERDUE)
    rows = (Moved(label, *(int(counted.get((duty, str(kind)), 0)) for kind in kinds)) for duty, label in labels.items())
    return tuple(row for row in rows if row.done or row.done_late or row.fell_overdue)


def _dissatisfied(frames: WeekFrames) -> int:
    """Return how many forms of the week found a reply wanting."""
    events = frames.facts.events
    in_week = events["happened_on"].gt(pd.Timestamp(frames.since)) & events["happened_on"].le(
        pd.Timestamp(frames.as_of)
    )
    forms = events[in_week & (events["kind"].astype("str") == EventKind.FEEDBACK)]
    return int((overall_grade(forms["value"]) == Grade.DISSATISFIED).sum()) if len(forms) else 0


def _due(frames: WeekFrames) -> tuple[DueItem, ...]:
    rows = coming(frames.now, frames.as_of, frames.until)
    about = frames.facts.proposals.set_index("proposal_id").loc[rows["proposal_id"].astype("str")]
    titles = about["title"].mask(about["is_confidential"].fillna(False).astype(bool))
    columns = (
        rows["last_on"],
        _cases(about),
        titles,
        unit_names(frames.facts.units, rows["unit_id"]),
        rows["duty"].astype("str").map(frames.duty_labels),
    )
    return tuple(
        DueItem(day.date(), case, None if pd.isna(title) else str(title), unit, duty)
        for day, case, title, unit, duty in zip(*columns, strict=True)
    )


def _cases(about: pd.DataFrame) -> list[str]:
    pairs = zip(about.index, about["kind"].astype("str"), about["number"], strict=True)
    return [f"{SHORT[kind]}第{number}号" if pd.notna(number) else str(key) for key, kind, number in pairs]


def _late(frames: WeekFrames, moved: pd.DataFrame) -> tuple[LateUnit, ...]:
    rows = late_units(frames.now)
    fresh = moved.loc[moved["move"] == Move.FELL_OVERDUE, "unit_id"].value_counts()
    columns = (
        unit_names(frames.facts.units, rows["unit_id"]),
        rows["replies"],
        rows["others"],
        rows["unit_id"].map(fresh).fillna(0),
        rows["longest"],
    )
    return tuple(LateUnit(name, *map(int, counts)) for name, *counts in zip(*columns, strict=True))


def _waits(frames: WeekFrames) -> list[Wait]:
    """Return who waits in the source: units for the office, lead units for their co-units, proposers for units."""
    asked, late = returns_awaited(frames.facts, frames.as_of), opinions_awaited(frames.now)
    again = frames.now.astype({"duty": "str", "state": "str"})
    again = again[(again["duty"] == "second_reply") & (again["state"] == State.OVERDUE)]
    return [
        *_pairs(frames, asked.assign(who=asked["unit_id"]), "days", OFFICE, "退办申请待决定"),
        *_pairs(
            frames, late.assign(who=late["lead"], whom=late["unit_id"]), "days_late", None, "协办意见逾期，答复因此未定"
        ),
        *_pairs(
            frames, again.assign(whom=again["unit_id"]), "days_late", None, "评价不满意，再次答复逾期", "代表、委员"
        ),
    ]


def _pairs(
    frames: WeekFrames, rows: pd.DataFrame, days: str, whom: str | None, what: str, who: str | None = None
) -> list[Wait]:
    """Return a line for each pair of one who waits and one waited for, the most things first."""
    names = {side: unit_names(frames.facts.units, rows[side]) for side in ("who", "whom") if side in rows}
    told = rows.assign(who=names.get("who", who), whom=names.get("whom", whom), longest=rows[days].astype(int))
    found = told.groupby(["who", "whom"]).agg(n=("longest", "size"), m=("longest", "max")).reset_index()
    ordered = found.sort_values(["n", "m", "who", "whom"], ascending=[False, False, True, True])
    return [Wait(str(row.who), str(row.whom), what, int(row.n), int(row.m)) for row in ordered.itertuples(index=False)]
