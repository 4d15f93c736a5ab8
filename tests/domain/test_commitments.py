"""Promises: dated, followed, kept or lapsed, across sessions; and those that a reply implies."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd
import pytest

from tasks.domain.commitments import IMPLIED, promises, with_implied_promises
from tasks.domain.deadlines import Limit
from tasks.domain.implied import NOTE
from tasks.domain.obligations import obligations
from tasks.domain.rules import RuleValue
from tests.builders import PLAIN_CALENDAR, facts, rule_book

LEAD = {"proposal_id": "甲", "unit_id": "水利局", "assigned_on": "2025-03-10"}


def event(day, kind, value=None, **more):
    return {"proposal_id": "甲", "unit_id": "水利局", "happened_on": day, "kind": kind, "value": value, **more}


PLANNED = event("2025-06-01", "reply_issued", "planned")


def promised(events, as_of, assignment=LEAD, implied=False, book=None):
    known = facts(assignments=[assignment], events=events)
    known = with_implied_promises(known, as_of) if implied else known
    return promises(known, obligations(known, book or rule_book(), PLAIN_CALENDAR, as_of), as_of)


def implied_events(events, as_of=date(2026, 12, 1)):
    known = with_implied_promises(facts(assignments=[LEAD], events=events), as_of)
    added = known.events[known.events["event_id"].str.startswith(IMPLIED)]
    return list(zip(added["kind"], added["happened_on"].dt.date, strict=True))


def test_a_promise_with_a_date_of_its_own_keeps_it():
    rows = promised(
        [PLANNED, event("2025-06-01", "commitment_made", until="2026-05-31", note="明年汛前完工")], date(2026, 1, 1)
    )
    assert rows["due_on"].dt.date.tolist() == [date(2026, 5, 31)]
    assert rows["is_dated_by_rule"].tolist() == [False]
    assert rows[["promise", "state"]].to_numpy().tolist() == [["明年汛前完工", "open"]]


def test_a_promise_without_a_date_is_dated_by_rule_and_says_so():
    rows = promised([PLANNED, event("2025-06-01", "commitment_made")], date(2026, 1, 1))
    assert rows["due_on"].dt.date.tolist() == [date(2026, 12, 31)]
    assert rows[["is_dated_by_rule", "article"]].to_numpy().tolist() == [[True, "测试依据"]]


def test_a_lapsed_promise_counts_its_days():
    rows = promised([event("2025-06-01", "commitment_made", until="2025-12-31")], date(2026, 1, 10))
    assert rows[["state", "days_late"]].to_numpy().tolist() == [["overdue", 10]]


def test_a_promise_of_an_earlier_session_is_kept_with_its_proof():
    made = event("2025-06-01", "commitment_made", until="2026-05-31")
    rows = promised([made, event("2026-05-20", "commitment_fulfilled", note="竣工验收意见书")], date(2026, 11, 1))
    assert rows["kept_on"].dt.date.tolist() == [date(2026, 5, 20)]
    assert rows[["state", "proof"]].to_numpy().tolist() == [["met", "竣工验收意见书"]]


def test_only_reports_since_the_promise_count_as_its_progress():
    reports = [event(day, "progress_reported") for day in ("2025-05-01", "2025-09-01", "2025-12-01")]
    rows = promised([event("2025-06-01", "commitment_made"), *reports], date(2026, 1, 1))
    assert rows["report_count"].tolist() == [2]
    assert rows["reported_on"].dt.date.tolist() == [date(2025, 12, 1)]


def test_the_next_report_is_due_a_quarter_after_the_last():
    made = event("2025-06-01", "commitment_made")
    rows = promised([made, event("2025-08-20", "progress_reported")], date(2025, 10, 1))
    assert rows["report_due_on"].dt.date.tolist() == [date(2025, 11, 20)]
    kept = event("2025-09-10", "commitment_fulfilled")
    assert promised([made, kept], date(2025, 10, 1))["report_due_on"].isna().tolist() == [True]


def test_the_proposer_is_answered_again_by_a_reply_on_or_after_the_fulfilment():
    kept = [
        PLANNED,
        event("2025-06-01", "commitment_made", until="2025-12-31"),
        event("2025-11-03", "commitment_fulfilled"),
    ]
    assert promised(kept, date(2026, 1, 1))["answered_on"].isna().tolist() == [True]
    answered = promised([*kept, event("2025-11-20", "reply_issued", "solved")], date(2026, 1, 1))
    assert answered["answered_on"].dt.date.tolist() == [date(2025, 11, 20)]


def test_a_promise_names_its_matter_and_its_unit():
    rows = promised([event("2025-06-01", "commitment_made")], date(2026, 1, 1))
    assert rows[["number", "title", "unit"]].to_numpy().tolist() == [["甲", "关于甲的建议", "水利局"]]


def test_two_promises_have_each_their_own_date_and_state():
    made = [
        event("2025-06-01", "commitment_made", until="2025-12-31", round=1),
        event("2025-06-02", "commitment_made", round=2),
    ]
    rows = promised([*made, event("2025-12-01", "commitment_fulfilled", round=1)], date(2026, 2, 1))
    assert rows[["round", "state"]].to_numpy().tolist() == [[1, "met"], [2, "open"]]


@pytest.mark.parametrize(
    ("named", "owner"),
    [
        ({"handler": "李明", "section": "规划科", "leader": "王强"}, "李明"),
        ({"section": "规划科", "leader": "王强"}, "规划科"),
        ({"handler": "", "leader": "王强"}, "王强"),
    ],
)
def test_the_owner_is_the_nearest_person_named(named, owner):
    rows = promised([event("2025-06-01", "commitment_made")], date(2026, 1, 1), LEAD | named)
    assert rows["owner"].tolist() == [owner]


def test_a_promise_nobody_owns_says_so():
    assert promised([event("2025-06-01", "commitment_made")], date(2026, 1, 1))["owner"].isna().tolist() == [True]


def test_without_the_duty_a_promise_keeps_the_date_it_names():
    rows = promised(
        [event("2025-06-01", "commitment_made", until="2025-12-31")], date(2026, 2, 1), book=rule_book("reply")
    )
    assert rows["due_on"].dt.date.tolist() == [date(2025, 12, 31)]
    assert rows["state"].isna().tolist() == [True]


def test_a_reply_that_plans_without_a_promise_gets_one_dated_by_rule():
    rows = promised([PLANNED], date(2026, 1, 1), implied=True)
    assert rows[["is_implied", "is_dated_by_rule", "state"]].to_numpy().tolist() == [[True, True, "open"]]
    assert rows["due_on"].dt.date.tolist() == [date(2026, 12, 31)]


def owed(events, as_of=date(2026, 1, 1), known_at=None, duty="commitment"):
    rows = obligations(facts(assignments=[LEAD], events=events), rule_book(), PLAIN_CALENDAR, as_of, known_at)
    return rows[rows["duty"] == duty]


def test_obligations_owe_what_a_reply_implies_and_the_article_says_so():
    assert owed([PLANNED])["article"].tolist() == [f"测试依据；{NOTE}"]
    assert owed([PLANNED], duty="progress")["article"].str.endswith(NOTE).tolist() == [True]


def test_what_a_registered_promise_owes_says_nothing_of_the_kind():
    made = event("2025-06-01", "commitment_made", until="2026-05-31")
    assert owed([PLANNED, made])["article"].tolist() == ["测试依据"]


def test_an_unchecked_limit_still_says_so_behind_an_implied_promise():
    value = RuleValue(date(2000, 1, 1), Limit.parse("1 month"), "甲办法", "x")
    assert value.noted("补记").citation == "甲办法(未核对)；补记"


@pytest.mark.parametrize(("known_on", "count"), [(date(2025, 7, 1), 1), (date(2025, 10, 1), 0)])
def test_a_promise_is_implied_until_the_registered_one_is_known(known_on, count):
    """Registered late: what was known on 1 July is a plan only."""
    late = event("2025-06-05", "commitment_made", until="2025-12-31", recorded_at=pd.Timestamp("2025-09-01", tz="UTC"))
    known_at = datetime(known_on.year, known_on.month, known_on.day, tzinfo=UTC)
    rows = owed([PLANNED, late], date(2025, 6, 30), known_at)
    assert rows["article"].str.endswith(NOTE).sum() == count


def test_facts_with_implied_promises_owe_the_same():
    plain = facts(assignments=[LEAD], events=[PLANNED, event("2026-05-01", "looked_back", "done")])
    day = date(2026, 6, 1)
    given = obligations(with_implied_promises(plain, day), rule_book(), PLAIN_CALENDAR, day)
    own = obligations(plain, rule_book(), PLAIN_CALENDAR, day)
    pd.testing.assert_frame_equal(given.drop(columns="article"), own.drop(columns="article"))


def test_a_fulfilment_before_any_plan_keeps_no_implied_promise():
    rows = owed([event("2025-05-01", "commitment_fulfilled"), PLANNED])
    assert rows["met_on"].isna().tolist() == [True]


def test_a_recorded_promise_needs_no_implied_one():
    assert implied_events([PLANNED, event("2025-06-05", "commitment_made")]) == []


@pytest.mark.parametrize("outcome", ["solved", "explained", "reference"])
def test_only_a_plan_implies_a_promise(outcome):
    assert implied_events([event("2025-06-01", "reply_issued", outcome)]) == []


def test_a_look_back_without_any_reply_implies_no_promise():
    assert implied_events([event("2025-09-01", "looked_back", "pushing")]) == []


def test_a_look_back_that_finds_a_solved_matter_still_pushed_is_a_plan_from_then_on():
    solved, pushed = event("2025-06-01", "reply_issued", "solved"), event("2025-12-01", "looked_back", "pushing")
    assert implied_events([solved, pushed]) == [("commitment_made", date(2025, 12, 1))]


def test_a_second_plan_implies_no_second_promise():
    assert implied_events([PLANNED, event("2025-07-10", "reply_issued", "planned")]) == [
        ("commitment_made", date(2025, 6, 1))
    ]


@pytest.mark.parametrize(
    "solved", [event("2026-05-01", "reply_issued", "solved"), event("2026-05-01", "looked_back", "done")]
)
def test_a_matter_found_solved_keeps_the_implied_promise(solved):
    rows = promised([PLANNED, solved], date(2026, 12, 1), implied=True)
    assert rows["kept_on"].dt.date.tolist() == [date(2026, 5, 1)]
    assert rows["state"].tolist() == ["met"]


def test_a_later_explanation_takes_the_implied_promise_back():
    assert implied_events([PLANNED, event("2025-07-10", "reply_issued", "explained")]) == []


def test_what_happens_later_implies_nothing_yet():
    assert implied_events([PLANNED, event("2025-07-10", "commitment_made")], date(2025, 6, 20)) == [
        ("commitment_made", date(2025, 6, 1))
    ]


def test_a_co_organising_unit_promises_nothing():
    co = LEAD | {"role": "co_organising"}
    assert promised([PLANNED, event("2025-06-01", "commitment_made")], date(2026, 1, 1), co, implied=True).empty


def test_empty_facts_hold_no_promises():
    nothing = with_implied_promises(facts(), date(2026, 1, 1))
    rows = promises(nothing, obligations(nothing, rule_book(), PLAIN_CALENDAR, date(2026, 1, 1)), date(2026, 1, 1))
    assert isinstance(rows, pd.DataFrame)
    assert rows.empty
