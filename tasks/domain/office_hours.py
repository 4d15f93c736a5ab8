"""When mail may leave: on workdays, in office hours, by the clock on the office's own wall."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from tasks.domain.workdays import WorkdayCalendar


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Open from ``opens`` up to, not including, ``closes``, in ``zone``."""

    opens: time
    closes: time
    zone: ZoneInfo

    def __post_init__(self) -> None:
        """Refuse hours that are empty or span midnight."""
        if self.opens >= self.closes:
            raise ValueError(f"office hours end before they begin: {self.opens}-{self.closes}")

    def opening(self, day: date) -> datetime:
        """Return the moment the office opens on ``day``."""
        return datetime.combine(day, self.opens, self.zone)


def may_send_at(moment: datetime, hours: OfficeHours, calendar: WorkdayCalendar) -> bool:
    """Return whether mail may leave at ``moment``; a moment without a zone is a ``ValueError``."""
    local = _local(moment, hours)
    return hours.opens <= local.time() < hours.closes and calendar.is_workday(local.date())


def _local(moment: datetime, hours: OfficeHours) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment!r}")
    return moment.astimezone(hours.zone)
