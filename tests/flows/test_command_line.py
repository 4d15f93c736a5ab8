"""The command line as outside checks and people call it."""

from __future__ import annotations

import sqlite3

import pandas as pd
import pytest

from flows.__main__ import main
from tasks.domain.frames import BACKLOG, CASES, OBLIGATIONS
from tests.installations import new_installation


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    return new_installation(tmp_path, "demo", "demo-county")


@pytest.mark.parametrize(("name", "spec"), [("obligations", OBLIGATIONS), ("cases", CASES), ("backlog", BACKLOG)])
def test_an_export_has_the_fixed_columns_in_every_format(place, name, spec):
    frames = []
    for suffix in ("csv", "parquet", "xlsx"):
        path = place / f"out.{suffix}"
        assert main([name, "-j", "demo-county", "--as-of", "2026-11-23", "-o", str(path)]) == 0
        read = {"csv": pd.read_csv, "parquet": pd.read_parquet, "xlsx": pd.read_excel}[suffix]
        frames.append(read(path))
    assert all(list(frame.columns) == spec.names for frame in frames)
    assert len({len(frame) for frame in frames}) == 1
    assert len(frames[0]) > 0


def test_what_was_not_known_yet_is_not_exported(place):
    def states(*known_at: str) -> pd.Series:
        path = place / "o.csv"
        arguments = ["obligations", "-j", "demo", "--as-of", "2026-07-01", *known_at, "-o", str(path)]
        assert main(arguments) == 0
        frame = pd.read_csv(path, dtype=str)
        return frame[(frame["proposal_id"] == "R2026-0166") & (frame["duty"] == "reply")]["state"].item()

    assert states("--known-at", "2026-07-01T18:00") == "overdue"
    assert states() == "met"


def test_explain_prints_the_reason_of_each_date(place, capsys):
    assert main(["explain", "-j", "demo", "R2026-0018", "--as-of", "2026-07-15"]) == 0
    printed = capsys.readouterr().out
    assert "答复:逾期,逾期 41 天(28 个工作日)" in printed
    assert "自 2026-03-04(周三) 起算 3个月" in printed


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["cases", "-j", "nowhere", "-o", "x.csv"], "没有这个地区的配置"),
        (["explain", "-j", "demo-county", "X-1", "--as-of", "2026-07-15"], "没有编号为 'X-1' 的建议提案"),
        (["run", "delivery", "-j", "demo-county", "--corrects", "3"], "没有参数 --corrects"),
    ],
)
def test_wrong_use_is_told_in_one_paragraph_and_exits_with_2(place, capsys, arguments, told):
    assert main(arguments) == 2
    printed = capsys.readouterr()
    assert told in printed.err
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["cases"],
        ["cases", "-j", "demo", "-o", "x.doc"],
        ["run", "nothing", "-j", "x"],
        ["cases", "-j", "demo", "--as-of", "2026-09-31", "-o", "x.csv"],
        ["frobnicate"],
    ],
)
def test_wrong_arguments_exit_with_2(place, arguments):
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2


def test_a_broken_source_exits_with_1_and_names_place_fault_and_remedy(place, capsys):
    assert main(["cases", "-j", "demo-county", "-o", str(place / "c.csv")]) == 0
    (place / "ledger.sqlite").unlink()
    source = place / "sources" / "demo-county.sqlite"
    with sqlite3.connect(source) as connection:
        (name,) = connection.execute("select name from sqlite_master where type = 'table' limit 1").fetchone()
        connection.execute(f'drop table "{name}"')
    assert main(["cases", "-j", "demo-county", "-o", str(place / "c.csv")]) == 1
    printed = capsys.readouterr().err
    assert name in printed
    assert "Traceback" not in printed


def test_explain_says_why_a_unit_has_its_rank(place, capsys):
    assert main(["explain", "-j", "demo", "--unit", "2013", "--as-of", "2026-11-23"]) == 0
    printed = capsys.readouterr().out
    assert "市住房和城乡建设局（编号 2013，市政府部门和单位组），截至 2026-11-23：第" in printed
    assert "答复率（已完成/全部应办）：33/35 = 94.29%" in printed
