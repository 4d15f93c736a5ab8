"""``import``: from the empty workbook, filled in as people do, to the list that a run reads."""

from __future__ import annotations

import csv
import shutil
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from flows.__main__ import main
from tasks.adapters.ledger import audit
from tasks.adapters.sheets import read_grid
from tasks.adapters.workplace import open_workplace
from tasks.check import check_configuration
from tasks.domain.errors import ConfigurationError

ROOT = Path(__file__).parents[2]
PLACE = ("-j", "demo-county")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """青云县 with a configuration of its own."""
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(tmp_path / "own"))
    target = tmp_path / "own" / "demo-county"
    shutil.copytree(ROOT / "config" / "jurisdictions" / "demo-county", target)
    return target


@pytest.fixture
def filled(folder, tmp_path):
    """Return a function that changes cells of the workbook that the command hands out."""
    path = tmp_path / "联系人.xlsx"
    assert main(["import", "contacts", *PLACE, str(path), "--template"]) == 0

    def fill(**cells):
        book = load_workbook(path)
        for cell, value in cells.items():
            book["联系人"][cell] = value
        book.save(path)
        return str(path)

    return fill


def people(folder):
    with (folder / "contacts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_workbook_handed_out_changes_nothing_when_it_comes_back(folder, filled, capsys):
    before = people(folder)
    assert main(["import", "contacts", *PLACE, filled(), "--by", "周敏"]) == 0
    assert "变化 0 处" in capsys.readouterr().out
    assert people(folder) == before


def test_a_change_is_listed_written_and_on_record(folder, filled, capsys):
    path = filled(D2="新来的", E2="x@qingyun.gov.example", C2=None)
    assert main(["import", "contacts", *PLACE, path, "--from", "2026-09-01", "--by", "周敏"]) == 0
    assert "更换 县发展和改革局 主要领导 苏淑芬 → 新来的" in capsys.readouterr().out
    mine = [row for row in people(folder) if (row["unit_id"], row["role"]) == ("101", "top_leader")]
    assert [(row["name"], row["valid_from"], row["valid_to"]) for row in mine] == [
        ("苏淑芬", "2026-01-01", "2026-08-31"),
        ("新来的", "2026-09-01", ""),
    ]
    check_configuration("demo-county")
    with open_workplace("demo-county").ledger.connect() as connection:
        (entry,) = audit.entries(connection, "contacts.csv")
    assert (entry["actor"], entry["act"], entry["details"]["changes"]) == ("周敏", "导入名单", 1)


@pytest.mark.parametrize("arguments", [["--dry-run"], ["--by", "周敏"]])
def test_with_a_fault_or_in_a_dry_run_nothing_is_written(folder, filled, arguments):
    before = people(folder)
    path = filled(D2="新来的") if "--dry-run" in arguments else filled(B3="科长")
    main(["import", "contacts", *PLACE, path, *arguments])
    assert people(folder) == before


def test_nobody_imports_without_a_name(folder, filled, capsys):
    assert main(["import", "contacts", *PLACE, filled()]) == 2
    assert "没有写明由谁导入" in capsys.readouterr().err


def test_a_list_that_the_database_gives_is_not_imported_too(folder, tmp_path, capsys):
    path = tmp_path / "单位.xlsx"
    book = Workbook()
    book.active.append(["单位编号", "单位名称", "单位组别"])
    book.save(path)
    assert main(["import", "organisations", *PLACE, str(path), "--by", "周敏"]) == 2
    assert "已由这个查询从业务库读取" in capsys.readouterr().err


def test_units_come_from_a_workbook_where_the_database_has_none(folder, tmp_path):
    (folder / "source" / "units.sql").unlink()
    path = tmp_path / "单位.xlsx"
    book = Workbook()
    for row in (["某县承办单位"], ["单位编号", "单位名称", "单位组别"], [101, "县发展和改革局", "县级部门"]):
        book.active.append(row)
    book.save(path)
    groups = open_workplace("demo-county").jurisdiction.groups
    label = next(iter(groups.values()))
    book.active["C3"] = label
    book.save(path)
    assert main(["import", "organisations", *PLACE, str(path), "--by", "周敏", "--from", "2026-03-01"]) == 0
    text = (folder / "organisations.csv").read_text(encoding="utf-8")
    assert f"101,县发展和改革局,{next(iter(groups))},,2026-03-01,," in text


def test_cells_are_read_as_the_sheet_shows_them(tmp_path):
    book = Workbook()
    book.active.append([101, 0.9655, datetime(2026, 3, 1), date(2026, 3, 2), 1.5, True, " 甲　", None, "乙"])
    book.active["B1"].number_format = "0.0%"
    book.save(tmp_path / "a.xlsx")
    ((_, cells),) = read_grid(tmp_path / "a.xlsx", "没有").rows
    assert cells == ("101", "96.6%", "2026-03-01", "2026-03-02", "1.5", "是", "甲", "", "乙")


def test_a_csv_of_an_older_office_is_read_too(tmp_path):
    (tmp_path / "名单.csv").write_bytes("单位,姓名\n市教育局,王某\n".encode("gb18030"))
    assert read_grid(tmp_path / "名单.csv", "x").rows == ((1, ("单位", "姓名")), (2, ("市教育局", "王某")))


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "none.xlsx"])
def test_what_is_no_workbook_is_told(tmp_path, name):
    if not name.startswith("none"):
        (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0 old format")
    with pytest.raises(ConfigurationError, match=r"另存为|检查路径"):
        read_grid(tmp_path / name, "x")
