"""Findings and repeats as a person at the command line has them, on the planted stories; no Prefect server is needed."""

from __future__ import annotations

import re
import sqlite3
from datetime import date, timedelta
from io import BytesIO

import openpyxl
import pandas as pd
import pytest

from flows.__main__ import main
from flows.day import clock
from reports.quality_overviews import findings_to_judge, quality_overview
from reports.quality_workbooks import quality_workbook
from tasks.adapters.ledger import findings as stored
from tasks.adapters.workplace import open_workplace
from tasks.assess import assess_day, load_assessed
from tasks.export import computed_day, day_backlog
from tasks.find import find_in, frames_of, latest_review
from tasks.refresh import take_snapshot

DEMO = ("-j", "demo")
NOVEMBER = date(2026, 11, 23)
AS_OF = ("--as-of", str(NOVEMBER))


@pytest.fixture(scope="module")
def var(tmp_path_factory):
    return tmp_path_factory.mktemp("var")


@pytest.fixture(autouse=True)
def here(var, monkeypatch):
    monkeypatch.setenv("DUBAN_VAR", str(var))


@pytest.fixture
def city():
    """The demonstration with one review of its November; the same one for all tests."""
    workplace = open_workplace("demo")
    if stored.latest(workplace.ledger, "demo") is None:
        assert reviewed(workplace)[1] > 100
    return workplace


def reviewed(workplace, day=NOVEMBER):
    now = clock()
    snapshot = take_snapshot(workplace, now)
    return find_in(workplace, assess_day(workplace, snapshot.snapshot_id, day, now), now)


def listed(capsys, *more):
    assert main(["findings", "list", *DEMO, *more]) == 0
    return capsys.readouterr().out


def numbers(told):
    return [int(number) for number in re.findall(r"^(\d+)  ", told, re.MULTILINE)]


def told_error(capsys, *arguments, code):
    assert main(list(arguments)) == code
    return capsys.readouterr().err


def test_before_any_review_people_are_told_to_run_one(var, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    assert "请先运行 python -m flows run quality-review -j demo" in told_error(
        capsys, "findings", "list", *DEMO, code=2
    )


@pytest.mark.parametrize(
    ("rule", "planted", "look_alike"),
    [
        ("reply_copied", "R2026-0121", "Z2026-0189"),
        ("reply_off_topic", "Z2026-0126", "R2026-0173"),
        ("claimed_meeting_unrecorded", "R2026-0127", "R2026-0176"),
        ("reply_before_opinions", "Z2026-0140", "Z2026-0141"),
        ("form_on_reply_day", "R2026-0172", "R2026-0173"),
        ("dates_contradict", "R2026-0175", "R2026-0176"),
    ],
)
def test_a_planted_story_is_listed_and_the_one_that_looks_alike_is_not(city, capsys, rule, planted, look_alike):
    told = listed(capsys, "--rule", rule, "--all")
    assert f" {planted} " in told
    assert f" {look_alike} " not in told


@pytest.mark.parametrize(
    ("rule", "unit"),
    [
        ("handler_overloaded", "市文化广电旅游局"),
        ("all_satisfied_few_forms", "市市场监督管理局"),
        ("replies_on_last_day", "市司法局"),
    ],
)
def test_a_planted_unit_is_listed_alone(city, capsys, rule, unit):
    lines = [line for line in listed(capsys, "--rule", rule, "--all").splitlines() if re.match(r"\d+  ", line)]
    assert lines
    assert all(unit in line for line in lines)


def test_findings_of_one_unit_can_be_asked_by_name_or_id(city, capsys):
    assert numbers(listed(capsys, "--unit", "市城市管理局")) == numbers(listed(capsys, "--unit", "2014"))


def test_a_judged_finding_leaves_the_list_keeps_its_reason_and_does_not_come_back_as_new(city, capsys):
    first, second, *_ = numbers(listed(capsys, "--rule", "reply_copied"))
    assert main(["findings", "confirm", *DEMO, str(first), "--by", "周敏", "--why", "调阅原文，内容相同"]) == 0
    assert main(["findings", "reject", *DEMO, str(second), "--by", "周敏", "--why", "同一问题分件办理"]) == 0
    capsys.readouterr()
    waiting = numbers(listed(capsys, "--rule", "reply_copied"))
    assert {first, second}.isdisjoint(waiting)
    _, new = reviewed(city)
    assert new == 0
    assert numbers(listed(capsys, "--rule", "reply_copied")) == waiting
    told = listed(capsys, "--rule", "reply_copied", "--all")
    assert f"{first}  属实  " in told
    assert "周敏：调阅原文，内容相同" in told
    main(["findings", "rules", *DEMO])
    assert "不同建议提案答复雷同：现有 5，待判断 3，认定属实 1，不属实 1" in capsys.readouterr().out


def test_a_reopened_finding_waits_again(city, capsys):
    (number,) = numbers(listed(capsys, "--rule", "form_on_reply_day"))
    for act in ("reject", "reopen"):
        assert main(["findings", act, *DEMO, str(number), "--by", "周敏", "--why", "重新核实"]) == 0
    capsys.readouterr()
    assert numbers(listed(capsys, "--rule", "form_on_reply_day")) == [number]


def test_wrong_use_is_told_in_words(city, capsys):
    given = ("--by", "周敏", "--why", "核实")
    assert "疑点 99999: 没有这样的疑点" in told_error(capsys, "findings", "confirm", *DEMO, "99999", *given, code=1)
    assert "没有写明认定人或理由" in told_error(
        capsys, "findings", "confirm", *DEMO, "1", "--by", " ", "--why", "核实", code=2
    )


def test_the_workbook_has_everything_on_a_sheet_of_its_own_and_no_confidential_word(city, tmp_path, capsys):
    path = tmp_path / "q.xlsx"
    assert main(["findings", "list", *DEMO, "-o", str(path)]) == 0
    book = openpyxl.load_workbook(BytesIO(path.read_bytes()))
    assert book.sheetnames == [
        "说明", "疑点清单", "各类疑点", "三级责任人不全", "经办过于集中", "责任人变动", "回头看清单", "各单位回头看",
        "办理结果沿革", "往届同题待认定",
    ]  # fmt: skip
    texts = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    proposals = load_assessed(city, latest_review(city).assessment_id).facts.proposals
    secret = proposals.loc[proposals["is_confidential"].fillna(False).astype(bool), "title"]
    assert len(secret)
    assert not texts & set(secret)
    heads = [cell.value for cell in book["疑点清单"][1]]
    assert heads[:9] == ["序号", "认定情况", "疑点", "把握", "交办年度", "编号", "题目", "承办单位", "依据"]


def test_the_same_review_gives_the_same_workbook_byte_by_byte(city):
    frames = frames_of(city, latest_review(city))
    made = city.opening(NOVEMBER)
    assert quality_workbook(frames, made) == quality_workbook(frames, made)


def test_the_overview_adds_up_and_the_surest_findings_come_first(city):
    frames = frames_of(city, latest_review(city))
    told = quality_overview(frames, "q.xlsx", 7)
    waiting = int(frames.record["to_judge"].sum())
    assert f"现有疑点 **{len(frames.listed)}** 条，待判断 **{waiting}** 条，其中本次新列 7 条" in told
    rows = findings_to_judge(frames)
    assert len(rows) == waiting
    order = ["高", "中", "低"]
    shown = [order.index(row["把握"]) for row in rows]
    assert shown == sorted(shown)


def exported(tmp_path, name):
    path = tmp_path / "x.csv"
    assert main([name, *DEMO, *AS_OF, "-o", str(path)]) == 0
    return pd.read_csv(path, dtype=str)


def test_look_backs_reclassifications_responsibility_and_key_proposals_are_exported(city, tmp_path):
    looks = exported(tmp_path, "look-back")
    overturned = looks[looks["is_overturned"] == "True"]
    assert len(overturned)
    assert set(overturned["outcome"]) == {"solved"}
    changes = exported(tmp_path, "reclassified")
    assert (changes["outcome"] != changes["previous"]).all()
    missing = exported(tmp_path, "responsibility")
    assert missing["missing"].str.len().min() > 0
    keys = exported(tmp_path, "key-proposals").set_index("proposal_id")
    assert keys.loc["Z2026-0009", ["plan_state", "most_days_late"]].tolist() == ["overdue", "230"]
    assert keys.loc["Z2026-0010", "plan_state"] == "met"


def candidates(capsys):
    assert main(["repeats", "candidates", *DEMO, *AS_OF]) == 0
    return capsys.readouterr().out


def backlog_now(city, known_at=None):
    day = computed_day(city, NOVEMBER, known_at, clock())
    return set(zip(*(day_backlog(day)[name] for name in ("proposal_id", "criterion")), strict=True))


def test_a_matter_is_offered_with_its_reason_decided_by_a_person_and_known_from_then_on(city, capsys):
    offered = candidates(capsys)
    assert re.search(r"0\.\d\d  Z2026-0151 .*\n +Z2025-0150 .*\n +相同：\S+", offered)
    assert not re.search(r"R2026-0097 .*\n +R2025-0103 ", offered)
    # Frames hold times to the second.
    before, moment = backlog_now(city), clock() - timedelta(seconds=1)
    given = ("--by", "周敏", "--why", "同一路段内涝")
    assert ("Z2026-0151", "raised_again") not in before
    # With a third year before them, the two of the story were raised again twice.
    assert main(["repeats", "confirm", *DEMO, "Z2026-0151", "Z2025-0150", *given]) == 0
    assert main(["repeats", "confirm", *DEMO, "Z2025-0150", "R2024-0088", *given]) == 0
    assert ("Z2026-0151", "raised_again") in backlog_now(city)
    assert backlog_now(city, moment) & {("Z2026-0151", "raised_again")} == set()
    capsys.readouterr()
    assert not re.search(r"Z2026-0151 .*\n +Z2025-0150 ", candidates(capsys))
    main(["repeats", "list", *DEMO])
    assert "Z2025-0150 与 R2024-0088：同一事项（周敏：同一路段内涝）" in capsys.readouterr().out
    assert main(["repeats", "withdraw", *DEMO, "Z2025-0150", "R2024-0088", *given]) == 0
    assert backlog_now(city) == before


def test_a_stored_assessment_keeps_to_what_was_confirmed_when_it_was_made(city):
    review = latest_review(city)
    proposals = load_assessed(city, review.assessment_id).facts.proposals
    alone = proposals[proposals["repeats"].isna() & ~proposals["proposal_id"].isin(proposals["repeats"])]["proposal_id"]
    later, earlier = (alone[alone.str.startswith(f"R{year}-00")].iloc[-1] for year in (2026, 2025))
    assert main(["repeats", "confirm", *DEMO, later, earlier, "--by", "周敏", "--why", "同一事项"]) == 0

    def repeats_of(assessed):
        return assessed.facts.proposals.set_index("proposal_id")["repeats"][later]

    assert pd.isna(repeats_of(load_assessed(city, review.assessment_id)))
    now = clock() + timedelta(seconds=1)
    made = assess_day(city, take_snapshot(city, now).snapshot_id, NOVEMBER, now)
    assert repeats_of(load_assessed(city, made.record.assessment_id)) == earlier


def test_a_rejected_pair_is_not_offered_again_and_wrong_pairs_are_told(city, capsys):
    pair = re.search(r"\d\.\d\d  (\S+) .*\n +(\S+) ", candidates(capsys)).groups()
    given = ("--by", "周敏", "--why", "地点不同")
    assert main(["repeats", "reject", *DEMO, *pair, *given]) == 0
    capsys.readouterr()
    assert not re.search(rf"{pair[0]} .*\n +{pair[1]} ", candidates(capsys))
    assert "已经认定不是同一事项" in told_error(capsys, "repeats", "reject", *DEMO, *pair, *given, code=1)
    assert "之前年度提出的" in told_error(capsys, "repeats", "confirm", *DEMO, *reversed(pair), *given, code=1)
    assert "没有编号为 X-1 的建议提案" in told_error(
        capsys, "repeats", "confirm", *DEMO, pair[0], "X-1", *given, code=1
    )


def test_a_handler_who_was_replaced_is_listed_by_the_next_review(city, var):
    assert frames_of(city, latest_review(city)).changes.empty
    change = (
        "update jy_assign set handler_name = '郑新' where assign_id = (select min(assign_id) from jy_assign where {})"
    )
    with sqlite3.connect(var / "sources" / "demo.sqlite") as source:
        source.execute(change.format("end_date is null and handler_name is not null"))
    reviewed(city)
    (row,) = frames_of(city, latest_review(city)).changes.to_dict("records")
    assert (row["person"], row["after"]) == ("handler", "郑新")
    assert row["before"] != "郑新"
