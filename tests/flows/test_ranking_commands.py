"""Ranking and sign-off as a person at the command line has them; no Prefect server is needed."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from flows.__main__ import main
from flows.day import clock
from tasks.adapters.ledger import documents
from tasks.adapters.workplace import open_workplace
from tasks.assess import assess_day
from tasks.domain.ranking import RANKING, percentage
from tasks.domain.ranking_scheme import MEASURES
from tasks.draft import draft_circular
from tasks.rank import explain_ranked_unit, rank_assessed
from tasks.record import office_day
from tasks.refresh import take_snapshot

COUNTY = ("-j", "demo-county")
DAY = ("--as-of", "2026-11-20")


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("var")


@pytest.fixture(autouse=True)
def here(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUBAN_VAR", str(var))


def exported(folder: Path, *more: str) -> list[dict[str, str]]:
    path = folder / "ranking.csv"
    assert main(["ranking", *COUNTY, *DAY, *more, "-o", str(path)]) == 0
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_export_has_the_fixed_columns_and_every_rate_is_its_count_out_of_its_total(tmp_path):
    rows = exported(tmp_path)
    assert list(rows[0]) == RANKING.names
    for row in rows:
        for spec in MEASURES:
            count, total, rate = (row[f"{spec.measure}_{part}"] for part in ("count", "total", "rate"))
            share = percentage(int(count), int(total))
            assert rate == ("" if share is None else str(share))


def test_ranks_go_1_2_2_4_on_the_displayed_score_within_each_group(tmp_path):
    rows = exported(tmp_path)
    for row in (row for row in rows if row["rank"]):
        rivals = [other for other in rows if other["rank"] and other["group"] == row["group"]]
        better = sum(Decimal(other["score"]) > Decimal(row["score"]) for other in rivals)
        assert int(row["rank"]) == better + 1


def test_another_scheme_ranks_otherwise_and_an_unknown_one_is_wrong_use(tmp_path, capsys):
    assert exported(tmp_path, "--scheme", "weighted") != exported(tmp_path)
    assert main(["ranking", *COUNTY, *DAY, "--scheme", "best", "-o", str(tmp_path / "r.csv")]) == 2
    assert "没有排名方案 'best'" in capsys.readouterr().err


def test_parquet_keeps_the_numbers_exact(tmp_path):
    path = tmp_path / "ranking.parquet"
    assert main(["ranking", *COUNTY, *DAY, "-o", str(path)]) == 0
    frame = pd.read_parquet(path)
    assert frame["reply_progress_rate"].map(type).isin([Decimal, type(None)]).all()


def test_a_unit_is_explained_by_its_name_or_its_id():
    by_name = explain_ranked_unit("demo-county", "县教育局", None, date(2026, 11, 20), None, clock())
    by_id = explain_ranked_unit("demo-county", "102", None, date(2026, 11, 20), None, clock())
    assert by_name == by_id
    assert by_name.startswith("县教育局（编号 102，县直部门组），截至 2026-11-20：第")


@pytest.fixture
def paper() -> str:
    """A draft that waits; the same one for all tests."""
    workplace, now = open_workplace("demo-county"), clock()
    snapshot = take_snapshot(workplace, now)
    made = rank_assessed(workplace, assess_day(workplace, snapshot.snapshot_id, date(2026, 11, 20), now), None, now)
    day = office_day("demo-county", date(2026, 11, 20), None, now)
    document, _ = draft_circular(workplace, made, day, None, "")
    return document.document_id


def checksum(paper: str) -> str:
    return documents.by_id(open_workplace("demo-county").ledger, "demo-county", paper).checksum


def act(what: str, paper: str, *more: str) -> int:
    return main(["sign-off", what, *COUNTY, paper, *more])


def test_papers_are_listed_reviewed_returned_and_signed(paper, capsys):
    code = checksum(paper)
    assert main(["sign-off", "list", *COUNTY]) == 0
    assert f"{paper}  {code}  待审核（请审核）" in capsys.readouterr().out
    assert act("sign", paper, "--by", "王志远", "--checksum", code) == 1
    assert "不能签发：请审核" in capsys.readouterr().err
    assert act("review", paper, "--by", "周敏", "--checksum", code) == 0
    assert act("sign", paper, "--by", "周敏", "--checksum", code) == 1
    assert "两人" in capsys.readouterr().err
    assert act("sign", paper, "--by", "王志远", "--checksum", code) == 0
    assert "25 封邮件已入发件箱" in capsys.readouterr().out
    main(["sign-off", "list", *COUNTY])
    assert capsys.readouterr().out == "没有待审核、待签发的文件和邮件\n"
    main(["sign-off", "show", *COUNTY, paper])
    assert [line.split()[2:4] for line in capsys.readouterr().out.splitlines()] == [
        ["周敏", "审核"],
        ["王志远", "签发"],
    ]
    main(["sign-off", "list", *COUNTY, "--all"])
    assert "已印发" in capsys.readouterr().out


def test_an_unknown_paper_is_told(capsys):
    assert act("review", "demo-county-circular-2020-001", "--by", "周敏", "--checksum", "0" * 8) == 1
    assert "没有编号为" in capsys.readouterr().err
