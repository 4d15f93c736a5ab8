"""What was known on a day: the facts as frames, and the course of every proposal together with them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from functools import cached_property

import numpy as np
import pandas as pd

from tasks.domain.chronicle import GRADE_ORDER, Moments, chronicle, overall_grade, sighted
from tasks.domain.course import Course, Ints, Mask, Occurrences, day_array
from tasks.domain.frames import Facts
from tasks.domain.matching import is_among

__all__ = [
    "GRADE_ORDER",
    "Ints",
    "Mask",
    "Occurrences",
    "Timeline",
    "day_array",
    "known",
    "overall_grade",
    "timeline",
]


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
    begun = is_among(facts.proposals["proposal_id"], assignments["proposal_id"])
    proposals = facts.proposals[begun | ~(facts.proposals["filed_on"] > day)]
    return replace(facts, proposals=proposals, assignments=assignments, events=events)


@dataclass(frozen=True)
class Timeline(Course):
    """The course of every proposal on one day, with the frames it was made from.

    ``assignments`` has a row for each entry of the course; ``events`` are sorted by (happened_on, event_id), and an
    occurrence's ``source_row`` is its row there.
    """

    proposals: pd.DataFrame
    assignments: pd.DataFrame
    events: pd.DataFrame

    @cached_property
    def proposal_row(self) -> Ints:
        """The row of each assignment's proposal in ``proposals``."""
        return pd.Index(self.proposals["proposal_id"]).get_indexer(self.assignments["proposal_id"])


def timeline(facts: Facts, as_of: date, known_at: datetime | None = None) -> Timeline:
    """Return what is known on ``as_of``, each event at its assignment (see ``chronicle``)."""
    now = known(facts, as_of, known_at)
    now = replace(now, events=now.events.sort_values(["happened_on", "event_id"], kind="stable").reset_index(drop=True))
    seen = sighted(chronicle(now), Moments.of([as_of]))
    every = np.arange(len(seen.of.proposal_ids))
    course = seen.course(every, np.zeros_like(every))
    arrays = {field.name: getattr(course, field.name) for field in fields(Course)}
    assignments = now.assignments.iloc[seen.of.row[course.row]].reset_index(drop=True)
    return Timeline(
        **arrays, proposals=now.proposals.reset_index(drop=True), assignments=assignments, events=now.events
    )
