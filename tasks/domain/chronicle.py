"""All dated facts as arrays, and what of them is known of a proposal on a day.

A ``Chronicle`` is made once from the facts; a ``Course`` is cut from it for any proposals, each as known at one of a list of
moments. One day is a list of one moment; many days share the chronicle.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np
import pandas as pd

from tasks.domain.course import (
    EVENT_CODES,
    KINDS,
    RESULTS,
    ROLES,
    Codes,
    Course,
    Days,
    Ints,
    Mask,
    Matters,
    Occurrences,
    day_array,
    expanded,
    packed,
    starts_of_runs,
)
from tasks.domain.frames import Disclosure, EndReason, EventKind, Facts, Grade

GRADE_ORDER = (Grade.SATISFIED, Grade.BASICALLY_SATISFIED, Grade.DISSATISFIED)
ENDED_WITHOUT_REASON = len(EndReason) + 1


def overall_grade(values: pd.Series) -> pd.Series:
    """Return the worse of the grades in ``work/result`` (or the single grade); NaN where there is none."""
    code, texts = pd.factorize(values)
    parts = pd.Series(texts, dtype="str").str.split("/", n=1, expand=True).reindex(columns=[0, 1])
    rank = parts.apply(lambda part: part.map({str(grade): i for i, grade in enumerate(GRADE_ORDER)}))
    grade = rank.max(axis=1).map(dict(enumerate(map(str, GRADE_ORDER)))).astype("str")
    return grade.reindex(code).set_axis(values.index)


@dataclass(frozen=True, slots=True)
class Moments:
    """The days to be answered, ascending, and at each the second up to which records count (None: all that is known)."""

    days: Days
    known_at: Ints | None = None

    @classmethod
    def of(cls, days: Sequence[date], known_at: Sequence[datetime | None] | None = None) -> Moments:
        """Return the moments of these days; ``known_at`` has a time for every day or for none."""
        order = sorted(range(len(days)), key=lambda i: days[i])
        times = [known_at[i] for i in order] if known_at else []
        seconds = [int(time.timestamp() // 1) for time in times if time is not None]
        if len(seconds) not in (0, len(days)):
            raise ValueError("known_at is given for some of the days only")
        return cls(np.array([days[i] for i in order], dtype="datetime64[D]"), np.array(seconds) if seconds else None)

    def __len__(self) -> int:
        return len(self.days)

    def first_on_or_after(self, day: Days) -> Ints:
        """Return the first moment whose day is not before each day; the number of moments where there is none."""
        found = np.searchsorted(self.days, day)
        found[np.isnat(day)] = len(self)
        return found

    def first_knowing(self, recorded: Ints) -> Ints:
        """Return the first moment that knows what was recorded at each second."""
        return np.zeros(len(recorded), np.int64) if self.known_at is None else np.searchsorted(self.known_at, recorded)


@dataclass(frozen=True, slots=True)
class Chronicle:
    """Proposals sorted by id, their assignments sorted by (proposal, unit, day, id), the events of each sorted by (day, id).

    ``first_assignment[p]`` to ``first_assignment[p + 1]`` are the assignments of proposal ``p``, and likewise the occurrences
    of an assignment. ``row`` is an assignment's row in the facts, ``id_rank`` its id's place in ``assignment_ids``, ``recorded`` the second an occurrence was recorded. The
    ``withdrawn`` arrays name proposals; they need no assignment.
    """

    matters: Matters
    proposal_ids: pd.Series
    unit_ids: pd.Series
    assignment_ids: pd.Series
    proposal: Ints
    unit: Ints
    row: Ints
    id_rank: Ints
    role: Codes
    begun: Days
    ended_on: Days
    end: Codes
    is_named: Mask
    first_assignment: Ints
    occurrences: Occurrences
    kinds: Codes
    is_dissatisfied: Mask
    results: Codes
    recorded: Ints
    first_occurrence: Ints
    withdrawn: Ints
    withdrawn_on: Days
    withdrawal_recorded: Ints


def chronicle(facts: Facts) -> Chronicle:
    """Return the facts' arrays.

    An event belongs to the latest assignment of its unit that had begun, else to that unit's first one; an event without a
    unit belongs to every assignment of the proposal. An event of a unit that was never assigned belongs to none.
    """
    assignments, events = facts.assignments, facts.events
    (own, assigned, event_proposal), proposal_ids = ranked(
        facts.proposals["proposal_id"], assignments["proposal_id"], events["proposal_id"]
    )
    (assigned_unit, event_unit), unit_ids = ranked(assignments["unit_id"], events["unit_id"])
    (id_rank,), assignment_ids = ranked(assignments["assignment_id"])
    begun, size = day_array(assignments["assigned_on"]), len(unit_ids)
    row = _ordered(packed(assigned * size + assigned_unit, begun), assignments["assignment_id"])
    row = row[assigned[row] >= 0]
    proposal, unit, begun = assigned[row], assigned_unit[row], begun[row]
    occurrences = _occurrences(proposal * size + unit, begun, event_proposal, event_unit, size, events)
    kinds = _coded(events["kind"], list(EVENT_CODES))
    recorded = _recorded(events)
    withdrawn = np.flatnonzero((kinds == EVENT_CODES[EventKind.WITHDRAWN]) & (event_proposal >= 0))
    source = occurrences.source_row
    return Chronicle(
        _matters(facts.proposals.iloc[np.argsort(own)]),
        proposal_ids,
        unit_ids,
        assignment_ids,
        proposal,
        unit,
        row,
        id_rank[row],
        _coded(assignments["role"], list(ROLES))[row],
        begun,
        day_array(assignments["ended_on"])[row],
        _end_codes(assignments)[row],
        _is_named(assignments)[row],
        np.searchsorted(proposal, np.arange(len(proposal_ids) + 1)),
        occurrences,
        kinds[source],
        _is_dissatisfied(events, kinds)[source],
        _results(events, kinds)[source],
        recorded[source],
        np.searchsorted(occurrences.assignment, np.arange(len(row) + 1)),
        event_proposal[withdrawn],
        day_array(events["happened_on"])[withdrawn],
        recorded[withdrawn],
    )


def ranked(defining: pd.Series, *others: pd.Series) -> tuple[list[Ints], pd.Series]:
    """Return, for each column, the rank of its names among the sorted names of the first (-1: not among them), and these."""
    columns = [column.astype("str") for column in (defining, *others)]
    code, names = pd.factorize(pd.concat(columns, ignore_index=True))
    size = int(code[: len(defining)].max(initial=-1)) + 1
    own = pd.Series(names[:size], dtype="str")
    rank = np.full(len(names) + 1, -1)
    if (own.array[1:] > own.array[:-1]).all():
        rank[:size] = np.arange(size)
    else:
        own = own.sort_values()
        rank[own.index.to_numpy()] = np.arange(size)
    ends = np.cumsum([len(column) for column in columns])[:-1]
    return np.split(rank[code], ends), own.reset_index(drop=True)


def _coded(values: pd.Series, names: Sequence[str]) -> Codes:
    """Return the place of each value in ``names``; -1 where missing."""
    code, texts = pd.factorize(values.astype("str"))
    place = {str(name): i for i, name in enumerate(names)}
    return np.array([*(place[text] for text in texts), -1], dtype=np.int8)[code]


def _ordered(key: Ints, names: pd.Series) -> Ints:
    """Return the order by key; equal keys in the order of their names."""
    order = np.argsort(key, kind="stable")
    again = ~starts_of_runs(key[order])
    tied = np.flatnonzero(again | np.append(again[1:], False))
    if len(tied):
        rows = order[tied]
        rank = pd.factorize(names.iloc[rows], sort=True)[0]
        order[tied] = rows[np.lexsort((rank, key[rows]))]
    return order


def _occurrences(
    pair: Ints, begun: Days, event_proposal: Ints, event_unit: Ints, units: int, events: pd.DataFrame
) -> Occurrences:
    day, names = day_array(events["happened_on"]), events["event_id"]
    without_unit = events["unit_id"].isna().to_numpy()
    named = np.flatnonzero((event_proposal >= 0) & (event_unit >= 0))
    key = packed(event_proposal[named] * units + event_unit[named], day[named])
    named = named[_ordered(key, names.iloc[named])]
    position = _latest_begun(pair, begun, event_proposal[named] * units + event_unit[named], day[named])
    row, position = named[position >= 0], position[position >= 0]
    general = np.flatnonzero((event_proposal >= 0) & without_unit)
    if len(general):
        low, high = (np.searchsorted(pair // units, event_proposal[general], side=side) for side in ("left", "right"))
        event, every = expanded(low, high - low)
        row, position = np.append(row, general[event]), np.append(position, every)
        order = _ordered(packed(position, day[row]), names.iloc[row])
        row, position = row[order], position[order]
    return Occurrences(
        position,
        day[row],
        events["round"].fillna(0).to_numpy(dtype=np.int64)[row],
        day_array(events["until"])[row],
        row,
    )


def _latest_begun(pair: Ints, begun: Days, event_pair: Ints, day: Days) -> Ints:
    """Return the last assignment of the pair begun by ``day``, else its first; -1 where it has none."""
    if len(pair) == 0:
        return np.full(len(event_pair), -1)
    before = np.searchsorted(packed(pair, begun), packed(event_pair, day), side="right") - 1
    position = np.where(before >= 0, before, 0)
    early = pair[position] != event_pair
    position[early] = np.minimum(np.searchsorted(pair, event_pair[early]), len(pair) - 1)
    return np.where(pair[position] == event_pair, position, -1)


def _recorded(events: pd.DataFrame) -> Ints:
    """Return the second at which each event was recorded; the beginning of time where the source does not say."""
    stamps = events["recorded_at"].to_numpy(dtype="datetime64[s]")
    return np.where(np.isnat(stamps), np.iinfo(np.int64).min, stamps.view(np.int64))


def _end_codes(assignments: pd.DataFrame) -> Codes:
    code = _coded(assignments["end_reason"], list(EndReason))
    return np.where(code < 0, ENDED_WITHOUT_REASON, code + 1).astype(np.int8)


def _is_named(assignments: pd.DataFrame) -> Mask:
    mask = np.ones(len(assignments), bool)
    for column in ("leader", "section", "handler"):
        mask &= (assignments[column].notna() & (assignments[column] != "")).to_numpy(dtype=bool)
    return mask


def _is_dissatisfied(events: pd.DataFrame, kinds: Codes) -> Mask:
    feedback = np.flatnonzero(kinds == EVENT_CODES[EventKind.FEEDBACK])
    mask = np.zeros(len(events), bool)
    mask[feedback] = (overall_grade(events["value"].iloc[feedback]) == Grade.DISSATISFIED).to_numpy(dtype=bool)
    return mask


def _results(events: pd.DataFrame, kinds: Codes) -> Codes:
    """Return what each reply or look-back says, by its place in ``RESULTS``; -1 for anything else."""
    said = np.flatnonzero(np.isin(kinds, [EVENT_CODES[EventKind.REPLY_ISSUED], EVENT_CODES[EventKind.LOOKED_BACK]]))
    code, texts = pd.factorize(events["value"].iloc[said])
    place = {result: i for i, result in enumerate(RESULTS)}
    results = np.full(len(events), -1, np.int8)
    results[said] = np.array([*(place.get(text, -1) for text in texts), -1], dtype=np.int8)[code]
    return results


def _matters(proposals: pd.DataFrame) -> Matters:
    def flag(column: str, missing: bool) -> Mask:
        return proposals[column].fillna(missing).to_numpy(dtype=bool)

    return Matters(
        _coded(proposals["kind"], list(KINDS)),
        proposals["term"].fillna(-1).to_numpy(dtype=np.int64),
        proposals["session"].fillna(-1).to_numpy(dtype=np.int64),
        day_array(proposals["fixed_due_on"]),
        flag("is_key", False),
        proposals["merged_into"].notna().to_numpy(dtype=bool),
        ~flag("needs_reply", True),
        (proposals["disclosure"] == Disclosure.WITHHELD).to_numpy(dtype=bool) | flag("is_confidential", False),
    )


@dataclass(frozen=True, slots=True)
class Sighting:
    """The chronicle at a list of moments: the first moment at which each thing is known (their number: never)."""

    of: Chronicle
    moments: Moments
    begun_at: Ints
    ended_at: Ints
    seen_at: Ints
    withdrawn_at: Ints

    def course(self, proposal: Ints, moment: Ints) -> Course:
        """Return what is known of each proposal at its moment; the pairs must be sorted and differ."""
        of = self.of
        case, row = expanded(
            of.first_assignment[proposal], of.first_assignment[proposal + 1] - of.first_assignment[proposal]
        )
        kept = self.begun_at[row] <= moment[case]
        case, row = case[kept], row[kept]
        at, event = expanded(of.first_occurrence[row], of.first_occurrence[row + 1] - of.first_occurrence[row])
        kept = self.seen_at[event] <= moment[case[at]]
        at, event = at[kept], event[kept]
        has_ended = self.ended_at[row] <= moment[case]
        return Course(
            of.matters,
            case,
            of.proposal[row],
            of.unit[row],
            row,
            of.role[row],
            of.begun[row],
            np.where(has_ended, of.end[row], 0),
            of.is_named[row],
            self.withdrawn_at[of.proposal[row]] <= moment[case],
            replace(of.occurrences.where(event), assignment=at),
            of.kinds[event],
            of.is_dissatisfied[event],
            of.results[event],
        )

    def changes(self, first: int, last: int) -> tuple[Ints, Ints]:
        """Return (proposal, moment) for proposals ``first`` to ``last`` (exclusive) and every moment that knows more of them.

        Sorted and each once; a proposal appears when its first assignment is known.
        """
        of, size = self.of, len(self.moments)
        rows = slice(of.first_assignment[first], of.first_assignment[last])
        events = slice(of.first_occurrence[rows.start], of.first_occurrence[rows.stop])
        begun = np.full(last - first, size)
        np.minimum.at(begun, of.proposal[rows] - first, self.begun_at[rows])
        if size == 1:
            proposal = np.flatnonzero(begun < size) + first
            return proposal, np.zeros_like(proposal)
        parts = (
            (of.proposal[rows], self.begun_at[rows]),
            (of.proposal[rows], self.ended_at[rows]),
            (of.proposal[of.occurrences.assignment[events]], self.seen_at[events]),
            (np.arange(first, last), self.withdrawn_at[first:last]),
        )
        pairs = np.unique(np.concatenate([p * size + m for p, m in ((p[m < size], m[m < size]) for p, m in parts)]))
        proposal, moment = pairs // size, pairs % size
        kept = moment >= begun[proposal - first]
        return proposal[kept], moment[kept]


def sighted(of: Chronicle, moments: Moments) -> Sighting:
    """Return the chronicle as it is known at these moments."""
    at = of.occurrences
    withdrawn_at = np.full(len(of.proposal_ids), len(moments))
    seen = np.maximum(moments.first_on_or_after(of.withdrawn_on), moments.first_knowing(of.withdrawal_recorded))
    np.minimum.at(withdrawn_at, of.withdrawn, seen)
    return Sighting(
        of,
        moments,
        moments.first_on_or_after(of.begun),
        moments.first_on_or_after(of.ended_on),
        np.maximum(moments.first_on_or_after(at.day), moments.first_knowing(of.recorded)),
        withdrawn_at,
    )
