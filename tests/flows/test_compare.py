"""``compare``: from the empty workbook to the list of what differs."""

from __future__ import annotations

import pandas as pd
import pytest
from openpyxl import load_workbook

from flows.__main__ import main

ARGUMENTS = ["-j", "demo", "--as-of", "2026-11-23"]


@pytest.fixture
def circular(tmp_path, monkeypatch):
    """The workbook as handed out, with one unit's figures typed in."""
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path / "var"))
    path = tmp_path / "通报.xlsx"
    assert main(["compare", *ARGUMENTS[:2], str(path), "--template"]) == 0
    book = load_workbook(path)
    sheet = book.active
    place = {cell.value: cell.column for cell in sheet[1]}
    for head, value in {"单位": "市住房和城乡建设局", "承办件数": 35, "答复率": 0.9429, "首次满意率": 0.9655}.items():
        sheet.cell(2, place[head], value).number_format = "0.00%" if head.endswith("率") else "0"
    book.save(path)
    return path


def test_what_differs_is_told_and_written(circular, tmp_path, capsys):
    assert main(["compare", *ARGUMENTS, str(circular), "-o", str(tmp_path / "对照.xlsx")]) == 0
    told = capsys.readouterr().out
    assert "对照 3 个数:一致 2、不同 1" in told
    assert "不同 市住房和城乡建设局 首次满意率:通报 96.55%,我方 100.00(我方 27/27)" in told
    written = pd.read_excel(tmp_path / "对照.xlsx", dtype=str)
    assert list(written["结论"]) == ["一致", "一致", "不同"]


def test_a_cell_that_is_no_number_is_wrong_use(circular, capsys):
    book = load_workbook(circular)
    book.active["C2"] = "三十五"
    book.save(circular)
    assert main(["compare", *ARGUMENTS, str(circular)]) == 2
    assert "第 2 行 C 列(承办件数):“三十五”不是数" in capsys.readouterr().err
