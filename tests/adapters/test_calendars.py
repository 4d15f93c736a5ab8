"""The calendar from its sources, as known on a day."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
import pytest

from tasks.adapters.calendars import load_calendar
from tasks.adapters.yaml_files import ROOT
from tasks.domain.errors import ConfigurationError

SHIPPED = ROOT / "config" / "calendar"
NEXT_YEAR = """\
year: 2027
published_on: 2026-11-26
source: 国办发明电〔2026〕9号
checked_on: null
days_off: [2027-01-01..2027-01-03, 2027-02-05..2027-02-12]
make_up_workdays: [2026-12-27, 2027-02-14]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHIPPED, tmp_path / "calendar"))


def refused(folder: Path) -> str:
    with pytest.raises(ConfigurationError) as error:
        load_calendar(folder)
    return str(error.value).replace(f"{folder.resolve()}/", "").replace(str(folder.resolve()), "calendar")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_is_known_today_agrees_with_the_package_on_every_day():
    calendar = load_calendar(SHIPPED)
    days = [date(2004, 1, 1) + timedelta(days=k) for k in range((date(2026, 12, 31) - date(2004, 1, 1)).days + 1)]
    assert [day for day in days if calendar.is_workday(day) != chinese_calendar.is_workday(day)] == []


def test_2027_is_provisional_until_its_notice_is_there():
    calendar = load_calendar(SHIPPED, date(2026, 11, 23))
    assert calendar.published_through == date(2026, 12, 31)
    assert calendar.is_provisional(date(2027, 1, 4))


def test_a_notice_counts_from_the_day_it_was_published():
    assert load_calendar(SHIPPED, date(2025, 11, 3)).published_through == date(2025, 12, 31)
    assert load_calendar(SHIPPED, date(2025, 11, 4)).published_through == date(2026, 12, 31)


def test_a_notice_of_unlisted_day_counts_from_the_middle_of_december():
    assert load_calendar(SHIPPED, date(2006, 12, 14)).published_through == date(2006, 12, 31)
    assert load_calendar(SHIPPED, date(2006, 12, 15)).published_through == date(2007, 12, 31)


def test_before_all_notices_everything_is_provisional():
    assert load_calendar(SHIPPED, date(2001, 1, 1)).published_through == date(2003, 12, 31)


def test_a_notice_changes_the_last_days_of_the_year_before_only_once_it_is_out():
    assert load_calendar(SHIPPED, date(2018, 12, 5)).is_workday(date(2018, 12, 31))
    assert not load_calendar(SHIPPED, date(2018, 12, 6)).is_workday(date(2018, 12, 31))


@pytest.mark.parametrize(
    ("changed_on", "was_worked", "was_off"),
    [
        (date(2015, 5, 13), {date(2015, 9, 3), date(2015, 9, 4)}, {date(2015, 9, 6)}),
        (date(2019, 3, 22), {date(2019, 5, 2), date(2019, 5, 3)}, {date(2019, 4, 28), date(2019, 5, 5)}),
        (date(2020, 1, 27), {date(2020, 1, 31), date(2020, 2, 1)}, set()),
    ],
)
def test_an_amendment_changes_its_days_and_no_other_from_its_own_day(changed_on, was_worked, was_off):
    before, after = (load_calendar(SHIPPED, day) for day in (changed_on - timedelta(days=1), changed_on))
    days = [date(2004, 1, 1) + timedelta(days=k) for k in range(365 * 24)]
    assert {day for day in days if before.is_workday(day) and not after.is_workday(day)} == was_worked
    assert {day for day in days if after.is_workday(day) and not before.is_workday(day)} == was_off


def test_a_new_notice_is_one_more_file(folder):
    (folder / "2027.yaml").write_text(NEXT_YEAR, encoding="utf-8")
    calendar = load_calendar(folder)
    assert calendar.published_through == date(2027, 12, 31)
    assert not calendar.is_workday(date(2027, 2, 8))
    assert calendar.is_workday(date(2026, 12, 27))
    assert calendar.is_workday(date(2027, 2, 14))
    assert load_calendar(folder, date(2026, 11, 25)) == load_calendar(SHIPPED)
    assert load_calendar(folder, date(2026, 11, 26)) == calendar


def test_an_amendment_of_a_file_counts_from_its_own_day(folder):
    (folder / "2027.yaml").write_text(NEXT_YEAR, encoding="utf-8")
    with (folder / "amendments.yaml").open("a", encoding="utf-8") as file:
        file.write(
            "  - {amends: 2027, known_on: 2027-02-01, source: x, checked_on: null, "
            "days_off: [2027-02-14..2027-02-15], make_up_workdays: []}\n"
        )
    assert load_calendar(folder, date(2027, 1, 31)).is_workday(date(2027, 2, 14))
    assert not load_calendar(folder, date(2027, 2, 1)).is_workday(date(2027, 2, 14))


def test_an_impossible_date_in_a_range_is_refused_at_its_line(folder):
    (folder / "2027.yaml").write_text(NEXT_YEAR.replace("2027-02-12]", "2027-02-30]"), encoding="utf-8")
    assert refused(folder) == (
        "2027.yaml: 有 1 处错误\n"
        "  2027.yaml:5 days_off[1]：“2027-02-30”不是真实存在的日期。请改正。\n"
        "请改正以上各处后重新运行。"
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("2027-02-12]", "2027-01-12]", "5 days_off[1]：“2027-02-05..2027-01-12”的止日早于起日。"),
        ("2027-02-12]", "20270212]", "5 days_off[1]：“2027-02-05..20270212”不是日期，也不是"),
        ("2027-02-14]", "2027-02-12]", "1 2027-02-12列了不止一次。"),
        ("2027-02-14]", "2027-02-15]", "1 2027-02-15是周一至周五，不能列为调休上班。"),
        ("2026-12-27", "2026-11-28", "1 2026-11-28不归 2027 年的通知安排（它只管当年 1—11 月和上一年 12 月）。"),
        ("2026-11-26", "2024-11-26", "1 2027 年的通知不会在 2024-11-26 公布。"),
    ],
)
def test_a_notice_that_contradicts_itself_is_refused(folder, old, new, said):
    (folder / "2027.yaml").write_text(NEXT_YEAR.replace(old, new), encoding="utf-8")
    assert f"\n  2027.yaml:{said}" in refused(folder)


def test_a_file_that_contradicts_the_package_is_refused(folder):
    text = "year: 2026\npublished_on: 2025-11-04\nsource: x\nchecked_on: null\ndays_off: []\nmake_up_workdays: []\n"
    (folder / "2026.yaml").write_text(text, encoding="utf-8")
    assert refused(folder).startswith("2026.yaml: 2026-01-01、2026-01-02、2026-01-04、2026-02-14、")


def test_a_file_named_for_another_year_is_refused(folder):
    (folder / "2028.yaml").write_text(NEXT_YEAR, encoding="utf-8")
    assert refused(folder) == "2028.yaml: 文件名与 year: 2027 不一致\n请改名为 2027.yaml。"


def test_a_year_without_notice_between_two_with_is_refused(folder):
    text = NEXT_YEAR.replace("2027", "2028").replace("2026-", "2027-").replace("2027-12-27, 2028-02-14", "2027-12-26")
    (folder / "2028.yaml").write_text(text, encoding="utf-8")
    assert refused(folder) == "calendar: 缺少 2027 年的放假通知\n请对照放假通知原文，改正这个文件夹里的文件。"


def test_an_amendment_of_days_of_another_year_is_refused(folder):
    replace(folder / "amendments.yaml", "2020-01-31..2020-02-02", "2020-12-31")
    assert "amendments.yaml:18 amendments[2]：2020-12-31不归 2020 年的通知安排" in refused(folder)


def test_an_amendment_of_a_year_without_notice_is_refused(folder):
    text = "amendments:\n  - {amends: 2045, known_on: 2045-01-02, source: x, checked_on: null, days_off: [2045-05-04], "
    (folder / "amendments.yaml").write_text(text + "make_up_workdays: []}\n", encoding="utf-8")
    assert refused(folder) == (
        "amendments.yaml: 改动的是没有放假通知的年份：2045\n请先加这一年的 <年份>.yaml，或改正 amends。"
    )


def test_an_impossible_day_of_publication_is_refused(folder):
    replace(folder / "published.yaml", "2026: 2025-11-04", "2026: 2025-11-31")
    assert "published_on[2026]：“2025-11-31”不是真实存在的日期" in refused(folder)
