"""A published figure is held against ours with our counts, and one that no counts can give is found out."""

from __future__ import annotations

import doctest
from decimal import Decimal

import pytest

from tasks.domain import possible_shares
from tasks.domain.grids import Grid, table
from tasks.domain.possible_shares import Share, impossible, printed
from tasks.domain.published_figures import compared, heads, unreadable
from tasks.domain.ranking import percentage
from tasks.domain.ranking_scheme import MEASURES

OURS = {
    "1": {
        "rank": 2,
        "caseload": 31,
        **{f"{spec.measure}_{part}": 0 for spec in MEASURES for part in ("count", "total")},
        "reply_progress_count": 29,
        "reply_progress_total": 31,
    }
}
NAMES = {"市教育局": "1", "市教委": "1", "1": "1"}


def given(*rows, head=("单位", "承办件数", "答复率（计）", "答复率（总）", "答复率")):
    return table(Grid("通报.xlsx", "通报", tuple(enumerate((head, *rows), 1))), heads(), ("unit",))


def verdicts(*rows, **more):
    return [(row["figure"], row["verdict"], row["remark"]) for row in compared(given(*rows, **more), OURS, NAMES, 200)]


def test_the_examples_in_the_text_are_right():
    assert doctest.testmod(possible_shares).failed == 0


def test_figures_that_agree_are_the_same_and_show_our_counts():
    assert verdicts(("市教育局", "31", "29", "31", "93.55%")) == [
        ("承办件数", "一致", ""),
        ("答复率（计）", "一致", ""),
        ("答复率（总）", "一致", ""),
        ("答复率", "一致", "我方 29/31"),
    ]


def test_our_rate_is_rounded_to_the_digits_that_are_printed():
    (row,) = compared(given(("市教育局", "", "", "", "93.5")), OURS, NAMES, 200)
    assert (row["ours"], row["difference"], row["verdict"]) == ("93.5", "0", "一致")


def test_a_difference_is_told_with_its_size_and_place():
    (row,) = compared(given(("市教育局", "33", "", "", "")), OURS, NAMES, 200)
    assert (row["published"], row["ours"], row["difference"]) == ("33", "31", "+2")
    assert row["place"] == "工作表“通报”第 2 行 B 列(承办件数)"


def test_digits_that_were_cut_off_are_told_as_such():
    cut = dict(OURS["1"], reply_progress_count=2, reply_progress_total=3)
    (row,) = compared(given(("市教育局", "", "", "", "66.66%")), {"1": cut}, NAMES, 2)
    assert row["remark"].endswith("我方 2/3;通报去尾,没有四舍五入")


@pytest.mark.parametrize(
    ("count", "total", "rate", "told"),
    [
        (33, 31, None, "33 件多于总数 31 件"),
        (29, 31, "96.55", "29/31 = 93.55%,不是 96.55%"),
        (None, 31, "96.55", "31 件里没有哪个件数得出 96.55%;最近的是 30/31 = 96.77%"),
        (None, 0, "100", "0 件里没有哪个件数得出 100%"),
        (28, None, "97.00", "没有哪个不超过 100 件的总数使 28 件是 97.00%"),
        (None, None, "99.7", "不超过 100 件的任何件数都得不出 99.7%"),
        (None, None, "100.2", "100.2% 超过 100%"),
    ],
)
def test_what_no_counts_can_give_is_found_out(count, total, rate, told):
    assert impossible(Share(count, total, Decimal(rate) if rate else None), 100) == told


@pytest.mark.parametrize("digits", [0, 1, 2])
def test_a_rate_is_called_impossible_exactly_when_no_count_gives_it(digits):
    most = 23
    for total in range(1, most + 1):
        real = {percentage(count, total, digits) for count in range(total + 1)}
        for hundredths in range(0, 10_001, 7):
            rate = Decimal(hundredths).scaleb(-2).quantize(Decimal(1).scaleb(-digits))
            assert (impossible(Share(None, total, rate), most) is None) == (rate in real), (total, rate)
    every = {percentage(count, total, digits) for total in range(1, most + 1) for count in range(total + 1)}
    for hundredths in range(0, 10_001, 7):
        rate = Decimal(hundredths).scaleb(-2).quantize(Decimal(1).scaleb(-digits))
        assert (impossible(Share(None, None, rate), most) is None) == (rate in every), rate


def test_parts_that_do_not_add_up_to_the_printed_total_are_found_out():
    found = verdicts(("市教育局", "31", "", "", ""), ("1", "634", "", "", ""), ("合计", "572", "", "", ""))
    assert found[-1] == ("承办件数", "得不出", "各单位相加得 665")


def test_a_former_name_is_known_and_a_stranger_is_told():
    assert verdicts(("市教委", "31", "", "", "")) == [("承办件数", "一致", "")]
    assert verdicts(("市物价局", "3", "", "", "")) == [("承办件数", "我方没有", "我方当日没有这个单位的办理件")]


def test_a_rate_of_nothing_is_not_compared_with_zero():
    found = verdicts(("市教育局", "0.00"), head=("单位", "首次满意率"))
    assert found == [("首次满意率", "我方没有", "")]


def test_a_cell_that_is_no_number_is_told():
    assert unreadable(given(("市教育局", "三十一", "", "", "—"))) == [
        "工作表“通报”第 2 行 B 列(承办件数):“三十一”不是数",
        "工作表“通报”第 2 行 E 列(答复率):“—”不是数",
    ]


@pytest.mark.parametrize(("text", "value"), [("96.550%", "96.550"), ("100", "100"), ("9 ％", "9"), ("-1", None)])
def test_a_number_keeps_its_printed_digits(text, value):
    assert str(printed(text)) == str(value)
