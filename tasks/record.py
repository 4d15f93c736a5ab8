"""The day a run answers for, and our own record of the run."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tasks.adapters.ledger import runs
from tasks.adapters.workplace import open_workplace
from tasks.domain.errors import DubanError


@dataclass(frozen=True, slots=True)
class Day:
    """``as_of`` is the business day, ``moment`` the time at which the run acts, ``now`` the time on the clock."""

    as_of: date
    moment: datetime
    now: datetime

    @property
    def is_today(self) -> bool:
        """Whether the run acts on the day it is run."""
        return self.as_of == self.now.date()


def office_day(jurisdiction: str, as_of: date | None, scheduled: datetime | None, now: datetime) -> Day:
    """Return the day of a run: ``as_of`` at the opening of office hours, else the scheduled start's own day.

    A late or retried run keeps the day it was scheduled for and acts now.
    """
    workplace = open_workplace(jurisdiction)
    local = now.astimezone(workplace.jurisdiction.zone)
    if as_of is not None:
        return Day(as_of, workplace.opening(as_of), local)
    return Day((scheduled or now).astimezone(workplace.jurisdiction.zone).date(), local, local)


@contextmanager
def recorded(jurisdiction: str, flow: str, day: Day, clock: Callable[[], datetime]) -> Iterator[dict[str, Any]]:
    """Record the run in the ledger: what is put into the yielded summary, and how it ended."""
    ledger = open_workplace(jurisdiction).ledger
    run_id = runs.start(ledger, jurisdiction, flow, day.as_of, clock())
    summary: dict[str, Any] = {}
    try:
        yield summary
    except BaseException as error:
        runs.finish(ledger, run_id, runs.RunState.FAILED, clock(), summary, _described(error))
        raise
    runs.finish(ledger, run_id, runs.RunState.SUCCEEDED, clock(), summary)


def _described(error: BaseException) -> str:
    """Return our own errors in their own words, any other with its last line."""
    return str(error) if isinstance(error, DubanError) else "".join(traceback.format_exception_only(error)).strip()
