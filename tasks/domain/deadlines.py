"""Limits as the rules write them, and the last day on which an obligation is met in time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import cast, overload

import numpy as np

from tasks.domain.workdays import SPAN, Days, WorkdayCalendar


class LimitUnit(StrEnum):
    """In what a limit counts."""

    MONTHS = "months"
    DAYS = "days"
    WORKDAYS = "workdays"
    YEAR_END = "year_end"


NEXT_YEAR_END = "end of next year"
WRITTEN = re.compile(r"(?P<count>[1-9]\d{0,3}) (?P<unit>month|day|workday)s?")
LABELS = {LimitUnit.MONTHS: "{}个月", LimitUnit.DAYS: "{}日", LimitUnit.WORKDAYS: "{}个工作日"}


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit: so many months, days or workdays, or the last day of the ``count``-th year after the start."""

    count: int
    unit: LimitUnit

    def __post_init__(self) -> None:
        """Refuse what no rule means."""
        if self.count < 1 or (self.unit is LimitUnit.YEAR_END and self.count != 1):
            raise ValueError(f"a limit of {self.count} {self.unit} does not exist")

    @classmethod
    def parse(cls, text: str) -> Limit:
        """Return the limit that ``text`` states; any other form is a ``ValueError`` that names the allowed ones.

        >>> Limit.parse("20 workdays")
        Limit(count=20, unit=<LimitUnit.WORKDAYS: 'workdays'>)
        >>> str(Limit.parse("1 month")), Limit.parse("1 month").label
        ('1 month', '1个月')
        """
        if text == NEXT_YEAR_END:
            return cls(1, LimitUnit.YEAR_END)
        # A YAML file may hand over a number.
        if (written := WRITTEN.fullmatch(str(text))) is None:
            raise ValueError(_wrong_form(text))
        return cls(int(written["count"]), LimitUnit(f"{written['unit']}s"))

    def __str__(self) -> str:
        """Return the form that ``parse`` reads."""
        if self.unit is LimitUnit.YEAR_END:
            return NEXT_YEAR_END
        return f"{self.count} {self.unit.removesuffix('s') if self.count == 1 else self.unit}"

    @property
    def label(self) -> str:
        """The limit in Chinese, as letters print it."""
        return "次年12月31日" if self.unit is LimitUnit.YEAR_END else LABELS[self.unit].format(self.count)


def _wrong_form(text: str) -> str:
    return f"期限“{text}”写法不对，可写 3 months（单数 1 month）、15 days、20 workdays 或 {NEXT_YEAR_END}"


@overload
def due_on(starts_on: date, limit: Limit, calendar: WorkdayCalendar, *, roll: bool = True) -> date: ...
@overload
def due_on(starts_on: Days, limit: Limit, calendar: WorkdayCalendar, *, roll: bool = True) -> Days: ...
def due_on(starts_on: date | Days, limit: Limit, calendar: WorkdayCalendar, *, roll: bool = True) -> date | Days:
    """Return the last day on which an obligation is met in time; for an array of days, an array (NaT stays NaT).

    The starting day does not count. A limit in months ends on the same day of the month, or on that month's last day.
    Days off inside are not deducted; with ``roll`` a last day off moves to the next workday (民法典 201-203, by
    analogy). A limit in workdays counts workdays only. The end of next year is 31 December and does not roll.

    >>> calendar = WorkdayCalendar([], [], published_through=date(2026, 12, 31))
    >>> due_on(date(2026, 3, 31), Limit.parse("3 months"), calendar)
    datetime.date(2026, 6, 30)
    >>> due_on(date(2025, 11, 30), Limit.parse("3 months"), calendar)  # 28 February is a Saturday
    datetime.date(2026, 3, 2)
    >>> due_on(date(2025, 11, 30), Limit.parse("3 months"), calendar, roll=False)
    datetime.date(2026, 2, 28)
    """
    if isinstance(starts_on, date):
        return cast(date, due_on(np.array([starts_on], dtype="datetime64[D]"), limit, calendar, roll=roll)[0].item())
    starts = np.asarray(starts_on, dtype="datetime64[D]")
    return _due_by_table(starts, limit, calendar, roll) if starts.size > SPAN else _due(starts, limit, calendar, roll)


def _due_by_table(starts: Days, limit: Limit, calendar: WorkdayCalendar, roll: bool) -> Days:
    """Answer a long column by one answer a day: its days repeat, and month arithmetic is numpy's slowest."""
    missing = np.isnat(starts)
    if missing.all():
        return starts.copy()
    first = np.fmin.reduce(starts)
    each_day = np.append(np.arange(first, np.fmax.reduce(starts) + 1), np.datetime64("NaT"))
    return _due(each_day, limit, calendar, roll).take(np.where(missing, -1, (starts - first).view(np.int64)))


def _due(starts: Days, limit: Limit, calendar: WorkdayCalendar, roll: bool) -> Days:
    match limit.unit:
        case LimitUnit.WORKDAYS:
            return calendar.add_workdays(starts, limit.count)
        case LimitUnit.YEAR_END:
            return cast(Days, (starts.astype("datetime64[Y]") + (limit.count + 1)).astype("datetime64[D]") - 1)
        case LimitUnit.DAYS:
            last = starts + limit.count
        case LimitUnit.MONTHS:
            last = _add_months(starts, limit.count)
    return calendar.roll(last) if roll else last


def _add_months(days: Days, count: int) -> Days:
    """Return the same day ``count`` months later, or that month's last day if it has no such day."""
    month = days.astype("datetime64[M]")
    same_day = (month + count).astype("datetime64[D]") + (days - month.astype("datetime64[D]"))
    month_end = (month + (count + 1)).astype("datetime64[D]") - 1
    return cast(Days, np.minimum(same_day, month_end))
