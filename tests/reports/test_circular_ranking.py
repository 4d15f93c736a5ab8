from datetime import date
from decimal import Decimal

import pandas as pd

from reports.circular_content import Rate
from reports.circular_ranking import beside_group, group_tables, overall_measures
from reports.letters import LetterFigure
from tasks.domain.ranking import RANKING, with_types
from tasks.domain.ranking_scheme import RankingScheme

SCHEME = RankingScheme("weighted", "综合得分", date(2016, 1, 1), "默认值", None)
GROUPS = {"county": "县（市、区）人民政府", "department": "市政府部门和单位"}


def ranked(*rows):
    """A ranking of units that have replied ``count`` of ``total``; nothing else is measured."""
    plain = {
        name: None if name.endswith("_rate") else 0
        for name in RANKING.names
        if name.endswith(("_rate", "_count", "_total"))
    }
    records = [
        {
            **plain,
            "group": group,
            "rank": rank,
            "unit_id": name,
            "name": name,
            "caseload": total,
            "reply_progress_count": count,
            "reply_progress_total": total,
            "points": Decimal(0),
            "score": Decimal("80.00") if rank else None,
        }
        for group, rank, name, count, total in rows
    ]
    return with_types(pd.DataFrame(records))


TWO_GROUPS = ranked(
    ("department", 1, "市甲局", 9, 10), ("department", None, "市乙局", 1, 2), ("county", 1, "丙县", 3, 4)
)


def test_groups_keep_the_order_and_labels_of_the_jurisdiction():
    assert [table.label for table in group_tables(TWO_GROUPS, GROUPS, SCHEME)] == list(GROUPS.values())


def test_a_group_without_a_label_is_not_lost():
    tables = group_tables(ranked(("park", 1, "开发区", 1, 2)), GROUPS, SCHEME)
    assert [(table.label, len(table.rows)) for table in tables] == [("park", 1)]


def test_a_measure_that_divides_by_nothing_has_no_column():
    assert {table.measures for table in group_tables(TWO_GROUPS, GROUPS, SCHEME)} == {("答复",)}


def test_a_row_carries_counts_and_a_unit_below_the_minimum_no_rank():
    first, second = group_tables(TWO_GROUPS, GROUPS, SCHEME)[1].rows
    assert (first.rank, first.caseload, first.rates, first.score) == (1, 10, (Rate(9, 10),), "80.00")
    assert (second.rank, second.score) == (None, "—")


def test_trends_are_places_won_and_lost():
    moved = TWO_GROUPS.assign(rank_change=pd.array([2, None, 0], dtype="Int64"))
    rows = [row for table in group_tables(moved, GROUPS, SCHEME) for row in table.rows]
    assert {row.unit: row.trend for row in rows} == {"市甲局": "↑2", "市乙局": "", "丙县": "持平"}


def test_an_overall_rate_is_the_sum_of_the_units():
    progress = overall_measures(TWO_GROUPS, SCHEME)[0]
    assert (progress.rate, progress.change) == (Rate(13, 16), "")
    assert progress.counts == "已完成/全部应办"


def test_the_change_is_in_percentage_points_with_its_sign():
    earlier = ranked(("county", 1, "丙县", 1, 2))
    assert overall_measures(TWO_GROUPS, SCHEME, earlier)[0].change == "+31.25"
    assert overall_measures(earlier, SCHEME, TWO_GROUPS)[0].change == "-31.25"


def test_a_units_measures_stand_beside_those_of_its_own_group():
    found = beside_group(TWO_GROUPS, "市甲局", SCHEME)
    assert found == (LetterFigure("答复率", "90.00%（9/10）", "83.33%（10/12）"),)
