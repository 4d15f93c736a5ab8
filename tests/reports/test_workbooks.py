"""Workbooks and CSV that no spreadsheet calculates; the ledger that the office prints."""

import csv
import re
import zipfile
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import openpyxl
import pandas as pd
import pytest
from openxml_audit import OpenXmlValidator

from reports.workbooks import (
    CUT,
    LONGEST_CELL,
    Sheet,
    csv_bytes,
    sheet_names,
    table_workbook,
    workbook_bytes,
)
from tasks.domain.frames import CASES, EVENTS, OBLIGATIONS, UNITS, Column

CREATED = datetime(2026, 11, 9, 8, 30, tzinfo=UTC)
HOSTILE = [
    "=1+1",
    "+SUM(A1)",
    "-2+3",
    "@cmd",
    "\t=1",
    "　＝1+1",
    "|calc",
    "%0",
    "http://x.cn",
    "12345678901234567890",
    "007",
]
TEXT = Column("title", "text", "标题")


def opened(content):
    return openpyxl.load_workbook(BytesIO(content))


def sheet_of(texts):
    return Sheet("表", (TEXT,), pd.DataFrame({"title": pd.Series(texts, dtype="str")}))


def obligations(**columns):
    row = {
        "proposal_id": "s1",
        "unit_id": "u1",
        "duty": "reply",
        "round": 1,
        "role": "lead",
        "starts_on": pd.Timestamp("2026-03-10"),
        "due_on": pd.Timestamp("2026-06-10"),
        "is_provisional": False,
        "state": "overdue",
        "rule": "r",
        "article": "第二十条",
    }
    return OBLIGATIONS.typed(pd.DataFrame([{**row, **columns}]))


def cases(rows):
    plain = {"kind": "deputy_suggestion", "title": "关于修路的建议", "stage": "办理中", "light": "green"}
    return CASES.typed(pd.DataFrame([{**plain, **row} for row in rows]))


def units():
    return UNITS.typed(pd.DataFrame([{"unit_id": "u1", "name": "市交通局", "group": "department"}]))


def labelled_row(content, sheet=None):
    page = opened(content)[sheet] if sheet else opened(content).worksheets[0]
    head, first = list(page.iter_rows(values_only=True))[:2]
    return dict(zip(head, first, strict=True))


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_cell_stays_the_text_it_is(text):
    cell = opened(workbook_bytes([sheet_of([text])], CREATED)).worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_a_workbook_holds_no_formula_and_no_link():
    package = zipfile.ZipFile(BytesIO(workbook_bytes([sheet_of(HOSTILE)], CREATED)))
    assert not re.search(rb"<f>|<hyperlink", package.read("xl/worksheets/sheet1.xml"))


def test_the_same_frames_give_the_same_bytes():
    assert workbook_bytes([sheet_of(["甲"])], CREATED) == workbook_bytes([sheet_of(["甲"])], CREATED)


def test_excel_opens_it_without_repair(tmp_path):
    path = tmp_path / "table.xlsx"
    path.write_bytes(table_workbook(OBLIGATIONS, obligations(), CREATED))
    assert OpenXmlValidator().validate(str(path)).errors == []


def test_dates_are_real_dates_and_missing_ones_are_empty():
    row = labelled_row(table_workbook(OBLIGATIONS, obligations(), CREATED))
    assert row["办理期限"] == datetime(2026, 6, 10)
    assert row["完成日期"] is None


def test_a_timestamp_is_shown_in_china_s_time():
    event = {"event_id": "e", "proposal_id": "s1", "kind": "accepted", "recorded_at": "2026-03-10T16:30:00Z"}
    row = labelled_row(table_workbook(EVENTS, EVENTS.typed(pd.DataFrame([event])), CREATED))
    assert row["登记时间"] == datetime(2026, 3, 11, 0, 30)


def test_values_and_labels_are_chinese():
    row = labelled_row(table_workbook(OBLIGATIONS, obligations(is_provisional=True), CREATED))
    assert (row["状态"], row["承办方式"], row["暂定"]) == ("逾期", "主办", "是")


def test_numbers_are_numbers_and_missing_ones_are_empty():
    row = labelled_row(table_workbook(OBLIGATIONS, obligations(days_late=35), CREATED))
    assert (row["逾期天数"], row["剩余天数"]) == (35, None)


def test_a_state_is_coloured_by_what_its_text_says():
    page = opened(table_workbook(OBLIGATIONS, obligations(), CREATED)).worksheets[0]
    rules = {rule.formula[0] for found in page.conditional_formatting for rule in found.rules}
    assert {'"逾期"', '"临期"', '"按期完成"'} <= rules


def test_the_head_is_frozen_filtered_and_printed_on_every_page():
    page = opened(table_workbook(OBLIGATIONS, obligations(), CREATED)).worksheets[0]
    assert page.freeze_panes == "A2"
    assert page.auto_filter.ref == "A1:P2"
    assert page.print_title_rows == "$1:$1"
    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert page.page_setup.fitToHeight == 0


def test_a_text_too_long_for_a_cell_is_cut_and_says_so():
    value = opened(workbook_bytes([sheet_of(["长" * 40_000])], CREATED)).worksheets[0]["A2"].value
    assert len(value) == LONGEST_CELL
    assert value.endswith(CUT)


def test_sheet_names_are_cleaned_and_unique():
    assert sheet_names(["a/b", "a_b", "", "长" * 40]) == ["a_b", "a_b_2", "表", "长" * 31]


def test_an_empty_frame_still_has_its_head():
    assert [cell.value for cell in opened(table_workbook(CASES, CASES.empty(), CREATED)).worksheets[0][1]][:3] == [
        "编号",
        "类别",
        "案号",
    ]


@pytest.mark.parametrize("text", [text for text in HOSTILE if not text[0].isalnum()])
def test_csv_puts_a_quote_before_what_would_be_calculated(text):
    assert read(csv_bytes(pd.DataFrame({"title": [text]})))[1] == [f"'{text}"]


@pytest.mark.parametrize("text", ["-5", "+3.5", "12", "关于A=B的建议", "王-李", "100%"])
def test_csv_leaves_plain_numbers_and_plain_text_alone(text):
    assert read(csv_bytes(pd.DataFrame({"title": [text]})))[1] == [text]


def read(content):
    return list(csv.reader(StringIO(content.decode("utf-8-sig"))))


def test_csv_starts_with_the_mark_that_excel_needs():
    assert csv_bytes(obligations()).startswith(b"\xef\xbb\xbf")


def test_csv_quotes_everything_so_that_commas_and_line_breaks_survive():
    frame = pd.DataFrame({"title": ['甲,乙"丙\n丁']})
    assert read(csv_bytes(frame))[1] == ['甲,乙"丙\n丁']
    assert csv_bytes(frame).decode("utf-8-sig").startswith('"title"')


def test_csv_of_an_export_keeps_names_and_raw_values():
    head, row = read(csv_bytes(obligations()))
    assert head == OBLIGATIONS.names
    assert dict(zip(head, row, strict=True))["state"] == "overdue"
    assert dict(zip(head, row, strict=True))["due_on"] == "2026-06-10"
    assert dict(zip(head, row, strict=True))["met_on"] == ""


def test_csv_for_readers_has_chinese_labels_and_values():
    head, row = read(csv_bytes(obligations(), OBLIGATIONS))
    assert dict(zip(head, row, strict=True))["状态"] == "逾期"


def test_csv_writes_a_timestamp_with_its_zone():
    frame = pd.DataFrame({"at": pd.to_datetime(["2026-03-10T16:30:00Z"])})
    assert read(csv_bytes(frame))[1] == ["2026-03-10T16:30:00+0000"]


def test_a_leap_day_is_the_day_it_is():
    frame = CASES.typed(
        pd.DataFrame(
            [{"proposal_id": "s", "kind": "deputy_suggestion", "title": "t", "stage": "s", "light": "red",
              "due_on": pd.Timestamp(date(2028, 2, 29))}]
        )
    )  # fmt: skip
    assert labelled_row(table_workbook(CASES, frame, CREATED))["办理期限"] == datetime(2028, 2, 29)
