"""Key proposals: which are followed, what is late and due next, and the days on which a leader is told."""

from __future__ import annotations

import doctest
from datetime import date

import pytest

from tasks.domain import key_proposals as module
from tasks.domain.cases import cases
from tasks.domain.deadlines import Limit
from tasks.domain.key_proposals import Cadence, KeyTerms, LeaderOffice, brief_due, key_duties, key_proposals
from tasks.domain.obligations import obligations
from tasks.domain.workdays import WorkdayCalendar
from tests.builders import PLAIN_CALENDAR, facts, rule_book

AS_OF = date(2026, 7, 15)
RULES = rule_book("plan", "reply", "look_back")


def key(name, leader="市长 沈立新", **more):
    return {"proposal_id": name, "is_key": True, "led_by": leader, **more}


def event(name, kind, day, value=None):
    return {"proposal_id": name, "unit_id": "工信局", "kind": kind, "happened_on": day, "value": value}


def listed(proposals, events=(), as_of=AS_OF, assigned=None, **more):
    days = {row["proposal_id"]: "2026-03-10" for row in proposals} | (assigned or {})
    known = facts(
        proposals=proposals,
        assignments=[{"proposal_id": name, "unit_id": "工信局", "assigned_on": day} for name, day in days.items()],
        events=events,
    )
    owed = obligations(known, RULES, PLAIN_CALENDAR, as_of)
    return key_proposals(known, owed, cases(known, owed, as_of), as_of, **more)


def values(rows, *columns):
    plain = rows[list(columns)].astype(object).where(rows[list(columns)].notna(), None)
    return plain.to_numpy().tolist()


def test_key_and_led_proposals_are_listed_and_others_are_not():
    rows = listed([key("甲"), {"proposal_id": "乙"}, {"proposal_id": "丙", "led_by": "副市长 周文博"}, key("丁", None)])
    assert values(rows, "proposal_id", "led_by") == [["丙", "副市长 周文博"], ["甲", "市长 沈立新"], ["丁", None]]


def test_a_plan_that_is_not_made_is_late_and_one_made_on_the_last_day_is_not():
    rows = listed([key("甲"), key("乙")], [event("乙", "plan_made", "2026-04-10")], as_of=date(2026, 4, 20))
    assert values(rows, "proposal_id", "plan_state", "late", "most_days_late") == [
        ["甲", "overdue", 1, 10],
        ["乙", "met", 0, None],
    ]


def test_the_next_thing_due_is_the_earliest_that_is_still_owed():
    rows = listed([key("甲")], [event("甲", "plan_made", "2026-04-01")], as_of=date(2026, 5, 1))
    assert values(rows, "next_duty") == [["reply"]]
    assert rows["next_on"].dt.date.tolist() == [date(2026, 6, 10)]


def test_only_the_duties_asked_for_are_looked_at():
    rows = listed([key("甲")], as_of=date(2026, 4, 20), duties=["reply"])
    assert values(rows, "late", "next_duty", "plan_state") == [[0, "reply", "overdue"]]


REPLIED = [event("甲", "plan_made", "2025-04-01"), event("甲", "reply_issued", "2025-06-01", "solved")]
DONE = [*REPLIED, event("甲", "looked_back", "2025-11-01", "done")]


@pytest.mark.parametrize(("events", "followed"), [(REPLIED, ["甲", "乙"]), (DONE, ["乙"])])
def test_an_earlier_one_is_followed_as_long_as_something_is_owed(events, followed):
    rows = listed([key("甲"), key("乙")], events, assigned={"甲": "2025-03-10"})
    assert sorted(rows["proposal_id"], reverse=True) == sorted(followed, reverse=True)


def test_a_withdrawn_one_is_not_followed():
    assert listed([key("甲")], [event("甲", "withdrawn", "2026-04-01")]).empty


def test_one_that_is_assigned_later_is_not_there_yet():
    assert listed([key("甲")], as_of=date(2026, 3, 9)).empty


def test_what_is_late_stands_first_within_a_leader():
    rows = listed([key("甲"), key("乙")], [event("甲", "reply_issued", "2026-06-01", "solved")])
    assert rows["proposal_id"].tolist() == ["乙", "甲"]


def test_what_is_still_owed_comes_in_the_order_of_its_last_days():
    known = facts(assignments=[{"proposal_id": "甲", "unit_id": "工信局"}], proposals=[key("甲")])
    owed = obligations(known, RULES, PLAIN_CALENDAR, date(2026, 5, 1))
    duties = key_duties(owed, known.proposals["proposal_id"])
    assert values(duties, "duty", "state", "days_late", "days_left") == [
        ["plan", "overdue", 21, None],
        ["reply", "open", 0, 40],
    ]


def test_no_proposals_and_no_key_proposals_give_an_empty_list():
    assert listed([{"proposal_id": "甲"}]).empty


FORTNIGHT = Cadence(date(2026, 3, 2), Limit.parse("14 days"))
MONTH = Cadence(date(2026, 1, 31), Limit.parse("1 month"))


@pytest.mark.parametrize(
    ("cadence", "as_of", "due"),
    [
        (FORTNIGHT, date(2026, 3, 1), None),
        (FORTNIGHT, date(2026, 3, 2), date(2026, 3, 2)),
        (FORTNIGHT, date(2026, 3, 15), date(2026, 3, 2)),
        (FORTNIGHT, date(2026, 3, 16), date(2026, 3, 16)),
        # 31 January and 28 February are Saturdays; a month's end is not carried over to the next month.
        (MONTH, date(2026, 2, 1), None),
        (MONTH, date(2026, 2, 2), date(2026, 2, 2)),
        (MONTH, date(2026, 3, 2), date(2026, 3, 2)),
        (MONTH, date(2026, 3, 31), date(2026, 3, 31)),
    ],
)
def test_a_brief_is_due_every_so_often_on_a_workday(cadence, as_of, due):
    assert brief_due(cadence, PLAIN_CALENDAR, as_of) == due


def test_a_brief_due_on_a_holiday_is_due_on_the_next_workday():
    calendar = WorkdayCalendar([date(2026, 3, 16)], [], date(2079, 12, 31))
    assert brief_due(FORTNIGHT, calendar, date(2026, 3, 16)) == date(2026, 3, 2)
    assert brief_due(FORTNIGHT, calendar, date(2026, 3, 17)) == date(2026, 3, 17)


def test_a_leader_has_a_pace_and_an_office_of_their_own_or_those_of_all():
    own = LeaderOffice("周文博副市长", "秘书二科", "m2@example.invalid", FORTNIGHT)
    terms = KeyTerms("领办专报", MONTH, 30, ("reply",), {"副市长 周文博": own})
    assert (terms.office_of("副市长 周文博"), terms.cadence_of("副市长 周文博")) == (own, FORTNIGHT)
    assert (terms.office_of("市长 沈立新"), terms.cadence_of("市长 沈立新")) == (LeaderOffice("市长沈立新"), MONTH)


def test_docstring_examples_hold():
    assert doctest.testmod(module).failed == 0
