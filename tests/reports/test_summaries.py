"""Set DUBAN_WRITE_GOLDEN=1 to write tests/golden/documents anew, then read the difference before committing it."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from openxml_audit import OpenXmlValidator

from reports.charts import Two, paired_chart
from reports.circular_content import Correction, Difference, Rate, UnitCount
from reports.fonts import find_fonts
from reports.official import Mark
from reports.official_docx import docx_bytes
from reports.official_pdf import pdf_bytes
from reports.official_text import text_lines
from reports.summaries import annual_summary
from reports.summary_charts import summary_charts
from reports.summary_content import Pair, RatePair
from tasks.domain.errors import DocumentError
from tests.reports.summary_samples import KINDS, TOPICS, full_summary, line, quiet_summary, section

GOLDEN = Path(__file__).parents[1] / "golden" / "documents"

CORRECTION = Correction(1, date(2027, 1, 4), "市教育局补录答复1件", (Difference("单位“市教育局”：已答复", "44", "45"),))


def text(content):
    return "\n".join(text_lines(annual_summary(content)))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("annual_summary", full_summary()),
        ("annual_summary_quiet", quiet_summary()),
        ("annual_summary_corrected", full_summary(serial_no=2, correction=CORRECTION)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_whole_text_is_as_agreed(name, content):
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("DUBAN_WRITE_GOLDEN"):
        golden.write_text(text(content) + "\n", encoding="utf-8")
    assert text(content) + "\n" == golden.read_text(encoding="utf-8")


def test_a_correction_names_what_it_corrects_and_lists_every_difference():
    document = annual_summary(full_summary(serial_no=2, correction=CORRECTION))
    assert document.marks == (Mark.CORRECTION,)
    (differences,) = (annex for annex in document.annexes if annex.title == "更正前后对照表")
    assert differences.blocks[0].rows == (("1", "单位“市教育局”：已答复", "44", "45"),)
    told = text(full_summary(serial_no=2, correction=CORRECTION))
    assert (
        "2027年1月4日印发的建议提案办理年度总结第1期，因市教育局补录答复1件，部分内容有误，更正前后对照见附件3。"
        in told
    )


def test_a_year_without_trouble_names_none():
    told = text(quiet_summary())
    assert "问题" not in told
    assert "逾期" not in told.split("附件")[0]
    assert "上年" not in told


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lapsed_units": ()}, "没有按期兑现"),
        ({"unpublished_units": ()}, "没有按期公开"),
        ({"unlooked_units": ()}, "没有按期回头看"),
        ({"backlog": 0}, "形成积案"),
    ],
)
def test_a_problem_is_named_as_long_as_somebody_has_it(changes, words):
    assert words in text(full_summary())
    assert words not in text(full_summary(**changes))


def test_one_unit_behind_a_problem_is_named_alone_and_many_are_counted():
    assert "逾期未回头看的4件次，承办单位是市教育局。" in text(full_summary())
    many = tuple(UnitCount(f"第{n}局", 1) for n in range(8))
    assert "涉及8家单位，其中第0局1件次、" in text(full_summary(unlooked_units=many))


@pytest.mark.parametrize(
    ("this", "last", "moved"),
    [
        (Rate(9, 10), Rate(8, 10), "比上年同期提高10.00个百分点"),
        (Rate(1, 3), Rate(2, 3), "比上年同期下降33.34个百分点"),
        (Rate(1, 2), Rate(5, 10), "与上年同期持平"),
        (Rate(1, 2), Rate(0, 0), ""),
        (Rate(0, 0), Rate(1, 2), ""),
    ],
)
def test_a_rate_moves_by_what_is_printed(this, last, moved):
    assert RatePair(this, last).moved == moved


def test_fewer_than_last_year_is_said_as_such():
    fewer = full_summary(sections=(section("kind", {"deputy_suggestion": 40}, {"deputy_suggestion": 43}),))
    assert "共交办建议提案40件，比上年同期减少3件" in text(fewer)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"units": (line("市教育局", (99, *([0] * 9))),)}, "按承办单位的承办件次"),
        ({"topics": TOPICS[:1]}, "按内容的承办件次"),
        ({"kinds": (replace(KINDS[0], replied=Pair(49, 48)), KINDS[1])}, "按类别的已答复件次"),
    ],
)
def test_parts_that_do_not_add_up_are_not_printed(changes, what):
    with pytest.raises(DocumentError, match=f"{what}各项之和与合计不符"):
        full_summary(**changes)


def test_a_section_that_does_not_add_up_is_not_printed():
    wrong = replace(section("method", {"phone": 3}), total=Pair(4, 0))
    with pytest.raises(DocumentError, match="办理方式（见面次数）各项之和与合计不符"):
        full_summary(sections=(wrong,))


def test_where_no_reply_names_its_outcome_nothing_is_said_of_what_was_solved():
    told = text(quiet_summary())
    assert "人大代表建议\t12\t12/12\t100.00%\t—" in told
    assert "现在的解决率" not in told


def test_only_more_than_five_topics_have_a_first_five():
    assert "居前五位" not in text(full_summary())
    empty = tuple(line(name, (0,) * 10) for name in "甲乙丙丁")
    assert "居前五位" in text(full_summary(topics=(*TOPICS, *empty)))


def test_the_topic_that_grew_and_the_one_that_shrank_most_are_named():
    assert (full_summary().grown.name, full_summary().shrunk.name) == ("城乡建设", "教育")
    assert quiet_summary().grown is None


def test_names_from_the_source_cannot_break_a_line():
    odd = replace(TOPICS[0], name="城乡\n建设\u202e")
    assert "城乡 建设70件次" in text(full_summary(topics=(odd, TOPICS[1])))


def test_docx_and_pdf_say_the_same_and_the_docx_is_valid(tmp_path):
    document = annual_summary(full_summary(charts=charts()))
    (tmp_path / "x.docx").write_bytes(docx_bytes(document))
    assert OpenXmlValidator().validate(str(tmp_path / "x.docx")).errors == []
    pdf = pypdf.PdfReader(BytesIO(pdf_bytes(document, find_fonts())))
    told = "".join("".join(page.extract_text().split()) for page in pdf.pages)
    for words in (
        "清理逾期未答复件",
        "各类内容建议提案办理情况表",
        "建议提案办理情况两年对比图",
        "图5各类内容承办件次",
    ):
        assert words in told


def charts():
    return summary_charts(KINDS, TOPICS, full_summary().sections, find_fonts())


def test_every_picture_shows_both_years_in_words_too():
    figures = [figure for row in charts() for figure in row.items]
    assert [figure.caption for figure in figures] == [
        "承办件次",
        "代表、委员评价（最近一次）",
        "办理结果（重新归类之后）",
        "与代表、委员见面沟通次数",
        "各类内容承办件次",
    ]
    assert figures[0].alt == "承办件次：人大代表建议上年同期50件、本年60件；政协提案上年同期44件、本年40件。"


def test_without_fonts_or_figures_there_are_no_pictures():
    assert summary_charts(KINDS, TOPICS, full_summary().sections, None) == ()
    assert paired_chart([Two("甲", 0, 0)], find_fonts(), "空") is None
