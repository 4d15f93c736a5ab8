"""Set DUBAN_WRITE_GOLDEN=1 to write tests/golden/documents anew, then read the difference before committing it."""

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openxml_audit import OpenXmlValidator

from reports.letters import (
    CriticismLetter,
    LetterCase,
    LetterFigure,
    WithdrawalLetter,
    criticism_letter,
    notice_letter,
    withdrawal_letter,
)
from reports.official import Head, Mark
from reports.official_docx import docx_bytes
from reports.official_text import text_lines
from tasks.domain.errors import DocumentError
from tasks.domain.frames import Level
from tasks.domain.notices import Addressee, Notice, NoticeItem, Office, ToldBefore

GOLDEN = Path(__file__).parents[1] / "golden" / "documents"
OFFICE = Office("临江市人民政府督查室", "0000-8880123", "duban@linjiang.gov.example")
DAY = date(2026, 8, 21)
ITEM = NoticeItem(
    proposal_id="s15",
    kind="deputy_suggestion",
    number="15",
    title="关于老旧小区加装电梯的建议",
    duty="reply",
    duty_label="答复",
    round=1,
    role="lead",
    starts_on=date(2026, 3, 20),
    due_on=date(2026, 6, 22),
    is_provisional=False,
    days_left=None,
    days_late=60,
    workdays_late=43,
    rule="deputy_suggestions/reply@2010-10-28",
    article="《办法》第二十条",
    told_before=(
        ToldBefore(Level.URGE, date(2026, 6, 24), "物业科"),
        ToldBefore(Level.SUPERVISE, date(2026, 7, 6), "张三"),
    ),
    explanation="涉及多部门，正在协调。",
)
NOTICE = Notice(
    jurisdiction="临江市",
    level=Level.SUPERVISION_LETTER,
    unit_id="u1",
    unit_name="市住房和城乡建设局",
    as_of=DAY,
    to=(Addressee("王局长", "wang@zjj.example.cn", "top_leader"),),
    cc=(),
    items=(ITEM,),
    act_by=date(2026, 8, 28),
    explain_by=date(2026, 8, 28),
    explain_to=None,
    fallback_note=None,
    office=OFFICE,
    document_no="临政督函〔2026〕12号",
)
CRITICISM = CriticismLetter(
    OFFICE,
    "市应急管理局",
    "临政督函〔2026〕20号",
    date(2026, 11, 9),
    "督查通报第9期",
    ("综合得分居市政府部门末位",),
    date(2026, 11, 20),
    (LetterFigure("按期答复率", "70.00%（7/10）", "91.00%（182/200）"),),
    (
        LetterCase("建议第15号", "关于应急避难场所的建议", date(2026, 6, 22), 140),
        LetterCase("提案第3号", None, DAY, 80),
    ),
)
WITHDRAWAL = WithdrawalLetter(
    OFFICE,
    "市应急管理局",
    "临政督函〔2026〕24号",
    date(2026, 11, 27),
    "督查通报第10期",
    "督查通报第9期",
    "市应急管理局补录答复3件",
)
DOCUMENTS = {
    "supervision_letter": notice_letter(NOTICE, DAY, copied_to="市人大常委会代表工作机构"),
    "criticism_notice": notice_letter(replace(NOTICE, level=Level.CRITICISM), DAY),
    "criticism_letter": criticism_letter(CRITICISM),
    "criticism_withdrawn": withdrawal_letter(WITHDRAWAL),
}


def text(document):
    return "\n".join(text_lines(document))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_whole_text_is_as_agreed(name):
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("DUBAN_WRITE_GOLDEN"):
        golden.write_text(text(DOCUMENTS[name]) + "\n", encoding="utf-8")
    assert text(DOCUMENTS[name]) + "\n" == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_word_opens_it_without_repair(name, tmp_path):
    path = tmp_path / "letter.docx"
    path.write_bytes(docx_bytes(DOCUMENTS[name]))
    assert OpenXmlValidator().validate(str(path)).errors == []


def test_a_letter_is_about_one_case():
    other = replace(NOTICE, items=(ITEM, replace(ITEM, proposal_id="s16")))
    with pytest.raises(DocumentError, match="一案一函"):
        notice_letter(other, DAY)


def test_a_reminder_is_no_letter():
    with pytest.raises(DocumentError):
        notice_letter(replace(NOTICE, level=Level.REMIND), DAY)


def test_a_letter_without_a_day_for_explanation_asks_for_none():
    assert "情况说明，\n" not in text(notice_letter(replace(NOTICE, explain_by=None), DAY))
    assert "说明原因" not in text(notice_letter(replace(NOTICE, explain_by=None), DAY))


def test_a_provisional_day_is_marked():
    provisional = replace(NOTICE, items=(replace(ITEM, is_provisional=True),))
    assert "2026年6月22日（暂定）" in text(notice_letter(provisional, DAY))


def test_a_confidential_case_is_named_by_its_number():
    withheld = text(notice_letter(replace(NOTICE, items=(replace(ITEM, title=None),)), DAY))
    assert "加装电梯" not in withheld
    assert "人大代表建议第15号（题目不列）" in withheld


def test_a_line_break_in_an_explanation_starts_no_heading():
    broken = replace(NOTICE, items=(replace(ITEM, explanation="原因\n\n# 假标题"),))
    assert "一、假标题" not in text(notice_letter(broken, DAY))


def test_a_letter_is_headed_as_a_letter_and_a_draft_says_so():
    drafted = notice_letter(NOTICE, DAY, is_draft=True)
    assert drafted.head is Head.LETTER
    assert drafted.marks == (Mark.DRAFT,)


def test_criticism_without_listed_cases_has_no_table():
    bare = text(criticism_letter(replace(CRITICISM, cases=(), figures=())))
    assert "逾期未答复的建议提案" not in bare
    assert "本组总体" not in bare


def test_criticism_without_a_day_asks_for_an_explanation_all_the_same():
    told = text(criticism_letter(replace(CRITICISM, explain_by=None)))
    assert "研究整改，将情况说明和整改措施书面报" in told
