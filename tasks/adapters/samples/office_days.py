"""The sample offices' days: when somebody was at work, and what day lies some months or workdays on.

The days off of 2024 to 2026 are written here, not asked of a calendar library, so that an update of that library never
changes a row of a sample. Other years know weekends only.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

HOLIDAYS = (
    ("2024-01-01", 1),
    ("2024-02-10", 8),
    ("2024-04-04", 3),
    ("2024-05-01", 5),
    ("2024-06-10", 1),
    ("2024-09-15", 3),
    ("2024-10-01", 7),
    ("2025-01-01", 1),
    ("2025-01-28", 8),
    ("2025-04-04", 3),
    ("2025-05-01", 5),
    ("2025-05-31", 3),
    ("2025-10-01", 8),
    ("2026-01-01", 3),
    ("2026-02-15", 9),
    ("2026-04-04", 3),
    ("2026-05-01", 5),
    ("2026-06-19", 3),
    ("2026-09-25", 3),
    ("2026-10-01", 7),
)
DAYS_OFF = frozenset(date.fromisoformat(first) + timedelta(n) for first, length in HOLIDAYS for n in range(length))
MAKE_UP_WORKDAYS = frozenset(
    map(
        date.fromisoformat,
        (
            "2024-02-04",
            "2024-02-18",
            "2024-04-07",
            "2024-04-28",
            "2024-05-11",
            "2024-09-14",
            "2024-09-29",
            "2024-10-12",
            "2025-01-26",
            "2025-02-08",
            "2025-04-27",
            "2025-09-28",
            "2025-10-11",
            "2026-01-04",
            "2026-02-14",
            "2026-02-28",
            "2026-05-09",
            "2026-09-20",
            "2026-10-10",
        ),
    )
)


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Return whether the offices worked that day."""
    return day in MAKE_UP_WORKDAYS or (day.weekday() < 5 and day not in DAYS_OFF)


def workday_from(day: date) -> date:
    """Return ``day``, or the first workday after it."""
    while not is_workday(day):
        day += timedelta(1)
    return day


def workday_until(day: date) -> date:
    """Return ``day``, or the last workday before it."""
    while not is_workday(day):
        day -= timedelta(1)
    return day


def workdays_after(day: date, count: int) -> date:
    """Return the ``count``-th workday after ``day``."""
    for _ in range(count):
        day = workday_from(day + timedelta(1))
    return day


def months_after(day: date, months: int) -> date:
    """Return the same day ``months`` later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return date(year, month + 1, min(day.day, (following - timedelta(1)).day))
