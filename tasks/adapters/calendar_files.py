"""The files of ``config/calendar``: what each may say, and what would contradict itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Annotated

from pydantic import BeforeValidator, model_validator

from tasks.adapters.yaml_files import Strict


def notice_year(day: date) -> int:
    """Return the year whose notice arranges ``day``: the last days of December belong to the New Year's holiday."""
    return day.year + (day.month == 12)


def listed(days: Iterable[date]) -> str:
    """Return the days for a message, in order."""
    return "、".join(map(str, sorted(days)))


def _expand(text: object) -> tuple[date, ...]:
    """Return the days of ``2027-02-05`` or ``2027-02-05..2027-02-12``."""
    written = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?", str(text))
    if written is None:
        raise ValueError(f"“{text}”不是日期，也不是 2027-02-05..2027-02-12 这样的起止日期")
    first, last = (_real_date(each) for each in (written[1], written[2] or written[1]))
    if last < first:
        raise ValueError(f"“{text}”的止日早于起日")
    return tuple(first + timedelta(days=k) for k in range((last - first).days + 1))


def _real_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"“{text}”不是真实存在的日期") from None


def _month_day(text: object) -> tuple[int, int]:
    day = _real_date(f"2001-{text}")
    return day.month, day.day


DayRange = Annotated[tuple[date, ...], BeforeValidator(_expand)]


class Arrangement(Strict):
    """Days off and weekend days worked, as a notice lists them."""

    days_off: tuple[DayRange, ...]
    make_up_workdays: tuple[DayRange, ...]

    @property
    def off(self) -> frozenset[date]:
        """The days off."""
        return frozenset(day for days in self.days_off for day in days)

    @property
    def worked(self) -> frozenset[date]:
        """The weekend days that are worked."""
        return frozenset(day for days in self.make_up_workdays for day in days)

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Arrangement:
        every = [day for days in (*self.days_off, *self.make_up_workdays) for day in days]
        if repeated := {day for day in every if every.count(day) > 1}:
            raise ValueError(f"{listed(repeated)}列了不止一次")
        if weekdays := {day for day in self.worked if day.weekday() < 5}:
            raise ValueError(f"{listed(weekdays)}是周一至周五，不能列为调休上班")
        return self


def _refuse_strays(arrangement: Arrangement, year: int) -> None:
    if strays := {day for day in arrangement.off | arrangement.worked if notice_year(day) != year}:
        raise ValueError(f"{listed(strays)}不归 {year} 年的通知安排（它只管当年 1—11 月和上一年 12 月）")


class YearFile(Arrangement):
    """``config/calendar/<year>.yaml``: the notice of one year."""

    year: int
    published_on: date
    source: str
    checked_on: date | None

    @model_validator(mode="after")
    def _is_about_its_year(self) -> YearFile:
        _refuse_strays(self, self.year)
        if self.published_on.year not in (self.year - 1, self.year):
            raise ValueError(f"{self.year} 年的通知不会在 {self.published_on} 公布")
        return self


class Amendment(Arrangement):
    """A change to a year's notice after it came out; ``before`` is what the package no longer tells."""

    amends: int
    known_on: date
    source: str
    checked_on: date | None
    before: Arrangement | None = None

    @model_validator(mode="after")
    def _is_about_its_year(self) -> Amendment:
        for arrangement in (self, self.before):
            if arrangement is not None:
                _refuse_strays(arrangement, self.amends)
        return self

    def apply(self, days_off: set[date], make_up_workdays: set[date], *, is_known: bool) -> None:
        """Make the two sets say what was in force: this amendment, or what it replaced."""
        in_force = self if is_known else self.before
        if in_force is None:
            return
        for day in self.off | self.worked | (self.before.off | self.before.worked if self.before else frozenset()):
            days_off.discard(day)
            make_up_workdays.discard(day)
        days_off.update(in_force.off)
        make_up_workdays.update(in_force.worked)


class Amendments(Strict):
    """``config/calendar/amendments.yaml``."""

    amendments: tuple[Amendment, ...]


class Publication(Strict):
    """``config/calendar/published.yaml``: when each year's notice came out."""

    checked_on: date | None
    otherwise: Annotated[tuple[int, int], BeforeValidator(_month_day)]
    published_on: dict[int, date]

    def of(self, year: int) -> date:
        """Return the day the notice of ``year`` came out, by default that day of the year before."""
        return self.published_on.get(year) or date(year - 1, *self.otherwise)
