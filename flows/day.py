"""The clock. Nothing below ``flows/`` knows what time it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import UTC, date, datetime
from typing import Any

from prefect.runtime import deployment, flow_run

from tasks import record
from tasks.alarm import alarmed
from tasks.record import Day


def clock() -> datetime:
    """Return the time now, UTC."""
    return datetime.now(UTC)


def business_day(jurisdiction: str, as_of: date | None) -> Day:
    """Return the day of this run: ``as_of``, else the day it was scheduled for, else today."""
    return record.office_day(jurisdiction, as_of, flow_run.scheduled_start_time, clock())


def named(word: str) -> Callable[[], str]:
    """Return what names a run: the word, the jurisdiction and the day it answers for, also where nobody gave a day."""

    def name() -> str:
        given = flow_run.parameters
        day = given.get("as_of") or business_day(given["jurisdiction"], None).as_of
        return f"{word}-{given['jurisdiction']}-{day}"

    return name


@contextmanager
def recorded(jurisdiction: str, flow: str, day: Day) -> Iterator[dict[str, Any]]:
    """Record the run in the ledger, from here to the end of the block; a failure that nobody watches alarms the operators."""
    told = alarmed(jurisdiction, flow, day.as_of, clock) if deployment.id else nullcontext()
    with told, record.recorded(jurisdiction, flow, day, clock) as summary:
        yield summary
