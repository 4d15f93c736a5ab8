"""Sheets that people fill in: .xlsx or CSV, read as text, every cell as the sheet shows it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import StringIO
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.utils.exceptions import InvalidFileException

from tasks.domain.errors import ConfigurationError
from tasks.domain.grids import Grid

BLANKS = " \t\r\n\u3000\xa0"


def read_grid(path: Path, preferred: str) -> Grid:
    """Return the workbook's sheet called ``preferred``, else its first; of a CSV its only one.

    Numbers come as written (a share as ``96.55%``), days as ISO dates. Raises ``ConfigurationError`` for anything else.
    """
    try:
        return _csv_grid(path) if path.suffix.lower() == ".csv" else _workbook_grid(path, preferred)
    except (InvalidFileException, BadZipFile, KeyError, ValueError) as error:
        to_do = "旧格式(.xls、.et)请在表格软件里另存为“Excel 工作簿(.xlsx)”。"
        raise ConfigurationError(str(path), f"不是可读的 .xlsx 或 CSV:{error}", to_do) from None
    except OSError as error:
        raise ConfigurationError(str(path), f"读不了:{error.strerror}", "请检查路径;表格可能还开着。") from None


def _workbook_grid(path: Path, preferred: str) -> Grid:
    book = load_workbook(path, data_only=True)
    try:
        sheet = book[preferred] if preferred in book.sheetnames else book.worksheets[0]
        return Grid(path.name, sheet.title, _filled(tuple(map(_text, row)) for row in sheet.iter_rows()))
    finally:
        book.close()


def _csv_grid(path: Path) -> Grid:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="gb18030")
    rows = (tuple(cell.strip(BLANKS) for cell in row) for row in csv.reader(StringIO(text)))
    return Grid(path.name, path.stem, _filled(rows))


def _filled(rows: Iterable[tuple[str, ...]]) -> tuple[tuple[int, tuple[str, ...]], ...]:
    return tuple((number, cells) for number, cells in enumerate(rows, 1) if any(cells))


def _text(cell: Cell | MergedCell) -> str:
    value = cell.value
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time().isoformat() == "00:00:00" else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    return "" if value is None else str(value).strip(BLANKS)


def _number(value: float, style: str) -> str:
    """Return a number as the sheet shows it: a share with the digits of its format."""
    if "%" in style:
        digits = len(found[1]) if (found := re.search(r"\.(0+)%", style)) else 0
        shown = (Decimal(repr(value)) * 100).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
        return f"{shown}%"
    return str(int(value)) if float(value).is_integer() else repr(value)
