"""The weekly brief says what the week's two days differ by, and nothing of what did not happen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from openxml_audit import OpenXmlValidator

from reports.circular_content import Rate
from reports.fonts import find_fonts
from reports.official_docx import docx_bytes
from reports.official_pdf import pdf_bytes
from reports.official_text import text_lines
from reports.weekly_brief_building import WeekFrames, weekly_content
from reports.weekly_brief_content import DueItem, LateUnit, Moved, Wait, WeeklyContent
from reports.weekly_briefs import weekly_brief, weekly_workbook
from tasks.domain.obligations import obligations
from tests.builders import PLAIN_CALENDAR, facts, rule_book

SINCE, AS_OF = date(2026, 6, 8), date(2026, 6, 15)
UNTIL = date(2026, 6, 21)
CREATED = datetime(2026, 6, 15, tzinfo=UTC)
RULES = rule_book("accept", "reply", "opinion", "second_reply")
LABELS = {"accept": "签收", "opinion": "协办意见", "reply": "答复", "second_reply": "再次答复"}
QUIET = WeeklyContent(
    masthead="督查专报",
    issuer="临江市人民政府督查室",
    serial_no=3,
    since=SINCE,
    as_of=AS_OF,
    until=UNTIL,
    dated_on=AS_OF,
    progress=Rate(12, 12),
    overdue=0,
    overdue_before=0,
    overdue_earlier=0,
)


def text(content):
    return "\n".join(text_lines(weekly_brief(content)))


def due(number, duty="答复", title="关于某事的建议"):
    return DueItem(date(2026, 6, 16), f"建议第{number}号", title, "甲局", duty)


FULL = replace(
    QUIET,
    progress=Rate(9, 12),
    overdue=2,
    overdue_before=3,
    overdue_earlier=1,
    moved=(Moved("答复", 3, 1, 1), Moved("协办意见", 0, 0, 2)),
    replied=4,
    caught_up=1,
    newly_overdue=1,
    dissatisfied=1,
    undone=1,
    backlog=5,
    new_backlog=2,
    due=(due(1), due(2, "协办意见"), due(3, "协办意见"), due(4, title=None)),
    late=(LateUnit("甲局", 2, 1, 1, 40), LateUnit("乙局", 0, 3, 0, 9)),
    waits=(Wait("督查室", "周敏", "文件待审核", 2, 3), Wait("甲局", "乙局", "协办意见逾期，答复因此未定", 1, 9)),
)


def test_a_quiet_week_is_told_without_a_table():
    told = text(QUIET)
    assert "应书面答复12件，已答复12件，答复率100.00%；没有逾期未答复的，与上期持平。" in told
    assert "6月9日至6月15日，各单位没有新的办理记录，也没有新增逾期。" in told
    assert "6月15日至6月21日没有到期的事项。" in told
    assert "没有单位有逾期事项。" in told
    assert "没有等待处理的事项。" in told
    assert "表1" not in told


def test_a_full_week_tells_what_moved_what_comes_who_is_late_and_who_waits():
    told = text(FULL)
    assert "逾期未答复2件，比上期减少1件。往年交办、至今逾期未答复的另有1件。" in told
    assert "符合积案认定情形的5件，其中本期新增2件。" in told
    assert (
        "新答复4件（其中逾期后补答复1件），新增逾期未答复1件，收到“不满意”反馈1件，来源更正、原记为办结而今未办的1项。各事项见表1。"
        in told
    )
    assert "到期的共4项：协办意见2项、答复2项。答复类的见表2。" in told
    assert "2家单位有逾期事项，其中答复（含再次答复）2件，其他事项4项，见表3。" in told
    assert "甲局\t乙局\t协办意见逾期，答复因此未定\t1\t9天" in told


def test_tables_are_numbered_without_gap_when_one_is_left_out():
    told = text(replace(FULL, due=(), moved=(), replied=0, newly_overdue=0))
    assert "表1 逾期单位" in told
    assert "表2 谁在等谁" in told
    assert "表3" not in told


def test_only_replies_are_listed_of_what_falls_due_and_confidential_titles_never():
    told = text(FULL)
    assert "建议第1号" in told
    assert "建议第2号" not in told
    assert "（题目不列）" in told


def test_a_long_list_is_cut_and_says_how_much_is_left():
    told = text(replace(FULL, due=tuple(due(number) for number in range(1, 21))))
    assert "建议第15号" in told
    assert "建议第16号" not in told
    assert "注：只列前15项，另有5项见附表。" in told


def test_the_workbook_has_every_line():
    content = replace(FULL, due=tuple(due(number) for number in range(1, 21)))
    book = openpyxl.load_workbook(BytesIO(weekly_workbook(content, CREATED)))
    assert {page.title: page.max_row - 1 for page in book.worksheets} == {"下周到期": 20, "逾期单位": 2, "谁在等谁": 2}
    assert weekly_workbook(content, CREATED) == weekly_workbook(content, CREATED)


@pytest.mark.parametrize("content", [QUIET, FULL], ids=["quiet", "full"])
def test_it_is_sound_in_both_formats(content, tmp_path):
    path = tmp_path / "brief.docx"
    path.write_bytes(docx_bytes(weekly_brief(content)))
    assert OpenXmlValidator().validate(str(path)).errors == []
    assert pdf_bytes(weekly_brief(content), find_fonts()) == pdf_bytes(weekly_brief(content), find_fonts())


def lead(proposal, unit="甲局", role="lead", **more):
    return {"proposal_id": proposal, "unit_id": unit, "role": role, **more}


def event(proposal, kind, day, unit="甲局", **more):
    return {"proposal_id": proposal, "unit_id": unit, "kind": kind, "happened_on": day, **more}


def week(backlog=frozenset(), backlog_before=None, waits=(), **known) -> WeeklyContent:
    given = facts(**known)
    days = (obligations(given, RULES, PLAIN_CALENDAR, day) for day in (SINCE, AS_OF))
    frames = WeekFrames(given, *days, SINCE, AS_OF, UNTIL, backlog, backlog_before, LABELS)
    return weekly_content(frames, "督查专报", "督查室", 1, AS_OF, waits)


def test_the_figures_are_counted_off_the_two_days():
    told = week(
        proposals=[{"proposal_id": name, "term": 15, "session": 5} for name in "一二三四"]
        + [{"proposal_id": "昔", "term": 15, "session": 4}],
        assignments=[*(lead(name) for name in "一二三四"), lead("昔", assigned_on="2025-03-10")],
        events=[
            event("一", "reply_issued", "2026-06-09"),
            event("一", "feedback", "2026-06-12", value="dissatisfied"),
            event("二", "reply_issued", "2026-05-09"),
            event("二", "feedback", "2026-05-12", value="dissatisfied"),
        ],
    )
    assert (told.progress, told.overdue, told.overdue_before, told.overdue_earlier) == (Rate(2, 4), 2, 0, 1)
    assert (told.replied, told.caught_up, told.newly_overdue, told.dissatisfied) == (1, 0, 2, 1)
    assert Moved("答复", 1, 0, 2) in told.moved
    assert told.late == (LateUnit("甲局", 4, 5, 3, 455),)


def test_what_falls_due_names_case_unit_and_duty_and_hides_what_is_confidential():
    told = week(
        proposals=[{"proposal_id": "一", "number": "7", "title": "涉密事项", "is_confidential": True}],
        assignments=[lead("一", assigned_on="2026-03-17")],
        events=[event("一", "accepted", "2026-03-18")],
    )
    assert told.due == (DueItem(date(2026, 6, 17), "建议第7号", None, "甲局", "答复"),)


def test_new_in_the_backlog_is_what_was_not_there_before_and_unknown_without_a_before():
    both = {"assignments": [lead("一")], "backlog": frozenset({"一", "二"})}
    assert week(**both, backlog_before=frozenset({"二"})).new_backlog == 1
    assert week(**both).new_backlog is None


def test_who_waits_is_told_of_the_office_and_of_the_units():
    own = Wait("督查室", "周敏", "文件待审核", 1, 2)
    told = week(
        assignments=[lead("一"), lead("一", "乙局", "co_organising"), lead("二", "丙局")],
        events=[
            event("一", "accepted", "2026-03-11"),
            event("一", "accepted", "2026-03-11", "乙局"),
            event("二", "return_requested", "2026-03-12", "丙局"),
        ],
        waits=[own],
    )
    assert told.waits == (
        own,
        Wait("丙局", "督查室", "退办申请待决定", 1, 95),
        Wait("甲局", "乙局", "协办意见逾期，答复因此未定", 1, 66),
    )
