"""Look-back: who owes it by when, what was found, and what "solved" turned out not to be."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.domain.frames import LookBackFinding
from tasks.domain.look_backs import look_back_totals, look_backs, reclassified
from tasks.domain.obligations import obligations
from tests.builders import PLAIN_CALENDAR, facts, rule_book

AS_OF = date(2026, 12, 31)


def event(kind, day, value=None, proposal="甲", unit="水利局"):
    return {"proposal_id": proposal, "unit_id": unit, "kind": kind, "happened_on": day, "value": value}


def case(*events, units=("水利局",)):
    assigned = [
        {"proposal_id": "甲", "unit_id": unit, "role": "separate" if len(units) > 1 else "lead"} for unit in units
    ]
    return facts(assignments=assigned, events=list(events))


def listed(known, as_of=AS_OF, rules=None):
    return look_backs(known, obligations(known, rules or rule_book(), PLAIN_CALENDAR, as_of), as_of)


def values(rows, *columns):
    plain = rows[list(columns)].astype(object).where(rows[list(columns)].notna(), None)
    return plain.to_numpy().tolist()


REPLY = event("reply_issued", "2026-06-01", "solved")


def test_every_reply_has_to_be_looked_back_at_by_a_day():
    rows = listed(case(REPLY), date(2026, 8, 1))
    assert values(rows, "unit_id", "state", "finding", "is_overturned") == [["水利局", "open", None, False]]
    assert (rows["replied_on"].dt.date.item(), rows["due_on"].dt.date.item()) == (date(2026, 6, 1), date(2026, 12, 1))


def test_what_nobody_looked_back_at_in_time_is_overdue():
    assert values(listed(case(REPLY)), "state", "days_late") == [["overdue", 30]]


@pytest.mark.parametrize("finding", list(LookBackFinding))
def test_a_look_back_shows_what_it_found(finding):
    rows = listed(case(REPLY, event("looked_back", "2026-11-10", str(finding))))
    assert values(rows, "state", "finding") == [["met", str(finding)]]
    assert rows["looked_back_on"].dt.date.tolist() == [date(2026, 11, 10)]


@pytest.mark.parametrize(
    ("outcome", "finding", "is_overturned", "now"),
    [
        ("solved", "pushing", True, "planned"),
        ("solved", "not_feasible", True, "planned"),
        ("solved", "done", False, "solved"),
        ("planned", "pushing", False, "planned"),
        ("explained", "not_feasible", False, "explained"),
    ],
)
def test_solved_that_was_not_done_is_overturned_and_counts_otherwise_from_then(outcome, finding, is_overturned, now):
    rows = listed(case(event("reply_issued", "2026-06-01", outcome), event("looked_back", "2026-11-10", finding)))
    assert values(rows, "outcome", "is_overturned", "outcome_now") == [[outcome, is_overturned, now]]


def test_what_was_done_after_the_look_back_was_still_not_done_when_the_reply_said_so():
    rows = listed(
        case(REPLY, event("looked_back", "2026-10-10", "pushing"), event("looked_back", "2026-12-10", "done"))
    )
    assert values(rows, "finding", "is_overturned", "outcome_now") == [["done", True, "solved"]]


def test_a_look_back_without_a_finding_overturns_nothing():
    rows = listed(case(REPLY, event("looked_back", "2026-11-10")))
    assert values(rows, "state", "finding", "is_overturned") == [["met", None, False]]


def test_each_of_two_replies_has_its_own_row_and_one_look_back_meets_both():
    rows = listed(
        case(
            REPLY,
            event("feedback", "2026-06-10", "dissatisfied"),
            event("reply_issued", "2026-07-01", "planned"),
            event("looked_back", "2026-11-10", "pushing"),
        )
    )
    assert values(rows, "round", "outcome", "finding", "is_overturned") == [
        [1, "solved", "pushing", False],
        [2, "planned", "pushing", False],
    ]


def test_units_that_answer_separately_look_back_each_for_itself():
    known = case(
        REPLY,
        event("reply_issued", "2026-06-02", "solved", unit="公安局"),
        event("looked_back", "2026-11-10", "pushing", unit="公安局"),
        units=("水利局", "公安局"),
    )
    assert values(listed(known), "unit_id", "finding", "is_overturned") == [
        ["水利局", None, False],
        ["公安局", "pushing", True],
    ]


def test_nothing_of_a_later_day_is_known():
    known = case(REPLY, event("looked_back", "2026-11-10", "pushing"))
    assert values(listed(known, date(2026, 11, 9)), "finding", "is_overturned") == [[None, False]]


def test_a_jurisdiction_without_the_duty_has_no_list():
    assert listed(case(REPLY), rules=rule_book("reply")).empty
    assert look_back_totals(listed(case(REPLY), rules=rule_book("reply"))).empty


def test_a_units_findings_add_up_to_what_it_looked_back_at():
    kinds = [("甲", "done"), ("乙", "pushing"), ("丙", None), ("丁", "not_feasible")]
    events = [event("reply_issued", "2026-06-01", "solved", name) for name, _ in kinds] + [
        event("reply_issued", "2026-06-01", "solved", "戊")
    ]
    events += [event("looked_back", "2026-11-10", finding, name) for name, finding in kinds]
    known = facts(assignments=[{"proposal_id": name, "unit_id": "水利局"} for name in "甲乙丙丁戊"], events=events)
    (row,) = look_back_totals(listed(known)).to_dict("records")
    assert (row["owed"], row["looked"], row["overdue"], row["overturned"]) == (5, 4, 1, 2)
    assert row["done"] + row["pushing"] + row["planned"] + row["not_feasible"] + row["unnamed"] == row["looked"]


def test_every_change_of_what_a_case_counts_as_is_kept_the_newest_first():
    known = case(
        REPLY,
        event("looked_back", "2026-10-10", "pushing"),
        event("looked_back", "2026-12-10", "done"),
        event("looked_back", "2026-12-20", "done"),
    )
    rows = reclassified(known, AS_OF)
    assert values(rows, "previous", "outcome", "source") == [
        ["planned", "solved", "looked_back"],
        ["solved", "planned", "looked_back"],
    ]
    assert values(reclassified(known, date(2026, 11, 1)), "outcome") == [["planned"]]


def test_what_the_ledger_kept_of_the_obligations_reads_the_same():
    known = case(REPLY, event("looked_back", "2026-11-10", "pushing"))
    owed = obligations(known, rule_book(), PLAIN_CALENDAR, AS_OF)
    stored = owed.astype(dict.fromkeys(("starts_on", "due_on", "extended_to", "met_on"), "datetime64[ms]"))
    assert look_backs(known, stored, AS_OF).equals(listed(known))
