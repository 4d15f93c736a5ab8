"""The calendar against a reference that walks day by day."""

from __future__ import annotations

import pickle
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.errors import SourceError
from tasks.domain.workdays import WorkdayCalendar

# The real notices of 2025-2026, October: 1-8 off, 28 September and 11 October 2025 worked.
DAYS_OFF = [date(2025, 10, day) for day in range(1, 9)] + [date(2026, 1, 1), date(2026, 1, 2)]
MAKE_UP = [date(2025, 9, 28), date(2025, 10, 11), date(2026, 1, 4)]
CALENDAR = WorkdayCalendar(DAYS_OFF, MAKE_UP, date(2026, 12, 31))

days = st.dates(date(2025, 9, 1), date(2027, 5, 31))
ONE = timedelta(days=1)


def is_workday_slowly(day: date) -> bool:
    if day in MAKE_UP or day in DAYS_OFF:
        return day in MAKE_UP
    if day > date(2026, 12, 31) and (day.month, day.day) in {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}:
        return False
    return day.weekday() < 5


def add_slowly(day: date, n: int) -> date:
    step = ONE if n > 0 else -ONE
    left = abs(n)
    while left:
        day += step
        left -= is_workday_slowly(day)
    return day


def count_slowly(start: date, end: date) -> int:
    if end < start:
        return -count_slowly(end, start)
    return sum(is_workday_slowly(start + k * ONE) for k in range(1, (end - start).days + 1))


def column(*values: date | None) -> np.ndarray:
    return np.array(values, dtype="datetime64[D]")


@given(days)
def test_a_day_is_worked_as_the_notices_say(day):
    assert CALENDAR.is_workday(day) is is_workday_slowly(day)
    assert CALENDAR.is_workday(column(day)).tolist() == [is_workday_slowly(day)]


@given(days)
def test_a_day_off_rolls_to_the_next_workday_and_a_workday_stays(day):
    expected = day
    while not is_workday_slowly(expected):
        expected += ONE
    assert CALENDAR.roll(day) == expected
    assert CALENDAR.roll(column(day)).tolist() == [expected]


@given(days, st.integers(-60, 60))
def test_the_nth_workday_is_found_by_walking(day, n):
    assert CALENDAR.add_workdays(day, n) == add_slowly(day, n)


@given(st.lists(st.tuples(days, st.integers(-60, 60)), max_size=20))
def test_each_row_adds_its_own_number_of_workdays(rows):
    starts, steps = column(*(day for day, _ in rows)), np.array([n for _, n in rows], dtype=np.int64)
    assert CALENDAR.add_workdays(starts, steps).tolist() == [add_slowly(day, n) for day, n in rows]


@given(days, days)
def test_the_start_day_does_not_count_and_the_end_day_does(start, end):
    assert CALENDAR.workdays_between(start, end) == count_slowly(start, end)
    assert CALENDAR.workdays_between(column(start), column(end)).tolist() == [count_slowly(start, end)]
    assert CALENDAR.workdays_between(column(start), end).tolist() == [count_slowly(start, end)]
    assert CALENDAR.workdays_between(start, column(end)).tolist() == [count_slowly(start, end)]


@given(days, st.integers(1, 60))
def test_adding_and_counting_agree(day, n):
    assert CALENDAR.workdays_between(day, CALENDAR.add_workdays(day, n)) == n


def test_a_make_up_saturday_is_a_workday():
    assert CALENDAR.is_workday(date(2025, 10, 11))
    assert CALENDAR.add_workdays(date(2025, 10, 10), 1) == date(2025, 10, 11)


def test_zero_workdays_later_is_the_day_itself_even_on_a_day_off():
    assert CALENDAR.add_workdays(date(2025, 10, 4), 0) == date(2025, 10, 4)
    assert CALENDAR.add_workdays(column(date(2025, 10, 4)), 0).tolist() == [date(2025, 10, 4)]


def test_a_day_is_provisional_only_after_the_last_published_day():
    days = [date(2026, 12, 31), date(2027, 1, 1)]
    assert [CALENDAR.is_provisional(day) for day in days] == [False, True]
    assert CALENDAR.is_provisional(column(*days)).tolist() == [False, True]


def test_an_unpublished_year_has_weekends_and_the_holidays_of_fixed_date_off():
    off = [day for day in (date(2027, 1, 1) + k * ONE for k in range(365)) if not CALENDAR.is_workday(day)]
    weekdays_off = [day for day in off if day.weekday() < 5]
    assert weekdays_off == [date(2027, 1, 1), date(2027, 10, 1)]


def test_the_second_of_may_is_fixed_by_law_only_since_2025():
    unpublished = WorkdayCalendar([], [], date(2018, 12, 31))
    assert unpublished.is_workday(date(2019, 5, 2))
    assert not unpublished.is_workday(date(2025, 5, 2))


def test_a_published_year_has_no_holiday_that_its_notice_does_not_name():
    assert WorkdayCalendar([], [], date(2026, 12, 31)).is_workday(date(2026, 1, 1))


def test_a_listed_day_counts_even_in_an_unpublished_year():
    calendar = WorkdayCalendar([date(2027, 2, 5)], [date(2027, 2, 7)], date(2026, 12, 31))
    assert not calendar.is_workday(date(2027, 2, 5))
    assert calendar.is_workday(date(2027, 2, 7))


def test_a_missing_day_stays_missing():
    some = column(date(2025, 10, 1), None)
    nat = np.datetime64("NaT")
    assert CALENDAR.is_workday(some).tolist() == [False, False]
    assert CALENDAR.is_workday(column(date(2025, 9, 30), None)).tolist() == [True, False]
    assert CALENDAR.is_provisional(column(date(2027, 1, 1), None)).tolist() == [True, False]
    np.testing.assert_array_equal(CALENDAR.roll(some), [np.datetime64("2025-10-09"), nat])
    np.testing.assert_array_equal(CALENDAR.add_workdays(some, 2), [np.datetime64("2025-10-10"), nat])
    np.testing.assert_array_equal(CALENDAR.add_workdays(some, -2), [np.datetime64("2025-09-29"), nat])
    assert CALENDAR.workdays_between(some, some[::-1]).tolist() == [0, 0]


def test_the_column_given_is_not_changed():
    some = column(date(2025, 10, 1), None)
    before = some.copy()
    CALENDAR.roll(some), CALENDAR.add_workdays(some, 0), CALENDAR.workdays_between(some, some)
    np.testing.assert_array_equal(some, before)


def test_an_empty_column_gives_an_empty_column():
    empty = column()
    assert CALENDAR.roll(empty).tolist() == CALENDAR.add_workdays(empty, 3).tolist() == []
    assert CALENDAR.workdays_between(empty, empty).dtype == np.int64


def test_a_column_of_a_frame_is_read_as_days():
    frame = pd.DataFrame({"starts_on": pd.to_datetime(["2025-09-30", None]).as_unit("s")})
    assert CALENDAR.add_workdays(frame["starts_on"].to_numpy(), 1)[0] == np.datetime64("2025-10-09")


@pytest.mark.parametrize("day", [date(1969, 12, 31), date(2081, 1, 1)])
def test_a_day_outside_the_tables_is_refused_by_name(day):
    for ask in (CALENDAR.is_workday, CALENDAR.roll, CALENDAR.is_provisional):
        with pytest.raises(SourceError, match=f"{day}不在 1970-01-01 至 2080-12-31 之内"):
            ask(day)
        with pytest.raises(SourceError, match=f"{day}不在 1970-01-01 至 2080-12-31 之内"):
            ask(column(date(2026, 1, 1), None, day))


def test_an_answer_beyond_the_tables_is_refused():
    with pytest.raises(SourceError, match="加 1 个工作日的结果不在"):
        CALENDAR.add_workdays(date(2080, 12, 31), 1)
    with pytest.raises(SourceError, match="的结果不在"):
        CALENDAR.add_workdays(column(date(2080, 12, 31)), 1)
    with pytest.raises(SourceError, match="的结果不在"):
        CALENDAR.add_workdays(column(date(1970, 1, 1)), -1)
    off_at_the_end = WorkdayCalendar([date(2080, 12, 31)], [], date(2080, 12, 31))
    with pytest.raises(SourceError, match="顺延的结果不在"):
        off_at_the_end.roll(date(2080, 12, 31))
    with pytest.raises(SourceError, match="顺延的结果不在"):
        off_at_the_end.roll(column(date(2080, 12, 31)))


def test_a_day_both_off_and_worked_is_refused():
    with pytest.raises(ValueError, match="2026-01-03"):
        WorkdayCalendar([date(2026, 1, 3)], [date(2026, 1, 3)], date(2026, 12, 31))


def test_calendars_of_the_same_facts_are_equal_and_share_a_version():
    same = WorkdayCalendar(reversed(DAYS_OFF), set(MAKE_UP), date(2026, 12, 31))
    assert (same, hash(same), same.version) == (CALENDAR, hash(CALENDAR), CALENDAR.version)


@pytest.mark.parametrize(
    "other",
    [
        WorkdayCalendar(DAYS_OFF[1:], MAKE_UP, date(2026, 12, 31)),
        WorkdayCalendar(DAYS_OFF, MAKE_UP[1:], date(2026, 12, 31)),
        WorkdayCalendar(DAYS_OFF, MAKE_UP, date(2027, 12, 31)),
    ],
)
def test_another_fact_makes_another_calendar_and_another_version(other):
    assert other != CALENDAR
    assert other.version != CALENDAR.version


def test_a_calendar_travels_between_processes():
    arrived = pickle.loads(pickle.dumps(CALENDAR))
    assert arrived == CALENDAR
    assert arrived.add_workdays(date(2025, 9, 30), 1) == date(2025, 10, 9)
