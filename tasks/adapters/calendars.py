"""The workday calendar: State Council notices from ``chinesecalendar`` and from ``config/calendar``, as known on a day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chinese_calendar import constants

from tasks.adapters.calendar_files import Amendment, Amendments, Publication, YearFile, listed, notice_year
from tasks.adapters.yaml_files import load_yaml, shown
from tasks.domain.errors import ConfigurationError
from tasks.domain.workdays import WorkdayCalendar

PUBLISHED = "published.yaml"
AMENDMENTS = "amendments.yaml"


@dataclass(frozen=True, slots=True)
class Notice:
    """One year's notice: when it came out, the days off and the weekend days worked."""

    year: int
    published_on: date
    days_off: frozenset[date]
    make_up_workdays: frozenset[date]


def load_calendar(folder: Path, known_on: date | None = None) -> WorkdayCalendar:
    """Return the calendar as it was known at the end of ``known_on`` (None: all that is known).

    A notice counts from the day it was published, an amendment from its own day; the last published day is 31 December
    of the last year that has a notice. Contradictions in ``folder`` or with the package are ``ConfigurationError``.
    """
    amendments = load_yaml(folder / AMENDMENTS, Amendments).amendments
    notices = _notices(folder)
    _check_amended_years(folder, amendments, notices)
    known = [notice for notice in notices if known_on is None or notice.published_on <= known_on]
    days_off = {day for notice in known for day in notice.days_off}
    make_up_workdays = {day for notice in known for day in notice.make_up_workdays}
    published = {notice.year for notice in known}
    for amendment in sorted(amendments, key=lambda each: each.known_on):
        if amendment.amends in published:
            amendment.apply(days_off, make_up_workdays, is_known=known_on is None or amendment.known_on <= known_on)
    last_year = max(published, default=min(notice.year for notice in notices) - 1)
    return WorkdayCalendar(days_off, make_up_workdays, date(last_year, 12, 31))


def _notices(folder: Path) -> list[Notice]:
    notices = {notice.year: notice for notice in _package_notices(load_yaml(folder / PUBLISHED, Publication))}
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in (PUBLISHED, AMENDMENTS):
            notice = _file_notice(path)
            _check_agreement(path, notice, notices.get(notice.year))
            notices[notice.year] = notice
    if missing := set(range(min(notices), max(notices) + 1)) - set(notices):
        raise _contradiction(folder, f"缺少 {'、'.join(map(str, sorted(missing)))} 年的放假通知")
    return list(notices.values())


def _package_notices(publication: Publication) -> Iterable[Notice]:
    off, worked = frozenset(constants.holidays), frozenset(constants.workdays)
    for year in sorted({notice_year(day) for day in off}):
        days_off, make_up = (frozenset(d for d in days if notice_year(d) == year) for days in (off, worked))
        yield Notice(year, publication.of(year), days_off, make_up)


def _file_notice(path: Path) -> Notice:
    file = load_yaml(path, YearFile)
    if path.stem != str(file.year):
        raise ConfigurationError(shown(path), f"文件名与 year: {file.year} 不一致", f"请改名为 {file.year}.yaml。")
    return Notice(file.year, file.published_on, file.off, file.worked)


def _check_agreement(path: Path, notice: Notice, package: Notice | None) -> None:
    if package is None:
        return
    at_odds = notice.make_up_workdays ^ package.make_up_workdays
    at_odds |= {day for day in notice.days_off ^ package.days_off if day.weekday() < 5}
    if at_odds:
        raise ConfigurationError(
            shown(path),
            f"{listed(at_odds)}与 chinesecalendar 软件包不一致",
            f"请核对通知原文；公布后又改动的日子写进 {AMENDMENTS}。",
        )


def _check_amended_years(folder: Path, amendments: Sequence[Amendment], notices: Sequence[Notice]) -> None:
    if unknown := {each.amends for each in amendments} - {notice.year for notice in notices}:
        raise ConfigurationError(
            shown(folder / AMENDMENTS),
            f"改动的是没有放假通知的年份：{'、'.join(map(str, sorted(unknown)))}",
            "请先加这一年的 <年份>.yaml，或改正 amends。",
        )


def _contradiction(folder: Path, what: str) -> ConfigurationError:
    return ConfigurationError(shown(folder), what, "请对照放假通知原文，改正这个文件夹里的文件。")
