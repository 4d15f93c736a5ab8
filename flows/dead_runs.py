"""Runs whose process is gone, closed in Prefect: a killed worker leaves them in Running for ever, and its slot taken.

A run that lives tells so by a heartbeat event. Only who sees its own heartbeat arrive may say that another's is missing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from prefect import get_client, get_run_logger
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import DeploymentFilter, FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.events.filters import (
    EventFilter,
    EventNameFilter,
    EventOccurredFilter,
    EventResourceFilter,
)
from prefect.runtime import deployment, flow_run
from prefect.settings import get_current_settings
from prefect.states import Crashed

ALIVE = ("RUNNING", "PENDING", "CANCELLING")
HEARTBEAT = "prefect.flow-run.heartbeat"
MISSED_BEATS = 4
OWN_BEAT_TRIES, OWN_BEAT_PAUSE = 10, 2.0
WHY = "进程已停止,运行没有做完;当天的督办由下一次“再试”补做。"


def close_dead_runs(jurisdiction: str, now: datetime) -> int:
    """Mark the jurisdiction's runs without a process as Crashed, and return how many; 0 where nobody can tell."""
    beat = get_current_settings().flows.heartbeat_frequency
    if not deployment.id or beat is None:
        return 0
    since = now - timedelta(seconds=MISSED_BEATS * beat)
    with get_client(sync_client=True) as client:
        silent = [
            run for run in _alive(client, jurisdiction) if _entered(run) < since and not _beats(client, run.id, since)
        ]
        if not silent or not _own_beat_arrives(client, since):
            return 0
        for run in silent:
            client.set_flow_run_state(run.id, Crashed(message=WHY), force=True)
            get_run_logger().warning("运行 %s 的进程已不在,记为中断", run.name)
    return len(silent)


def _alive(client: SyncPrefectClient, jurisdiction: str) -> Sequence[FlowRun]:
    return client.read_flow_runs(
        flow_run_filter=FlowRunFilter.model_validate({"state": {"type": {"any_": list(ALIVE)}}}),
        deployment_filter=DeploymentFilter.model_validate({"name": {"any_": [jurisdiction]}}),
        limit=200,
    )


def _entered(run: FlowRun) -> datetime:
    assert run.state is not None, "the server chose it by its state"
    return run.state.timestamp


def _own_beat_arrives(client: SyncPrefectClient, since: datetime) -> bool:
    """Return whether heartbeats reach the server at all: events can be lost or late while the server is at fault."""
    for _ in range(OWN_BEAT_TRIES):
        if _beats(client, UUID(str(flow_run.id)), since):
            return True
        time.sleep(OWN_BEAT_PAUSE)
    return False


def _beats(client: SyncPrefectClient, run_id: UUID, since: datetime) -> bool:
    chosen = EventFilter(
        event=EventNameFilter(name=[HEARTBEAT]),
        resource=EventResourceFilter(id=[f"prefect.flow-run.{run_id}"]),
        occurred=EventOccurredFilter.model_validate({"since": since}),
    )
    return client.read_events(chosen, limit=1).total > 0
