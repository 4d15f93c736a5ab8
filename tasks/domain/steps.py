"""Which steps of the ladder an obligation has reached, and on which day each one truly fell due.

A step is one occurrence of one level on one obligation. Its day depends on the last day and the ladder alone, never on when
the programme happened to run: a night that was missed changes nothing but when the mail leaves.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from tasks.domain.deadlines import Limit
from tasks.domain.frames import Level, State
from tasks.domain.ladder import LEVELS, Ladder, LadderPolicy, Rung, Threshold, add, between
from tasks.domain.workdays import Days, WorkdayCalendar

FAR = np.datetime64("2080-12-31", "D")
UNMET = (State.OPEN, State.DUE_SOON, State.OVERDUE)
KEY = ["proposal_id", "unit_id", "duty", "round"]
RUNGS = {"row": "int64", "policy": "int64", "level": "str", "rank": "int64"}
RUNGS |= {"first_on": "datetime64[s]", "ends_before": "datetime64[s]", "is_barred": "bool"}
REACHED = {"row": "int64", "policy": "int64", "level": "str", "step": "int64", "fell_due_on": "datetime64[s]"}
REACHED |= {"is_fresh": "bool", "is_current": "bool", "is_barred": "bool"}


def pending(obligations: pd.DataFrame) -> pd.DataFrame:
    """Return the obligations that a ladder may climb: not met, not excused, not suspended. Texts are plain, index fresh."""
    rows = obligations[obligations["state"].isin([str(state) for state in UNMET])].reset_index(drop=True)
    categories = [name for name in rows if isinstance(rows[name].dtype, pd.CategoricalDtype)]
    return rows.astype(dict.fromkeys(categories, "str"))


def effective_due(obligations: pd.DataFrame) -> pd.Series:
    """Return the last day that counts: the extended one where there is one."""
    return obligations["extended_to"].fillna(obligations["due_on"])


def schedule(
    open_ones: pd.DataFrame, ladder: Ladder, calendar: WorkdayCalendar, backlog: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return every rung of every obligation in ``open_ones``: one row per (row, level).

    ``row`` is the position in ``open_ones``; ``first_on`` the day the level is reached, ``ends_before`` the day a higher
    one takes over and mutes it. ``backlog`` (proposal_id, since) lets overdue cases reach a rung that takes backlog at once.
    """
    policy = ladder.policy_index(_days(open_ones["starts_on"]))
    parts = [
        _rungs(open_ones, rows, ladder.policies[index], index, duty, calendar, _since(backlog))
        for (index, duty), rows in open_ones.groupby([policy, "duty"]).indices.items()
    ]
    return _concatenated(parts, RUNGS)


def reached_steps(
    rungs: pd.DataFrame, ladder: Ladder, calendar: WorkdayCalendar, as_of: date, planned_through: date | None
) -> pd.DataFrame:
    """Return the steps reached by ``as_of``: those since ``planned_through``, and each level's latest.

    Columns: row, policy, level, step (1, 2, … of a level that repeats), fell_due_on, is_fresh (fell due after
    ``planned_through``: a night not planned yet; never, when nothing was ever planned), is_current (no higher level is
    reached and this is the latest occurrence).
    """
    today = np.datetime64(as_of, "D")
    reached = rungs[(rungs["first_on"] <= pd.Timestamp(as_of)) & (rungs["first_on"] < rungs["ends_before"])]
    parts = [
        _occurrences(part, ladder.policies[policy].rung(level).every, calendar, today, planned_through)
        for (policy, level), part in reached.groupby(["policy", "level"])
    ]
    return _concatenated(parts, REACHED)


def levels(
    obligations: pd.DataFrame,
    ladder: Ladder,
    calendar: WorkdayCalendar,
    as_of: date,
    backlog: pd.DataFrame | None = None,
) -> pd.Series:
    """Return the highest level each obligation has reached on ``as_of``, by the days alone; NaN where none.

    Silences and explanations do not lower it. A provisional last day never gets past a reminder.
    """
    obligations = obligations.reset_index(drop=True)
    found = pd.Series(None, index=obligations.index, dtype="str", name="level")
    is_open = obligations["state"].isin([str(state) for state in UNMET]).to_numpy()
    open_ones = pending(obligations)
    rungs = schedule(open_ones, ladder, calendar, backlog)
    rungs = rungs[(rungs["first_on"] <= pd.Timestamp(as_of)) & ~rungs["is_barred"]]
    highest = rungs.sort_values("rank", kind="stable").drop_duplicates("row", keep="last")
    found.iloc[np.flatnonzero(is_open)[highest["row"]]] = highest["level"].to_numpy()
    return found


def case_levels(
    obligations: pd.DataFrame,
    ladder: Ladder,
    calendar: WorkdayCalendar,
    as_of: date,
    backlog: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return proposal_id and level: the highest that any obligation of each proposal has reached; none, no row."""
    found = levels(obligations, ladder, calendar, as_of, backlog)
    reached = pd.DataFrame({"proposal_id": obligations["proposal_id"].astype("str").to_numpy(), "level": found})
    ranked = reached.dropna().assign(rank=lambda rows: rows["level"].map({str(v): n for n, v in enumerate(LEVELS)}))
    highest = ranked.sort_values("rank", kind="stable").drop_duplicates("proposal_id", keep="last")
    return highest[["proposal_id", "level"]].sort_values("proposal_id", ignore_index=True)


def _rungs(
    open_ones: pd.DataFrame,
    rows: np.ndarray[Any, Any],
    policy: LadderPolicy,
    index: int,
    duty: str,
    calendar: WorkdayCalendar,
    since: pd.Series,
) -> pd.DataFrame:
    """Return the rungs of the obligations of one duty under one policy."""
    own = open_ones.iloc[rows]
    is_provisional = own["is_provisional"].to_numpy(dtype=bool)
    takes_over = np.full(len(rows), FAR)
    parts = []
    for rung, threshold in reversed(list(policy.climbed_by(duty))):
        is_barred = is_provisional & (rung.level is not Level.REMIND)
        first = _first_days(own, rung, threshold, calendar, since)
        parts.append(
            pd.DataFrame(
                {
                    "row": rows,
                    "policy": index,
                    "level": str(rung.level),
                    "rank": LEVELS.index(rung.level),
                    "first_on": first.astype("datetime64[s]"),
                    "ends_before": takes_over.astype("datetime64[s]"),
                    "is_barred": is_barred,
                }
            )
        )
        # A level that a provisional day may not reach must not mute the reminder either.
        takes_over = np.where(is_barred, takes_over, np.minimum(takes_over, first))
    return _concatenated(parts[::-1], RUNGS)


def _first_days(
    own: pd.DataFrame, rung: Rung, threshold: Threshold, calendar: WorkdayCalendar, since: pd.Series
) -> Days:
    due = _days(effective_due(own))
    # Nobody is reminded of an obligation before it exists.
    first = np.maximum(threshold.first_days(due, calendar), _days(own["starts_on"]))
    if not rung.takes_backlog:
        return first
    in_backlog = _days(since.reindex(own["proposal_id"]))
    return np.fmin(first, np.maximum(in_backlog, due + 1))


def _occurrences(
    part: pd.DataFrame,
    every: Limit | None,
    calendar: WorkdayCalendar,
    today: np.datetime64,
    planned_through: date | None,
) -> pd.DataFrame:
    """Return the occurrences of one level of one policy; see ``reached_steps``."""
    first, ends_before = _days(part["first_on"]), _days(part["ends_before"])
    until = np.minimum(ends_before - 1, today)
    planned = today if planned_through is None else np.datetime64(planned_through, "D")
    last, low = np.ones(len(part), np.int64), np.ones(len(part), np.int64)
    if every is not None:
        last = 1 + between(first, until, every.unit, calendar) // every.count
        before = between(first, np.full(len(part), planned), every.unit, calendar) // every.count
        low = np.where(first > planned, 1, np.minimum(before + 2, last))
    count = last - low + 1
    step = np.repeat(low, count) + _ranges(count)
    fell_due = np.repeat(first, count)
    if every is not None:
        fell_due = np.where(step == 1, fell_due, add(fell_due, (step - 1) * every.count, every.unit, calendar))
    return pd.DataFrame(
        {
            "row": np.repeat(part["row"].to_numpy(), count),
            "policy": np.repeat(part["policy"].to_numpy(), count),
            "level": np.repeat(part["level"].to_numpy(dtype=object), count),
            "step": step,
            "fell_due_on": fell_due.astype("datetime64[s]"),
            "is_fresh": fell_due > planned,
            "is_current": np.repeat(ends_before > today, count) & (step == np.repeat(last, count)),
            "is_barred": np.repeat(part["is_barred"].to_numpy(), count),
        }
    )


def _ranges(count: np.ndarray[Any, np.dtype[np.int64]]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return 0, 1, …, n-1 for each n of ``count``, one after another."""
    return np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)


def _since(backlog: pd.DataFrame | None) -> pd.Series:
    """Return the day since which each proposal is a backlog case."""
    if backlog is None:
        return pd.Series(dtype="datetime64[s]", index=pd.Index([], dtype="str"))
    return backlog.groupby(backlog["proposal_id"].astype("str"))["since"].min()


def _concatenated(parts: list[pd.DataFrame], types: dict[str, str]) -> pd.DataFrame:
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame(columns=list(types)).astype(types)


def _days(values: pd.Series) -> Days:
    return values.to_numpy(dtype="datetime64[s]").astype("datetime64[D]")
