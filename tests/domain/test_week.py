"""A week is the difference of two days; what it says of the next one and of who waits is read off today."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pandas as pd
import pytest

from tasks.domain.obligations import obligations
from tasks.domain.week import Move, coming, late_units, moves, opinions_awaited, returns_awaited
from tests.builders import PLAIN_CALENDAR, facts, rule_book

RULES = rule_book("accept", "reply", "opinion", "second_reply")
MONDAY, NEXT = date(2026, 6, 8), date(2026, 6, 15)


def lead(proposal, unit="甲局", role="lead", **more):
    return {"proposal_id": proposal, "unit_id": unit, "role": role, **more}


def event(proposal, kind, day, unit="甲局", **more):
    return {"proposal_id": proposal, "unit_id": unit, "kind": kind, "happened_on": day, **more}


def owed(known, day):
    return obligations(known, RULES, PLAIN_CALENDAR, day)


def moved(assignments, events, before=MONDAY, now=NEXT, duty="reply", **more):
    known = facts(assignments=assignments, events=events, **more)
    found = moves(owed(known, before), owed(known, now))
    return found[found["duty"] == duty]


def one(found):
    assert len(found) == 1
    return found.iloc[0]


def test_a_reply_in_the_week_is_done():
    found = one(moved([lead("案")], [event("案", "reply_issued", "2026-06-10")]))
    assert (found["move"], found["was_overdue"]) == (Move.DONE, False)


def test_what_was_done_before_or_is_still_open_has_not_moved():
    assert moved([lead("案")], [event("案", "reply_issued", "2026-06-08")]).empty
    assert moved([lead("案")], [], date(2026, 5, 1), date(2026, 5, 8)).empty


def test_a_reply_after_its_day_is_done_late_and_says_that_it_was_overdue():
    found = one(moved([lead("案")], [event("案", "reply_issued", "2026-06-18")], NEXT, date(2026, 6, 22)))
    assert (found["move"], found["was_overdue"]) == (Move.DONE_LATE, True)


def test_what_passed_its_day_in_the_week_fell_overdue_once():
    assert one(moved([lead("案")], []))["move"] == Move.FELL_OVERDUE
    assert moved([lead("案")], [], NEXT, date(2026, 6, 22)).empty


def test_an_extension_frees_what_was_overdue():
    extended = [event("案", "extension_approved", "2026-06-20", until="2026-08-31")]
    assert one(moved([lead("案")], extended, NEXT, date(2026, 6, 22)))["move"] == Move.FREED


def test_a_record_that_was_taken_back_is_undone():
    known = facts(assignments=[lead("案")], events=[event("案", "reply_issued", "2026-05-01")])
    corrected = facts(assignments=[lead("案")])
    found = moves(owed(known, date(2026, 6, 1)), owed(corrected, MONDAY))
    assert one(found[found["duty"] == "reply"])["move"] == Move.UNDONE


def test_a_record_entered_afterwards_counts_in_the_week_that_learned_of_it():
    """Replied on 1 June, entered on 12 June: the brief of 8 June could not know."""
    late_entry = event("案", "reply_issued", "2026-06-01", recorded_at="2026-06-12T09:00:00+08:00")
    before = owed(facts(assignments=[lead("案")]), MONDAY)
    found = moves(before, owed(facts(assignments=[lead("案")], events=[late_entry]), NEXT))
    assert one(found[found["duty"] == "reply"])["move"] == Move.DONE


def test_an_obligation_that_did_not_exist_before_moves_too():
    found = moves(owed(facts(), MONDAY), owed(facts(assignments=[lead("案")]), NEXT))
    assert set(found["move"]) == {Move.FELL_OVERDUE}


def test_weeks_in_a_row_count_everything_once():
    known = facts(
        assignments=[lead(name) for name in "一二三四"],
        events=[
            event("一", "reply_issued", "2026-06-09"),
            event("二", "reply_issued", "2026-06-12"),
            event("三", "reply_issued", "2026-06-24"),
        ],
    )
    days = [date(2026, 6, 1), MONDAY, NEXT, date(2026, 6, 22), date(2026, 6, 29)]
    weeks = [moves(owed(known, one), owed(known, two)) for one, two in pairwise(days)]
    whole = pd.concat(weeks)
    whole = whole[whole["duty"] == "reply"]
    assert whole["move"].value_counts().to_dict() == {Move.DONE: 1, Move.FELL_OVERDUE: 2, Move.DONE_LATE: 2}


@pytest.mark.parametrize(
    ("as_of", "until", "found"), [("06-10", "06-16", 1), ("06-11", "06-17", 0), ("06-03", "06-09", 0)]
)
def test_what_falls_due_is_counted_from_the_day_to_the_last(as_of, until, found):
    """The reply is due on Wednesday 10 June."""
    day, last = (date.fromisoformat(f"2026-{one}") for one in (as_of, until))
    rows = coming(owed(facts(assignments=[lead("案")]), day), day, last)
    assert (rows["duty"] == "reply").sum() == found


def test_what_is_done_does_not_fall_due():
    known = facts(assignments=[lead("案")], events=[event("案", "reply_issued", "2026-06-01")])
    assert not (coming(owed(known, MONDAY), MONDAY, NEXT)["duty"] == "reply").any()


def test_units_are_late_with_replies_and_with_other_things():
    known = facts(
        assignments=[lead("一"), lead("二"), lead("二", "乙局", "co_organising")],
        events=[event("一", "accepted", "2026-03-11"), event("二", "accepted", "2026-03-11")],
    )
    rows = late_units(owed(known, date(2026, 6, 20)))
    assert rows[["unit_id", "replies", "others"]].to_numpy().tolist() == [["甲局", 2, 0], ["乙局", 0, 2]]
    assert rows["longest"].tolist() == [10, 95]


def test_a_late_opinion_holds_up_only_a_lead_unit_that_has_not_replied():
    both = [lead("一"), lead("一", "乙局", "co_organising"), lead("二"), lead("二", "乙局", "co_organising")]
    known = facts(assignments=both, events=[event("二", "reply_issued", "2026-05-20")])
    rows = opinions_awaited(owed(known, MONDAY))
    assert rows[["proposal_id", "lead", "unit_id"]].to_numpy().tolist() == [["一", "甲局", "乙局"]]


def test_a_return_request_waits_until_it_is_decided():
    asked = event("案", "return_requested", "2026-03-12")
    accepted, handed_back = (event("案", kind, "2026-03-20") for kind in ("accepted", "returned"))

    def waiting(*events, day=date(2026, 3, 25), **more):
        rows = returns_awaited(facts(assignments=[lead("案", **more)], events=list(events)), day)
        return rows["days"].tolist()

    assert waiting(asked) == [13]
    assert waiting(asked, accepted) == waiting(asked, handed_back) == []
    assert waiting(accepted, event("案", "return_requested", "2026-03-22")) == [3]
    assert waiting(asked, ended_on="2026-03-24", end_reason="returned") == []
    assert waiting(asked, day=date(2026, 3, 11)) == []
