"""Promises that nobody registered: a reply that plans is one, kept or taken back by what follows.

Works on a course, so that every day of a sweep, and every time up to which records count, implies what that day alone would.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tasks.domain.course import (
    EVENT_CODES,
    NO_DAY,
    RESULTS,
    ROLES,
    Codes,
    Course,
    Ints,
    Mask,
    Occurrences,
    packed,
    starts_of_runs,
)
from tasks.domain.frames import EventKind, LookBackFinding, Outcome, Role

NOTE = "答复列入计划而未另行登记承诺，按规则补记"
# In this order on one day.
SOURCES = (EventKind.REPLY_ISSUED, EventKind.LOOKED_BACK, EventKind.COMMITMENT_FULFILLED)
FOUND = {
    LookBackFinding.DONE: Outcome.SOLVED,
    LookBackFinding.PUSHING: Outcome.PLANNED,
    LookBackFinding.PLANNED: Outcome.PLANNED,
}
CODES = {result: code for code, result in enumerate(RESULTS)}
SOLVED, PLANNED, EXPLAINED, REFERENCE = (CODES[outcome] for outcome in Outcome)
NOT_FEASIBLE = CODES[LookBackFinding.NOT_FEASIBLE]


@dataclass(frozen=True, slots=True)
class Promises:
    """All promises and fulfilments of a course, registered or implied; sorted by (assignment, day), numbered by round.

    ``is_implied`` tells, by assignment, whether its promises are implied; one with any registered promise implies none.
    """

    made: Occurrences
    kept: Occurrences
    is_implied: Mask


def all_promises(now: Course, kept_by: Collection[EventKind] = (EventKind.COMMITMENT_FULFILLED,)) -> Promises:
    """Return the promises: those registered and, at assignments without any, those that replies imply."""
    made, kept = now.of_kind(EventKind.COMMITMENT_MADE), now.of_kinds(kept_by)
    planned, solved = implied(now)
    is_implied = np.zeros(len(now), bool)
    is_implied[now.occurrences.assignment[planned]] = True
    # Where a plan stands for the promise, what kept it follows from the same history.
    kept = kept.where(~is_implied[kept.assignment])
    return Promises(_with(made, planned, now), _with(kept, solved, now), is_implied)


def _with(registered: Occurrences, added: Ints, now: Course) -> Occurrences:
    registered = registered.numbered()
    if len(added) == 0:
        return registered
    plain = now.occurrences.where(added)
    plain = replace(plain, round=plain.ordinal(), until=np.full(len(added), NO_DAY))
    joined = Occurrences(*(np.concatenate(pair) for pair in zip(_parts(registered), _parts(plain), strict=True)))
    return joined.where(np.argsort(joined.key, kind="stable"))


def _parts(of: Occurrences) -> tuple[np.ndarray[Any, Any], ...]:
    return of.assignment, of.day, of.round, of.until, of.source_row


def implied(now: Course) -> tuple[Ints, Ints]:
    """Return the positions of the occurrences that imply a promise, and of those that fulfil an implied one; ascending.

    A reply (or a look-back) that makes a matter planned implies a promise, unless the next change is a reply that explains;
    what makes a planned matter solved fulfils it. Of units that answer and that registered no promise of their own.
    """
    at, outcome = _outcomes(now)
    assignment = now.occurrences.assignment[at]
    first = starts_of_runs(assignment)
    changed = first | np.append(True, outcome[1:] != outcome[:-1])[: len(at)]
    at, outcome, first = at[changed], outcome[changed], first[changed]
    becomes = np.append(np.where(first[1:], -1, outcome[1:]), -1)[: len(at)]
    was = np.where(first, -1, np.append(-1, outcome[:-1])[: len(at)])
    planned = at[(outcome == PLANNED) & ~np.isin(becomes, (EXPLAINED, REFERENCE))]
    return np.sort(planned), np.sort(at[(was == PLANNED) & (outcome == SOLVED)])


def _outcomes(now: Course) -> tuple[Ints, Codes]:
    """Return what each matter counted as, from each occurrence on: positions by assignment and day, and outcome codes."""
    of = now.occurrences
    answers = now.role != ROLES.index(Role.CO_ORGANISING)
    answers[of.assignment[now.positions_of((EventKind.COMMITMENT_MADE,))]] = False
    at = now.positions_of(SOURCES)
    at = at[answers[of.assignment[at]]]
    rank = np.zeros(max(EVENT_CODES.values()) + 1, np.int8)
    rank[[EVENT_CODES[kind] for kind in SOURCES]] = range(len(SOURCES))
    order = np.lexsort((rank[now.kinds[at]], packed(of.assignment[at], of.day[at])))
    at = at[order]
    outcome, replied = _classes(now.kinds[at], now.results[at], of.assignment[at])
    counts = replied & (outcome >= 0)
    return at[counts], outcome[counts]


def _classes(kinds: Codes, results: Codes, assignment: Ints) -> tuple[Codes, Mask]:
    """Return the outcome that each row gives (-1: none), and whether its matter had been replied to by then."""
    is_reply = kinds == EVENT_CODES[EventKind.REPLY_ISSUED]
    said = np.where(results < len(Outcome), results, -1)
    begin = np.maximum.accumulate(np.where(starts_of_runs(assignment), np.arange(len(kinds)), 0))
    last_reply = _last(is_reply)
    last_classed = _last(is_reply & (said >= 0))
    told = np.where(last_classed >= begin, said[last_classed], -1)
    found = np.full(len(RESULTS) + 1, -1, np.int8)  # the last place answers for "no result"
    found[[CODES[finding] for finding in FOUND]] = [CODES[outcome] for outcome in FOUND.values()]
    of_look_back = np.where(
        results == NOT_FEASIBLE, np.where(np.isin(told, (EXPLAINED, REFERENCE)), told, PLANNED), found[results]
    )
    is_look_back = kinds == EVENT_CODES[EventKind.LOOKED_BACK]
    outcome = np.where(is_reply, said, np.where(is_look_back, of_look_back, SOLVED))
    return outcome.astype(np.int8), last_reply >= begin


def _last(mask: Mask) -> Ints:
    """Return for each place the last one up to it where the mask holds; -1 where none does."""
    if len(mask) == 0:
        return np.zeros(0, np.int64)
    return np.maximum.accumulate(np.where(mask, np.arange(len(mask)), -1))
