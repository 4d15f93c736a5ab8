"""Set DUBAN_WRITE_GOLDEN=1 to write tests/golden/documents anew, then read the difference before committing it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openxml_audit import OpenXmlValidator

from reports.leader_brief_content import BriefContent, KeyCase, KeyDuty, key_cases
from reports.leader_briefs import leader_brief
from reports.official_docx import docx_bytes
from reports.official_text import text_lines
from tasks.domain.cases import cases
from tasks.domain.key_proposals import key_duties, key_proposals
from tasks.domain.obligations import obligations
from tests.builders import PLAIN_CALENDAR, facts, rule_book

GOLDEN = Path(__file__).parents[1] / "golden" / "documents"
AS_OF = date(2026, 7, 15)
PLAN = KeyDuty("市工信局", "重点办理方案", date(2026, 4, 7), 99)
REPLY = KeyDuty("市工信局", "答复", date(2026, 8, 3), 19)
BACK = KeyDuty("市工信局", "回头看", date(2027, 1, 15), 184, is_provisional=True)
CALM = KeyCase("政协提案第10号", "关于柳叶湖保护的提案", "市生态环境局", "2026.4.7制定", "2026.6.1答复，反馈满意", True, True,
               False, False, next=BACK)  # fmt: skip
LATE = KeyCase("2025年政协提案第9号", "关于先进制造业的提案", "市工信局", "逾期未制定", "办理中", False, False, False, False,
               late=(PLAN,), soon=(REPLY,), next=REPLY)  # fmt: skip


def brief(*key, **changes):
    content = BriefContent(
        "领办专报", "临江市人民政府督查室", "周文博副市长", 3, AS_OF, AS_OF, 30, key or (LATE, CALM), 1, 2
    )
    return replace(content, **changes)


def text(content):
    return "\n".join(text_lines(leader_brief(content)))


def test_the_whole_text_is_as_agreed():
    golden = GOLDEN / "leader_brief.txt"
    if os.environ.get("DUBAN_WRITE_GOLDEN"):
        golden.write_text(text(brief()) + "\n", encoding="utf-8")
    assert text(brief()) + "\n" == golden.read_text(encoding="utf-8")


def test_a_leader_whose_cases_go_well_reads_of_no_trouble():
    told = text(brief(CALM, with_plan=1, owing_plan=1))
    assert "需要您关注" not in told
    assert "近期到期" not in told
    assert "今后30天内没有到期事项" in told


def test_a_dissatisfied_proposer_is_brought_to_the_leaders_attention():
    told = text(brief(replace(CALM, is_dissatisfied=True)))
    assert "政协提案第10号《关于柳叶湖保护的提案》。代表、委员反馈不满意，市生态环境局正在重新办理或跟踪。" in told


def test_a_provisional_day_is_marked_in_the_table_too():
    assert "2027.1.15前（暂定）" in text(brief())


def test_a_confidential_case_is_named_by_its_number():
    told = text(brief(replace(LATE, title=None)))
    assert "2025年政协提案第9号（题目不列）。" in told
    assert "先进制造业" not in told


def test_the_docx_is_valid(tmp_path):
    (tmp_path / "x.docx").write_bytes(docx_bytes(leader_brief(brief())))
    assert OpenXmlValidator().validate(str(tmp_path / "x.docx")).errors == []


def read_off(proposal=None, events=(), as_of=AS_OF, day="2026-03-10"):
    known = facts(
        proposals=[{"proposal_id": "甲", "number": "9", "is_key": True, "led_by": "市长 沈", **(proposal or {})}],
        assignments=[{"proposal_id": "甲", "unit_id": "工信局", "assigned_on": day}],
        events=[{"proposal_id": "甲", "unit_id": "工信局", **row} for row in events],
    )
    book = rule_book("plan", "reply", "look_back")
    owed = obligations(known, book, PLAIN_CALENDAR, as_of)
    rows = key_proposals(known, owed, cases(known, owed, as_of), as_of)
    duties = key_duties(owed, rows["proposal_id"])
    (case,) = key_cases(rows, duties, known, {"plan": "方案", "reply": "答复", "look_back": "回头看"}, as_of, 30)
    return case


def test_a_case_is_read_off_what_is_owed():
    case = read_off(as_of=date(2026, 5, 20))
    assert (case.name, case.plan, case.progress) == ("人大代表建议第9号", "逾期未制定", "待签收")
    assert case.late == (KeyDuty("工信局", "方案", date(2026, 4, 10), 40),)
    assert case.soon == (KeyDuty("工信局", "答复", date(2026, 6, 10), 21),)


REPLIED = {"kind": "reply_issued", "happened_on": "2026-06-01", "value": "planned"}
FORM = {"kind": "feedback", "happened_on": "2026-06-10", "value": "dissatisfied"}


@pytest.mark.parametrize(
    ("events", "progress"),
    [
        ([REPLIED], "2026.6.1答复，正在解决或列入计划"),
        ([REPLIED, FORM], "2026.6.1答复，正在解决或列入计划，反馈不满意"),
    ],
)
def test_progress_is_told_in_a_few_words(events, progress):
    case = read_off(events=events)
    assert case.progress == progress
    assert case.is_replied
    assert case.is_dissatisfied is (len(events) > 1)


def test_a_case_of_an_earlier_session_has_its_year_and_a_confidential_one_no_title():
    assert read_off({"is_confidential": True}).title is None
    assert read_off().title == "关于甲的建议"
