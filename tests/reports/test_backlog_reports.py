"""The report on a backlog review, its page in the UI and its workbook: totals that add up, nothing of which there is none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

import openpyxl
import pytest
from openxml_audit import OpenXmlValidator

from reports.backlog_lines import BACKLOG_LIST, backlog_list, case_lines
from reports.backlog_overviews import backlog_overview, case_rows
from reports.backlog_reports import PAST, BacklogReport, backlog_report, charts, summary
from reports.fonts import find_fonts
from reports.official import Heading, Mark
from reports.official_docx import docx_bytes
from reports.official_text import text_lines
from reports.workbooks import Sheet, workbook_bytes
from tasks.domain.backlog import Standing
from tasks.domain.backlog_figures import Count, MonthFlow, ageing, by_criterion, by_unit, by_year
from tests.reports.shelves import NOVEMBER, WORDS, shelf, waiting

SHELF = shelf()
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def report_of(made, **changes):
    report = BacklogReport(
        issuer=WORDS.issuer,
        as_of=NOVEMBER,
        previous_on=date(2026, 10, 9),
        is_past=False,
        lines=case_lines(made),
        by_criterion=by_criterion(made.reviewed),
        by_year=by_year(made.reviewed),
        by_unit=by_unit(made.reviewed, made.facts, NOVEMBER),
        ages=ageing(made.reviewed, NOVEMBER),
        months=(MonthFlow(date(2026, 10, 1), 2, 0, 2), MonthFlow(date(2026, 11, 1), 1, 0, 3)),
        stock=((date(2026, 10, 9), 2), (NOVEMBER, 3)),
    )
    return replace(report, **changes)


REPORT = report_of(SHELF)


def headings(report):
    return [block.text for block in backlog_report(report, None).blocks if isinstance(block, Heading)]


def text(report):
    return "\n".join(text_lines(backlog_report(report, None)))


def closed(line):
    return replace(line, standing=Standing.CLOSED, closed_on=NOVEMBER, proof="验收意见书", signed_by="王志远")


def test_the_summary_counts_what_there_is():
    assert summary(REPORT) == "截至2026年11月23日，在办积案3件，其中新增3件。"
    assert "待凭据销号3件" in summary(report_of(waiting(SHELF)))


def test_a_day_without_cases_says_so_and_lists_nothing():
    empty = report_of(SHELF, lines=(), by_criterion=(), by_year=(), by_unit=(), months=(), stock=())
    assert summary(empty) == "截至2026年11月23日，没有在办积案。"
    assert headings(empty) == ["一、总体情况"]
    assert backlog_report(empty, None).annexes == ()


def test_sections_without_cases_are_left_out_and_the_rest_numbered_on():
    assert headings(REPORT) == ["一、总体情况", "二、龄期和进出", "三、新增积案", "四、责任单位"]
    assert "三、待销号积案" in headings(report_of(waiting(SHELF)))


def test_what_was_closed_is_listed_with_proof_and_signature():
    lines = (closed(REPORT.lines[0]), *REPORT.lines[1:])
    told = text(report_of(SHELF, lines=lines))
    assert "2026年10月9日核定以来凭据销号1件。" in told
    assert "验收意见书\t王志远" in told


def test_every_open_case_is_in_the_annex_and_a_closed_one_is_not():
    lines = (closed(REPORT.lines[0]), *REPORT.lines[1:])
    (annex,) = backlog_report(report_of(SHELF, lines=lines), None).annexes
    assert [row[0] for row in annex.blocks[0].rows] == [line.case_no for line in lines[1:]]


def test_cases_of_several_years_say_that_they_keep_their_numbers():
    told = text(report_of(SHELF, by_year=(Count("2025年", 1), Count("2026年", 2))))
    assert "按首次列入的年度：2025年列入1件、2026年列入2件。跨年度的积案沿用原编号。" in told


def test_a_review_of_a_day_gone_by_is_marked_and_says_that_it_changes_nothing():
    past = report_of(SHELF, is_past=True)
    assert backlog_report(past, None).marks == (Mark.BACKFILL,)
    assert PAST in text(past)
    assert "补看以往日期" in backlog_overview(past, "/var", "r1")


def test_more_units_than_fit_are_counted():
    many = tuple(Count(f"第{n}局", 1) for n in range(12))
    assert "另有2个单位未列出" in text(report_of(SHELF, by_unit=many))


def test_a_confidential_title_is_nowhere():
    assert "绝密" not in text(REPORT) + backlog_overview(REPORT, "/var", "r1") + str(case_rows(REPORT.open, {}))


def test_pictures_show_ages_flow_and_stock():
    drawn = charts(REPORT, find_fonts())
    assert list(drawn) == ["ageing", "flow", "stock"]
    assert drawn["flow"].alt == "每月列入与销号（件）：26年10月列入2件、销号0件；26年11月列入1件、销号0件。"
    assert charts(REPORT, None) == {}


def test_word_opens_it_without_repair(tmp_path):
    path = tmp_path / "report.docx"
    path.write_bytes(docx_bytes(backlog_report(REPORT, find_fonts())))
    assert OpenXmlValidator().validate(str(path)).errors == []


def test_the_page_in_the_ui_says_where_the_papers_are_and_how_to_close():
    page = backlog_overview(report_of(waiting(SHELF)), "/var/backlog/demo", "demo-backlog-1")
    assert "`/var/backlog/demo`" in page
    assert "backlog-case close" in page
    assert "backlog-case close" not in backlog_overview(REPORT, "/var", "r1")


def test_the_page_shows_the_pictures_without_any_file():
    drawn = charts(REPORT, find_fonts())
    page = backlog_overview(REPORT, "/var", "r1", drawn)
    assert page.count("](data:image/png;base64,") == len(drawn) == 3
    assert "**每月列入与销号（件）**" in page
    assert "http" not in page


@pytest.mark.parametrize("standing", [Standing.NEW, Standing.TO_CLOSE])
def test_the_workbook_has_every_case_with_its_units_and_inspection(standing):
    made = SHELF if standing is Standing.NEW else waiting(SHELF)
    frame = backlog_list(made, case_lines(made), {("R1", 1): "副市长赵六牵头"})
    book = workbook_bytes([Sheet("积案清单", BACKLOG_LIST.columns, frame)], NOW)
    rows = list(openpyxl.load_workbook(BytesIO(book))["积案清单"].iter_rows(values_only=True))
    head = {name: place for place, name in enumerate(rows[0])}
    first = next(row for row in rows if row[head["编号"]] == "R1")
    assert (first[head["责任单位"]], first[head["联合督查"]]) == ("市水利局", "副市长赵六牵头")
    assert first[head["现符合的情形"]] == ("列入计划久未解决" if standing is Standing.NEW else None)


def test_a_closed_case_keeps_its_proof_in_the_workbook():
    frame = backlog_list(SHELF, (closed(REPORT.lines[0]), *REPORT.lines[1:]), {})
    assert frame.loc[frame["standing"] == "已销号", "proof"].tolist() == ["验收意见书"]
