"""The fast obligations against the slow, obvious ones, on random histories."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.deadlines import Limit
from tasks.domain.frames import EventKind
from tasks.domain.obligations import obligations
from tasks.domain.rules import FixedDate, RuleValue
from tasks.domain.workdays import WorkdayCalendar
from tests.builders import facts, rule_book
from tests.domain.reference import Weekdays, reference
from tests.examples import examples

DAYS_OFF = [date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 4), date(2026, 6, 19), date(2026, 10, 1)]
MAKE_UP = [date(2026, 5, 9), date(2026, 10, 10)]
CALENDAR = WorkdayCalendar(DAYS_OFF, MAKE_UP, date(2079, 12, 31))

DAY = st.integers(0, 400).map(lambda n: date(2026, 1, 28) + timedelta(n))
PROPOSALS, UNITS = ["p1", "p2", "p3"], ["u1", "u2", "u3"]
KINDS = [kind for kind in EventKind if not kind.startswith("joint")]
GRADED = [None, "satisfied", "dissatisfied", "satisfied/dissatisfied", "basically_satisfied/satisfied"]
VALUES = {
    "reply_issued": [None, "solved", "planned", "planned", "explained", "reference"],
    "looked_back": [None, "done", "pushing", "planned", "not_feasible"],
}


@st.composite
def proposal(draw, key):
    return {
        "proposal_id": key,
        "kind": draw(st.sampled_from(["deputy_suggestion", "cppcc_proposal"])),
        "session": draw(st.sampled_from([4, 5])),
        "is_key": draw(st.booleans()),
        "needs_reply": draw(st.sampled_from([True, True, True, False, None])),
        "merged_into": draw(st.sampled_from([None, None, None, "p9"])),
        "disclosure": draw(st.sampled_from(["open", "withheld", None])),
        "fixed_due_on": draw(st.sampled_from([None, None, date(2026, 5, 31)])),
    }


@st.composite
def assignment(draw):
    begun = draw(DAY)
    ended = draw(st.one_of(st.none(), st.none(), st.integers(0, 90).map(lambda n: begun + timedelta(n))))
    named = draw(st.sampled_from([{}, {"leader": "甲", "section": "乙", "handler": "丙"}, {"leader": "甲"}]))
    return {
        "proposal_id": draw(st.sampled_from(PROPOSALS)),
        "unit_id": draw(st.sampled_from(UNITS)),
        "role": draw(st.sampled_from(["lead", "co_organising", "separate", "sole"])),
        "assigned_on": begun,
        "ended_on": ended,
        "end_reason": ended and draw(st.sampled_from([None, "returned", "reassigned"])),
        **named,
    }


@st.composite
def event(draw):
    happened = draw(DAY)
    kind = draw(st.sampled_from([*KINDS, "reply_issued", "reply_issued", "feedback", "suspended", "resumed"]))
    return {
        "proposal_id": draw(st.sampled_from([*PROPOSALS, "p9"])),
        "unit_id": draw(st.sampled_from([*UNITS, "u9", None])),
        "kind": kind,
        "happened_on": happened,
        "round": draw(st.sampled_from([None, None, None, 1, 2])),
        "value": draw(st.sampled_from(VALUES.get(kind, GRADED))),
        "until": draw(st.one_of(st.none(), DAY)),
    }


@st.composite
def histories(draw):
    return facts(
        proposals=[draw(proposal(key)) for key in PROPOSALS],
        assignments=draw(st.lists(assignment(), min_size=1, max_size=7)),
        events=draw(st.lists(event(), max_size=30)),
    )


def book():
    rules = rule_book(
        fixed_dates=(
            FixedDate("reply", date(2026, 6, 30), "市政府通知", session=5),
            FixedDate("opinion", date(2026, 4, 20), "市政府通知", kind="cppcc_proposal"),
        )
    )
    stricter = RuleValue(date(2026, 3, 20), Limit.parse("2 months"), "修订", "reply@new", Limit.parse("4 months"))
    values = {**rules.values, ("deputy_suggestion", "reply"): (*rules.values["deputy_suggestion", "reply"], stricter)}
    return type(rules)(rules.duties, values, rules.fixed_dates)


def as_mapping(frame: pd.DataFrame) -> dict:
    def plain(value):
        return None if pd.isna(value) else value.date() if isinstance(value, pd.Timestamp) else value

    columns = ["starts_on", "due_on", "extended_to", "met_on", "state", "days_left", "days_late", "workdays_late"]
    return {
        (row["proposal_id"], row["unit_id"], row["duty"], row["round"]): tuple(plain(row[c]) for c in columns)
        for row in frame.to_dict("records")
    }


@given(histories(), DAY)
@examples(120, few=30)
def test_every_date_state_and_count_equals_the_obvious_reference(given_facts, as_of):
    fast = as_mapping(obligations(given_facts, book(), CALENDAR, as_of))
    assert fast == reference(given_facts, book(), Weekdays(DAYS_OFF, MAKE_UP), as_of)


@given(histories(), DAY)
@examples(25, few=8)
def test_the_key_is_unique_and_sorted_and_the_input_order_does_not_matter(given_facts, as_of):
    frame = obligations(given_facts, book(), CALENDAR, as_of)
    assert not frame.duplicated(["proposal_id", "unit_id", "duty", "round"]).any()
    shuffled = type(given_facts)(**{name: part.iloc[::-1] for name, part in given_facts.frames().items()})
    pd.testing.assert_frame_equal(frame, obligations(shuffled, book(), CALENDAR, as_of))
