"""The clock. Nothing below ``flows/`` knows what time it is."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from typing import Any

from prefect.runtime import flow_run

from tasks import record
from tasks.record import Day


def clock() -> datetime:
    """Return the time now, UTC."""
    return datetime.now(UTC)


def business_day(jurisdiction: str, as_of: date | None) -> Day:
    """Return the day of this run: ``as_of``, else the day it was scheduled for, else today."""
    return record.office_day(jurisdiction, as_of, flow_run.scheduled_start_time, clock())


def recorded(jurisdiction: str, flow: str, day: Day) -> AbstractContextManager[dict[str, Any]]:
    """Record the run in the ledger, from here to the end of the block."""
    return record.recorded(jurisdiction, flow, day, clock)
