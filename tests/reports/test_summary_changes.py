"""What a correction of an annual summary lists: every figure that it prints otherwise, and nothing else."""

from __future__ import annotations

from dataclasses import replace

from reports.circular_content import Difference, UnitCount
from reports.summary_changes import summary_differences
from reports.summary_content import Pair
from tests.reports.summary_samples import KINDS, UNITS, full_summary, line, section


def changed(**changes):
    return [
        (each.where, each.before, each.after) for each in summary_differences(full_summary(), full_summary(**changes))
    ]


def test_the_same_figures_differ_in_nothing():
    assert summary_differences(full_summary(), full_summary()) == ()


def test_number_day_and_trace_are_no_figures():
    assert changed(serial_no=2, notes=("件次按承办单位计", "数据 4567，规则 r，日历 c")) == []


def test_a_section_lists_each_part_and_a_part_that_is_new_or_gone():
    look_backs = section("look_back", {"met": 70, "due_soon": 16, "met_late": 4})
    sections = tuple(look_backs if each.name == "look_back" else each for each in full_summary().sections)
    assert changed(sections=sections) == [
        ("回头看（件次）：逾期完成", "0", "4"),
        ("回头看（件次）：逾期", "4", "0"),
    ]


def test_a_line_lists_the_figure_of_its_year_and_a_rate_its_count_and_total():
    units = (UNITS[0], replace(UNITS[1], solved=Pair(26, 21)))
    whole = replace(full_summary().whole, solved=Pair(51, 45))
    assert changed(units=units, whole=whole) == [
        ("合计：解决率", "50.00%（50/100）", "51.00%（51/100）"),
        ("合计：解决率（上年同期）", "48.94%（46/94）", "47.87%（45/94）"),
        ("单位“市教育局”：已解决", "25", "26"),
        ("单位“市教育局”：已解决（上年同期）", "22", "21"),
    ]


def test_a_unit_that_is_new_is_compared_with_nothing_and_what_it_has_nothing_of_is_left_out():
    new = line("市水利局", (1, 1, 1, 0, 0, 0, 0, 0, 0, 0))
    other = replace(UNITS[1], items=Pair(44, 44), owed=Pair(44, 44), replied=Pair(44, 42))
    told = [each for each in changed(units=(UNITS[0], other, new)) if "水利" in each[0]]
    assert told == [
        ("单位“市水利局”：承办件次", "0", "1"),
        ("单位“市水利局”：应答复", "0", "1"),
        ("单位“市水利局”：已答复", "0", "1"),
    ]


def test_who_is_behind_is_told_by_name():
    assert changed(unlooked_units=(), lapsed_units=(UnitCount("市教育局", 1),), backlog=2, scope="市人大以来，") == [
        ("统计范围", "市十五届人大五次会议、市政协十五届五次会议以来，", "市人大以来，"),
        ("形成积案", "3", "2"),
        ("承诺没有按期兑现的单位", "市住房和城乡建设局1件次", "市教育局1件次"),
        ("没有按期回头看的单位", "市教育局4件次", "无"),
    ]


def test_the_units_section_says_nothing_that_their_lines_do_not():
    sections = (*full_summary().sections, section("unit", {"105": 55, "106": 45}))
    assert changed(sections=sections) == []


def test_a_kind_and_a_topic_of_the_same_name_are_told_apart():
    kinds = (replace(KINDS[0], name="教育"), KINDS[1])
    assert {place for place, _, _ in changed(kinds=kinds)} >= {"类别“教育”：承办件次", "类别“人大代表建议”：承办件次"}
    assert Difference("类别“教育”：承办件次", "0", "60") in summary_differences(
        full_summary(), full_summary(kinds=kinds)
    )
