"""Obligations over many days: a row for every stretch of days on which an obligation does not change.

What happens changes a row; that time passes does not: the state and the days left or late of any day follow from the row.
So a sweep grows with what happened, not with the number of days.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tasks.domain.course import Codes, Days, Ints, Mask, day_array
from tasks.domain.frames import OBLIGATIONS, State
from tasks.domain.workdays import WorkdayCalendar

NAMED = ("proposal_id", "unit_id", "duty", "rule", "article", "assignment_id")

STATES = tuple(map(str, State))
# Rows worked on at a time, so that the arrays in between stay small.
CHUNK = 200_000
# What follows from the rows on a day, and how it is kept.
FOLLOWING = {
    "state": np.int8,
    "is_idle": np.bool_,
    "is_provisional": np.bool_,
    "days_left": np.int64,
    "days_late": np.int64,
    "workdays_late": np.int64,
    "reason": np.int8,
}


@dataclass(frozen=True)
class Sweep:
    """The obligations of ``days`` (ascending): ``on`` returns those of one of them.

    ``rows`` are sorted by (proposal_id, unit_id, duty, round, first_on) and hold what does not change by itself: the names,
    the dates, ``is_suspended``, ``reason`` (why nothing is owed; empty where it is). A row holds from ``first_on`` until
    before ``until_on``. ``due_soon_days`` are by duty.
    """

    days: Days
    calendar: WorkdayCalendar
    due_soon_days: Mapping[str, int]
    rows: pd.DataFrame

    def on(self, day: date) -> pd.DataFrame:
        """Return the obligations of one of the sweep's days, as ``obligations`` does; ``KeyError`` for any other day."""
        today = np.datetime64(day, "D")
        if today not in self.days:
            raise KeyError(day)
        second = today.astype("datetime64[s]")
        valid = (self.rows["first_on"].to_numpy() <= second) & (self.rows["until_on"].to_numpy() > second)
        rows = self.rows if valid.all() else _without_unused_names(self.rows[valid])
        return _with_states(rows, self.calendar, self.due_soon_days, today)


def _with_states(
    rows: pd.DataFrame, calendar: WorkdayCalendar, due_soon_days: Mapping[str, int], today: np.datetime64
) -> pd.DataFrame:
    soon = np.array([due_soon_days[str(duty)] for duty in rows["duty"].cat.categories] or [0])
    # With millions of rows the columns are what memory is: each is filled part by part in its final type.
    told: dict[str, np.ndarray[Any, Any]] = {name: np.empty(len(rows), kind) for name, kind in FOLLOWING.items()}
    for start in range(0, len(rows), CHUNK):
        part = slice(start, start + CHUNK)
        for name, values in _on_day(rows.iloc[part], calendar, soon, today).items():
            told[name][part] = values
    reason = pd.Categorical.from_codes(told.pop("reason"), rows["reason"].cat.categories)
    columns = {name: rows[name] for name in OBLIGATIONS.names if name in rows} | {
        "is_provisional": pd.arrays.BooleanArray(told["is_provisional"], np.zeros(len(rows), bool)),
        "state": pd.Categorical.from_codes(told["state"], STATES),
        "days_left": pd.arrays.IntegerArray(told["days_left"], told["is_idle"]),
        "days_late": pd.arrays.IntegerArray(told["days_late"], np.zeros(len(rows), bool)),
        "workdays_late": pd.arrays.IntegerArray(told["workdays_late"], np.zeros(len(rows), bool)),
    }
    # Not ``assign``, which copies them.
    typed = OBLIGATIONS.typed(pd.DataFrame(columns, copy=False))
    return typed.assign(assignment_id=rows["assignment_id"], reason=reason).reset_index(drop=True)


def _on_day(
    rows: pd.DataFrame, calendar: WorkdayCalendar, soon: Ints, today: np.datetime64
) -> dict[str, np.ndarray[Any, Any]]:
    """Return what follows from the rows on that day; ``soon`` are the days before the last by the duty's code."""
    due, extended, met_on = (day_array(rows[name]) for name in ("due_on", "extended_to", "met_on"))
    effective = np.where(np.isnat(extended), due, extended)
    is_met = ~np.isnat(met_on)
    until = np.where(is_met, met_on, today)
    left = (effective - today).astype(np.int64)
    is_soon = left <= soon[rows["duty"].cat.codes]
    reason = rows["reason"].cat.codes.to_numpy()
    state = _states(is_met, until > effective, reason > 0, rows["is_suspended"].to_numpy(), is_soon)
    is_late = np.isin(state, _codes(State.OVERDUE, State.MET_LATE))
    is_idle = ~np.isin(state, _codes(State.OPEN, State.DUE_SOON))
    return {
        "state": state,
        "is_idle": is_idle,
        "is_provisional": calendar.is_provisional(effective),
        "days_left": left,
        "days_late": np.where(is_late, (until - effective).astype(np.int64), 0),
        "workdays_late": np.where(is_late, calendar.workdays_between(effective, until), 0),
        "reason": np.where(state == _codes(State.EXCUSED)[0], reason, 0),
    }


def _states(is_met: Mask, is_late: Mask, is_excused: Mask, is_suspended: Mask, is_soon: Mask) -> Codes:
    """Return the state's code of every row; what is met stays met, and nothing runs while it is excused or suspended."""
    state = np.where(is_soon, *_codes(State.DUE_SOON, State.OPEN)).astype(np.int8)
    for mask, code in (
        (is_late, State.OVERDUE),
        (is_suspended, State.SUSPENDED),
        (is_excused, State.EXCUSED),
        (is_met, State.MET),
        (is_met & is_late, State.MET_LATE),
    ):
        state[mask] = _codes(code)[0]
    return state


def _codes(*states: State) -> list[int]:
    return [STATES.index(str(state)) for state in states]


def _without_unused_names(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(**{name: named(rows[name].cat.codes.to_numpy(), rows[name].cat.categories) for name in NAMED})


def named(code: Ints, names: Sequence[str] | pd.Index) -> pd.Categorical:
    """Return the names by code as a categorical of those names that occur, in their order."""
    used = np.flatnonzero(np.bincount(code, minlength=len(names)))
    if len(used) == len(names):
        return pd.Categorical.from_codes(code, pd.Index(names))
    place = np.zeros(len(names), np.int32)
    place[used] = np.arange(len(used))
    return pd.Categorical.from_codes(place[code], pd.Index(names)[used])
