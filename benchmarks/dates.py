"""Workday arithmetic on a million rows against what a user would pick; every result is compared before it is timed.

Run ``python -m benchmarks.dates``. Ratios are within one run; below 1.5 they mean nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import numpy as np
import pandas as pd

from benchmarks.measuring import scale
from tasks.adapters.calendars import load_calendar
from tasks.domain.deadlines import Limit, due_on
from tasks.domain.workdays import WorkdayCalendar

ROWS = {"quick": 10_000, "small": 1_000_000, "full": 1_000_000}
SLICE = 1_000  # rows given to the loops; their time is scaled up
FIRST, LAST = np.datetime64("2015-01-01"), np.datetime64("2025-12-01")
MONTHS = Limit.parse("3 months")


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the best of ``repeats`` times."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def exact_busdays(calendar: WorkdayCalendar) -> np.busdaycalendar:
    """Return numpy's calendar of the same workdays: it knows no make-up days, so every day off is a holiday."""
    span = np.arange(FIRST, np.datetime64("2027-12-31"))
    return np.busdaycalendar(weekmask="1111111", holidays=span[~calendar.is_workday(span)])


def loop_between(starts: list[date], ends: list[date]) -> list[int]:
    one = timedelta(days=1)
    return [len(chinese_calendar.get_workdays(a + one, b)) for a, b in zip(starts, ends, strict=True)]


def loop_add(starts: list[date], n: int) -> list[date]:
    reached = []
    for day in starts:
        left = n
        while left:
            day += timedelta(days=1)
            left -= chinese_calendar.is_workday(day)
        reached.append(day)
    return reached


def loop_months(starts: list[date], calendar: WorkdayCalendar) -> list[date]:
    reached = []
    for start in starts:
        day = (pd.Timestamp(start) + pd.DateOffset(months=3)).date()
        while not calendar.is_workday(day):
            day += timedelta(days=1)
        reached.append(day)
    return reached


def report(name: str, ours: float, others: dict[str, float]) -> None:
    ratios = "; ".join(f"{ratio / ours:,.1f} x {other}" for other, ratio in others.items())
    print(f"{name:<32}{ours * 1e3:9.2f} ms   {ratios}")


def main() -> None:
    rows = ROWS[scale()]
    calendar = load_calendar(Path(__file__).parents[1] / "config" / "calendar")
    busdays = exact_busdays(calendar)
    rng = np.random.default_rng(20261123)
    starts = FIRST + rng.integers(0, int((LAST - FIRST).astype(int)), rows)
    ends = np.minimum(starts + rng.integers(0, 400, rows), np.datetime64("2026-11-23"))
    few, few_ends = starts[:SLICE].tolist(), ends[:SLICE].tolist()
    times = rows / SLICE

    # busday_count counts [start, end); ours counts (start, end].
    between = calendar.workdays_between(starts, ends)
    np.testing.assert_array_equal(between, np.busday_count(starts + 1, ends + 1, busdaycal=busdays))
    assert between[:SLICE].tolist() == loop_between(few, few_ends)
    added = calendar.add_workdays(starts, 20)
    np.testing.assert_array_equal(added, np.busday_offset(starts, 20, roll="backward", busdaycal=busdays))
    assert added[:SLICE].tolist() == loop_add(few, 20)
    due = due_on(starts, MONTHS, calendar)
    np.testing.assert_array_equal(due, np.busday_offset(months_by_pandas(starts), 0, roll="forward", busdaycal=busdays))
    assert due[:SLICE].tolist() == loop_months(few, calendar)

    print(f"{rows:,} rows; the chinese_calendar and DateOffset loops ran on {SLICE:,} rows, scaled to {rows:,}")
    report(
        "workdays_between",
        seconds(lambda: calendar.workdays_between(starts, ends)),
        {
            "numpy.busday_count": seconds(lambda: np.busday_count(starts + 1, ends + 1, busdaycal=busdays)),
            "chinese_calendar loop": seconds(lambda: loop_between(few, few_ends), 1) * times,
        },
    )
    report(
        "add_workdays(20)",
        seconds(lambda: calendar.add_workdays(starts, 20)),
        {
            "numpy.busday_offset": seconds(lambda: np.busday_offset(starts, 20, roll="backward", busdaycal=busdays)),
            "chinese_calendar loop": seconds(lambda: loop_add(few, 20), 1) * times,
        },
    )
    report(
        "due_on(3 months)",
        seconds(lambda: due_on(starts, MONTHS, calendar)),
        {
            "pandas DateOffset + busday roll": seconds(
                lambda: np.busday_offset(months_by_pandas(starts), 0, roll="forward", busdaycal=busdays), 2
            ),
            "DateOffset loop": seconds(lambda: loop_months(few, calendar), 1) * times,
        },
    )
    made = seconds(lambda: WorkdayCalendar(calendar.days_off, calendar.make_up_workdays, calendar.published_through))
    print(f"{'build a calendar':<32}{made * 1e3:9.2f} ms")
    one = seconds(lambda: [calendar.add_workdays(day, 20) for day in few]) / SLICE
    print(f"{'add_workdays, one date':<32}{one * 1e6:9.2f} us")


def months_by_pandas(starts: np.ndarray) -> np.ndarray:
    return (
        (pd.DatetimeIndex(starts.astype("datetime64[s]")) + pd.DateOffset(months=3)).to_numpy().astype("datetime64[D]")
    )


if __name__ == "__main__":
    main()
