"""Many days at once equal the days one by one, whatever happened and in whatever order they are asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain import obligations as module
from tasks.domain.chronicle import Moments
from tasks.domain.obligations import obligations, swept
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.domain.test_obligations_reference import CALENDAR, DAY, book, histories
from tests.examples import examples

OFFICE = ZoneInfo("Asia/Shanghai")
DAYS = st.lists(DAY, min_size=2, max_size=9, unique=True)


@st.composite
def recorded_histories(draw):
    made = draw(histories())
    delays = draw(st.lists(st.sampled_from([None, 0, 0, 20, 60, 200]), min_size=40, max_size=40))
    recorded = [
        pd.NaT if delay is None else day.tz_localize(OFFICE) + pd.Timedelta(days=delay, hours=9)
        for day, delay in zip(made.events["happened_on"], delays, strict=False)
    ]
    stamps = pd.Series(recorded, index=made.events.index, dtype="datetime64[s, UTC]")
    return replace(made, events=made.events.assign(recorded_at=stamps))


def opening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 8, 30, tzinfo=OFFICE)


@given(histories(), DAYS)
@examples(60, few=10)
def test_every_day_of_a_sweep_equals_the_run_of_that_day(history, days):
    sweep = swept(history, book(), CALENDAR, Moments.of(days))
    for day in days:
        pd.testing.assert_frame_equal(sweep.on(day), obligations(history, book(), CALENDAR, day))


@given(recorded_histories(), DAYS)
@examples(50, few=10)
def test_every_day_as_known_on_that_day_equals_the_run_with_that_known_at(history, days):
    sweep = swept(history, book(), CALENDAR, Moments.of(days, [opening(day) for day in days]))
    for day in days:
        pd.testing.assert_frame_equal(sweep.on(day), obligations(history, book(), CALENDAR, day, opening(day)))


@given(recorded_histories(), DAYS, DAY)
@examples(60, few=10)
def test_every_day_as_known_at_one_time_equals_the_run_with_that_known_at(history, days, known_on):
    known_at = opening(known_on)
    sweep = swept(history, book(), CALENDAR, Moments.of(days, [known_at] * len(days)))
    for day in days:
        pd.testing.assert_frame_equal(sweep.on(day), obligations(history, book(), CALENDAR, day, known_at))


@given(histories(), DAYS, st.randoms())
@examples(40, few=10)
def test_the_order_of_days_and_of_rows_changes_nothing(history, days, random):
    other = list(days)
    random.shuffle(other)
    reversed_rows = type(history)(**{name: frame.iloc[::-1] for name, frame in history.frames().items()})
    one = swept(history, book(), CALENDAR, Moments.of(days))
    two = swept(reversed_rows, book(), CALENDAR, Moments.of(other))
    pd.testing.assert_frame_equal(one.rows, two.rows)


@given(histories(), DAYS)
@examples(40, few=10)
def test_the_size_of_the_blocks_changes_nothing(history, days):
    whole = swept(history, book(), CALENDAR, Moments.of(days))
    before = module.BLOCK
    module.BLOCK = len(days)  # one proposal a block
    try:
        pd.testing.assert_frame_equal(whole.rows, swept(history, book(), CALENDAR, Moments.of(days)).rows)
    finally:
        module.BLOCK = before


def test_blocks_that_are_larger_than_the_first_promised_lose_nothing(monkeypatch):
    units = {"p1": 1, "p2": 1, "p3": 30}
    given = [
        {"proposal_id": proposal, "unit_id": f"u{n}", "assigned_on": date(2026, 3, 10)}
        for proposal, count in units.items()
        for n in range(count)
    ]
    case, day = facts(assignments=given), date(2026, 7, 1)
    whole = obligations(case, rule_book("accept", "reply"), PLAIN_CALENDAR, day)
    monkeypatch.setattr(module, "BLOCK", 1)
    pd.testing.assert_frame_equal(whole, obligations(case, rule_book("accept", "reply"), PLAIN_CALENDAR, day))
    assert whole["proposal_id"].value_counts().to_dict() == {name: 2 * count for name, count in units.items()}


def test_a_row_is_kept_once_however_many_days_it_holds():
    case = facts(
        assignments=[{"proposal_id": "p1", "unit_id": "u1", "assigned_on": date(2026, 3, 10)}],
        events=[
            {"proposal_id": "p1", "unit_id": "u1", "kind": "accepted", "happened_on": date(2026, 3, 12)},
            {"proposal_id": "p1", "unit_id": "u1", "kind": "reply_issued", "happened_on": date(2026, 7, 1)},
        ],
    )
    days = [date(2026, 3, 1) + timedelta(n) for n in range(365)]
    rows = swept(case, rule_book("accept", "reply"), PLAIN_CALENDAR, Moments.of(days)).rows
    assert list(zip(rows["duty"], rows["first_on"].dt.date, rows["until_on"].dt.date, strict=True)) == [
        ("accept", date(2026, 3, 10), date(2026, 3, 12)),
        ("accept", date(2026, 3, 12), date(2027, 3, 1)),
        ("reply", date(2026, 3, 10), date(2026, 7, 1)),
        ("reply", date(2026, 7, 1), date(2027, 3, 1)),
    ]


def test_a_day_that_was_not_asked_for_is_refused():
    sweep = swept(facts(), rule_book("reply"), PLAIN_CALENDAR, Moments.of([date(2026, 7, 1)]))
    with pytest.raises(KeyError):
        sweep.on(date(2026, 7, 2))


def test_a_time_of_knowing_is_given_for_every_day_or_for_none():
    with pytest.raises(ValueError, match="some of the days"):
        Moments.of([date(2026, 7, 1), date(2026, 7, 2)], [opening(date(2026, 7, 1)), None])
