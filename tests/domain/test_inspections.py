"""Joint inspections: which cases, when, what is asked, what is late."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tasks.domain.backlog import BACKLOG_REVIEW
from tasks.domain.backlog_criteria import Criterion
from tasks.domain.deadlines import Limit
from tasks.domain.inspections import (
    INSPECTED,
    InspectionTerms,
    chosen,
    lapsed_deadlines,
    late_reports,
    reminder_no,
    running,
    scheduled,
    under_inspection,
)
from tests.builders import PLAIN_CALENDAR, facts

TERMS = InspectionTerms(
    leader="副市长赵六",
    members=(),
    copied_to=(),
    starts_after=Limit.parse("10 workdays"),
    lasts=Limit.parse("5 workdays"),
    report_within=Limit.parse("10 workdays"),
    remind_every=Limit.parse("5 workdays"),
    remind_units=Limit.parse("5 workdays"),
    most=2,
    questions={criterion: (f"问{criterion}",) for criterion in Criterion},
)


def reviewed(*rows):
    names = ["proposal_id", "standing", "met_now", "since"]
    frame = pd.DataFrame(list(rows), columns=names)
    return BACKLOG_REVIEW.typed(frame.assign(occurrence=1, since=pd.to_datetime(frame["since"]), criteria="x"))


def test_the_days_of_an_inspection_are_counted_in_workdays_from_its_drafting():
    days = scheduled(date(2026, 11, 2), TERMS, PLAIN_CALENDAR)
    assert (days.starts_on, days.ends_on, days.report_by) == (
        date(2026, 11, 16),
        date(2026, 11, 23),
        date(2026, 12, 7),
    )


def test_cases_with_most_criteria_come_first_then_the_oldest():
    cases = reviewed(
        ("甲", "still", "reply_overdue", "2025-01-01"),
        ("乙", "new", "commitment_lapsed;planned_unsolved", "2026-03-01"),
        ("丙", "still", "reply_overdue", "2024-01-01"),
    )
    assert chosen(cases, set(), 3) == [("乙", 1), ("丙", 1), ("甲", 1)]
    assert chosen(cases, set(), 1) == [("乙", 1)]


@pytest.mark.parametrize("standing", ["to_close", "closed"])
def test_a_case_that_waits_for_its_closing_or_has_it_is_not_inspected(standing):
    met = None if standing == "to_close" else "reply_overdue"
    assert chosen(reviewed(("甲", standing, met, "2025-01-01")), set(), 3) == []


def test_a_case_that_is_being_inspected_is_not_planned_again():
    cases = reviewed(("甲", "still", "reply_overdue", "2025-01-01"), ("乙", "still", "reply_overdue", "2025-02-01"))
    assert chosen(cases, {("甲", 1)}, 3) == [("乙", 1)]


def test_each_criterion_is_asked_about_and_each_question_once():
    same = dict.fromkeys(Criterion, ("问",))
    assert TERMS.asked([Criterion.RAISED_AGAIN, Criterion.REPLY_OVERDUE]) == ("问reply_overdue", "问raised_again")
    terms = InspectionTerms(
        "甲",
        (),
        (),
        TERMS.starts_after,
        TERMS.lasts,
        TERMS.report_within,
        TERMS.remind_every,
        TERMS.remind_units,
        2,
        same,
    )
    assert terms.asked(list(Criterion)) == ("问",)


def inspected(**changes):
    row = {"document_id": "d1", "proposal_id": "甲", "occurrence": 1, "report_by": "2026-12-07", **changes}
    frame = pd.DataFrame([row], columns=INSPECTED.names)
    days = [column.name for column in INSPECTED.columns if column.type == "date"]
    return INSPECTED.typed(frame.assign(**{name: pd.to_datetime(frame[name]) for name in days}))


@pytest.mark.parametrize(
    ("as_of", "reported_on", "count"),
    [(date(2026, 12, 7), None, 0), (date(2026, 12, 8), None, 1), (date(2026, 12, 8), "2026-12-04", 0)],
    ids=["当日不算逾期", "次日逾期", "已报告"],
)
def test_a_report_is_late_from_the_day_after(as_of, reported_on, count):
    assert len(late_reports(inspected(reported_on=reported_on), as_of)) == count


@pytest.mark.parametrize(("closed_on", "count"), [(None, 1), ("2026-12-20", 0)])
def test_a_deadline_lapses_only_while_the_case_is_open(closed_on, count):
    rows = inspected(deadline="2026-12-15", closed_on=closed_on)
    assert len(lapsed_deadlines(rows, date(2026, 12, 16))) == count
    assert lapsed_deadlines(rows, date(2026, 12, 15)).empty


def test_an_inspection_runs_until_it_reports():
    assert running(inspected()) == {("甲", 1)}
    assert running(inspected(reported_on="2026-12-04")) == set()


@pytest.mark.parametrize(
    ("as_of", "number"),
    [(date(2026, 12, 7), 0), (date(2026, 12, 8), 1), (date(2026, 12, 14), 1), (date(2026, 12, 15), 2)],
)
def test_reminders_follow_one_another_at_the_given_pace(as_of, number):
    assert reminder_no(date(2026, 12, 7), as_of, Limit.parse("5 workdays"), PLAIN_CALENDAR) == number


def test_the_source_says_that_a_case_is_being_inspected_until_it_says_that_it_is_not():
    events = [
        {"proposal_id": "甲", "kind": "joint_inspection_opened", "happened_on": "2026-09-08"},
        {"proposal_id": "乙", "kind": "joint_inspection_opened", "happened_on": "2026-01-08"},
        {"proposal_id": "乙", "kind": "joint_inspection_closed", "happened_on": "2026-04-22"},
    ]
    assert under_inspection(facts(events=events).events) == {"甲"}
