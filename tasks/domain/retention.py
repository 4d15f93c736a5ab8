"""How long the nights of the past are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby


class Then(StrEnum):
    """What stays of older nights."""

    MONTH_ENDS = "month_ends"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HistoryPolicy:
    """All of the last ``days`` days is kept; of what is older, what ``then`` says and whatever is referred to."""

    days: int
    then: Then = Then.MONTH_ENDS

    def is_recent(self, made_on: date, today: date) -> bool:
        """Return whether a night belongs to the last days.

        >>> HistoryPolicy(31).is_recent(date(2026, 7, 1), date(2026, 8, 1))
        False
        """
        return made_on > today - timedelta(self.days)

    def lasting(self, nights: Iterable[date]) -> set[date]:
        """Return those of the nights that stay however old they are.

        >>> sorted(HistoryPolicy(31).lasting([date(2026, 7, 1), date(2026, 7, 30), date(2026, 8, 2)]))
        [datetime.date(2026, 7, 30), datetime.date(2026, 8, 2)]
        """
        if self.then is Then.NONE:
            return set()
        months = groupby(sorted(nights), key=lambda night: (night.year, night.month))
        return {list(month)[-1] for _, month in months}
