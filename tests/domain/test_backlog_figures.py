"""The backlog in figures: parts add up to totals, whatever the history."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tasks.adapters.ledger.backlog_cases import REGISTER
from tasks.domain.backlog import BACKLOG_REVIEW
from tasks.domain.backlog_figures import ageing, by_criterion, by_unit, by_year, flow_by_month, responsible_units
from tests.builders import facts
from tests.examples import examples

NOVEMBER = date(2026, 11, 23)


def reviewed(*rows):
    names = ["proposal_id", "standing", "met_now", "since", "opened_on"]
    frame = pd.DataFrame(list(rows), columns=names).assign(occurrence=1, criteria="x", evidence="依据")
    days = {name: pd.to_datetime(frame[name]) for name in ("since", "opened_on")}
    return BACKLOG_REVIEW.typed(frame.assign(**days))


def register(*rows):
    frame = pd.DataFrame(list(rows), columns=["opened_on", "closed_on"]).apply(pd.to_datetime)
    frame = frame.assign(proposal_id=[f"p{n}" for n in range(len(frame))], occurrence=1, case_no="1", criteria="x")
    return REGISTER.typed(frame.assign(since=frame["opened_on"], evidence="依据"))


ONE = ("甲", "still", "reply_overdue;raised_again", "2026-08-23", "2026-10-09")
OLD = ("乙", "to_close", None, "2024-11-22", "2025-03-03")
GONE = ("丙", "closed", "reply_overdue", "2026-08-01", "2026-10-09")


def counted(counts):
    return {each.name: each.count for each in counts}


def test_the_ages_of_open_cases_are_counted_in_calendar_months_and_every_band_is_named():
    assert counted(ageing(reviewed(ONE, OLD, GONE), NOVEMBER)) == {
        "3个月内": 1,
        "3至6个月": 0,
        "6至12个月": 0,
        "1至2年": 0,
        "2年以上": 1,
    }


def test_a_case_counts_at_each_criterion_it_meets_and_a_closed_one_at_none():
    assert counted(by_criterion(reviewed(ONE, OLD, GONE))) == {"答复长期逾期": 1, "多年重复提出": 1}


def test_open_cases_are_counted_by_the_year_in_which_they_were_first_listed():
    assert counted(by_year(reviewed(ONE, OLD, GONE))) == {"2025年": 1, "2026年": 1}


def test_the_months_say_what_came_what_went_and_what_stood_at_the_end():
    months = flow_by_month(register(("2026-09-01", "2026-10-20"), ("2026-10-09", None), ("2026-12-01", None)), NOVEMBER)
    told = [(m.month.month, m.opened, m.closed, m.open_at_end) for m in months]
    assert told == [(9, 1, 0, 1), (10, 1, 1, 1), (11, 0, 0, 1)]


def test_without_a_case_there_are_no_months():
    assert flow_by_month(register(), NOVEMBER) == []


DAYS = st.dates(date(2025, 1, 1), date(2026, 11, 23))


@given(st.lists(st.tuples(DAYS, st.one_of(st.none(), st.integers(0, 300))), max_size=12))
@examples(60, few=15)
def test_every_month_ends_with_what_it_began_with_and_came_less_what_went(cases):
    rows = [(day, None if later is None else pd.Timestamp(day) + pd.Timedelta(days=later)) for day, later in cases]
    months = flow_by_month(register(*rows), NOVEMBER)
    for before, after in pairwise(months):
        assert after.open_at_end == before.open_at_end + after.opened - after.closed


@given(st.lists(st.dates(date(2020, 1, 1), NOVEMBER), max_size=12))
@examples(60, few=15)
def test_the_ages_add_up_to_the_open_cases(days):
    rows = [(f"p{n}", "still", "reply_overdue", day, NOVEMBER) for n, day in enumerate(days)]
    assert sum(each.count for each in ageing(reviewed(*rows), NOVEMBER)) == len(days)


TOWN = facts(
    units=[{"unit_id": "u1", "name": "水利局"}, {"unit_id": "u2", "name": "住建局"}],
    assignments=[
        {"proposal_id": "甲", "unit_id": "u1", "assigned_on": "2026-03-01", "ended_on": "2026-04-01"},
        {"proposal_id": "甲", "unit_id": "u2", "assigned_on": "2026-04-01"},
        {"proposal_id": "甲", "unit_id": "u1", "assigned_on": "2026-03-01", "role": "co_organising"},
        {"proposal_id": "乙", "unit_id": "u1", "assigned_on": "2026-03-01", "ended_on": "2026-05-01"},
    ],
)


def test_who_answers_now_is_responsible_and_of_a_returned_case_who_answered_last():
    rows = responsible_units(reviewed(ONE, OLD), TOWN, NOVEMBER)
    assert dict(zip(rows["proposal_id"], rows["unit_id"], strict=True)) == {"甲": "u2", "乙": "u1"}


def test_units_are_listed_by_their_open_cases():
    assert counted(by_unit(reviewed(ONE, OLD, GONE), TOWN, NOVEMBER)) == {"住建局": 1, "水利局": 1}
