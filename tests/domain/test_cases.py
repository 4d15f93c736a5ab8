"""Where a case stands, one test a rule."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tasks.domain.cases import cases
from tasks.domain.obligations import obligations
from tests.builders import PLAIN_CALENDAR, facts, rule_book

LEAD = {"proposal_id": "p1", "unit_id": "u1", "assigned_on": "2026-03-10"}


def event(kind, happened_on, **more):
    return {"proposal_id": "p1", "unit_id": "u1", "kind": kind, "happened_on": happened_on, **more}


def case(as_of, *events, assignments=(LEAD,), **proposal):
    given = facts(proposals=[{"proposal_id": "p1", **proposal}], assignments=assignments, events=events)
    day = date.fromisoformat(as_of)
    frame = cases(given, obligations(given, rule_book(), PLAIN_CALENDAR, day), day)
    return frame.iloc[0]


@pytest.mark.parametrize(
    ("events", "stage"),
    [
        ([], "待签收"),
        ([event("accepted", "2026-03-12")], "办理中"),
        ([event("suspended", "2026-04-01")], "中止办理"),
        ([event("reply_issued", "2026-06-01")], "已答复"),
        ([event("reply_issued", "2026-06-01"), event("feedback", "2026-06-05", value="satisfied")], "已办结"),
        ([event("reply_issued", "2026-06-01"), event("feedback", "2026-06-05", value="dissatisfied")], "重新办理"),
        ([event("withdrawn", "2026-04-01")], "已撤回"),
    ],
)
def test_the_stage_follows_the_events(events, stage):
    assert case("2026-07-01", *events)["stage"] == stage


@pytest.mark.parametrize(
    ("as_of", "events", "light"),
    [
        ("2026-04-01", [], "green"),
        ("2026-06-01", [], "yellow"),
        ("2026-06-10", [], "yellow"),
        ("2026-06-11", [], "red"),
        ("2026-07-01", [event("reply_issued", "2026-06-20")], "green"),
        ("2026-07-01", [event("withdrawn", "2026-04-01")], "grey"),
        ("2026-07-01", [event("suspended", "2026-04-01")], "grey"),
    ],
)
def test_the_light_shows_what_is_late_now(as_of, events, light):
    assert case(as_of, *events)["light"] == light


def test_the_case_s_clock_runs_on_through_a_reassignment():
    old = {**LEAD, "ended_on": "2026-05-20", "end_reason": "reassigned"}
    new = {**LEAD, "unit_id": "u2", "assigned_on": "2026-05-21"}
    found = case("2026-07-01", assignments=[old, new])
    assert (found["lead_unit_id"], str(found["due_on"].date()), found["days_late"], found["light"]) == (
        "u2",
        "2026-06-10",
        21,
        "red",
    )


def test_separate_units_have_answered_when_the_last_has():
    units = [{**LEAD, "role": "separate"}, {**LEAD, "unit_id": "u2", "role": "separate"}]
    first = event("reply_issued", "2026-05-01")
    second = {**event("reply_issued", "2026-06-01"), "unit_id": "u2"}
    assert pd.isna(case("2026-05-15", first, assignments=units)["replied_on"])
    assert str(case("2026-06-15", first, second, assignments=units)["replied_on"].date()) == "2026-06-01"


def test_satisfaction_is_the_worse_of_work_and_result():
    events = [
        event("reply_issued", "2026-06-01"),
        event("feedback", "2026-06-05", value="satisfied/basically_satisfied"),
    ]
    assert case("2026-07-01", *events)["satisfaction"] == "basically_satisfied"


def test_a_proposal_without_a_unit_is_listed():
    given = facts(proposals=[{"proposal_id": "p1"}])
    day = date(2026, 7, 1)
    found = cases(given, obligations(given, rule_book(), PLAIN_CALENDAR, day), day)
    assert found[["stage", "light"]].to_numpy().tolist() == [["未交办", "grey"]]
