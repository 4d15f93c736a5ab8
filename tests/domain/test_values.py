"""A column that comes typed gives what its text would."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.frames import Column
from tasks.domain.values import Zones, is_typed, of_distinct, parsed, texts

ZONES = st.sampled_from([Zones("UTC"), Zones("Asia/Shanghai"), Zones("America/New_York", "Asia/Shanghai")])
MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)).map(lambda moment: moment.replace(microsecond=0))


def same(typed: pd.Series, objects: list, kind: str, zones: Zones) -> None:
    column = Column("x", kind, "")
    assert is_typed(typed, column)
    through_text = parsed(texts(pd.Series(objects, dtype=object)), column, zones)
    assert not through_text.is_wrong.any()
    pd.testing.assert_series_equal(parsed(typed, column, zones).values, through_text.values, check_names=False)


@given(st.lists(st.one_of(st.none(), st.dates(date(1990, 1, 1), date(2030, 1, 1))), min_size=1), ZONES)
def test_typed_days_are_the_days_of_their_text(days, zones):
    typed = pd.Series(pd.to_datetime(pd.Series(days, dtype=object)).astype("datetime64[s]"))
    same(typed, days, "date", zones)
    same(typed, days, "timestamp", zones)


@given(st.lists(st.one_of(st.none(), MOMENTS), min_size=1), ZONES, st.sampled_from(["date", "timestamp"]))
def test_typed_local_times_are_the_moments_of_their_text(moments, zones, kind):
    same(pd.Series(moments, dtype="datetime64[us]"), moments, kind, zones)


@given(st.lists(st.one_of(st.none(), MOMENTS), min_size=1), ZONES, st.sampled_from(["date", "timestamp"]))
def test_typed_moments_are_the_moments_of_their_text(moments, zones, kind):
    typed = pd.Series(pd.Series(moments, dtype="datetime64[us]")).dt.tz_localize("UTC")
    written = [None if each is None else f"{each}+00:00" for each in moments]
    same(typed, written, kind, zones)


@given(st.lists(st.one_of(st.none(), st.integers(-(2**40), 2**40)), min_size=1))
def test_typed_integers_are_those_of_their_text(numbers):
    same(pd.Series(numbers, dtype="Int64"), numbers, "integer", Zones())


@given(st.lists(st.one_of(st.none(), st.booleans()), min_size=1))
def test_typed_booleans_are_those_of_their_text(flags):
    same(pd.Series(flags, dtype="boolean"), flags, "boolean", Zones())


@pytest.mark.parametrize(("kind", "dtype"), [("text", "Int64"), ("category", "str"), ("integer", "float64")])
def test_what_a_person_may_have_mistyped_is_no_typed_column(kind, dtype):
    assert not is_typed(pd.Series([], dtype=dtype), Column("x", kind, ""))


def test_work_on_distinct_texts_is_done_once_for_each_and_missing_stays_missing():
    asked = []
    values = pd.Series(["是", "否", None, "是"], dtype="str", index=[5, 6, 7, 8])
    result = of_distinct(values, lambda given: asked.extend(given) or given.map({"是": True, "否": False}))
    assert asked == ["是", "否"]
    assert result.tolist()[:2] == [True, False]
    assert pd.isna(result[7])
    assert result.index.tolist() == [5, 6, 7, 8]


def test_a_time_of_a_day_that_the_clock_skips_moves_to_the_next_hour():
    skipped = pd.Series([datetime(2026, 3, 8, 2, 30)], dtype="datetime64[us]")
    found = parsed(skipped, Column("x", "timestamp", ""), Zones("America/New_York")).values
    assert found[0] - pd.Timestamp("2026-03-08T07:00Z") == timedelta(0)
