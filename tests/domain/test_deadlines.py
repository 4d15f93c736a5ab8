"""Deadlines against a reference that counts on the fingers."""

from __future__ import annotations

import doctest
from calendar import monthrange
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain import deadlines, workdays
from tasks.domain.deadlines import Limit, LimitUnit, due_on
from tasks.domain.workdays import WorkdayCalendar

OFF = [date(2026, 2, day) for day in range(15, 24)] + [date(2026, 10, day) for day in range(1, 8)]
CALENDAR = WorkdayCalendar(OFF, [date(2026, 2, 14), date(2026, 2, 28), date(2026, 10, 10)], date(2026, 12, 31))

days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
limits = st.builds(Limit, st.integers(1, 40), st.sampled_from([LimitUnit.MONTHS, LimitUnit.DAYS, LimitUnit.WORKDAYS]))
NEXT_YEAR_END = Limit.parse("end of next year")


def due_slowly(start: date, limit: Limit, *, roll: bool) -> date:
    if limit.unit is LimitUnit.YEAR_END:
        return date(start.year + 1, 12, 31)
    if limit.unit is LimitUnit.WORKDAYS:
        day, left = start, limit.count
        while left:
            day += timedelta(days=1)
            left -= CALENDAR.is_workday(day)
        return day
    day = start + timedelta(days=limit.count) if limit.unit is LimitUnit.DAYS else months_later(start, limit.count)
    while roll and not CALENDAR.is_workday(day):
        day += timedelta(days=1)
    return day


def months_later(start: date, count: int) -> date:
    year, month = start.year, start.month
    for _ in range(count):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return date(year, month, min(start.day, monthrange(year, month)[1]))


@given(days, limits | st.just(NEXT_YEAR_END), st.booleans())
def test_the_last_day_is_the_one_found_by_counting(start, limit, roll):
    assert due_on(start, limit, CALENDAR, roll=roll) == due_slowly(start, limit, roll=roll)


@given(st.lists(days, max_size=30), limits | st.just(NEXT_YEAR_END))
def test_a_column_gives_the_same_days_as_its_rows(starts, limit):
    column = np.array(starts, dtype="datetime64[D]")
    assert due_on(column, limit, CALENDAR).tolist() == [due_on(start, limit, CALENDAR) for start in starts]


@given(limits | st.just(NEXT_YEAR_END))
def test_a_missing_start_has_no_deadline(limit):
    assert np.isnat(due_on(np.array(["NaT", "2026-03-01"], dtype="datetime64[s]"), limit, CALENDAR)).tolist() == [
        True,
        False,
    ]


@pytest.mark.parametrize("limit", [*map(Limit.parse, ("3 months", "15 days", "20 workdays")), NEXT_YEAR_END])
def test_a_long_column_gives_the_same_days_as_a_short_one(limit):
    short = np.append(np.arange("2023-12-20", "2026-01-10", dtype="datetime64[D]"), np.datetime64("NaT"))
    long = np.tile(short, workdays.SPAN // short.size + 1)
    assert long.size > workdays.SPAN
    expected = np.tile(due_on(short, limit, CALENDAR), workdays.SPAN // short.size + 1)
    np.testing.assert_array_equal(due_on(long, limit, CALENDAR), expected)


def test_a_long_column_without_any_start_has_no_deadline():
    nothing = np.full(workdays.SPAN + 1, np.datetime64("NaT", "D"))
    assert np.isnat(due_on(nothing, Limit.parse("3 months"), CALENDAR)).all()


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        (date(2025, 11, 30), "3 months", date(2026, 2, 28)),  # month end; that Saturday is a make-up workday
        (date(2024, 1, 31), "1 month", date(2024, 2, 29)),  # leap year
        (date(2026, 7, 2), "3 months", date(2026, 10, 8)),  # a last day in the national holidays rolls past them
        (date(2026, 2, 13), "20 workdays", date(2026, 3, 19)),  # 14 February counts, 15-23 don't, 28 does
        (date(2026, 2, 1), "15 days", date(2026, 2, 24)),  # 16 February is a day off; the days before were not deducted
        (date(2026, 3, 31), "end of next year", date(2027, 12, 31)),
    ],
)
def test_a_worked_example_comes_out(start, limit, expected):
    assert due_on(start, Limit.parse(limit), CALENDAR) == expected


def test_the_end_of_next_year_does_not_roll():
    assert date(2028, 12, 31).weekday() == 6
    assert due_on(date(2027, 3, 1), NEXT_YEAR_END, CALENDAR) == date(2028, 12, 31)


@given(limits | st.just(NEXT_YEAR_END))
def test_a_limit_is_read_back_as_written(limit):
    assert Limit.parse(str(limit)) == limit


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("3 months", "3个月"),
        ("1 month", "1个月"),
        ("20 workdays", "20个工作日"),
        ("15 days", "15日"),
        ("end of next year", "次年12月31日"),
    ],
)
def test_a_limit_has_a_chinese_label_and_keeps_its_form(text, label):
    assert (Limit.parse(text).label, str(Limit.parse(text))) == (label, text)


def test_singular_and_plural_are_the_same_limit():
    assert Limit.parse("1 months") == Limit.parse("1 month")
    assert Limit.parse("3 month") == Limit.parse("3 months")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "3",
        "months",
        "0 days",
        "-3 days",
        "3  months",
        " 3 months",
        "3 Months",
        "03 months",
        "1.5 months",
        "３ months",
        "3 weeks",
        "3 months\n",
        "三个月",
        "end of this year",
    ],
)
def test_any_other_form_is_refused_with_the_forms_allowed(text):
    with pytest.raises(
        ValueError, match=r"写法不对，可写 3 months（单数 1 month）、15 days、20 workdays 或 end of next year"
    ):
        Limit.parse(text)


@pytest.mark.parametrize(("count", "unit"), [(0, LimitUnit.DAYS), (-1, LimitUnit.MONTHS), (2, LimitUnit.YEAR_END)])
def test_a_limit_that_no_rule_means_is_refused(count, unit):
    with pytest.raises(ValueError, match="does not exist"):
        Limit(count, unit)


@pytest.mark.parametrize("module", [deadlines, workdays])
def test_the_examples_in_the_docstrings_hold(module):
    result = doctest.testmod(module)
    assert (result.failed, result.attempted > 0) == (0, True)
