"""Frames as workbooks and CSV: what a cell says stays text, what is a date stays a date, nothing is ever calculated."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from tasks.domain.frames import LABELS, Column, FrameSpec, Light, LookBackFinding, State
from tasks.domain.judgement import Judged

ZONE = ZoneInfo("Asia/Shanghai")
LONGEST_CELL = 32_767
"""Excel's limit; xlsxwriter drops a longer text without a word."""

CUT = "……（原文过长，已截断）"
SHEET_NAME_LENGTH = 31
WIDTHS = (6, 44)
LINE_HEIGHT, ROOM = 15, 4
"""Points of one line of text, and of what is left free above and below it."""

SAMPLE = 300
"""Rows whose texts decide the width of a column."""

FILLS: Mapping[str, tuple[str, str]] = {
    LABELS["state"][State.OVERDUE]: ("#F8D7DA", "#8B1A1A"),
    LABELS["state"][State.DUE_SOON]: ("#FFF1CC", "#7A5200"),
    LABELS["state"][State.MET_LATE]: ("#FCE4D6", "#8A3B0A"),
    LABELS["state"][State.MET]: ("#DDF2E0", "#1E5B23"),
    LABELS["state"][State.SUSPENDED]: ("#E4E7EB", "#3E4C59"),
    LABELS["state"][State.EXCUSED]: ("#E4E7EB", "#3E4C59"),
    LABELS["light"][Light.RED]: ("#F8D7DA", "#8B1A1A"),
    LABELS["light"][Light.YELLOW]: ("#FFF1CC", "#7A5200"),
    LABELS["light"][Light.GREEN]: ("#DDF2E0", "#1E5B23"),
    LABELS["light"][Light.GREY]: ("#E4E7EB", "#3E4C59"),
    LABELS["judged"][Judged.CONFIRMED]: ("#F8D7DA", "#8B1A1A"),
    LABELS["judged"][Judged.REJECTED]: ("#E4E7EB", "#3E4C59"),
    LABELS["judged"][Judged.CHANGED]: ("#FFF1CC", "#7A5200"),
    LABELS["look_back"][LookBackFinding.DONE]: ("#DDF2E0", "#1E5B23"),
    LABELS["look_back"][LookBackFinding.NOT_FEASIBLE]: ("#FCE4D6", "#8A3B0A"),
}
"""Background and ink of a cell by its text; the text says the same to those who see no colour."""

LIVE_TEXT = r"[\s\u3000]*[=+\-@＝＋－＠|%\t\r]"
PLAIN_NUMBER = r"[+-]?\d+(?:\.\d+)?"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, the columns to show in order, and a frame that has them all.

    ``widths`` (in half characters, by column name) make a sheet for print: longer texts break into lines, the rows are as high
    as they need to be, and every cell has its rule.
    """

    name: str
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    widths: Mapping[str, int] = field(default_factory=dict)


Writer = Callable[[int, int, object, Format], object]


def workbook_bytes(sheets: Sequence[Sheet], created: datetime) -> bytes:
    """Return the sheets as .xlsx; the same frames and ``created`` give the same bytes.

    ``created`` is an aware time. A null leaves its cell empty; a text longer than a cell holds is cut and says so.
    """
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        book.set_properties({"created": created.astimezone(UTC).replace(tzinfo=None), "author": "", "title": ""})
        formats = {kind: book.add_format(style) for kind, style in STYLES.items()}
        ruled = {kind: book.add_format(_ruled(kind)) for kind in STYLES if _printed(sheets)}
        fills = {text: book.add_format({"bg_color": back, "font_color": ink}) for text, (back, ink) in FILLS.items()}
        for sheet, name in zip(sheets, sheet_names([sheet.name for sheet in sheets]), strict=True):
            _write_sheet(book.add_worksheet(name), sheet, ruled if sheet.widths else formats, fills)
    return target.getvalue()


STYLES: Mapping[str, dict[str, object]] = {
    "head": {"bold": True, "bg_color": "#E8EEF4", "border": 1, "border_color": "#B8C4CE", "align": "center",
             "valign": "vcenter", "text_wrap": True},
    "text": {"num_format": "@", "valign": "top", "text_wrap": True},
    "date": {"num_format": "yyyy-mm-dd", "valign": "top", "align": "center"},
    "timestamp": {"num_format": "yyyy-mm-dd hh:mm", "valign": "top", "align": "center"},
    "integer": {"num_format": "0", "valign": "top"},
    "number": {"num_format": "0.00", "valign": "top"},
}  # fmt: skip
RULED: dict[str, object] = {"border": 1, "border_color": "#B8C4CE", "valign": "vcenter"}
LIKE_TEXT = ("category", "boolean")


def _ruled(kind: str) -> dict[str, object]:
    return STYLES[kind] | RULED | ({"align": "center"} if kind in ("integer", "number") else {})


def _printed(sheets: Sequence[Sheet]) -> bool:
    return any(sheet.widths for sheet in sheets)


def table_workbook(spec: FrameSpec, frame: pd.DataFrame, created: datetime) -> bytes:
    """Return one frame as a workbook of one sheet, with Chinese labels and values; extra columns are left out."""
    return workbook_bytes([Sheet(spec.label, tuple(c for c in spec.columns if c.name in frame), frame)], created)


def sheet_names(names: Iterable[str]) -> list[str]:
    """Return names that Excel takes: no reserved sign, at most 31 characters, none twice."""
    taken: list[str] = []
    for name in names:
        plain = "".join("_" if character in "[]:*?/\\'" else character for character in name) or "表"
        number, unique = 1, plain[:SHEET_NAME_LENGTH]
        while unique.lower() in (other.lower() for other in taken):
            number += 1
            unique = f"{plain[: SHEET_NAME_LENGTH - len(str(number)) - 1]}_{number}"
        taken.append(unique)
    return taken


def _write_sheet(
    worksheet: Worksheet, sheet: Sheet, formats: Mapping[str, Format], fills: Mapping[str, Format]
) -> None:
    last_row, last_column = len(sheet.frame), len(sheet.columns) - 1
    worksheet.set_row(0, 30)
    lines = [1] * last_row
    for place, column in enumerate(sheet.columns):
        worksheet.write_string(0, place, column.label, formats["head"])
        kind = "text" if column.type in LIKE_TEXT else column.type
        values = _cells(sheet.frame[column.name], column)
        width = sheet.widths.get(column.name, _width(column, values))
        # A column's own format rules every row of the sheet down to its end.
        worksheet.set_column(place, place, width, None if sheet.widths else formats[kind])
        if sheet.widths and kind == "text":
            lines = [max(most, _lines(value, width)) for most, value in zip(lines, values, strict=True)]
        write = worksheet.write_string if kind == "text" else worksheet.write_number
        _write_column(write, place, values, formats[kind])
        if sheet.widths:
            _rule_empty(worksheet, place, values, formats[kind])
        if column.values and last_row:
            _colour(worksheet, place, last_row, labels_of(column), fills)
    for row, most in enumerate(lines if sheet.widths else [], 1):
        worksheet.set_row(row, most * LINE_HEIGHT + ROOM)
    worksheet.freeze_panes(1, 0)
    worksheet.autofilter(0, 0, last_row, last_column)
    _print_setup(worksheet, sheet.name)


def _write_column(write: Writer, place: int, values: Sequence[object], style: Format) -> None:
    for row, value in enumerate(values, 1):
        if value is not None:
            write(row, place, value, style)


def _rule_empty(worksheet: Worksheet, place: int, values: Sequence[object], style: Format) -> None:
    for row, value in enumerate(values, 1):
        if value is None:
            worksheet.write_blank(row, place, None, style)


def _print_setup(worksheet: Worksheet, name: str) -> None:
    worksheet.set_landscape()
    worksheet.set_paper(9)
    worksheet.fit_to_pages(1, 0)
    worksheet.repeat_rows(0)
    worksheet.set_margins(0.5, 0.5, 0.7, 0.7)
    worksheet.set_header(f'&C&"黑体"{name.replace("&", "&&")}')
    worksheet.set_footer("&C第&P页 共&N页")


def _colour(
    worksheet: Worksheet, place: int, last_row: int, labels: Mapping[str, str], fills: Mapping[str, Format]
) -> None:
    for text in labels.values():
        if text in fills:
            rule = {"type": "cell", "criteria": "==", "value": f'"{text}"', "format": fills[text]}
            worksheet.conditional_format(1, place, last_row, place, rule)


def labels_of(column: Column) -> Mapping[str, str]:
    """Return the Chinese labels of a category column; empty when its values have none."""
    return next((group for group in LABELS.values() if column.values and set(column.values) <= set(group)), {})


def _cells(values: pd.Series, column: Column) -> list[object]:
    """The column as what is written: texts, or numbers (a date is a number of days); ``None`` where it is null."""
    match column.type:
        case "date" | "timestamp":
            return _serials(values)
        case "integer" | "number":
            return _nulled(values, values.astype("Float64").to_numpy(dtype=float, na_value=np.nan).tolist())
        case "boolean":
            return _nulled(values, values.astype("boolean").map({True: "是", False: "否"}).tolist())
        case _:
            return _nulled(values, [_cut(text) for text in labelled(values, column).astype(object)])


def labelled(values: pd.Series, column: Column) -> pd.Series:
    """Return the values in Chinese where the column is a category with labels, as they are otherwise."""
    labels = labels_of(column)
    return values.astype(object).map(labels).where(values.isin(list(labels)), values) if labels else values


def _nulled(values: pd.Series, cells: list[object]) -> list[object]:
    return [None if absent else cell for cell, absent in zip(cells, values.isna(), strict=True)]


def _serials(values: pd.Series) -> list[object]:
    """Excel's day numbers; a timestamp is shown in China's time."""
    zoned = isinstance(values.dtype, pd.DatetimeTZDtype)
    local = values.dt.tz_convert(ZONE).dt.tz_localize(None) if zoned else values.astype("datetime64[s]")
    days = (local - pd.Timestamp("1899-12-30")) / pd.Timedelta(days=1)
    return _nulled(values, days.tolist())


def _cut(text: object) -> str:
    words = str(text)
    return words if len(words) <= LONGEST_CELL else words[: LONGEST_CELL - len(CUT)] + CUT


def _lines(value: object, width: int) -> int:
    """Return how many lines a text takes in a column; a full-width character takes two halves, the margins one."""
    return sum(-(-_halves(part) // (width - 1)) or 1 for part in str(value or "").split("\n"))


def _halves(text: str) -> int:
    return sum(1 if character.isascii() else 2 for character in text)


def _width(column: Column, values: Sequence[object]) -> int:
    if column.type in ("date", "timestamp"):
        return 12 if column.type == "date" else 17
    texts = [column.label, *(str(value) for value in values[:SAMPLE] if isinstance(value, str))]
    widest = max(map(_halves, texts)) + 3
    return min(max(widest, WIDTHS[0]), WIDTHS[1])


def csv_bytes(frame: pd.DataFrame, spec: FrameSpec | None = None) -> bytes:
    """Return CSV that Excel opens as it is: UTF-8 with a mark, everything quoted, no text that becomes a formula.

    Without ``spec`` the head has the columns' own names and the values are raw; with it both are Chinese, and only the
    spec's columns are written.
    """
    shown = frame if spec is None else _in_chinese(frame, spec)
    safe = pd.DataFrame({name: _for_csv(shown[name]) for name in shown})
    text = safe.to_csv(index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n", date_format="%Y-%m-%d")
    return text.encode("utf-8-sig")


def _in_chinese(frame: pd.DataFrame, spec: FrameSpec) -> pd.DataFrame:
    return pd.DataFrame({c.label: labelled(frame[c.name], c) for c in spec.columns if c.name in frame})


def _for_csv(values: pd.Series) -> pd.Series:
    """Numbers and dates as they are, a timestamp with its zone, everything else disarmed."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.dt.strftime("%Y-%m-%dT%H:%M:%S%z")
    plain = pd.api.types.is_numeric_dtype(values.dtype) or pd.api.types.is_datetime64_dtype(values.dtype)
    return values if plain else disarmed(values)


def disarmed(values: pd.Series) -> pd.Series:
    """Return the texts with ``'`` before every one that a spreadsheet would calculate; plain numbers stay."""
    texts = values.astype("str")
    live = texts.str.match(LIVE_TEXT) & ~texts.str.fullmatch(PLAIN_NUMBER)
    return texts.mask(live.fillna(False).astype(bool), "'" + texts)
