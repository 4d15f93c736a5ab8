"""Whom a circular names stands in a list with the grounds, and the list says by which criteria."""

from __future__ import annotations

from decimal import Decimal

import pytest

from reports.circular_building import ranking_differences
from reports.circular_lists import criteria, listed, lists_annex
from reports.circulars import circular
from reports.official_text import text_lines
from tasks.domain.commendation import commended
from tasks.domain.ranking_changes import differences
from tasks.domain.ranking_scheme import Criticism, Measure, Praise
from tests.domain.schemes import scheme
from tests.domain.test_ranking import office, ranked
from tests.reports.circular_samples import full_content, quiet_content

GROUPS = {"county": "县（市、区）", "department": "市政府部门"}
ZERO = Criticism(1, Decimal(60), zero=(Measure.REPLY_PROGRESS,))


def names(counts, groups):
    known = ranked(office(counts, groups))
    return listed(commended(known, scheme(praise=Praise(1), criticism=ZERO)), GROUPS)


def test_a_unit_stands_once_with_all_its_grounds_in_the_order_of_the_groups():
    groups = {"丁县": "county", "甲局": "department", "乙局": "department"}
    found = names({"甲局": (3, 3), "乙局": (0, 3), "丁县": (3, 3)}, groups)
    assert [(one.word, one.group, one.unit) for one in found] == [
        ("通报表扬", "县（市、区）", "丁县"),
        ("通报表扬", "市政府部门", "甲局"),
        ("通报批评", "市政府部门", "乙局"),
    ]
    assert found[2].reason == "列本组第2名（参加排名2个），得分0.00，低于60分；答复率为0（0/3）"


def test_the_annex_has_a_table_for_each_list_and_its_criteria():
    annex = lists_annex(full_content())
    assert annex.title == "通报表扬和通报批评单位名单"
    assert [table.caption for table in annex.blocks] == ["通报表扬单位", "通报批评单位"]
    assert annex.blocks[1].note == "注：通报批评的条件：列本组末1名，得分低于60分。"
    assert annex.blocks[1].rows == (
        ("1", "市应急管理局", "市政府部门", "列本组第5名（参加排名5个），得分55.00，低于60分"),
    )


def test_nobody_named_is_no_annex_and_one_list_alone_has_the_title():
    assert lists_annex(quiet_content()) is None
    praised = full_content().listed[:1]
    assert lists_annex(full_content(listed=praised)).title == "通报表扬单位名单"


def test_the_text_points_to_the_list():
    text = "\n".join(text_lines(circular(full_content())))
    assert "予以通报批评。名单和依据见附件2。" in text
    assert "名单和依据" not in "\n".join(text_lines(circular(full_content(listed=()))))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"praise": Praise(3, Decimal(90))}, {"通报表扬": "列本组前3名，得分不低于90分，没有被通报批评的情形"}),
        (
            {"praise": Praise(3, one_in=3, whole=(Measure.REPLY_ON_TIME,), confidence=95)},
            {
                "通报表扬": "列本组前3名（不超过本组参加排名单位的三分之一），按期答复率为100%，"
                "得分高出本组总体水平的幅度超出95%置信区间，没有被通报批评的情形"
            },
        ),
        (
            {"criticism": Criticism(2, Decimal(60), (Measure.REPLY_PROGRESS,), 2, 90)},
            {
                "通报批评": "列本组末2名（不超过本组参加排名单位的二分之一），得分低于60分，"
                "得分低于本组总体水平的幅度超出90%置信区间；或者答复率为0"
            },
        ),
        ({"criticism": Criticism(zero=(Measure.OPINION_ON_TIME,))}, {"通报批评": "协办意见按期率为0"}),
        ({}, {}),
    ],
)
def test_the_criteria_are_told_in_words(changes, said):
    assert criteria(scheme(**changes)) == said


def test_a_correction_says_whose_name_it_takes_off_a_list():
    before = full_content()
    after = full_content(listed=before.listed[:1])
    same = ranked(office({"甲局": (1, 1)}))
    found = {one.where: (one.before, one.after) for one in ranking_differences(differences(same, same), before, after)}
    assert found == {"通报批评单位": ("市应急管理局", "无")}
