"""Every row of a list is checked where it stands, and a new list never loses who was on the old one."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.domain.errors import ConfigurationError
from tasks.domain.grids import Grid, letters, table
from tasks.domain.list_changes import merged_contacts, merged_units
from tasks.domain.lists import FRAMES, Known, checked, heads, required

DAY = date(2026, 9, 1)
KNOWN = Known({"department": "市政府部门", "county": "县市区"}, {"1": "市教育局", "2": "东山县"})
CONTACT_HEADS = ("单位", "角色", "姓名", "邮箱", "启用日期", "停用日期")


def grid(*rows, name="联系人"):
    return Grid("名单.xlsx", name, tuple(enumerate(rows, 1)))


def contacts(*rows):
    return checked("contacts", table(grid(CONTACT_HEADS, *rows), heads("contacts"), required("contacts")), KNOWN)


def units(*rows, head=("单位编号", "单位名称", "单位组别")):
    return checked("organisations", table(grid(head, *rows), heads("organisations"), required("organisations")), KNOWN)


def contact(unit="1", role="handler", name="王某", email="w@a.cn", since="2026-01-01", until=""):
    return {"unit_id": unit, "role": role, "name": name, "email": email, "valid_from": since, "valid_to": until}


def unit(key="1", name="市教育局", group="department", **more):
    return dict.fromkeys(FRAMES["organisations"].names, "") | {
        "unit_id": key, "name": name, "group": group, "valid_from": "2026-01-01"
    } | more  # fmt: skip


def test_a_row_in_chinese_becomes_canonical():
    rows, faults = contacts(("市教育局", "承办人员", "王某", "w@a.cn", "2026年9月1日", ""))
    assert faults == []
    assert rows == [contact(since="2026-09-01")]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("", "承办人员", "王某", "w@a.cn", "", ""), "第 2 行 A 列(单位):空着"),
        (("市卫健委", "承办人员", "王某", "", "", ""), "第 2 行 A 列(单位):没有“市卫健委”;可用:市教育局、东山县"),
        (
            ("1", "科长", "王某", "", "", ""),
            "第 2 行 B 列(角色):没有“科长”;可用:主要领导、分管领导、承办科室、承办人员、办公室",
        ),
        (("1", "承办人员", "", "", "", ""), "第 2 行 C 列(姓名):空着"),
        (
            ("1", "承办人员", "王某", "王某 <w@a.cn>", "", ""),
            "第 2 行 D 列(邮箱):“王某 <w@a.cn>”不是邮箱地址(应为一个邮箱,不带姓名和空格)",
        ),
        (
            ("1", "承办人员", "王某", "", "2026-09-31", ""),
            "第 2 行 E 列(启用日期):“2026-09-31”不是真实存在的日期,写作 2026-03-01",
        ),
        (
            ("1", "承办人员", "王某", "", "2026-09-02", "2026-09-01"),
            "第 2 行 F 列(停用日期):停用日期 2026-09-01 早于启用日期 2026-09-02",
        ),
    ],
)
def test_a_fault_is_told_with_sheet_row_and_column(row, told):
    _, faults = contacts(row)
    assert faults == [f"工作表“联系人”{told}"]


def test_a_unit_needs_a_group_of_its_own_jurisdiction():
    rows, faults = units(("1", "市教育局", "市政府部门"), ("2", "东山县", "省直"))
    assert rows[0]["group"] == "department"
    assert faults == ["工作表“联系人”第 3 行 C 列(单位组别):没有“省直”;可用:市政府部门、县市区"]


def test_nobody_is_there_twice():
    _, faults = contacts(("1", "承办人员", "王某", "", "", ""), ("市教育局", "承办人员", "李某", "", "", ""))
    assert faults == ["工作表“联系人”第 3 行 A 列(单位):与第 2 行重复"]


def test_an_empty_list_is_refused():
    assert contacts()[1] == ["工作表“联系人”表头以下没有内容"]


def test_a_title_above_the_heads_is_passed_over():
    given = table(grid(("某市承办单位联系人",), CONTACT_HEADS, ("1",)), heads("contacts"), required("contacts"))
    assert [number for number, _ in given.rows] == [3]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([("序号", "备注")], "前 5 行里没有表头;应有:承办单位、角色、姓名、邮箱"),
        ([("单位", "角色", "姓名", "邮箱", "手机")], "第 1 行 E 列:不认识的表头“手机”"),
        ([("单位", "角色", "姓名")], "第 1 行:缺少表头“邮箱”"),
        ([("单位", "单位名称", "角色", "姓名", "邮箱")], "第 1 行 B 列:表头“单位名称”重复"),
    ],
)
def test_wrong_heads_are_told(rows, told):
    with pytest.raises(ConfigurationError) as refused:
        table(grid(*rows), heads("contacts"), required("contacts"))
    assert told in str(refused.value)


def test_columns_beyond_z_have_two_letters():
    assert [letters(place) for place in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def test_a_new_handler_ends_the_old_one_the_day_before():
    made = merged_contacts([contact()], [contact(name="李某", email="l@a.cn", since="")], DAY, KNOWN.units)
    assert made.rows == [contact(until="2026-08-31"), contact(name="李某", email="l@a.cn", since="2026-09-01")]
    assert made.changes == ["更换 市教育局 承办人员 王某 → 李某"]


def test_somebody_who_is_still_there_keeps_the_day_they_began():
    made = merged_contacts([contact()], [contact(since="")], DAY, KNOWN.units)
    assert (made.rows, made.changes) == ([contact()], [])


def test_somebody_who_is_not_on_the_new_list_is_ended_and_kept():
    made = merged_contacts([contact(), contact(role="leader")], [contact()], DAY, KNOWN.units)
    assert made.rows == [contact(role="leader", until="2026-08-31"), contact()]
    assert made.changes == ["停用 市教育局 分管领导 王某"]


def test_a_list_imported_twice_on_a_day_is_the_second_one():
    first = merged_contacts([contact()], [contact(name="李某", since="")], DAY, KNOWN.units)
    second = merged_contacts(first.rows, [contact(name="赵某", since="")], DAY, KNOWN.units)
    assert [(row["name"], row["valid_to"]) for row in second.rows] == [("王某", "2026-08-31"), ("赵某", "")]


def test_a_renamed_unit_remembers_its_former_names():
    old = [unit(name="市文化局", former_names="市文广局")]
    made = merged_units(old, [unit(name="市文旅局", former_names="", valid_from="")], DAY)
    assert made.rows[0]["former_names"] == "市文广局、市文化局"
    assert made.rows[0]["valid_from"] == "2026-01-01"
    assert made.changes == ["改名 1 市文化局 → 市文旅局"]


def test_a_dissolved_unit_stays_in_the_list_with_its_last_day():
    made = merged_units([unit(), unit("2", "东山县", "county")], [unit()], DAY)
    assert [(row["unit_id"], row["valid_to"]) for row in made.rows] == [("1", ""), ("2", "2026-08-31")]
    assert made.changes == ["停用 2 东山县"]
    again = merged_units(made.rows, [unit()], date(2026, 10, 1))
    assert (again.rows, again.changes) == (made.rows, [])


def test_a_new_unit_begins_on_the_day_of_the_list():
    made = merged_units([], [unit(valid_from="")], DAY)
    assert (made.rows[0]["valid_from"], made.changes) == ("2026-09-01", ["新增 1 市教育局"])


def test_a_unit_that_changes_its_group_or_comes_back_is_told():
    old = [unit(group="county", valid_to="2026-05-31")]
    made = merged_units(old, [unit(valid_from="")], DAY)
    assert made.changes == ["改组 1 市教育局:county → department", "恢复 1 市教育局"]
    assert made.rows[0]["valid_to"] == ""
