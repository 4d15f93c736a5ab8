"""A unit with a handful of cases is not singled out for what may be chance."""

from __future__ import annotations

from fractions import Fraction
from math import sqrt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.commendation import commended
from tasks.domain.ranking_chance import QUANTILES, apart, standing
from tasks.domain.ranking_scheme import Criticism, Praise
from tests.domain.schemes import scheme, weights
from tests.domain.test_ranking import office, ranked

CROWD = {f"单位{number}": (8, 10) for number in range(10)}


def standing_of(counts, unit, level=95, **changes):
    frame = ranked(office(counts), **changes)
    row = next(row for row in frame.to_dict("records") if row["unit_id"] == unit)
    return standing(row, frame, scheme(**changes), level)


def test_the_group_is_the_sum_of_all_its_cases():
    found = standing_of({"甲": (1, 2), "乙": (9, 10)}, "甲")
    assert (found.own, found.group) == (50, Fraction(1000, 12))


def test_the_margin_is_that_of_the_groups_share_over_the_units_cases():
    found = standing_of({"甲": (3, 3), "乙": (5, 7)}, "甲")
    assert float(found.margin) == pytest.approx(100 * 1.96 * sqrt(0.8 * 0.2 / 3), abs=0.005)


def test_the_margin_of_a_weighted_mean_adds_the_variances_of_its_parts():
    both = {"weights": weights(reply_progress=3, reply_on_time=1)}
    found = standing_of({"甲": (3, 4), "乙": (5, 6)}, "甲", **both)
    one = Fraction(8, 10) * Fraction(2, 10) / 4 * 100**2
    assert found.margin_squared == QUANTILES[95] ** 2 * (Fraction(9, 16) + Fraction(1, 16)) * one


def test_where_the_whole_group_is_alike_nobody_stands_apart():
    assert not standing_of({"甲": (3, 3), "乙": (5, 5)}, "甲").is_apart


def test_three_of_three_may_be_luck_and_thirty_of_thirty_is_none():
    assert not standing_of(CROWD | {"甲": (3, 3)}, "甲").is_apart
    assert standing_of(CROWD | {"甲": (30, 30)}, "甲").is_apart


def test_none_of_one_is_no_reason_to_criticise_and_none_of_five_is():
    def listed(owed):
        known = office(CROWD | {"甲": (0, owed)})
        chosen = scheme(criticism=Criticism(1, confidence=95))
        return commended(ranked(known), chosen).criticised["unit_id"].tolist()

    assert (listed(1), listed(5)) == ([], ["甲"])


def test_praise_asks_for_the_same_distance():
    def listed(owed):
        return commended(ranked(office(CROWD | {"甲": (owed, owed)})), scheme(praise=Praise(1, confidence=95))).praised

    assert (len(listed(3)), len(listed(30))) == (0, 1)


def test_standing_apart_below_is_no_merit():
    frame = ranked(office(CROWD | {"甲": (0, 20)}))
    assert sum(apart(frame, scheme(), 95, above=True)) == 0
    assert sum(apart(frame, scheme(), 95, above=False)) == 1


def test_without_a_level_nobody_is_spared():
    assert apart(ranked(office({"甲": (0, 1)})), scheme(), None, above=False) == [True]


def test_a_unit_without_any_weighed_measure_stands_nowhere():
    frame = ranked(office({"甲": (1, 1)}), weights=weights(opinion_on_time=1))
    assert apart(frame, scheme(weights=weights(opinion_on_time=1)), 95, above=True) == [False]


@given(st.integers(1, 40).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_ten_times_the_cases_make_the_margin_smaller_by_the_root_of_ten(share):
    group = pd.DataFrame({"reply_progress_count": [70], "reply_progress_total": [100]})
    few, many = (
        standing(
            {"reply_progress_count": times * share[0], "reply_progress_total": times * share[1]}, group, scheme(), 95
        )
        for times in (1, 10)
    )
    assert (few.own, few.margin_squared) == (many.own, 10 * many.margin_squared)
