"""Why a date is what it is, compared whole."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.domain.explanation import explain
from tasks.domain.obligations import obligations
from tasks.domain.rules import FixedDate
from tasks.domain.workdays import WorkdayCalendar
from tests.builders import facts, rule_book

CALENDAR = WorkdayCalendar([date(2026, 5, 1)], [date(2026, 5, 9)], date(2026, 12, 31))
LEAD = {"proposal_id": "p1", "unit_id": "u1"}


def told(*duties, as_of=date(2026, 7, 1), events=(), fixed=(), **lead):
    book = rule_book(*duties, fixed_dates=fixed)
    given = facts(
        assignments=[{**LEAD, **lead}],
        events=[{**LEAD, **e} for e in events],
        units=[{"unit_id": "u1", "name": "市教育局"}],
    )
    return explain(given, obligations(given, book, CALENDAR, as_of), book, CALENDAR, "p1", as_of)


def test_a_rolled_deadline_names_the_day_off_and_the_article():
    assert told("reply", assigned_on="2026-03-28").splitlines() == [
        "人大代表建议 第p1号 关于p1的建议(p1),截至 2026-07-01(周三)",
        "",
        "市教育局(主办)",
        "  reply:逾期,逾期 2 天(2 个工作日)",
        "    依据:测试依据[deputy_suggestion/reply@2000-01-01]",
        "    期限:2026-06-29(周一)。自 2026-03-28(周六) 起算 3个月,当日不计;2026-06-28(周日) 不是工作日,顺延 1 天至下一工作日;期间节假日不扣除",
    ]


def test_workdays_tell_the_days_off_and_the_make_up_days():
    assert "自 2026-04-30(周四) 起算 5个工作日,当日不计;其间休息 3 天" in told("accept", assigned_on="2026-04-30")
    assert "调休上班 2026-05-09" in told("accept", assigned_on="2026-05-06")


def test_a_notice_s_date_says_that_it_is_earlier_and_does_not_roll():
    fixed = FixedDate("reply", date(2026, 5, 31), "市府办〔2026〕8号")
    text = told("reply", assigned_on="2026-03-10", fixed=(fixed,))
    assert "通知规定的日期 2026-05-31(周日),早于按规则算出的日期,不顺延" in text
    assert "依据:市府办〔2026〕8号" in text


def test_an_extension_a_provisional_date_and_the_history_are_told():
    events = [
        {"kind": "extension_approved", "happened_on": "2026-11-02", "until": "2027-03-01"},
        {"kind": "meeting_before", "happened_on": "2026-10-20", "value": "in_person"},
    ]
    text = told("reply", as_of=date(2026, 11, 23), events=events, assigned_on="2026-10-12")
    assert "延至:2027-03-01(周一),批准延期" in text
    assert "暂定:2027 年放假安排尚未公布,公布后重算" in text
    assert "  2026-10-20 办前见面 市教育局:面商" in text


def test_an_unknown_proposal_is_no_explanation():
    with pytest.raises(KeyError):
        explain(
            facts(),
            obligations(facts(), rule_book(), CALENDAR, date(2026, 7, 1)),
            rule_book(),
            CALENDAR,
            "p9",
            date(2026, 7, 1),
        )
