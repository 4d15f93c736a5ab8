"""Our own record of runs: which day was supervised, when, and with what result. Prefect's may be pruned; this stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.tables import runs


class RunState(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a flow for one day."""

    run_id: str
    jurisdiction: str
    flow: str
    as_of: date
    started_at: datetime
    finished_at: datetime | None
    state: str
    summary: dict[str, Any]
    error: str | None


def start(ledger: Ledger, jurisdiction: str, flow: str, as_of: date, now: datetime) -> str:
    """Record that a run begins and return its id."""
    run = Run(uuid4().hex, jurisdiction, flow, as_of, now, None, RunState.RUNNING, {}, None)
    with ledger.begin() as connection:
        connection.execute(runs.insert(), {name: getattr(run, name) for name in Run.__slots__})
    return run.run_id


def finish(
    ledger: Ledger, run_id: str, state: RunState, now: datetime, summary: dict[str, Any], error: str | None = None
) -> None:
    """Record how a run ended."""
    values = {"state": str(state), "finished_at": now, "summary": summary, "error": error}
    with ledger.begin() as connection:
        connection.execute(runs.update().where(runs.c.run_id == run_id).values(values))


def recent(ledger: Ledger, jurisdiction: str, flow: str, limit: int = 30) -> list[Run]:
    """Return the last runs of a flow, newest first."""
    query = sa.select(runs).where(runs.c.jurisdiction == jurisdiction, runs.c.flow == flow)
    with ledger.connect() as connection:
        rows = connection.execute(query.order_by(runs.c.started_at.desc()).limit(limit)).mappings().all()
    return [Run(**row) for row in rows]


def answered_days(ledger: Ledger, jurisdiction: str, flows: Collection[str]) -> set[date]:
    """Return the days for which one of these flows succeeded or was skipped on purpose."""
    done = runs.c.state.in_((RunState.SUCCEEDED, RunState.SKIPPED))
    query = sa.select(runs.c.as_of).where(runs.c.jurisdiction == jurisdiction, runs.c.flow.in_(flows), done)
    with ledger.connect() as connection:
        return set(connection.execute(query.distinct()).scalars())


def running(connection: sa.Connection, jurisdiction: str) -> list[str]:
    """Return the flows of which a run is going on, sorted."""
    mine = (runs.c.jurisdiction == jurisdiction, runs.c.state == RunState.RUNNING)
    return sorted(connection.execute(sa.select(runs.c.flow).where(*mine).distinct()).scalars())


def close_running(
    ledger: Ledger, jurisdiction: str, now: datetime, error: str, begun_before: datetime | None = None
) -> int:
    """Record every run that is still running (and began before that) as failed, and return how many there were.

    A run that was alive all the same records its own end over this one.
    """
    mine = sa.and_(runs.c.jurisdiction == jurisdiction, runs.c.state == RunState.RUNNING)
    if begun_before is not None:
        mine = sa.and_(mine, runs.c.started_at < begun_before)
    values = {"state": str(RunState.FAILED), "finished_at": now, "error": error}
    with ledger.begin() as connection:
        return connection.execute(runs.update().where(mine).values(values)).rowcount
