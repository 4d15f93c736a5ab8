"""Events as sorted integer arrays, and what is known of proposals as arrays.

Everything that dates an obligation is a search in a sorted array: ``Occurrences`` are events sorted by assignment and day, a
``Course`` is what is known of some proposals, each on its own day.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from tasks.domain.frames import EventKind, Kind, LookBackFinding, Outcome, Role

Days = np.ndarray[Any, np.dtype[np.datetime64]]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Codes = np.ndarray[Any, np.dtype[np.int8]]
SmallDays = np.ndarray[Any, np.dtype[np.int32]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

NO_DAY = np.datetime64("NaT", "D")
NO_SMALL_DAY = np.iinfo(np.int32).min
DAY_BITS = 20
DAY_ZERO = 1 << (DAY_BITS - 1)

KINDS, ROLES, EVENT_KINDS = tuple(Kind), tuple(Role), tuple(EventKind)
EVENT_CODES = {kind: code for code, kind in enumerate(EVENT_KINDS)}
# What a reply can say, then what else a look-back can find: "planned" is said and found in one word.
RESULTS = tuple(dict.fromkeys(map(str, (*Outcome, *LookBackFinding))))


def day_array(values: pd.Series) -> Days:
    """Return the column as datetime64[D]; missing is NaT."""
    return values.to_numpy(dtype="datetime64[s]").astype("datetime64[D]")


def small_days(day: Days) -> SmallDays:
    """Return days as int32, half the memory; NaT becomes ``NO_SMALL_DAY``."""
    return np.maximum(day.astype("datetime64[D]").view(np.int64), NO_SMALL_DAY).astype(np.int32)


def days_of(small: SmallDays) -> Days:
    """Return the days that ``small_days`` packed."""
    days = small.astype(np.int64).view("datetime64[D]")
    days[small == NO_SMALL_DAY] = NO_DAY
    return days


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Events as arrays, sorted by (assignment, day): ``until`` and ``round`` may be missing (NaT, 0).

    ``source_row`` is the row of the event in the frame it comes from.
    """

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

    def where(self, chosen: Mask | Ints) -> Occurrences:
        """Return the occurrences that a mask keeps or positions name, in that order."""
        return Occurrences(
            self.assignment[chosen], self.day[chosen], self.round[chosen], self.until[chosen], self.source_row[chosen]
        )

    def ordinal(self) -> Ints:
        """Return 1 for the first occurrence of each assignment, 2 for the second, and so on."""
        return running_count(self.assignment)

    def numbered(self) -> Occurrences:
        """Return the occurrences with every missing round replaced by its ordinal."""
        return replace(self, round=np.where(self.round > 0, self.round, self.ordinal()))

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
        first = starts_of_runs(self.assignment)
        size = int(max(assignment.max(initial=-1), self.assignment.max(initial=-1))) + 1
        return scattered(self.assignment[first], self.day[first], size)[assignment]

    def first_day_at_or_after(self, assignment: Ints, start: Days) -> Days:
        """Return the earliest day at or after ``start`` for each assignment; NaT where none. NaT start: the earliest day."""
        if len(self) == 0:
            return np.full(len(assignment), NO_DAY)
        wanted, key = packed(assignment, start), self.key
        position = np.minimum(np.searchsorted(key, wanted), len(self) - 1)
        found = (key[position] >= wanted) & (self.assignment[position] == assignment)
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
    offset = day.astype("datetime64[D]").view(np.int64) + DAY_ZERO
    offset[np.isnat(day)] = 0
    return (assignment.astype(np.int64) << DAY_BITS) + offset


def scattered(position: Ints, day: Days, size: int) -> Days:
    """Return an array of ``size`` days with ``day`` at ``position`` and NaT elsewhere."""
    out = np.full(size, NO_DAY)
    out[position] = day
    return out


def starts_of_runs(group: Ints) -> Mask:
    """Return where a run of equal values begins in a sorted array."""
    starts = np.ones(len(group), bool)
    np.not_equal(group[1:], group[:-1], out=starts[1:])
    return starts


def running_count(group: Ints) -> Ints:
    """Return 1, 2, 3 … within each run of equal values of a sorted array."""
    index = np.arange(len(group))
    return index - np.maximum.accumulate(np.where(starts_of_runs(group), index, 0)) + 1


def expanded(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """Return, for ranges given by first element and length, each element's range and the element itself."""
    of = np.repeat(np.arange(len(count)), count)
    return of, np.arange(len(of)) + (first - (np.cumsum(count) - count))[of]


@dataclass(frozen=True, slots=True)
class Matters:
    """What bears on the obligations of each proposal, whatever the day; term and session are -1 where missing."""

    kind: Codes
    term: Ints
    session: Ints
    fixed_due_on: Days
    is_key: Mask
    is_merged: Mask
    needs_no_reply: Mask
    is_withheld: Mask


@dataclass(frozen=True)
class Course:
    """What is known of some proposals, each on its own day: all that their obligations depend on.

    One entry an assignment, sorted by (case, unit, assigned_on, assignment_id); a case is one of the proposals asked for.
    ``proposal`` is its row in ``matters``, ``row`` the assignment's place in the chronicle, ``role`` indexes ``ROLES``,
    ``end`` is 0 while the assignment runs, else one more than the reason's place in ``EndReason`` (or the number of reasons
    plus one where none is given). ``kinds`` index ``EVENT_KINDS``, one an occurrence; ``results`` what a reply or look-back
    says in ``RESULTS`` (-1: nothing).
    """

    matters: Matters
    case: Ints
    proposal: Ints
    unit: Ints
    row: Ints
    role: Codes
    begun: Days
    end: Codes
    is_named: Mask
    is_withdrawn: Mask
    occurrences: Occurrences
    kinds: Codes
    is_dissatisfied: Mask
    results: Codes

    def __len__(self) -> int:
        return len(self.case)

    @cached_property
    def _of_kind(self) -> tuple[Ints, Ints]:
        """The occurrences' positions sorted by kind, and where each kind begins among them."""
        order = np.argsort(self.kinds, kind="stable")
        return order, np.searchsorted(self.kinds[order], np.arange(len(EVENT_KINDS) + 1))

    def positions_of(self, kinds: Collection[EventKind]) -> Ints:
        """Return the positions of the occurrences of these kinds, ascending."""
        order, begins = self._of_kind
        parts = [order[begins[code] : begins[code + 1]] for code in sorted(EVENT_CODES[kind] for kind in kinds)]
        return parts[0] if len(parts) == 1 else np.sort(np.concatenate([np.zeros(0, np.int64), *parts]))

    def of_kinds(self, kinds: Collection[EventKind]) -> Occurrences:
        """Return the occurrences of these kinds."""
        return self.occurrences.where(self.positions_of(kinds))

    def of_kind(self, kind: EventKind) -> Occurrences:
        """Return the occurrences of this kind."""
        return self.of_kinds((kind,))

    @cached_property
    def replies(self) -> Occurrences:
        """The replies, numbered by round."""
        return self.of_kind(EventKind.REPLY_ISSUED).numbered()

    @cached_property
    def dissatisfied(self) -> Occurrences:
        """Feedback that is dissatisfied, the first of each round; the round is that of the reply it answers."""
        position = self.positions_of((EventKind.FEEDBACK,))
        feedback = self.occurrences.where(position[self.is_dissatisfied[position]])
        answered = np.maximum(self.replies.count_up_to(feedback.assignment, feedback.day), 1)
        bad = replace(feedback, round=np.where(feedback.round > 0, feedback.round, answered))
        pairs = (bad.assignment << DAY_BITS) + bad.round
        return bad.where(np.sort(np.unique(pairs, return_index=True)[1]))


def suspensions(now: Course) -> list[tuple[Days, Days]]:
    """Return, for the first, second, … suspension, begin and end per assignment (NaT end: still suspended)."""
    begun, ended = now.of_kind(EventKind.SUSPENDED), now.of_kind(EventKind.RESUMED)
    every = np.arange(len(now))
    return [(day, _end_of(ended, every, day)) for day, _ in begun.layers(len(now))]


def _end_of(ended: Occurrences, every: Ints, begun: Days) -> Days:
    return np.where(np.isnat(begun), NO_DAY, ended.first_day_at_or_after(every, begun))
