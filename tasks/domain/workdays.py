"""Which days are workdays, and arithmetic on them: single days and whole columns alike.

A calendar is three facts: the days that are off besides weekends, the weekend days that are worked, and the last day
the State Council has published. Every question is answered from tables over one fixed span, made once a calendar.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from tasks.domain.errors import SourceError

Days = NDArray[np.datetime64]
Flags = NDArray[np.bool_]
Counts = NDArray[np.int64]
Values = TypeVar("Values", bound=NDArray[Any])

# The tables begin at numpy's own day 0, so that a column of days is its own index and nothing is copied.
FIRST_DAY = date(1970, 1, 1)
LAST_DAY = date(2080, 12, 31)
SPAN = (LAST_DAY - FIRST_DAY).days + 1

# 全国年节及纪念日放假办法: the holidays it fixes by Gregorian (month, day), and the first year of each (2 May: since
# the revision of 2024). They matter only where no notice is published yet.
STATUTORY_FIXED_HOLIDAYS = {(1, 1): 1970, (5, 1): 1970, (5, 2): 2025, (10, 1): 1970, (10, 2): 1970, (10, 3): 2000}


@dataclass(frozen=True, slots=True)
class WorkdayCalendar:
    """The workdays of 1970-2080; immutable, hashable, and equal to a calendar of the same three facts.

    ``days_off`` are the days off (weekend days among them change nothing), ``make_up_workdays`` the weekend days that
    are worked (调休). After ``published_through`` a day is provisional (暂定): off are weekends, the holidays that the
    law fixes by Gregorian date, and what the lists name all the same. Lunar holidays are not guessed. Before the first
    listed year only weekends are known. ``version`` is a hash of the three facts.

    Every method takes one ``date`` or an array of ``datetime64`` (any unit, read as days) and answers in kind. In an
    array NaT stays NaT, is no workday, not provisional, and 0 workdays away. A day outside the span is a
    ``SourceError``.
    """

    days_off: Collection[date]
    make_up_workdays: Collection[date]
    published_through: date
    version: str = field(init=False, compare=False)
    _is_workday: Flags = field(init=False, compare=False, repr=False)
    _count_through: NDArray[np.int32] = field(init=False, compare=False, repr=False)
    _workdays: Counts = field(init=False, compare=False, repr=False)
    _rolled: Counts = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """Freeze the lists and make the tables."""
        days_off, make_up_workdays = frozenset(self.days_off), frozenset(self.make_up_workdays)
        if both := sorted(days_off & make_up_workdays):
            raise ValueError(f"both a day off and a make-up workday: {', '.join(map(str, both))}")
        is_workday = _workday_table(days_off, make_up_workdays, self.published_through)
        workdays = np.flatnonzero(is_workday)
        count_through = np.cumsum(is_workday, dtype=np.int32)
        made = {
            "days_off": days_off,
            "make_up_workdays": make_up_workdays,
            "version": _fingerprint(days_off, make_up_workdays, self.published_through),
            "_is_workday": is_workday,
            "_count_through": count_through,
            "_workdays": workdays,
            # The workdays before a day are as many as the position of the next one in the list of workdays.
            "_rolled": np.append(workdays, SPAN)[count_through - is_workday],
        }
        for name, value in made.items():
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel as the three facts; the tables are made again on arrival."""
        return type(self), (self.days_off, self.make_up_workdays, self.published_through)

    @overload
    def is_workday(self, days: date) -> bool: ...
    @overload
    def is_workday(self, days: Days) -> Flags: ...
    def is_workday(self, days: date | Days) -> bool | Flags:
        """Return whether each day is worked."""
        if isinstance(days, date):
            return bool(self._is_workday.item(_position(days)))
        positions, missing = _positions(days)
        return _blank(self._is_workday.take(positions), missing, False)

    @overload
    def is_provisional(self, days: date) -> bool: ...
    @overload
    def is_provisional(self, days: Days) -> Flags: ...
    def is_provisional(self, days: date | Days) -> bool | Flags:
        """Return whether each day lies after the last published one, so that its status may still change."""
        if isinstance(days, date):
            return _position(days) > _position(self.published_through)
        positions, missing = _positions(days)
        return _blank(positions > _position(self.published_through), missing, False)

    @overload
    def roll(self, days: date) -> date: ...
    @overload
    def roll(self, days: Days) -> Days: ...
    def roll(self, days: date | Days) -> date | Days:
        """Return each day if it is a workday, else the next workday."""
        if isinstance(days, date):
            return _day(self._rolled.item(_position(days)))
        positions, missing = _positions(days)
        return _days(self._rolled.take(positions), missing)

    @overload
    def add_workdays(self, days: date, n: int) -> date: ...
    @overload
    def add_workdays(self, days: Days, n: int | Counts) -> Days: ...
    def add_workdays(self, days: date | Days, n: int | Counts) -> date | Days:
        """Return the ``n``-th workday after each day, or before it when ``n`` is negative; the day itself for 0.

        The starting day does not count, whether it is worked or not. ``n`` may be an array, one number for each day.

        >>> WorkdayCalendar([], [], date(2026, 12, 31)).add_workdays(date(2026, 11, 20), 1)
        datetime.date(2026, 11, 23)
        """
        if isinstance(days, date):
            return self._add_to_one(days, int(n))
        positions, missing = _positions(days)
        steps = np.asarray(n, dtype=np.int64)
        through = self._count_through.take(positions)
        # Going back, a starting day that is worked must not count, so it is taken off first.
        before = through - self._is_workday.take(positions) if np.any(steps < 0) else through
        at = np.where(steps > 0, through + (steps - 1), before + steps)
        reached = self._workdays.take(at, mode="clip")
        unreachable = (at < 0) | (at >= self._workdays.size)
        if np.any(unreachable if missing is None else unreachable & ~missing):
            raise _outside("加减工作日的结果")
        return _days(np.where(steps == 0, positions, reached) if np.any(steps == 0) else reached, missing)

    def _add_to_one(self, day: date, n: int) -> date:
        position = _position(day)
        if n == 0:
            return _day(position)
        through = self._count_through.item(position)
        at = through + n - 1 if n > 0 else through - self._is_workday.item(position) + n
        if not 0 <= at < self._workdays.size:
            raise _outside(f"{day} 加 {n} 个工作日的结果")
        return _day(self._workdays.item(at))

    @overload
    def workdays_between(self, start: date, end: date) -> int: ...
    @overload
    def workdays_between(self, start: Days, end: date | Days) -> Counts: ...
    @overload
    def workdays_between(self, start: date, end: Days) -> Counts: ...
    def workdays_between(self, start: date | Days, end: date | Days) -> int | Counts:
        """Return how many workdays lie after ``start`` up to and including ``end``; negative when ``end`` is earlier.

        >>> WorkdayCalendar([], [], date(2026, 12, 31)).workdays_between(date(2026, 11, 20), date(2026, 11, 24))
        2
        """
        if isinstance(start, date) and isinstance(end, date):
            return int(self._count_through.item(_position(end)) - self._count_through.item(_position(start)))
        from_count, no_start = self._counts(start)
        to_count, no_end = self._counts(end)
        between = np.asarray(np.subtract(to_count, from_count, dtype=np.int64))
        for missing in (no_start, no_end):
            _blank(between, missing, 0)
        return between

    def _counts(self, days: date | Days) -> tuple[Any, Flags | None]:
        if isinstance(days, date):
            return self._count_through.item(_position(days)), None
        positions, missing = _positions(days)
        return self._count_through.take(positions), missing


def _workday_table(days_off: frozenset[date], make_up_workdays: frozenset[date], published_through: date) -> Flags:
    span = np.arange(SPAN).view("datetime64[D]")
    worked = np.is_busday(span)
    for year in range(published_through.year, LAST_DAY.year + 1):
        for (month, day), first_year in STATUTORY_FIXED_HOLIDAYS.items():
            if year >= first_year and date(year, month, day) > published_through:
                worked[_position(date(year, month, day))] = False
    for listed, is_worked in ((days_off, False), (make_up_workdays, True)):
        worked[[_position(each) for each in listed]] = is_worked
    return worked


def _fingerprint(days_off: frozenset[date], make_up_workdays: frozenset[date], published_through: date) -> str:
    facts = (sorted(days_off), sorted(make_up_workdays), [published_through])
    return hashlib.sha256(";".join(",".join(map(str, days)) for days in facts).encode()).hexdigest()[:12]


def _position(day: date) -> int:
    position = day.toordinal() - FIRST_DAY.toordinal()
    if not 0 <= position < SPAN:
        raise _outside(f"日期 {day:%Y-%m-%d}")
    return position


def _positions(days: Days) -> tuple[Counts, Flags | None]:
    """Return the index of each day, and where none is given (None when all are); a missing day gets index 0."""
    array = np.asarray(days, dtype="datetime64[D]")
    positions = array.view(np.int64)
    # Read as unsigned, NaT and days before the span are huge numbers: one look settles the common case.
    if positions.size == 0 or positions.view(np.uint64).max() < SPAN:
        return positions, None
    missing = np.isnat(array)
    outside = array[~missing & ((positions < 0) | (positions >= SPAN))]
    if outside.size:
        raise _outside(f"日期 {outside[0]}")
    return np.where(missing, 0, positions), missing


def _day(position: int) -> date:
    if position >= SPAN:
        raise _outside("顺延的结果")
    return date.fromordinal(FIRST_DAY.toordinal() + position)


def _days(positions: Counts, missing: Flags | None) -> Days:
    if positions.size and positions.max() >= SPAN:
        raise _outside("顺延的结果")
    return _blank(positions.view("datetime64[D]"), missing, np.datetime64("NaT"))


def _blank(values: Values, missing: Flags | None, blank: Any) -> Values:
    if missing is not None:
        values[missing] = blank
    return values


def _outside(what: str) -> SourceError:
    return SourceError(
        "工作日历",
        f"{what}不在 {FIRST_DAY} 至 {LAST_DAY} 之内",
        "请核对来源中的日期；可在 source.yaml 的 bounds 中写明该列允许的起止日期。",
    )
