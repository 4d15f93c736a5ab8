"""The year by kind, topic and unit; the year that can be summed up; last year on the same day."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.errors import DubanError
from tasks.domain.obligations import obligations
from tasks.domain.summary import Before, summed_up, year_summary
from tasks.domain.summary_breakdown import BY, FIGURES, year_breakdown
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.examples import examples

AS_OF, A_YEAR_BEFORE = date(2026, 12, 1), date(2025, 12, 1)
RULES = rule_book()


def assigned(name, unit="水利局", role="lead", day="2026-03-10", **more):
    return {"proposal_id": name, "unit_id": unit, "role": role, "assigned_on": day, **more}


def event(name, day, kind, value=None, unit="水利局"):
    return {"proposal_id": name, "unit_id": unit, "kind": kind, "happened_on": day, "value": value}


def owed(known, as_of):
    return obligations(known, RULES, PLAIN_CALENDAR, as_of)


def broken_down(known, before=None):
    return year_breakdown(known, owed(known, AS_OF), 2026, AS_OF, before)


def row(rows, by, item):
    (found,) = rows[(rows["by"] == by) & (rows["item"] == item)].to_dict("records")
    return found


def test_a_units_year_is_counted_by_what_it_answers():
    known = facts(
        units=[{"unit_id": "水利局", "name": "市水利局"}],
        assignments=[assigned(name) for name in "甲乙丙丁"] + [assigned("甲", "财政局", "co_organising")],
        events=[
            event("甲", "2026-06-01", "reply_issued", "solved"),
            event("甲", "2026-06-10", "feedback", "satisfied"),
            event("甲", "2026-11-01", "looked_back", "pushing"),
            event("乙", "2026-07-01", "reply_issued", "solved"),
            event("乙", "2026-07-10", "feedback", "dissatisfied"),
            event("丙", "2026-06-01", "reply_issued", "explained"),
        ],
    )
    found = row(broken_down(known), "unit", "水利局")
    assert found["name"] == "市水利局"
    assert {name: found[name] for name in FIGURES} == {
        "items": 4,
        "owed": 4,
        "replied": 3,
        "on_time": 2,
        "overdue": 1,
        "solved": 1,
        "forms": 2,
        "satisfied": 1,
        "dissatisfied": 1,
        "overturned": 1,
    }


def test_what_needs_no_reply_is_an_item_and_owes_none():
    known = facts(proposals=[{"proposal_id": "甲", "needs_reply": False}], assignments=[assigned("甲")])
    found = row(broken_down(known), "kind", "deputy_suggestion")
    assert (found["items"], found["owed"], found["replied"], found["overdue"]) == (1, 0, 0, 0)


def test_a_proposal_answered_separately_counts_once_for_each_unit_in_every_division():
    known = facts(
        proposals=[{"proposal_id": "甲", "topic": "水利"}],
        assignments=[assigned("甲", "水利局", "separate"), assigned("甲", "教育局", "separate")],
    )
    rows = broken_down(known)
    assert rows.groupby("by")["items"].sum().to_dict() == dict.fromkeys(BY, 2)
    assert row(rows, "topic", "水利")["items"] == 2


def test_last_year_stands_beside_this_year_and_names_what_it_alone_had():
    known = facts(
        proposals=[{"proposal_id": "甲", "topic": "教育"}, {"proposal_id": "乙", "topic": None}],
        assignments=[assigned("甲"), assigned("乙", day="2025-03-10")],
        events=[event("乙", "2025-06-01", "reply_issued", "solved")],
    )
    rows = broken_down(known)
    assert (row(rows, "kind", "deputy_suggestion")["items"], row(rows, "kind", "deputy_suggestion")["last_items"]) == (
        1,
        1,
    )
    topics = rows[rows["by"] == "topic"]
    assert topics[["name", "items", "last_items", "last_replied"]].to_numpy().tolist() == [
        ["教育", 1, 0, 0],
        ["未分类", 0, 1, 1],
    ]


def year_before(known):
    return Before(owed(known, A_YEAR_BEFORE), A_YEAR_BEFORE)


LATE_ANSWER = facts(
    assignments=[assigned("甲"), assigned("乙", day="2025-03-10")],
    events=[event("乙", "2026-02-01", "reply_issued", "solved"), event("乙", "2026-02-10", "feedback", "satisfied")],
)


@pytest.mark.parametrize(("is_fair", "replied"), [(True, 0), (False, 1)])
def test_last_year_is_looked_at_as_it_stood_a_year_ago(is_fair, replied):
    before = year_before(LATE_ANSWER) if is_fair else None
    assert row(broken_down(LATE_ANSWER, before), "unit", "水利局")["last_replied"] == replied
    rows = year_summary(LATE_ANSWER, owed(LATE_ANSWER, AS_OF), 2026, AS_OF, before)
    state = "overdue" if is_fair else "met_late"
    assert rows.loc[(rows["section"] == "reply") & (rows["item"] == state), "last_count"].tolist() == [1]
    graded = rows.loc[(rows["section"] == "satisfaction") & (rows["item"] == "satisfied"), "last_count"]
    assert graded.sum() == replied


def test_a_kind_that_nothing_names_is_an_error_and_not_a_smaller_sum():
    known = facts(proposals=[{"proposal_id": "甲", "topic": "教育", "kind": None}], assignments=[assigned("甲")])
    with pytest.raises(DubanError, match="各项相加与合计不符"):
        year_breakdown(known, owed(facts(), AS_OF), 2026, AS_OF)


def test_the_most_items_come_first_within_each_division():
    known = facts(
        proposals=[
            {"proposal_id": name, "topic": topic} for name, topic in (("甲", "教育"), ("乙", "水利"), ("丙", "水利"))
        ],
        assignments=[assigned("甲", "教育局"), assigned("乙"), assigned("丙")],
    )
    rows = broken_down(known)
    assert rows["by"].drop_duplicates().tolist() == list(BY)
    assert rows.loc[rows["by"] == "topic", "item"].tolist() == ["水利", "教育"]


def test_an_empty_year_is_empty():
    assert broken_down(facts()).empty


@pytest.mark.parametrize(
    ("as_of", "year"),
    [
        (date(2026, 3, 20), 2025),
        (date(2026, 6, 10), 2025),
        (date(2026, 6, 11), 2026),
        (date(2026, 12, 31), 2026),
        (date(2025, 4, 1), 2025),
    ],
)
def test_the_year_summed_up_is_the_latest_whose_replies_have_mostly_fallen_due(as_of, year):
    known = facts(
        assignments=[
            *(assigned(name) for name in "甲乙丙"),
            assigned("丁", day="2026-10-10"),
            assigned("戊", day="2025-03-10"),
        ]
    )
    assert summed_up(known, owed(known, as_of), as_of) == year


def test_where_nothing_was_ever_owed_no_year_can_be_summed_up():
    with pytest.raises(DubanError, match="还没有应答复的建议提案"):
        summed_up(facts(), owed(facts(), AS_OF), AS_OF)


cases = st.lists(
    st.tuples(
        st.sampled_from(["2025-03-10", "2026-03-10"]),
        st.sampled_from(["lead", "separate", "sole"]),
        st.sampled_from(["教育", "水利", None]),
        st.sampled_from([None, "solved", "planned"]),
        st.sampled_from([None, "satisfied", "dissatisfied"]),
        st.sampled_from([None, "done", "pushing"]),
    ),
    max_size=10,
)


@examples(40, few=10)
@given(cases)
def test_every_division_adds_up_to_the_same(drawn):
    known = facts(
        proposals=[{"proposal_id": f"P{i}", "topic": topic} for i, (_, _, topic, *_) in enumerate(drawn)],
        assignments=[assigned(f"P{i}", f"U{i % 3}", role, day) for i, (day, role, *_) in enumerate(drawn)],
        events=[
            event(f"P{i}", day, kind, value, f"U{i % 3}")
            for i, (year, _, _, outcome, grade, finding) in enumerate(drawn)
            for kind, value, day in (
                ("reply_issued", outcome, f"{year[:4]}-06-01"),
                ("feedback", grade, f"{year[:4]}-07-01"),
                ("looked_back", finding, f"{year[:4]}-10-01"),
            )
            if value
        ],
    )
    rows = broken_down(known, year_before(known))
    if rows.empty:
        return
    sums = rows.groupby("by")[[*FIGURES, *(f"last_{name}" for name in FIGURES)]].sum()
    for by in BY[1:]:
        pd.testing.assert_series_equal(sums.loc[by], sums.loc["kind"], check_names=False)
    counted = year_summary(known, owed(known, AS_OF), 2026, AS_OF, year_before(known))
    units = counted[counted["section"] == "unit"]
    assert (units["count"].sum(), units["last_count"].sum()) == (
        sums.loc["unit", "items"],
        sums.loc["unit", "last_items"],
    )
