"""Mail leaves on workdays in office hours, by the office's own clock."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tasks.domain.office_hours import OfficeHours, may_send_at
from tasks.domain.workdays import WorkdayCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = OfficeHours(time(8, 30), time(17, 30), SHANGHAI)
# 2026: 1-8 October off, Saturday 10 October worked.
CALENDAR = WorkdayCalendar([date(2026, 10, d) for d in range(1, 9)], [date(2026, 10, 10)], date(2026, 12, 31))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        ("2026-11-23 08:29:59", False),
        ("2026-11-23 08:30:00", True),
        ("2026-11-23 17:29:59", True),
        ("2026-11-23 17:30:00", False),
        ("2026-11-22 10:00:00", False),  # Sunday
        ("2026-10-01 10:00:00", False),  # holiday on a Thursday
        ("2026-10-10 10:00:00", True),  # make-up Saturday
    ],
)
def test_mail_leaves_only_on_workdays_in_office_hours(moment: str, allowed: bool) -> None:
    assert may_send_at(at(moment), HOURS, CALENDAR) is allowed


def test_the_wall_clock_counts_not_the_server_clock() -> None:
    assert may_send_at(datetime(2026, 11, 23, 1, 0, tzinfo=UTC), HOURS, CALENDAR)  # 09:00 in Shanghai
    assert not may_send_at(datetime(2026, 11, 22, 23, 0, tzinfo=UTC), HOURS, CALENDAR)  # 07:00 on Monday
    assert not may_send_at(datetime(2026, 11, 23, 10, 0, tzinfo=UTC), HOURS, CALENDAR)  # 18:00


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        may_send_at(datetime(2026, 11, 23, 10, 0), HOURS, CALENDAR)


def test_hours_that_end_before_they_begin_are_refused() -> None:
    with pytest.raises(ValueError, match="office hours"):
        OfficeHours(time(17, 30), time(8, 30), SHANGHAI)
