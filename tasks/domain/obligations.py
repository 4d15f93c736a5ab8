"""Who owes what by when, under which article, and its state on a day.

One frame carries the system: this unit owes this act on this proposal by this day. Overdue, backlog, rates, notices and
publication are views of it. Everything works on arrays; no loop runs over proposals. A day is a sweep of one day, so a
backfilled day and the run of that day are one computation.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from tasks.domain.chronicle import Chronicle, Moments, Sighting, chronicle, sighted
from tasks.domain.course import (
    ROLES,
    Course,
    Ints,
    Mask,
    days_of,
    packed,
    running_count,
    small_days,
    starts_of_runs,
    suspensions,
)
from tasks.domain.dues import Dues, dated
from tasks.domain.frames import LABELS, OBLIGATIONS, EndReason, Facts
from tasks.domain.rules import Duty, Excuse, RuleBook, RuleValue
from tasks.domain.sweep import Sweep, named
from tasks.domain.triggers import triggered
from tasks.domain.workdays import WorkdayCalendar

COLUMNS = (*OBLIGATIONS.names, "assignment_id", "reason")

# So many proposals, times the moments that can change one, are worked on together: enough to amortise the calls on arrays,
# few enough that these stay small.
BLOCK = 60_000
MOST_CHANGES = 12

# Why a row is excused; "" is not excused. The first that applies is given.
WITHDRAWN, ENDED = "撤回", "交办终止"
EXCUSES = {Excuse.MERGED: "并案办理", Excuse.NO_REPLY_NEEDED: "无需书面答复", Excuse.NOT_DISCLOSED: "不予公开"}
REASONS = ("", WITHDRAWN, *(LABELS["end_reason"][reason] for reason in EndReason), ENDED, *EXCUSES.values())

Columns = dict[str, Any]
Rules = tuple[RuleValue, ...]


def obligations(
    facts: Facts, rules: RuleBook, calendar: WorkdayCalendar, as_of: date, known_at: datetime | None = None
) -> pd.DataFrame:
    """Return every obligation that exists on ``as_of`` with its state on that day.

    One row per (proposal_id, unit_id, duty, round), sorted by it (duties in the rule book's order); the columns are those
    of ``frames.OBLIGATIONS`` plus ``assignment_id`` and ``reason`` (why a row is excused). Text columns are categorical.
    Facts dated after ``as_of`` do not exist; with ``known_at``, nor do facts recorded later.

    Raises ``ConfigurationError`` when a duty has no limit in force on an assignment's day.
    """
    if not rules.active_duties:
        return OBLIGATIONS.empty().assign(assignment_id=pd.Series(dtype="str"), reason=pd.Series(dtype="str"))
    return swept(facts, rules, calendar, Moments.of([as_of], [known_at])).on(as_of)


def swept(facts: Facts, rules: RuleBook, calendar: WorkdayCalendar, moments: Moments) -> Sweep:
    """Return the obligations of all these moments; each is what ``obligations`` returns for its day and known_at.

    The rule book has at least one active duty. A proposal is worked on once for every moment that knows more of it than the one before.
    """
    seen = sighted(chronicle(facts), moments)
    size = BLOCK // min(len(moments), MOST_CHANGES)
    count = len(seen.of.proposal_ids)
    starts = range(0, max(count, 1), size)
    blocks = (_block(seen, rules, calendar, first, min(first + size, count)) for first in starts)
    rows, values = _gathered(blocks, len(starts))
    names = Names.of(seen.of)
    del seen  # the rows are as large as it is
    duties = rules.active_duties
    soon = {duty.duty: duty.due_soon_days for duty in duties}
    return Sweep(moments.days, calendar, soon, _rows(rows, values, names, moments, rules))


@dataclass(frozen=True, slots=True)
class Names:
    """What the codes of proposals, units and assignments stand for; ``id_rank`` is by assignment of the chronicle."""

    proposals: pd.Series
    units: pd.Series
    assignments: pd.Series
    id_rank: Ints

    @classmethod
    def of(cls, whole: Chronicle) -> Names:
        """Return the names of a chronicle."""
        return cls(whole.proposal_ids, whole.unit_ids, whole.assignment_ids, whole.id_rank)


def _block(seen: Sighting, rules: RuleBook, calendar: WorkdayCalendar, first: int, last: int) -> tuple[Columns, Rules]:
    """Return the rows of proposals ``first`` to ``last`` (exclusive) as codes, sorted, and the rules that they index."""
    proposal, moment = seen.changes(first, last)
    now = seen.course(proposal, moment)
    found = [dated(triggered(duty, now), now, rules, calendar) for duty in rules.active_duties]
    rows = _in_order(found, now)
    follows = np.append(proposal[1:] == proposal[:-1], False)
    until = np.where(follows, np.append(moment[1:], 0), len(seen.moments))
    case = rows.pop("case")
    joint = tuple(value for due in found for value in due.rules)
    if len(seen.moments) == 1:
        return rows, joint
    return _merged(rows | {"first": moment[case].astype(np.int32), "until": until[case].astype(np.int32)}), joint


def _gathered(blocks: Iterable[tuple[Columns, Rules]], count: int) -> tuple[Columns, Rules]:
    """Return the rows of ``count`` blocks one after another, and the rules that they index.

    Each column lies in one piece from the start: joined at the end, the blocks' own arrays would leave as much memory in
    holes. What is not written to takes none.
    """
    whole: Columns = {}
    joint: Rules = ()
    filled = room = 0
    for rows, joint in blocks:  # noqa: B007 - all blocks name the same rules
        size = len(rows["duty"])
        if not whole or filled + size > room:
            room = max(2 * room, filled + 2 * count * size)
            whole = {name: _wider(whole[name][:filled] if whole else column[:0], room) for name, column in rows.items()}
        for name in list(rows):
            whole[name][filled : filled + size] = rows.pop(name)
        filled += size
    return {name: column[:filled] for name, column in whole.items()}, joint


def _wider(column: np.ndarray[Any, Any], room: int) -> np.ndarray[Any, Any]:
    wider = np.empty(room, column.dtype)
    wider[: len(column)] = column
    return wider


def _in_order(found: list[Dues], now: Course) -> Columns:
    """Return the obligations of all duties sorted by case, unit, duty and start, numbered by round."""
    sizes = [len(due) for due in found]
    duty = np.repeat(np.arange(len(found)), sizes)
    position = _joined(found, "position")
    pair = np.cumsum(starts_of_runs(now.case) | starts_of_runs(now.unit)) - 1
    owner = pair[position] * len(found) + duty
    order = np.argsort(packed(owner, _joined(found, "starts")), kind="stable")
    position, duty = position[order], duty[order]
    # The reply that answers the first dissatisfaction is already the second.
    first_round = np.array([due.first_round for due in found], dtype=np.int64)[duty]
    offset = np.repeat(np.cumsum([0, *(len(due.rules) for due in found)])[:-1], sizes)
    met = _joined(found, "met")[order]
    is_open = np.isnat(met)
    reason = np.concatenate([_reason_codes(due.duty, now)[due.position] for due in found])[order]
    return {
        "case": now.case[position],
        "proposal_id": now.proposal[position].astype(np.int32),
        "unit_id": now.unit[position].astype(np.int32),
        "duty": duty.astype(np.int8),
        "round": (running_count(owner[order]) + first_round - 1).astype(np.int32),
        "role": now.role[position].astype(np.int8),
        "starts_on": small_days(_joined(found, "starts")[order]),
        "due_on": small_days(_joined(found, "due")[order]),
        "extended_to": small_days(_joined(found, "extended")[order]),
        "met_on": small_days(met),
        "rule": (_joined(found, "rule") + offset)[order].astype(np.int32),
        "assignment_id": now.row[position].astype(np.int32),
        "reason": np.where(is_open, reason, 0).astype(np.int8),
        "is_suspended": _is_suspended(now)[position] & is_open & (reason == 0),
    }


def _joined(found: list[Dues], name: str) -> np.ndarray[Any, Any]:
    return np.concatenate([getattr(due, name) for due in found])


def _merged(rows: Columns) -> Columns:
    """Return the rows with stretches that follow one another without a difference made one; sorted by key, then day."""
    identity = ("proposal_id", "unit_id", "duty", "round", "first")
    order = np.lexsort([rows[name] for name in reversed(identity)])
    rows = {name: values[order] for name, values in rows.items()}
    new = np.ones(len(order), bool)
    new[1:] = rows["first"][1:] != rows["until"][:-1]
    for name, values in rows.items():
        if name not in ("first", "until"):
            new[1:] |= values[1:] != values[:-1]
    last = np.append(new[1:], True)[: len(new)]
    return {name: values[new] for name, values in rows.items()} | {"until": rows["until"][last]}


def _reason_codes(duty: Duty, now: Course) -> Ints:
    """Return for each assignment the code of the reason that excuses it from ``duty``; 0 where none does."""
    facts = {
        Excuse.MERGED: now.matters.is_merged,
        Excuse.NO_REPLY_NEEDED: now.matters.needs_no_reply,
        Excuse.NOT_DISCLOSED: now.matters.is_withheld,
    }
    code = np.where(now.end > 0, now.end + 1, 0).astype(np.int64)
    for excuse in sorted(duty.excused_when, reverse=True):
        holds = facts[excuse][now.proposal]
        code = np.where((code == 0) & holds, REASONS.index(EXCUSES[excuse]), code)
    return np.where(now.is_withdrawn, REASONS.index(WITHDRAWN), code)


def _is_suspended(now: Course) -> Mask:
    """Return which assignments are suspended on the last known day."""
    out = np.zeros(len(now), bool)
    for begun, ended in suspensions(now):
        out |= ~np.isnat(begun) & np.isnat(ended)
    return out


def _rows(rows: Columns, values: Rules, names: Names, moments: Moments, rules: RuleBook) -> pd.DataFrame:
    """Return the rows as a frame, with codes replaced by names and moments by days; they are taken apart one by one."""
    frame = {
        **_stretches(rows, moments),
        "proposal_id": named(rows.pop("proposal_id"), names.proposals),
        "unit_id": named(rows.pop("unit_id"), names.units),
        "duty": named(rows.pop("duty"), [duty.duty for duty in rules.active_duties]),
        "round": rows.pop("round"),
        "role": pd.Categorical.from_codes(rows.pop("role"), [str(role) for role in ROLES]),
        "article": _of_rules(rows["rule"], [value.citation for value in values]),
        "rule": _of_rules(rows.pop("rule"), [value.rule_id for value in values]),
        "assignment_id": named(names.id_rank[rows.pop("assignment_id")], names.assignments),
        "reason": pd.Categorical.from_codes(rows.pop("reason"), list(REASONS)),
        "is_suspended": rows.pop("is_suspended"),
    }
    for name in list(rows):
        frame[name] = days_of(rows.pop(name)).astype("datetime64[s]")
    return pd.DataFrame(frame, copy=False)


def _stretches(rows: Columns, moments: Moments) -> Columns:
    """Return the days on which each row begins and ends to hold; those of a single day take no memory."""
    ends = np.append(moments.days, moments.days[-1] + 1).astype("datetime64[s]")
    if len(moments) > 1:
        return {"first_on": ends[rows.pop("first")], "until_on": ends[rows.pop("until")]}
    count = len(rows["duty"])
    return {"first_on": np.broadcast_to(ends[0], count), "until_on": np.broadcast_to(ends[1], count)}


def _of_rules(code: Ints, texts: Sequence[str]) -> pd.Categorical:
    """Return each row's text by its rule; several rules may share one."""
    unique = list(dict.fromkeys(texts))
    return named(np.array([unique.index(text) for text in texts], dtype=np.int64)[code], unique)
