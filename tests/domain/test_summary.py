"""The year's figures: every section adds up, last year stands beside it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.errors import DubanError
from tasks.domain.obligations import obligations
from tasks.domain.summary import SECTIONS, year_summary
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.examples import examples

AS_OF = date(2026, 12, 1)


def summarised(known, year=2026, as_of=AS_OF):
    return year_summary(known, obligations(known, rule_book(), PLAIN_CALENDAR, as_of), year, as_of)


def section(rows, name, *columns):
    own = rows[rows["section"] == name]
    return {row["item"]: tuple(row[column] for column in columns or ("count",)) for row in own.to_dict("records")}


def assigned(proposal_id, unit_id="水利局", role="lead", day="2026-03-10", **more):
    return {"proposal_id": proposal_id, "unit_id": unit_id, "role": role, "assigned_on": day, **more}


def event(proposal_id, day, kind, value=None, unit_id="水利局"):
    return {"proposal_id": proposal_id, "unit_id": unit_id, "happened_on": day, "kind": kind, "value": value}


def test_last_year_stands_beside_this_year():
    known = facts(
        assignments=[assigned("甲"), assigned("乙"), assigned("丙", day="2025-03-10"), assigned("丁", day="2024-03-10")]
    )
    rows = summarised(known)
    assert section(rows, "kind", "count", "total", "last_count", "last_total") == {"deputy_suggestion": (2, 2, 1, 1)}


def test_an_item_of_last_year_alone_is_shown_with_none_this_year():
    topics = [{"proposal_id": "甲", "topic": "教育"}, {"proposal_id": "乙", "topic": "水利"}]
    known = facts(proposals=topics, assignments=[assigned("甲"), assigned("乙", day="2025-03-10")])
    assert section(summarised(known), "topic", "count", "last_count") == {"教育": (1, 0), "水利": (0, 1)}


def test_what_was_filed_in_december_belongs_to_the_session_that_assigned_it():
    known = facts(proposals=[{"proposal_id": "甲", "filed_on": "2025-12-20"}], assignments=[assigned("甲")])
    assert section(summarised(known), "kind", "count", "last_count") == {"deputy_suggestion": (1, 0)}


def test_a_proposal_without_a_topic_is_counted_as_such():
    known = facts(
        proposals=[{"proposal_id": "甲", "topic": " "}, {"proposal_id": "乙"}],
        assignments=[assigned("甲"), assigned("乙")],
    )
    rows = summarised(known)
    assert rows.loc[rows["section"] == "topic", ["name", "count"]].to_numpy().tolist() == [["未分类", 2]]


def test_units_count_what_they_answer_and_not_their_opinions():
    known = facts(
        units=[{"unit_id": "水利局", "name": "市水利局"}],
        assignments=[
            assigned("甲"),
            assigned("甲", "财政局", "co_organising"),
            assigned("乙", "水利局", "separate"),
            assigned("乙", "教育局", "separate"),
            assigned("丙", "林业局", "lead", ended_on="2026-03-20", end_reason="returned"),
            assigned("丙", "水利局", "lead", "2026-03-20"),
        ],
    )
    rows = summarised(known)
    assert section(rows, "unit", "name", "count", "total") == {"水利局": ("市水利局", 3, 4), "教育局": ("教育局", 1, 4)}


def test_replies_are_shown_by_their_state():
    known = facts(
        assignments=[assigned(name) for name in "甲乙丙"],
        events=[
            event("甲", "2026-06-01", "reply_issued", "solved"),
            event("乙", "2026-07-01", "reply_issued", "solved"),
        ],
    )
    assert section(summarised(known), "reply") == {"met": (1,), "met_late": (1,), "overdue": (1,)}


def test_the_outcome_as_replied_and_as_found_later_are_both_shown():
    known = facts(
        assignments=[assigned(name) for name in "甲乙丙"],
        events=[
            event("甲", "2026-06-01", "reply_issued", "solved"),
            event("甲", "2026-11-20", "looked_back", "pushing"),
            event("乙", "2026-06-01", "reply_issued"),
        ],
    )
    rows = summarised(known)
    assert section(rows, "outcome", "count", "total") == {"solved": (1, 3), "not_given": (1, 3), "no_reply": (1, 3)}
    assert section(rows, "outcome_now") == {"planned": (1,), "not_given": (1,), "no_reply": (1,)}


def test_satisfaction_is_the_worse_grade_of_the_latest_form_of_what_was_replied():
    known = facts(
        assignments=[assigned(name) for name in "甲乙丙"],
        events=[
            event("甲", "2026-06-01", "reply_issued", "explained"),
            event("甲", "2026-06-10", "feedback", "dissatisfied"),
            event("甲", "2026-07-01", "reply_issued", "solved"),
            event("甲", "2026-07-10", "feedback", "satisfied/basically_satisfied"),
            event("乙", "2026-06-01", "reply_issued", "solved"),
        ],
    )
    rows = summarised(known)
    assert section(rows, "satisfaction", "count", "total") == {"basically_satisfied": (1, 2), "no_form": (1, 2)}


def test_methods_count_every_meeting_once():
    known = facts(
        assignments=[assigned("甲"), assigned("甲", "财政局", "co_organising")],
        events=[
            event("甲", "2026-03-20", "meeting_before", "in_person"),
            event("甲", "2026-04-20", "meeting_during", "phone", "财政局"),
            event("甲", "2026-05-20", "meeting_during", None, None),
        ],
    )
    rows = summarised(known)
    assert section(rows, "method", "name", "total") == {
        "in_person": ("面商", 3),
        "phone": ("电话沟通", 3),
        "not_given": ("未注明", 3),
    }


def test_promises_and_look_backs_of_the_years_proposals_are_shown_by_state():
    known = facts(
        assignments=[assigned("甲", day="2025-03-10")],
        events=[event("甲", "2025-06-01", "reply_issued", "planned"), event("甲", "2025-06-01", "commitment_made")],
    )
    rows = summarised(known, 2025)
    assert section(rows, "commitment") == {"open": (1,)}
    assert section(rows, "look_back") == {"overdue": (1,)}


def test_parts_that_do_not_add_up_are_an_error():
    known = facts(proposals=[{"proposal_id": "甲", "kind": None}], assignments=[assigned("甲")])
    with pytest.raises(DubanError, match="各分项相加是 0，合计却是 1"):
        year_summary(known, obligations(facts(), rule_book(), PLAIN_CALENDAR, AS_OF), 2026, AS_OF)


def test_sections_and_items_come_in_the_order_people_know():
    known = facts(
        assignments=[assigned(name) for name in "甲乙丙"],
        events=[
            event("甲", "2026-06-01", "reply_issued", "explained"),
            event("乙", "2026-06-01", "reply_issued", "solved"),
        ],
    )
    rows = summarised(known)
    assert list(rows["section"].drop_duplicates()) == [name for name in SECTIONS if name in set(rows["section"])]
    assert rows.loc[rows["section"] == "outcome", "item"].tolist() == ["solved", "explained", "no_reply"]


def test_empty_facts_have_an_empty_summary():
    assert summarised(facts()).empty


cases = st.lists(
    st.tuples(
        st.sampled_from(["2025-03-10", "2026-03-10"]),
        st.sampled_from(["lead", "separate", "sole", "co_organising"]),
        st.sampled_from(["教育", "水利", None]),
        st.sampled_from([None, "solved", "planned", "explained", "reference"]),
        st.sampled_from([None, "satisfied", "dissatisfied"]),
    ),
    max_size=12,
)


@examples(100, few=15)
@given(cases)
def test_every_section_adds_up_to_its_total(drawn):
    known = facts(
        proposals=[{"proposal_id": f"P{i}", "topic": topic} for i, (_, _, topic, _, _) in enumerate(drawn)],
        assignments=[assigned(f"P{i}", f"U{i % 3}", role, day) for i, (day, role, *_) in enumerate(drawn)],
        events=[
            event(f"P{i}", day, kind, value, f"U{i % 3}")
            for i, (year, _, _, outcome, grade) in enumerate(drawn)
            for kind, value, day in (
                ("reply_issued", outcome, f"{year[:4]}-06-01"),
                ("feedback", grade, f"{year[:4]}-07-01"),
            )
            if value
        ],
    )
    rows = summarised(known)
    for count, total in (("count", "total"), ("last_count", "last_total")):
        sums = rows.groupby("section").agg(parts=(count, "sum"), whole=(total, "first"))
        pd.testing.assert_series_equal(sums["parts"], sums["whole"], check_names=False)
