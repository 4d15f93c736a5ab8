"""Backlog cases (积案): which proposals meet which criteria on a day, and the life of a case until it is closed."""

from __future__ import annotations

from datetime import date

import pandas as pd

from tasks.domain.backlog_criteria import BacklogCriteria
from tasks.domain.backlog_evidence import CHECKS, seen
from tasks.domain.frames import BACKLOG, EventKind, Facts, concatenated


def backlog(facts: Facts, obligations: pd.DataFrame, criteria: BacklogCriteria, as_of: date) -> pd.DataFrame:
    """Return ``frames.BACKLOG``: one row per proposal and criterion that it meets on ``as_of``, sorted by both.

    ``obligations`` are those of the same facts and day. ``since`` is the first day on which the criterion held; several
    units' evidence stands in one row. Thresholds are those in force on ``as_of``. Withdrawn proposals are never backlog,
    nor are duties that are excused or suspended. A proposal that stops meeting its criteria disappears here, but not from
    the list of cases: see ``review``.
    """
    case = seen(facts, obligations, as_of)
    found = [
        check(case, threshold).assign(criterion=str(criterion))
        for criterion, check in CHECKS.items()
        if (threshold := criteria.on(criterion, as_of)) is not None
    ]
    rows = concatenated(found, BACKLOG)
    withdrawn = case.now.events.loc[case.now.events["kind"] == EventKind.WITHDRAWN, "proposal_id"]
    rows = rows[~rows["proposal_id"].isin(withdrawn)].sort_values(["since", "evidence"], kind="stable")
    per_case = rows.groupby(["proposal_id", "criterion"])
    return BACKLOG.typed(per_case.agg({"since": "min", "evidence": "；".join}).reset_index())
