"""Handling records at the assignments they belong to, and how evidence names days and units."""

from __future__ import annotations

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
    proposal. ``round`` is the source's (NA where it gives none).
    """
    at = now.occurrences
    assignments = now.assignments[ASSIGNMENT_COLUMNS].iloc[at.assignment].reset_index(drop=True)
    events = now.events[EVENT_COLUMNS].iloc[at.source_row].reset_index(drop=True)
    return pd.concat([assignments, events], axis=1).assign(
        position=at.assignment,
        round=pd.array(at.round, dtype="Int64"),
        is_answering=assignments["role"].isin(list(map(str, ANSWERING))),
    )


def chinese_days(days: pd.Series) -> pd.Series:
    """Return days as 2026年6月30日; a missing day is "日期不详"."""
    known = days.dropna().drop_duplicates()
    written = {day: f"{day.year}年{day.month}月{day.day}日" for day in known}
    return days.map(written).fillna("日期不详").astype("str")


def unit_names(units: pd.DataFrame, unit_ids: pd.Series) -> pd.Series:
    """Return the units' names for a column of ids; an unknown unit keeps its id."""
    ids = unit_ids.astype("str")
    return ids.map(units.set_index("unit_id")["name"].astype("str")).fillna(ids)
