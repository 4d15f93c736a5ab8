"""Days that nobody supervised: found in our own record of runs, and closed runs that a stopped process left open."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tasks.adapters.ledger import runs
from tasks.adapters.workplace import open_workplace

SUPERVISION = ("daily-supervision", "catch-up")
# A longer gap is no night missed but a system put away; backfill names its days.
LONGEST_GAP = timedelta(days=60)
# No night and no delivery takes as long; a backfill of years may, and then records its own end all the same.
LONGEST_RUN = timedelta(hours=12)


def missed_days(jurisdiction: str, today: date) -> list[date]:
    """Return the days before ``today``, in order, that no run answered for, from the first day ever supervised on."""
    answered = runs.answered_days(open_workplace(jurisdiction).ledger, jurisdiction, SUPERVISION)
    if not answered:
        return []
    first = max(min(answered), today - LONGEST_GAP)
    between = (first + timedelta(days=k) for k in range((today - first).days))
    return [day for day in between if day not in answered]


def is_answered(jurisdiction: str, day: date) -> bool:
    """Return whether the day's supervision was done."""
    return day in runs.answered_days(open_workplace(jurisdiction).ledger, jurisdiction, SUPERVISION[:1])


def close_abandoned(jurisdiction: str, now: datetime) -> int:
    """Record the runs that a stopped process left open as failed; return how many."""
    why = "进程中途停止(停机、断电或被结束),本次运行没有做完。"
    return runs.close_running(open_workplace(jurisdiction).ledger, jurisdiction, now, why)


def close_endless(jurisdiction: str, now: datetime) -> int:
    """Record the runs of which nothing was heard for too long as failed, wherever they ran; return how many."""
    why = f"{LONGEST_RUN.total_seconds() / 3600:.0f} 小时还没有结束,进程应已停止(停机、断电或被结束)。"
    return runs.close_running(open_workplace(jurisdiction).ledger, jurisdiction, now, why, now - LONGEST_RUN)
