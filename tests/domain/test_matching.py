"""Rows that two answers do not share, against a plain dictionary of rows."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.matching import is_among, unequal

KEY, COLUMNS = ["text", "round"], ["state", "day", "flag"]
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", "乙", "b1"]),
        st.sampled_from([1, 2, 30]),
        st.sampled_from(["open", "met", None]),
        st.sampled_from([pd.NaT, pd.Timestamp("2026-07-01"), pd.Timestamp("1969-12-31")]),
        st.sampled_from([True, False, None]),
    ),
    unique_by=lambda row: row[:2],
    max_size=9,
)


def frame(rows, categorical: bool) -> pd.DataFrame:
    made = pd.DataFrame(rows, columns=[*KEY, *COLUMNS])
    kinds = {"text": "str", "round": "Int64", "state": "str", "day": "datetime64[s]", "flag": "boolean"}
    typed = made.astype(kinds)
    return typed.astype({"text": "category", "state": "category"}) if categorical else typed


def plain(frame: pd.DataFrame) -> set:
    return {tuple(None if pd.isna(v) else v for v in row) for row in frame.itertuples(index=False, name=None)}


@given(ROWS, ROWS, st.booleans(), st.booleans())
def test_the_rows_not_shared_are_those_that_a_set_would_leave(one, other, first, second):
    left, right = unequal(frame(one, first), frame(other, second), KEY, COLUMNS)
    ours, theirs = plain(frame(one, first)), plain(frame(other, second))
    assert (plain(left), plain(right)) == (ours - theirs, theirs - ours)


def test_a_key_that_does_not_fit_into_a_number_is_refused_not_confused():
    wide = pd.DataFrame({name: [0, 2**40] for name in "ab"})
    with pytest.raises(OverflowError):
        unequal(wide, wide, ["a", "b"], ["a"])


TEXTS = st.lists(st.sampled_from(["a", "b", "乙", "", None]), max_size=8)


@given(TEXTS, TEXTS, st.booleans(), st.booleans())
def test_a_text_is_among_others_when_one_equals_it_and_a_missing_one_never_is(values, known, first, second):
    ours, theirs = (
        pd.Series(texts, dtype="str", index=range(5, 5 + len(texts))).astype("category" if flag else "str")
        for texts, flag in ((values, first), (known, second))
    )
    found = is_among(ours, theirs)
    assert found.tolist() == [value is not None and value in known for value in values]
    assert found.index.equals(ours.index)
