"""Which nights of the past a policy keeps."""

from __future__ import annotations

import doctest
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tasks.domain import retention
from tasks.domain.retention import HistoryPolicy, Then

DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def test_the_last_days_count_from_today():
    policy, today = HistoryPolicy(400), date(2026, 12, 1)
    assert policy.is_recent(today - timedelta(399), today)
    assert not policy.is_recent(today - timedelta(400), today)


def test_of_a_month_the_last_night_stays_that_there_was():
    nights = [date(2026, 1, 31), date(2026, 2, 3), date(2026, 2, 20), date(2025, 2, 28), date(2025, 2, 1)]
    assert HistoryPolicy(31).lasting(nights) == {date(2026, 1, 31), date(2026, 2, 20), date(2025, 2, 28)}


def test_none_stays_where_none_is_to_stay():
    assert HistoryPolicy(31, Then.NONE).lasting([date(2026, 1, 31)]) == set()


@given(st.sets(DAYS))
def test_what_stays_goes_on_staying(nights):
    policy = HistoryPolicy(31)
    assert policy.lasting(policy.lasting(nights)) == policy.lasting(nights)


@given(st.sets(DAYS, min_size=1))
def test_every_month_keeps_exactly_one_night(nights):
    lasting = HistoryPolicy(31).lasting(nights)
    assert sorted({(day.year, day.month) for day in nights}) == sorted((day.year, day.month) for day in lasting)


def test_the_examples_hold():
    found = doctest.testmod(retention)
    assert (found.failed, found.attempted) == (0, 2)
