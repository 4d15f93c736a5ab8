"""The report date of a joint inspection: which unit is reminded of it, when, of what, and what holds it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from tasks.domain.deadlines import Limit
from tasks.domain.escalation_record import EXPLANATIONS, SILENCES, framed
from tasks.domain.inspections import INSPECTED
from tasks.domain.report_dates import Stage, called_for, explain_reports, report_reminders, stage_on
from tests.builders import PLAIN_CALENDAR

BEFORE = Limit.parse("5 workdays")
FRIDAY, DUE, AFTER = date(2026, 11, 27), date(2026, 12, 7), date(2026, 12, 8)
NEAR = date(2026, 11, 30)
NO_SILENCE, NO_EXPLANATION = framed([], SILENCES), framed([], EXPLANATIONS)


def inspected(*rows):
    frame = pd.DataFrame(
        [{"document_id": "d1", "occurrence": 1, "report_by": "2026-12-07", **row} for row in rows],
        columns=INSPECTED.names,
    )
    days = [column.name for column in INSPECTED.columns if column.type == "date"]
    return INSPECTED.typed(frame.assign(**{name: pd.to_datetime(frame[name]) for name in days}))


BOTH = inspected({"proposal_id": "甲"}, {"proposal_id": "乙"})


def answering(*pairs):
    return pd.DataFrame([(one, 1, unit) for one, unit in pairs], columns=["proposal_id", "occurrence", "unit_id"])


ANSWERING = answering(("甲", "u1"), ("乙", "u1"), ("乙", "u2"), ("丙", "u3"))


def scope(columns, **values):
    return framed([{"unit_id": None, "proposal_id": None, "duty": None, **values}], columns)


def reminded(as_of=NEAR, rows=BOTH, silences=NO_SILENCE, explanations=NO_EXPLANATION, unknown=()):
    called = called_for(rows, as_of, BEFORE, PLAIN_CALENDAR)
    return report_reminders(called, ANSWERING, silences, explanations, as_of, unknown)


def told(**held):
    return {(one.unit_id, proposal) for one in reminded(**held) for proposal, _ in one.cases}


@pytest.mark.parametrize(
    ("as_of", "stage"),
    [(FRIDAY, None), (NEAR, Stage.NEAR), (DUE, Stage.NEAR), (AFTER, Stage.PASSED)],
    ids=["更早", "前5个工作日", "当日", "次日"],
)
def test_a_report_date_is_near_before_it_and_passed_from_the_day_after(as_of, stage):
    assert stage_on(DUE, as_of, BEFORE, PLAIN_CALENDAR) is stage


def test_a_lead_in_days_is_counted_in_days():
    assert stage_on(DUE, date(2026, 12, 2), Limit.parse("5 days"), PLAIN_CALENDAR) is Stage.NEAR
    assert stage_on(DUE, date(2026, 12, 1), Limit.parse("5 days"), PLAIN_CALENDAR) is None


def test_each_unit_is_reminded_of_its_own_cases_in_one_mail():
    assert [(one.unit_id, one.stage, one.cases) for one in reminded()] == [
        ("u1", Stage.NEAR, (("乙", 1), ("甲", 1))),
        ("u2", Stage.NEAR, (("乙", 1),)),
    ]


def test_a_reminder_is_single_by_inspection_unit_stage_and_date():
    moved = inspected({"proposal_id": "甲", "report_by": "2026-12-04"})
    keys = [reminded(as_of, rows)[0].key for as_of, rows in ((NEAR, BOTH), (DUE, BOTH), (AFTER, BOTH), (NEAR, moved))]
    assert keys == ["d1|u1|near|2026-12-07"] * 2 + ["d1|u1|passed|2026-12-07", "d1|u1|near|2026-12-04"]


@pytest.mark.parametrize("column", ["reported_on", "closed_on"])
def test_nobody_is_reminded_once_it_is_reported_or_the_case_is_closed(column):
    assert reminded(AFTER, inspected({"proposal_id": "甲", column: "2026-12-04"})) == []


@pytest.mark.parametrize(
    ("covers", "left"),
    [
        ({"unit_id": "u1"}, {("u2", "乙")}),
        ({"proposal_id": "乙"}, {("u1", "甲")}),
        ({"unit_id": "u1", "duty": "reply"}, {("u1", "甲"), ("u1", "乙"), ("u2", "乙")}),
    ],
    ids=["单位", "编号", "别的事项"],
)
def test_a_silence_holds_what_it_covers(covers, left):
    silence = scope(SILENCES, until="2026-11-30", why="合并", by="张三", **covers)
    assert told(silences=silence) == left


def test_a_silence_holds_through_its_last_day_only():
    silence = scope(SILENCES, until="2026-11-30", why="合并", by="张三", unit_id="u1")
    assert ("u1", "甲") in told(as_of=date(2026, 12, 1), silences=silence)


def test_an_explanation_holds_what_comes_after_the_date_not_the_reminder_before_it():
    explanation = scope(EXPLANATIONS, proposal_id="甲", unit_id="u1", until="2026-12-20", text="待验收")
    assert ("u1", "甲") in told(explanations=explanation)
    assert told(as_of=AFTER, explanations=explanation) == {("u1", "乙"), ("u2", "乙")}


def test_a_unit_to_which_a_mail_may_have_left_waits_until_that_is_known():
    assert told(as_of=AFTER, unknown={("d1", "u1")}) == {("u2", "乙")}


def explained(as_of, row, mails=()):
    return explain_reports(inspected(row), BEFORE, PLAIN_CALENDAR, as_of, mails, {"u1": "市水利局"}).splitlines()


def test_an_explanation_names_the_date_the_reminders_days_and_what_was_sent():
    mails = [
        {"document_id": "d1", "unit_id": "u1", "as_of": NEAR, "state": "sent"},
        {"document_id": "d1", "unit_id": "u1", "as_of": AFTER, "state": "queued"},
        {"document_id": "d2", "unit_id": "u1", "as_of": NEAR, "state": "sent"},
    ]
    assert explained(DUE, {"proposal_id": "甲"}, mails) == [
        "联合督查:",
        "  d1:报告期限 2026-12-07,未报告",
        "    提醒责任单位 2026-11-30(期限前5个工作日)、2026-12-08(期限次日)起,各一次",
        "    2026-11-30 已送交 市水利局",
    ]


@pytest.mark.parametrize(
    ("as_of", "column", "standing"),
    [
        (AFTER, "reported_on", "2026-12-04 已报告,不再提醒"),
        (AFTER, "closed_on", "2026-12-04 已销号,不再提醒"),
        (date(2026, 12, 3), "reported_on", "未报告"),
    ],
)
def test_an_explanation_says_when_nothing_more_is_sent(as_of, column, standing):
    assert explained(as_of, {"proposal_id": "甲", column: "2026-12-04"})[1] == f"  d1:报告期限 2026-12-07,{standing}"


def test_a_proposal_that_was_never_inspected_has_nothing_to_explain():
    assert explain_reports(inspected(), BEFORE, PLAIN_CALENDAR, DUE, (), {}) == ""
