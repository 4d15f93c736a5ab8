"""Handling records at the assignments they belong to, and how evidence names days and units."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tasks.domain.frames import Role
from tasks.domain.history import Timeline

ANSWERING = (Role.LEAD, Role.SEPARATE, Role.SOLE)
ASSIGNMENT_COLUMNS = ["assignment_id", "proposal_id", "unit_id", "role", "assigned_on", "ended_on", "end_reason"]
EVENT_COLUMNS = ["event_id", "kind", "happened_on", "recorded_at", "value", "until", "note"]


def records(now: Timeline) -> pd.DataFrame:
    """Return every known event at its assignment, by assignment and day.

    Columns of the assignment (without its persons) and of the event; ``position`` is the assignment's row in ``now``,
    ``is_answering`` tells lead, separate and sole units. An event without a unit appears at every assignment of its
    proposal; ``is_own`` tells that it can only mean this one among those that answer.
    """
    at = now.occurrences
    assignments = now.assignments[ASSIGNMENT_COLUMNS].iloc[at.assignment].reset_index(drop=True)
    events = now.events[EVENT_COLUMNS].iloc[at.source_row].reset_index(drop=True)
    answering = now.assignments["role"].isin(list(map(str, ANSWERING)))
    answerers = answering.groupby(now.assignments["proposal_id"]).sum()
    is_named = now.events["unit_id"].notna().to_numpy()[at.source_row]
    return pd.concat([assignments, events], axis=1).assign(
        position=at.assignment,
        is_answering=answering.to_numpy()[at.assignment],
        is_own=is_named | (assignments["proposal_id"].map(answerers) == 1).to_numpy(),
    )


def chinese_days(days: pd.Series) -> pd.Series:
    """Return days as 2026年6月30日; a missing day is "日期不详"."""
    code, known = pd.factorize(days)
    written = [*(f"{day.year}年{day.month}月{day.day}日" for day in known), "日期不详"]
    return pd.Series(np.array(written, dtype=object)[code], index=days.index, dtype="str")


def unit_names(units: pd.DataFrame, unit_ids: pd.Series) -> pd.Series:
    """Return the units' names for a column of ids; an unknown unit keeps its id."""
    ids = unit_ids.astype("str")
    return ids.map(units.set_index("unit_id")["name"].astype("str")).fillna(ids)
