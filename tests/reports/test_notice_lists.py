"""The list that goes with a notice."""

from dataclasses import replace
from datetime import date
from io import BytesIO

from openpyxl import load_workbook

from reports.notice_lists import list_workbook
from tests.builders import facts
from tests.domain.ladders import contacts, night


def notice(**proposal):
    case = facts(
        proposals=[{"proposal_id": "p1", "number": "15", **proposal}],
        assignments=[{"proposal_id": "p1", "unit_id": "u1", "leader": "李强", "handler": "徐玥"}],
        contacts=contacts("u1"),
    )
    return night(case, date(2026, 6, 24)).notices[0].notice


def rows(content):
    sheet = load_workbook(BytesIO(content)).active
    return sheet.title, [[cell.value for cell in row] for row in sheet.iter_rows()]


def test_each_item_is_a_row_that_says_what_is_owed_by_when_and_by_whom() -> None:
    title, (head, row) = rows(list_workbook(notice(title="关于公交的建议")))
    assert title == "督办单清单"
    assert head[:5] == ["案号", "标题", "事项", "承办方式", "办理期限"]
    assert row[:4] == ["人大代表建议第15号", "关于公交的建议", "答复", "主办"]
    assert row[4].date() == date(2026, 6, 10)
    assert row[5:7] == ["已逾期14天（10个工作日）", "主管领导李强，承办人员徐玥"]


def test_a_confidential_proposal_has_no_title() -> None:
    content = list_workbook(notice(title="绝密事项", is_confidential=True))
    assert rows(content)[1][1][1] == "（题目不列）"
    assert "绝密事项" not in str(rows(content))


def test_a_title_that_looks_like_a_formula_stays_text() -> None:
    assert rows(list_workbook(notice(title="=1+1")))[1][1][1] == "=1+1"


def test_the_same_notice_gives_the_same_bytes() -> None:
    one = notice()
    assert list_workbook(one) == list_workbook(replace(one))
