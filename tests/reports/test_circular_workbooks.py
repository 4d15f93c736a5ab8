"""The workbooks count what the circular counts, say it in Chinese, and hide what must not leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pandas as pd
import pytest

from reports.circular_facts import DayFrames, summed, totals
from reports.circular_workbooks import GROUNDS, circular_ledger, ranking_workbook
from tasks.domain.commendation import commended
from tasks.domain.frames import BACKLOG
from tests.builders import facts
from tests.reports.test_circular_facts import AS_OF, GROUPS, frames, lead, month  # noqa: F401

CREATED = datetime(2026, 8, 3, tzinfo=UTC)


def sheets(content: bytes) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(BytesIO(content))
    return {page.title: list(page.iter_rows(values_only=True)) for page in book.worksheets}


def column(rows: list[tuple], label: str) -> list:
    place = rows[0].index(label)
    return [row[place] for row in rows[1:]]


def ranked(day: DayFrames, **changes) -> dict[str, list[tuple]]:
    return sheets(ranking_workbook(replace(day, **changes), GROUPS, {"reply": "答复"}, CREATED))


def test_the_ledger_has_as_many_rows_as_the_circular_counts(month):  # noqa: F811
    book, whole = sheets(circular_ledger(month, CREATED)), summed(totals(month))
    assert len(book["台账"]) - 1 == whole.assigned
    assert len(book["逾期未答复"]) - 1 == whole.overdue
    assert len(book["积案"]) == 1


def test_the_overdue_sheet_names_unit_handler_and_days(month):  # noqa: F811
    rows = sheets(circular_ledger(month, CREATED))["逾期未答复"]
    assert column(rows, "承办单位") == ["乙局", "丙局"]
    assert column(rows, "承办人") == ["李明", "王玥"]
    assert column(rows, "逾期天数") == [51, 51]


def test_proposals_of_earlier_sessions_stand_only_in_the_backlog():
    known = frames_of_two_years()
    book = sheets(circular_ledger(known, CREATED))
    assert column(book["台账"], "编号") == ["今"]
    assert column(book["逾期未答复"], "编号") == ["今"]
    assert column(book["积案"], "编号") == ["昔"]
    assert column(book["积案"], "积案情形") == ["答复长期逾期、多年重复提出"]


def frames_of_two_years() -> DayFrames:
    known = frames(
        facts(
            proposals=[
                {"proposal_id": "昔", "term": 15, "session": 4},
                {"proposal_id": "今", "term": 15, "session": 5},
            ],
            assignments=[lead("昔", assigned_on="2025-03-10"), lead("今")],
        )
    )
    criteria = ["reply_overdue", "raised_again"]
    rows = {"proposal_id": "昔", "criterion": criteria, "since": pd.Timestamp(AS_OF), "evidence": "依据"}
    backlog = BACKLOG.typed(pd.DataFrame(rows))
    reasons = known.cases["proposal_id"].map({"昔": ";".join(criteria)})
    return replace(known, backlog=backlog, cases=known.cases.assign(backlog_reasons=reasons))


def test_confidential_titles_stand_in_no_sheet(month):  # noqa: F811
    book = sheets(circular_ledger(month, CREATED))
    assert "涉密事项" not in str(book)
    assert column(book["逾期未答复"], "标题")[0] == "（题目不列）"


@pytest.mark.parametrize("sheet", ["台账", "积案"])
def test_a_ledger_has_no_column_that_nobody_fills(month, sheet):  # noqa: F811
    assert "督办级别" not in sheets(circular_ledger(month, CREATED))[sheet][0]


def test_groups_and_grounds_are_told_in_chinese(month):  # noqa: F811
    rows = ranked(month)["表扬与批评"]
    assert column(rows, "表扬或批评") == ["通报表扬", "通报批评", "通报批评"]
    assert set(column(rows, "组别")) == {"市政府部门"}
    assert column(rows, "情形") == ["名次居前", "名次居后", "答复率为0"]


def test_every_ground_has_its_words(month):  # noqa: F811
    found = commended(month.ranked, month.scheme)
    assert {*found.praised["criterion"], *found.criticised["criterion"]} <= set(GROUNDS)


def test_the_ranking_shows_the_last_rank_only_beside_an_earlier_one(month):  # noqa: F811
    assert "上期名次" not in ranked(month)["排名"][0]
    rows = ranked(month, earlier=month.ranked)["排名"]
    assert column(rows, "上期名次") == column(rows, "名次")
    assert set(column(rows, "较上期升降")) <= {0, None}


def test_the_same_frames_give_the_same_bytes(month):  # noqa: F811
    assert circular_ledger(month, CREATED) == circular_ledger(month, CREATED)


def test_what_was_excused_is_told_with_its_reason(month):  # noqa: F811
    rows = ranked(month)["免办情况"]
    assert (column(rows, "单位名称"), column(rows, "免办原因"), column(rows, "件数")) == (
        ["丙局"],
        ["无需书面答复"],
        [1],
    )
