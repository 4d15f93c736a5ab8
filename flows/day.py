"""The day a run answers for. The only clock of the whole program is read here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from prefect.runtime import flow_run

from flows.environment import described
from tasks.adapters.ledger import runs
from tasks.adapters.workplace import Workplace, open_workplace


@dataclass(frozen=True, slots=True)
class Day:
    """``as_of`` is the business day, ``moment`` the time at which the run acts, ``is_today`` whether it acts now."""

    as_of: date
    moment: datetime
    is_today: bool


def clock() -> datetime:
    """Return the time now, UTC."""
    return datetime.now(UTC)


def business_day(jurisdiction: str, as_of: date | None) -> Day:
    """Return the day of this run: ``as_of`` at the opening of office hours, else the scheduled start's own day.

    A late or retried run keeps the day it was scheduled for and acts now.
    """
    workplace = open_workplace(jurisdiction)
    now = clock().astimezone(workplace.jurisdiction.zone)
    if as_of is not None:
        return Day(as_of, workplace.opening(as_of), as_of == now.date())
    scheduled = flow_run.scheduled_start_time
    started = scheduled.astimezone(workplace.jurisdiction.zone) if scheduled else now
    return Day(started.date(), now, True)


@contextmanager
def recorded(jurisdiction: str, flow: str, day: Day) -> Iterator[dict[str, Any]]:
    """Record the run in the ledger: what is put into the yielded summary, and how it ended."""
    workplace: Workplace = open_workplace(jurisdiction)
    run_id = runs.start(workplace.ledger, jurisdiction, flow, day.as_of, clock())
    summary: dict[str, Any] = {}
    try:
        yield summary
    except BaseException as error:
        runs.finish(workplace.ledger, run_id, runs.RunState.FAILED, clock(), summary, described(error))
        raise
    runs.finish(workplace.ledger, run_id, runs.RunState.SUCCEEDED, clock(), summary)
