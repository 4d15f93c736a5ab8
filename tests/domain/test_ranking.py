"""Scores and ranks: exact, within groups, equal for equals, and never by luck of small numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.errors import DocumentError
from tasks.domain.frames import Facts
from tasks.domain.obligations import obligations
from tasks.domain.ranking import RANKING, check_sums, half_up, percentage, ranking
from tasks.domain.ranking_changes import differences, with_trend
from tasks.domain.ranking_explanation import explain_unit, trace
from tasks.domain.ranking_measures import counted_items
from tasks.domain.ranking_scheme import MEASURES, Criticism, Praise, SatisfactionBase
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.domain.schemes import rule, scheme, weights
from tests.examples import examples

AS_OF = date(2026, 12, 1)
RULES = rule_book("reply", "opinion", "publication", "commitment")


def ranked(known: Facts, as_of: date = AS_OF, **changes) -> pd.DataFrame:
    owed = obligations(known, RULES, PLAIN_CALENDAR, as_of)
    return ranking(known, owed, scheme(**changes), PLAIN_CALENDAR, as_of)


def by_unit(frame: pd.DataFrame, column: str) -> dict:
    return dict(zip(frame["unit_id"], frame[column], strict=True))


def cases_of(unit: str, owed: int, replied: int, day: str = "2026-05-01") -> tuple[list, list]:
    """That many lead assignments of the unit, and replies to the first of them."""
    names = [f"{unit}{number}" for number in range(owed)]
    assignments = [{"proposal_id": name, "unit_id": unit, "role": "sole"} for name in names]
    replies = [
        {"proposal_id": name, "unit_id": unit, "kind": "reply_issued", "happened_on": day} for name in names[:replied]
    ]
    return assignments, replies


def office(counts: dict[str, tuple[int, int]], groups: dict[str, str] | None = None, **more) -> Facts:
    """Units with (replied, owed)."""
    parts = [cases_of(unit, owed, replied) for unit, (replied, owed) in counts.items()]
    units = [{"unit_id": unit, "group": group} for unit, group in (groups or {}).items()]
    return facts(
        assignments=[row for assigned, _ in parts for row in assigned],
        events=[row for _, replied in parts for row in replied],
        units=units or None,
        **more,
    )


def test_the_columns_are_the_declared_ones():
    frame = ranked(office({"甲局": (1, 2)}))
    assert list(frame.columns) == RANKING.names
    expected = ["group", "rank", "unit_id", "name", "caseload"]
    expected += [f"{spec.measure}_{part}" for spec in MEASURES for part in ("count", "total", "rate")]
    assert RANKING.names == [*expected, "points", "score"]


def test_a_rate_is_its_count_out_of_its_total_and_empty_without_one():
    frame = ranked(office({"甲局": (1, 3)}))
    row = frame.to_dict("records")[0]
    assert (row["reply_progress_count"], row["reply_progress_total"], row["reply_progress_rate"]) == (
        1,
        3,
        Decimal("33.33"),
    )
    assert (row["opinion_on_time_total"], row["opinion_on_time_rate"]) == (0, None)


def test_ties_share_the_rank_and_the_next_one_is_skipped():
    frame = ranked(office({"甲": (4, 4), "乙": (3, 4), "丙": (3, 4), "丁": (1, 4)}))
    assert by_unit(frame, "rank") == {"甲": 1, "乙": 2, "丙": 2, "丁": 4}


def test_scores_that_look_equal_are_equal():
    counts = {"甲": (2, 3), "乙": (667, 1000)}
    assert by_unit(ranked(office(counts), digits=1), "rank") == {"甲": 1, "乙": 1}
    assert by_unit(ranked(office(counts), digits=2), "rank") == {"甲": 2, "乙": 1}


def test_groups_are_ranked_apart():
    counts = {"甲县": (1, 4), "乙县": (2, 4), "丙局": (3, 4), "丁局": (4, 4)}
    groups = {"甲县": "county", "乙县": "county", "丙局": "department", "丁局": "department"}
    frame = ranked(office(counts, groups))
    assert frame[["group", "rank", "unit_id"]].to_numpy().tolist() == [
        ["county", 1, "乙县"],
        ["county", 2, "甲县"],
        ["department", 1, "丁局"],
        ["department", 2, "丙局"],
    ]


def test_below_the_minimum_caseload_a_unit_is_listed_last_and_unranked():
    frame = ranked(office({"甲": (1, 3), "乙": (2, 2)}), minimum_caseload=3)
    assert frame["unit_id"].tolist() == ["甲", "乙"]
    assert frame["rank"].isna().tolist() == [False, True]
    assert frame["caseload"].tolist() == [3, 2]


def test_a_measure_without_a_denominator_passes_its_weight_to_the_others():
    known = office({"甲": (1, 2)})
    both = weights(reply_progress=30, opinion_on_time=70)
    assert by_unit(ranked(known, weights=both), "score") == {"甲": Decimal("50.00")}


def test_weights_weigh():
    known = facts(
        assignments=[
            {"proposal_id": "案", "unit_id": "甲", "role": "sole"},
            {"proposal_id": "别案", "unit_id": "甲", "role": "co_organising"},
        ],
        events=[{"proposal_id": "案", "unit_id": "甲", "kind": "reply_issued", "happened_on": "2026-05-01"}],
    )
    weighing = weights(reply_progress=3, opinion_on_time=1)
    assert by_unit(ranked(known, weights=weighing), "score") == {"甲": Decimal("75.00")}


def test_a_unit_without_any_weighed_measure_has_no_score_and_no_rank():
    known = facts(assignments=[{"proposal_id": "案", "unit_id": "甲", "role": "co_organising"}])
    row = ranked(known).to_dict("records")[0]
    assert (row["score"], pd.isna(row["rank"])) == (None, True)


def test_the_score_is_rounded_once_from_exact_rates():
    """33.33 and 66.67 would give 50.00; 1/3 and 2/3 of unequal weights do not."""
    known = facts(
        assignments=[
            *({"proposal_id": f"案{n}", "unit_id": "甲", "role": "sole"} for n in range(3)),
            *({"proposal_id": f"协{n}", "unit_id": "甲", "role": "co_organising"} for n in range(7)),
        ],
        events=[
            {"proposal_id": "案0", "unit_id": "甲", "kind": "reply_issued", "happened_on": "2026-05-01"},
            *(
                {"proposal_id": f"协{n}", "unit_id": "甲", "kind": "opinion_submitted", "happened_on": "2026-04-01"}
                for n in range(3)
            ),
        ],
    )
    weighing = weights(reply_progress=0.5, opinion_on_time=0.5)
    exact = (Fraction(100, 3) + Fraction(300, 7)) / 2
    assert by_unit(ranked(known, weights=weighing, digits=4), "score") == {"甲": half_up(exact, 4)}


EARLY = [rule("early", 1, ahead="10 days"), rule("late", -1), rule("dissatisfied", -5)]


@pytest.mark.parametrize(
    ("day", "points"), [("2026-05-31", 1), ("2026-06-01", 0), ("2026-06-10", 0), ("2026-06-11", -1), (None, -1)]
)
def test_early_earns_and_late_loses_by_the_day(day: str | None, points: int):
    assignments, replies = cases_of("甲", 1, 1 if day else 0, day or "")
    frame = ranked(facts(assignments=assignments, events=replies), points=EARLY, weights={}, start=Decimal(100))
    assert by_unit(frame, "points") == {"甲": Decimal(points)}
    assert by_unit(frame, "score") == {"甲": Decimal(100 + points)}


def test_early_may_count_workdays():
    """Due Wednesday 10 June: 5 workdays before is Wednesday 3 June."""
    for day, points in (("2026-06-03", 1), ("2026-06-04", 0)):
        assignments, replies = cases_of("甲", 1, 1, day)
        frame = ranked(facts(assignments=assignments, events=replies), points=[rule("early", 1, ahead="5 workdays")])
        assert by_unit(frame, "points") == {"甲": Decimal(points)}


def test_overdue_speaks_only_of_what_is_still_not_done():
    known = office({"甲": (0, 2), "乙": (2, 2)})
    late = known.events.assign(happened_on=pd.Timestamp("2026-09-01").as_unit("s"))
    known = Facts(**{**known.frames(), "events": late})
    frame = ranked(known, points=[rule("overdue", -2)])
    assert by_unit(frame, "points") == {"甲": Decimal(-4), "乙": Decimal(0)}


def test_each_dissatisfied_round_costs_points():
    def form(day: str, value: str) -> dict:
        return {"proposal_id": "甲0", "unit_id": "甲", "kind": "feedback", "happened_on": day, "value": value}

    assignments, replies = cases_of("甲", 1, 1)
    again = {**replies[0], "happened_on": "2026-06-01"}
    forms = [form("2026-05-10", "dissatisfied"), form("2026-06-10", "satisfied/dissatisfied")]
    known = facts(assignments=assignments, events=[*replies, again, *forms])
    assert by_unit(ranked(known, points=EARLY[1:]), "points") == {"甲": Decimal(-10)}


def test_an_excused_item_costs_no_points():
    form = {"proposal_id": "甲0", "unit_id": "甲", "kind": "feedback", "happened_on": "2026-05-10"}
    known = facts(
        proposals=[{"proposal_id": "甲0", "needs_reply": False}],
        assignments=cases_of("甲", 1, 0)[0],
        events=[{**form, "value": "dissatisfied"}],
    )
    assert by_unit(ranked(known, points=EARLY), "points") == {"甲": Decimal(0)}


def test_criticisms_come_from_the_offices_record():
    known = office({"甲": (1, 1), "乙": (1, 1)})
    owed = obligations(known, RULES, PLAIN_CALENDAR, AS_OF)
    frame = ranking(
        known, owed, scheme(points=[rule("criticised", -2.5)]), PLAIN_CALENDAR, AS_OF, criticisms={"乙": 2, "丙": 1}
    )
    assert by_unit(frame, "points") == {"甲": Decimal("0.0"), "乙": Decimal("-5.0")}


def test_counts_that_do_not_add_up_are_refused_by_name():
    known = office({"甲": (1, 2), "乙": (1, 1)})
    owed = obligations(known, RULES, PLAIN_CALENDAR, AS_OF)
    items = counted_items(known, owed, scheme(), AS_OF)
    frame = ranking(known, owed, scheme(), PLAIN_CALENDAR, AS_OF)
    check_sums(items, frame)
    with pytest.raises(DocumentError, match="答复率的总数"):
        check_sums(items, frame[frame["unit_id"] != "乙"])


def test_nothing_assigned_is_an_empty_ranking():
    known = facts()
    assert ranked(known).to_dict("list") == {name: [] for name in RANKING.names}


COUNTS = st.dictionaries(
    st.sampled_from([f"单位{letter}" for letter in "甲乙丙丁戊己庚"]),
    st.integers(1, 6).flatmap(lambda owed: st.tuples(st.integers(0, owed), st.just(owed))),
    min_size=1,
)
GROUPS = st.lists(st.sampled_from(["county", "department"]), min_size=7, max_size=7)


@examples(20, few=5)
@given(COUNTS, GROUPS, st.integers(0, 2**32 - 1))
def test_the_order_of_the_input_changes_nothing(counts, groups, seed):
    known = office(counts, dict(zip(counts, groups, strict=False)))
    shuffled = Facts(
        **{
            name: frame.iloc[np.random.default_rng(seed).permutation(len(frame))].reset_index(drop=True)
            for name, frame in known.frames().items()
        }
    )
    changes = {"points": EARLY, "minimum_caseload": 2}
    pd.testing.assert_frame_equal(ranked(known, **changes), ranked(shuffled, **changes))


@examples(20, few=5)
@given(COUNTS, GROUPS)
def test_every_count_is_part_of_its_total_and_all_totals_add_up(counts, groups):
    frame = ranked(office(counts, dict(zip(counts, groups, strict=False))))
    for spec in MEASURES:
        count, total = frame[f"{spec.measure}_count"], frame[f"{spec.measure}_total"]
        assert ((count >= 0) & (count <= total)).all()
        rates = [percentage(*pair) for pair in zip(count, total, strict=True)]
        assert frame[f"{spec.measure}_rate"].tolist() == rates
    assert frame["reply_progress_count"].sum() == sum(replied for replied, _ in counts.values())
    assert frame["reply_progress_total"].sum() == frame["caseload"].sum() == sum(owed for _, owed in counts.values())


@examples(20, few=5)
@given(COUNTS, GROUPS)
def test_a_rank_is_one_more_than_the_better_units_of_the_own_group(counts, groups):
    frame = ranked(office(counts, dict(zip(counts, groups, strict=False))), minimum_caseload=2)
    for row in frame.to_dict("records"):
        rivals = frame[(frame["group"] == row["group"]) & (frame["caseload"] >= 2)]
        better = sum(score > row["score"] for score in rivals["score"])
        assert pd.isna(row["rank"]) if row["caseload"] < 2 else row["rank"] == better + 1


def test_the_trend_tells_how_a_rank_moved_and_stays_empty_where_it_cannot():
    before = ranked(office({"甲": (3, 3), "乙": (2, 3), "丙": (1, 3)}))
    after = ranked(office({"甲": (1, 3), "乙": (2, 3), "丙": (3, 3), "丁": (0, 3)}))
    moved = by_unit(with_trend(after, before), "rank_change")
    assert {unit: (None if pd.isna(change) else change) for unit, change in moved.items()} == {
        "甲": -2,
        "乙": 0,
        "丙": 2,
        "丁": None,
    }
    assert with_trend(after, None)["rank_change"].isna().all()


def test_a_rank_in_another_group_is_no_trend():
    before = ranked(office({"甲": (3, 3)}, {"甲": "county"}))
    after = ranked(office({"甲": (3, 3)}, {"甲": "department"}))
    assert with_trend(after, before)["rank_change"].isna().all()


def test_differences_list_every_changed_figure_and_nothing_else():
    before, after = ranked(office({"甲": (1, 2), "乙": (2, 2)})), ranked(office({"甲": (2, 2), "乙": (2, 2)}))
    found = differences(before, after)
    assert set(found["unit_id"]) == {"甲"}
    changed = {row["column"]: (row["before"], row["after"]) for row in found.to_dict("records")}
    assert changed["reply_progress_count"] == ("1", "2")
    assert changed["score"] == ("50.00", "100.00")
    assert changed["rank"] == ("2", "1")
    assert "caseload" not in changed
    assert differences(before, before).empty


def test_a_unit_that_only_one_ranking_has_differs_in_all_its_figures():
    found = differences(ranked(office({"甲": (1, 2)})), ranked(office({"乙": (1, 2)})))
    sides = {(row["unit_id"], pd.isna(row["before"]), pd.isna(row["after"])) for row in found.to_dict("records")}
    assert sides == {("甲", False, True), ("乙", True, False)}


def test_a_number_is_traced_to_the_items_it_counts():
    known = office({"甲": (1, 3)})
    owed = obligations(known, RULES, PLAIN_CALENDAR, AS_OF)
    rows = trace(counted_items(known, owed, scheme(), AS_OF), "甲", "reply_progress")
    assert dict(zip(rows["proposal_id"], rows["is_counted"], strict=True)) == {"甲0": True, "甲1": False, "甲2": False}


def test_the_explanation_names_rank_counts_weights_points_neighbours_and_the_cases_lost():
    known = office({"甲": (3, 3), "乙": (1, 3), "丙": (0, 3)})
    owed = obligations(known, RULES, PLAIN_CALENDAR, AS_OF)
    chosen = scheme(points=[rule("late", -1)], satisfaction=SatisfactionBase.ALL_ITEMS)
    text = explain_unit(known, owed, chosen, PLAIN_CALENDAR, "乙", AS_OF, duty_labels={"reply": "答复"})
    assert "第2名（本组参加排名3个单位）" in text
    assert "答复率（已完成/全部应办）：1/3 = 33.33%；权重 1，计 33.33 分" in text
    assert "首次满意率（首次反馈满意和基本满意/全部应答复件）：0/3 = 0.00%" in text
    assert "答复逾期（含已补办） 2 件 × -1 = -2：人大代表建议乙1号、人大代表建议乙2号" in text
    assert "加减分 -2 = 31.33" in text
    assert "前一位：甲（第1名，得分 100.00，相差 68.67）" in text
    assert "后一位：丙（第3名，得分 -3.00，相差 34.33）" in text
    assert "  答复率 2 件：人大代表建议乙1号、人大代表建议乙2号" in text


def explained(counts, unit, **changes):
    known = office(counts)
    owed = obligations(known, RULES, PLAIN_CALENDAR, AS_OF)
    labels = {"": "市政府部门"}
    return explain_unit(known, owed, scheme(**changes), PLAIN_CALENDAR, unit, AS_OF, group_labels=labels)


def test_the_explanation_says_what_the_unit_lost_most_by():
    known = facts(
        assignments=[{"proposal_id": "案", "unit_id": "甲", "role": "sole"}, {"proposal_id": "别案", "unit_id": "甲", "role": "co_organising"}],
        events=[{"proposal_id": "案", "unit_id": "甲", "kind": "reply_issued", "happened_on": "2026-09-01"}],
    )  # fmt: skip
    owed = obligations(known, RULES, PLAIN_CALENDAR, AS_OF)
    chosen = scheme(weights=weights(reply_progress=2, reply_on_time=3, opinion_on_time=5))
    text = explain_unit(known, owed, chosen, PLAIN_CALENDAR, "甲", AS_OF)
    assert "失分（满分 100）：协办意见按期率 50.00 分、按期答复率 30.00 分" in text


def test_the_explanation_says_whether_the_unit_is_named_and_why():
    both = {"praise": Praise(1), "criticism": Criticism(1)}
    counts = {"甲": (4, 4), "乙": (2, 4), "丙": (0, 4)}
    assert "列入通报表扬：列本组第1名（参加排名3个），得分100.00" in explained(counts, "甲", **both)
    assert "不列入表扬和批评" in explained(counts, "乙", **both)
    assert "列入通报批评：列本组第3名（参加排名3个），得分0.00" in explained(counts, "丙", **both)


def test_the_explanation_says_whether_chance_explains_the_distance_where_the_scheme_asks():
    many = {"criticism": Criticism(1, confidence=95)}
    counts = {"甲": (1, 2), "乙": (30, 30), "丙": (0, 9)}
    assert "与本组总体比：0.00 对 75.61（不含加减分）" in explained(counts, "丙", **many)
    assert "差距不是偶然" in explained(counts, "丙", **many)
    assert "差距可能出于偶然" in explained(counts, "甲", **many)
    assert "偶然" not in explained(counts, "丙")


def test_the_explanation_never_names_a_title():
    known = office({"甲": (0, 1)}, proposals=[{"proposal_id": "甲0", "title": "涉密事项", "is_confidential": True}])
    owed = obligations(known, RULES, PLAIN_CALENDAR, AS_OF)
    assert "涉密事项" not in explain_unit(known, owed, scheme(), PLAIN_CALENDAR, "甲", AS_OF)


def test_a_unit_without_counted_work_cannot_be_explained():
    known = office({"甲": (0, 1)})
    owed = obligations(known, RULES, PLAIN_CALENDAR, AS_OF)
    with pytest.raises(KeyError):
        explain_unit(known, owed, scheme(), PLAIN_CALENDAR, "乙", AS_OF)
