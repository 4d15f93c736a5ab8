"""What was known on a day, and which event belongs to which assignment.

Assignments and events become integer arrays here, sorted by assignment and day, so that everything after is a search in a
sorted array. A key packs an assignment's position and a day into one integer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tasks.domain.frames import EventKind, Facts, Grade

Days = np.ndarray[Any, np.dtype[np.datetime64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

NO_DAY = np.datetime64("NaT", "D")
DAY_BITS = 20
DAY_ZERO = 1 << (DAY_BITS - 1)

EVENT_CODES = {kind: code for code, kind in enumerate(EventKind)}
GRADE_ORDER = (Grade.SATISFIED, Grade.BASICALLY_SATISFIED, Grade.DISSATISFIED)


def overall_grade(values: pd.Series) -> pd.Series:
    """Return the worse of the grades in ``work/result`` (or the single grade); NaN where there is none."""
    parts = values.astype("str").str.split("/", n=1, expand=True).reindex(columns=[0, 1])
    rank = parts.apply(lambda part: part.map({str(grade): i for i, grade in enumerate(GRADE_ORDER)}))
    return rank.max(axis=1).map(dict(enumerate(map(str, GRADE_ORDER)))).astype("str")


def day_array(values: pd.Series) -> Days:
    """Return the column as datetime64[D]; missing is NaT."""
    return values.to_numpy(dtype="datetime64[s]").astype("datetime64[D]")


def known(facts: Facts, as_of: date, known_at: datetime | None = None) -> Facts:
    """Return the facts that exist on ``as_of``: nothing dated later and, with ``known_at``, nothing recorded later.

    An assignment that ends later has not ended yet. An event without ``recorded_at`` counts as recorded when it happened.
    """
    day = pd.Timestamp(as_of)
    events = facts.events[facts.events["happened_on"] <= day]
    if known_at is not None:
        recorded = events["recorded_at"].isna() | (events["recorded_at"] <= pd.Timestamp(known_at))
        events = events[recorded]
    assignments = facts.assignments[facts.assignments["assigned_on"] <= day]
    later = (assignments["ended_on"] > day).to_numpy()
    assignments = assignments.assign(
        ended_on=assignments["ended_on"].mask(later), end_reason=assignments["end_reason"].mask(later)
    )
    begun = facts.proposals["proposal_id"].isin(assignments["proposal_id"])
    proposals = facts.proposals[begun | ~(facts.proposals["filed_on"] > day)]
    return replace(facts, proposals=proposals, assignments=assignments, events=events)


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Events as arrays, sorted by (assignment, day): ``key`` packs both; ``until`` and ``round`` may be missing (NaT, 0)."""

    assignment: Ints
    day: Days
    round: Ints
    until: Days
    source_row: Ints

    @property
    def key(self) -> Ints:
        """Assignment and day in one sortable integer."""
        return packed(self.assignment, self.day)

    def __len__(self) -> int:
        return len(self.assignment)

    def where(self, mask: Mask) -> Occurrences:
        """Return the occurrences that ``mask`` keeps, in the same order."""
        return Occurrences(
            self.assignment[mask], self.day[mask], self.round[mask], self.until[mask], self.source_row[mask]
        )

    def ordinal(self) -> Ints:
        """Return 1 for the first occurrence of each assignment, 2 for the second, and so on."""
        return running_count(self.assignment)

    def numbered(self) -> Occurrences:
        """Return the occurrences with every missing round replaced by its ordinal."""
        return Occurrences(
            self.assignment, self.day, np.where(self.round > 0, self.round, self.ordinal()), self.until, self.source_row
        )

    def layers(self, size: int) -> Iterator[tuple[Days, Days]]:
        """Yield, for the first, second, … occurrence, day and until per assignment (arrays of ``size``, NaT where none)."""
        ordinal = self.ordinal()
        for layer in range(1, int(ordinal.max(initial=0)) + 1):
            mask = ordinal == layer
            yield (
                scattered(self.assignment[mask], self.day[mask], size),
                scattered(self.assignment[mask], self.until[mask], size),
            )

    def first_day(self, assignment: Ints) -> Days:
        """Return the earliest day for each assignment; NaT where none."""
        return self.first_day_at_or_after(assignment, np.full(len(assignment), NO_DAY))

    def first_day_at_or_after(self, assignment: Ints, start: Days) -> Days:
        """Return the earliest day at or after ``start`` for each assignment; NaT where none. NaT start: the earliest day."""
        if len(self) == 0:
            return np.full(len(assignment), NO_DAY)
        wanted = packed(assignment, start)
        position = np.minimum(np.searchsorted(self.key, wanted), len(self) - 1)
        found = (self.key[position] >= wanted) & (self.assignment[position] == assignment)
        return np.where(found, self.day[position], NO_DAY)

    def day_of_round(self, assignment: Ints, number: Ints) -> Days:
        """Return the first day on which each assignment has that round; NaT where it has none."""
        if len(self) == 0:
            return np.full(len(assignment), NO_DAY)
        own = (self.assignment << DAY_BITS) + self.round
        order = np.argsort(own, kind="stable")
        wanted = (assignment << DAY_BITS) + number
        position = np.minimum(np.searchsorted(own[order], wanted), len(self) - 1)
        found = own[order][position] == wanted
        return np.where(found, self.day[order][position], NO_DAY)

    def count_up_to(self, assignment: Ints, day: Days) -> Ints:
        """Return how many occurrences each assignment has on or before ``day``."""
        upto = np.searchsorted(self.key, packed(assignment, day), side="right")
        return upto - np.searchsorted(self.assignment, assignment, side="left")


def packed(assignment: Ints, day: Days) -> Ints:
    """Return assignment and day in one integer that sorts by assignment, then day; NaT sorts before every day."""
    number = day.astype("datetime64[D]").astype(np.int64)
    offset = np.where(np.isnat(day), 0, number + DAY_ZERO)
    return (assignment << DAY_BITS) + offset


def scattered(position: Ints, day: Days, size: int) -> Days:
    """Return an array of ``size`` days with ``day`` at ``position`` and NaT elsewhere."""
    out = np.full(size, NO_DAY)
    out[position] = day
    return out


def running_count(group: Ints) -> Ints:
    """Return 1, 2, 3 … within each run of equal values of a sorted array."""
    index = np.arange(len(group))
    starts = np.r_[True, group[1:] != group[:-1]] if len(group) else np.zeros(0, bool)
    return index - np.maximum.accumulate(np.where(starts, index, 0)) + 1 if len(group) else index


@dataclass(frozen=True)
class Timeline:
    """The known facts as arrays. ``assignments`` is sorted by (proposal, unit, assigned_on) with a fresh index."""

    proposals: pd.DataFrame
    assignments: pd.DataFrame
    events: pd.DataFrame
    occurrences: Occurrences
    kinds: Ints

    def __len__(self) -> int:
        return len(self.assignments)

    def of_kinds(self, kinds: Collection[EventKind]) -> Occurrences:
        """Return the occurrences of these kinds."""
        return self.occurrences.where(np.isin(self.kinds, [EVENT_CODES[kind] for kind in kinds]))

    def of_kind(self, kind: EventKind) -> Occurrences:
        """Return the occurrences of this kind."""
        return self.of_kinds((kind,))

    @cached_property
    def proposal_row(self) -> Ints:
        """The row of each assignment's proposal in ``proposals``."""
        return pd.Index(self.proposals["proposal_id"]).get_indexer(self.assignments["proposal_id"])

    @cached_property
    def replies(self) -> Occurrences:
        """The replies, numbered by round."""
        return self.of_kind(EventKind.REPLY_ISSUED).numbered()

    @cached_property
    def dissatisfied(self) -> Occurrences:
        """Feedback that is dissatisfied, the first of each round; the round is that of the reply it answers."""
        feedback = self.of_kind(EventKind.FEEDBACK)
        answered = np.maximum(self.replies.count_up_to(feedback.assignment, feedback.day), 1)
        grades = overall_grade(self.events["value"].iloc[feedback.source_row])
        mask = (grades == Grade.DISSATISFIED).to_numpy(dtype=bool)
        bad = replace(feedback, round=np.where(feedback.round > 0, feedback.round, answered)).where(mask)
        pairs = (bad.assignment << DAY_BITS) + bad.round
        return bad.where(np.isin(np.arange(len(bad)), np.unique(pairs, return_index=True)[1]))


def timeline(facts: Facts, as_of: date, known_at: datetime | None = None) -> Timeline:
    """Return what is known on ``as_of``, each event at its assignment.

    An event belongs to the latest assignment of its unit that had begun, else to that unit's first one; an event without a
    unit belongs to every assignment of the proposal. An event of a unit that was never assigned belongs to none.
    """
    now = known(facts, as_of, known_at)
    proposals = now.proposals.reset_index(drop=True)
    assignments = now.assignments[now.assignments["proposal_id"].isin(proposals["proposal_id"])]
    assignments = assignments.sort_values(["proposal_id", "unit_id", "assigned_on", "assignment_id"], kind="stable")
    assignments = assignments.reset_index(drop=True)
    events = now.events.sort_values(["happened_on", "event_id"], kind="stable").reset_index(drop=True)
    position, row = _addressed(assignments, events)
    order = np.argsort(position, kind="stable")
    position, row = position[order], row[order]
    occurrences = Occurrences(
        position,
        day_array(events["happened_on"])[row],
        events["round"].fillna(0).to_numpy(dtype=np.int64)[row],
        day_array(events["until"])[row],
        row,
    )
    kinds = events["kind"].map(EVENT_CODES).to_numpy(dtype=np.int64)[row]
    return Timeline(proposals, assignments, events, occurrences, kinds)


def _addressed(assignments: pd.DataFrame, events: pd.DataFrame) -> tuple[Ints, Ints]:
    """Return positions in ``assignments`` and rows in ``events``, pairwise, in the events' order."""
    proposal, unit = pd.Index(assignments["proposal_id"].unique()), pd.Index(assignments["unit_id"].unique())
    pair = proposal.get_indexer(assignments["proposal_id"]) * (len(unit) + 1) + unit.get_indexer(assignments["unit_id"])
    event_proposal = proposal.get_indexer(events["proposal_id"])
    event_unit = unit.get_indexer(events["unit_id"])
    rows = np.arange(len(events))
    named = (event_proposal >= 0) & (event_unit >= 0)
    own_position = _latest_begun(
        pair,
        day_array(assignments["assigned_on"]),
        event_proposal[named] * (len(unit) + 1) + event_unit[named],
        day_array(events["happened_on"])[named],
    )
    general = (event_proposal >= 0) & events["unit_id"].isna().to_numpy()
    all_rows, all_positions = _of_every_assignment(
        proposal.get_indexer(assignments["proposal_id"]), event_proposal[general], rows[general]
    )
    positions = np.concatenate([own_position, all_positions]).astype(np.int64)
    event_rows = np.concatenate([rows[named], all_rows]).astype(np.int64)
    order = np.argsort(event_rows, kind="stable")
    kept = positions[order] >= 0
    return positions[order][kept], event_rows[order][kept]


def _latest_begun(pair: Ints, begun: Days, event_pair: Ints, day: Days) -> Ints:
    """Return the position of the last assignment of the pair begun by ``day``, else its first; -1 where it has none.

    The pairs' codes follow the order of first appearance, so they need an order of their own to be searched.
    """
    if len(pair) == 0:
        return np.full(len(event_pair), -1)
    order = np.argsort(packed(pair, begun), kind="stable")
    key, sorted_pair = packed(pair, begun)[order], pair[order]
    position = np.searchsorted(key, packed(event_pair, day), side="right") - 1
    before = (position >= 0) & (sorted_pair[np.maximum(position, 0)] == event_pair)
    first = np.minimum(np.searchsorted(sorted_pair, event_pair), len(pair) - 1)
    chosen = np.where(before, position, first)
    return np.where(sorted_pair[chosen] == event_pair, order[chosen], -1)


def _of_every_assignment(proposal: Ints, event_proposal: Ints, rows: Ints) -> tuple[Ints, Ints]:
    """Return each event's row once for every assignment of its proposal, and those assignments' positions."""
    order = np.argsort(proposal, kind="stable")
    low = np.searchsorted(proposal[order], event_proposal, side="left")
    count = np.searchsorted(proposal[order], event_proposal, side="right") - low
    first = np.repeat(low - np.r_[0, np.cumsum(count)[:-1]], count) if len(count) else np.zeros(0, np.int64)
    return np.repeat(rows, count), order[(first + np.arange(count.sum())).astype(np.int64)]


def suspensions(now: Timeline) -> list[tuple[Days, Days]]:
    """Return, for the first, second, … suspension, begin and end per assignment (NaT end: still suspended)."""
    begun, ended = now.of_kind(EventKind.SUSPENDED), now.of_kind(EventKind.RESUMED)
    every = np.arange(len(now))
    return [(day, _end_of(ended, every, day)) for day, _ in begun.layers(len(now))]


def _end_of(ended: Occurrences, every: Ints, begun: Days) -> Days:
    return np.where(np.isnat(begun), NO_DAY, ended.first_day_at_or_after(every, begun))
