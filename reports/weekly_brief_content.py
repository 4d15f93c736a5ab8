"""What the weekly brief (每周专报) says to the office: what moved, what falls due, what is late, who waits for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from reports.circular_content import Rate


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of one kind of duty in the week; ``done_late`` is apart from ``done``."""

    duty: str
    done: int
    done_late: int
    fell_overdue: int


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something that falls due: a confidential case has no title."""

    last_on: date
    case: str
    title: str | None
    unit: str
    duty: str


@dataclass(frozen=True, slots=True)
class LateUnit:
    """What a unit is late with, how much of it only since the last brief, and the longest delay among it in days."""

    unit: str
    replies: int
    others: int
    fresh: int
    days: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody waits for somebody: how many things, and since how many days the oldest; 0 where that is not known."""

    who: str
    whom: str
    what: str
    count: int
    days: int = 0


@dataclass(frozen=True, slots=True)
class WeeklyContent:
    """Everything that the weekly brief says.

    ``since`` is the day of the last brief (or a week ago), ``until`` the last day looked ahead to. ``overdue`` counts the
    replies of the current sessions, ``overdue_earlier`` those of earlier ones; ``before`` is the former a week ago.
    ``new_backlog`` is None where nothing is known of the backlog of the week before.
    """

    masthead: str
    issuer: str
    serial_no: int
    since: date
    as_of: date
    until: date
    dated_on: date
    progress: Rate
    overdue: int
    overdue_before: int
    overdue_earlier: int
    moved: tuple[Moved, ...] = ()
    replied: int = 0
    caught_up: int = 0
    newly_overdue: int = 0
    dissatisfied: int = 0
    undone: int = 0
    backlog: int = 0
    new_backlog: int | None = None
    due: tuple[DueItem, ...] = ()
    late: tuple[LateUnit, ...] = ()
    waits: tuple[Wait, ...] = ()

    @property
    def first_day(self) -> date:
        """The first day of the week that it tells of: the day after the last brief."""
        return self.since + timedelta(days=1)

    @property
    def has_moved(self) -> bool:
        """Whether anything happened at all."""
        return bool(self.moved or self.dissatisfied or self.undone)

    @property
    def due_counts(self) -> Sequence[tuple[str, int]]:
        """How many of each duty fall due, the most first."""
        counted: dict[str, int] = {}
        for item in self.due:
            counted[item.duty] = counted.get(item.duty, 0) + 1
        return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))

    @property
    def share(self) -> Decimal | None:
        """The share replied, in percent."""
        return self.progress.share
