"""The escalation ladder as data: rungs, how far each duty climbs, and which policy a case follows."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

import numpy as np

from tasks.domain.deadlines import Limit, LimitUnit
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import ContactRole, Level
from tasks.domain.workdays import Days, WorkdayCalendar

LEVELS = tuple(Level)


class Form(StrEnum):
    """How a level is written: many cases in one digest, or one letter a case."""

    DIGEST = "digest"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Threshold:
    """When a rung is reached: ``limit`` before the last day, or ``limit`` after it. Days or workdays only."""

    limit: Limit
    is_before: bool = False

    def __post_init__(self) -> None:
        """Refuse limits in months or years: a ladder counts days."""
        if self.limit.unit not in (LimitUnit.DAYS, LimitUnit.WORKDAYS):
            raise ValueError(f"升级时限只能用 days 或 workdays,不能用 {self.limit}")

    def __str__(self) -> str:
        return f"{'before' if self.is_before else 'late'} {self.limit}"

    @property
    def label(self) -> str:
        """The threshold in Chinese."""
        return f"{'期限前' if self.is_before else '逾期'}{self.limit.label}"

    def first_days(self, due: Days, calendar: WorkdayCalendar) -> Days:
        """Return the day on which each last day's rung is reached."""
        count = -self.limit.count if self.is_before else self.limit.count
        return add(due, count, self.limit.unit, calendar)


def add(days: Days, count: Any, unit: LimitUnit, calendar: WorkdayCalendar) -> Days:
    """Return the days ``count`` days or workdays later; ``count`` may be an array and negative."""
    return calendar.add_workdays(days, count) if unit is LimitUnit.WORKDAYS else days + count


def between(start: Days, end: Days, unit: LimitUnit, calendar: WorkdayCalendar) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return how many days or workdays lie after ``start`` up to and including ``end``."""
    if unit is LimitUnit.WORKDAYS:
        return calendar.workdays_between(start, end)
    return (end - start).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of a ladder.

    ``every`` repeats the level until a higher one is reached. ``asks_explanation_within`` and ``asks_action_within``
    count from the day the notice is made. ``tells_led_by`` copies in the leader who leads a key proposal.
    ``takes_backlog`` lets an overdue backlog case climb here at once.
    """

    level: Level
    when: Threshold
    to: ContactRole
    cc: tuple[ContactRole, ...] = ()
    form: Form = Form.DIGEST
    every: Limit | None = None
    asks_action_within: Limit | None = None
    asks_explanation_within: Limit | None = None
    needs_sign_off: bool = False
    tells_led_by: bool = False
    takes_backlog: bool = False


@dataclass(frozen=True, slots=True)
class Climb:
    """How far a duty climbs (None: it never escalates), and where its thresholds differ from the rungs' own."""

    up_to: Level | None
    when: Mapping[Level, Threshold] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LadderPolicy:
    """The ladder in force from ``starts_on``; ``rungs`` go from low to high. ``climbs`` is by duty."""

    starts_on: date
    article: str
    rungs: tuple[Rung, ...]
    default_climb: Climb
    climbs: Mapping[str, Climb] = field(default_factory=dict)
    checked_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse a ladder that names a level twice or out of order."""
        ranks = [LEVELS.index(rung.level) for rung in self.rungs]
        if not ranks or ranks != sorted(set(ranks)):
            raise ValueError("升级阶梯的各级必须由低到高,每级一次:" + "、".join(map(str, LEVELS)))

    def climbed_by(self, duty: str) -> Iterator[tuple[Rung, Threshold]]:
        """Yield the rungs that ``duty`` climbs, low to high, each with its threshold."""
        climb = self.climbs.get(duty, self.default_climb)
        if climb.up_to is not None:
            for rung in self.rungs:
                if LEVELS.index(rung.level) <= LEVELS.index(climb.up_to):
                    yield rung, climb.when.get(rung.level, rung.when)

    def rung(self, level: str) -> Rung:
        """Return the rung of that level."""
        return next(rung for rung in self.rungs if rung.level == level)


@dataclass(frozen=True, slots=True)
class Ladder:
    """All policies of a jurisdiction in order of their start; ``file`` is named in errors."""

    policies: tuple[LadderPolicy, ...]
    file: str = "escalation.yaml"

    def __post_init__(self) -> None:
        """Refuse an empty ladder and policies out of order."""
        starts = [policy.starts_on for policy in self.policies]
        if not starts or starts != sorted(set(starts)):
            raise ValueError("policies 至少一条,且 from 必须由早到晚、不得重复")

    @property
    def version(self) -> str:
        """A short hash of everything that can change a notice."""
        return hashlib.sha256(repr(self.policies).encode()).hexdigest()[:16]

    @property
    def duties(self) -> frozenset[str]:
        """The duties that any policy names, to be checked against the rule book."""
        return frozenset(duty for policy in self.policies for duty in policy.climbs)

    def policy_index(self, starts_on: Days) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the index of the policy in force when each obligation began: a ladder is frozen at the start.

        Raises ``ConfigurationError`` when an obligation began before the first policy.
        """
        starts = np.array([policy.starts_on for policy in self.policies], dtype="datetime64[D]")
        index = np.searchsorted(starts, starts_on, side="right") - 1
        if (index < 0).any():
            raise ConfigurationError(
                self.file,
                f"有事项自 {starts_on.min()} 起算,早于最早的升级办法(from: {starts[0]})。",
                "请把最早一条的 from 提前,或补充一条更早的办法。",
            )
        return index
