"""Set DUBAN_WRITE_GOLDEN=1 to write tests/golden/documents anew, then read the difference before committing it."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openxml_audit import OpenXmlValidator

from reports.inspections import InspectionCase, InspectionPlan, joint_inspection_plan
from reports.official import Mark
from reports.official_docx import docx_bytes
from reports.official_text import text_lines
from tasks.domain.errors import DocumentError
from tasks.domain.notices import Office

GOLDEN = Path(__file__).parents[1] / "golden" / "documents" / "joint_inspection.txt"
OFFICE = Office("临江市人民政府督查室", "0000-8880123", "duban@linjiang.gov.example")
CASE = InspectionCase(
    "2026-003",
    "2026年人大代表建议第15号",
    "关于加装电梯的建议",
    ("市住建局", "市财政局"),
    ("答复长期逾期",),
    date(2026, 8, 21),
    "逾期140天",
    ("为何至今没有答复？", "何时答复代表？"),
)
PLAN = InspectionPlan(
    OFFICE,
    "临政督〔2026〕21号",
    date(2026, 11, 9),
    "副市长赵六",
    ("市政协提案委员会",),
    date(2026, 12, 1),
    date(2026, 12, 11),
    date(2026, 12, 25),
    (CASE,),
    copied_to="副市长赵六",
)


def text(plan):
    return "\n".join(text_lines(joint_inspection_plan(plan)))


def test_the_whole_text_is_as_agreed():
    if os.environ.get("DUBAN_WRITE_GOLDEN"):
        GOLDEN.write_text(text(PLAN) + "\n", encoding="utf-8")
    assert text(PLAN) + "\n" == GOLDEN.read_text(encoding="utf-8")


def test_word_opens_it_without_repair(tmp_path):
    path = tmp_path / "plan.docx"
    path.write_bytes(docx_bytes(joint_inspection_plan(PLAN)))
    assert OpenXmlValidator().validate(str(path)).errors == []


def test_a_joint_inspection_without_cases_is_refused():
    with pytest.raises(DocumentError, match="没有积案"):
        joint_inspection_plan(replace(PLAN, cases=()))


def test_a_case_without_a_unit_waits_for_one_and_a_confidential_one_has_no_title():
    told = text(replace(PLAN, cases=(replace(CASE, units=(), title=None),)))
    assert "承办单位待定" in told
    assert "加装电梯" not in told
    assert "（题目不列）" in told


def test_without_questions_there_is_one_annex():
    quiet = joint_inspection_plan(replace(PLAN, cases=(replace(CASE, questions=()),)))
    assert [annex.title for annex in quiet.annexes] == ["联合督查积案清单"]
    assert "逐件问题" not in text(replace(PLAN, cases=(replace(CASE, questions=()),)))


def test_a_draft_says_so():
    assert joint_inspection_plan(replace(PLAN, is_draft=True)).marks == (Mark.DRAFT,)
