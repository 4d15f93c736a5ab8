"""One machine: run every deployment in this process, and leave no run open behind it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.client.schemas.objects import FlowRun
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.states import Cancelled, Crashed

from flows.catch_up import catch_up
from flows.daily_supervision import daily_supervision
from flows.day import clock
from flows.deployments import MORNING, deployments
from tasks.catch_up import close_abandoned, is_answered
from tasks.domain.errors import LedgerError
from tasks.jurisdictions import Served

MOST_RUNS_AT_ONCE = 4
# A scheduled run that is later than this is not started any more: catch_up answers for its day.
GRACE = timedelta(minutes=30)
ALIVE = ("RUNNING", "PENDING", "CANCELLING")


def serve(served: Sequence[Served], server: subprocess.Popen[bytes]) -> None:
    """Run all deployments of these jurisdictions until SIGTERM or Ctrl-C; ``LedgerError`` when the server dies."""
    asyncio.run(_serve(served, deployments(served), server))


async def _serve(
    served: Sequence[Served], offered: Sequence[RunnerDeployment], server: subprocess.Popen[bytes]
) -> None:
    runner = Runner(name="duban", limit=MOST_RUNS_AT_ONCE, pause_on_shutdown=True)
    await _tidy(served)
    registered = [(each, await runner.aadd_deployment(each)) for each in offered]
    working = asyncio.create_task(runner.start())
    watching = asyncio.create_task(_gone(server))
    await asyncio.sleep(0)
    for number in (signal.SIGTERM, signal.SIGINT):
        # After the runner's own handler, which would leave its runs in Running for ever.
        with suppress(NotImplementedError):
            asyncio.get_running_loop().add_signal_handler(number, working.cancel)
    await _make_up(served, {(str(each.flow_name), each.name): key for each, key in registered})
    done, _ = await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
    if watching in done:
        working.cancel()
    with suppress(asyncio.CancelledError):
        await working
    if watching in done:
        raise LedgerError("Prefect 服务", "意外停止", "请看 DUBAN_VAR/log/prefect-server.log,然后重新启动 serve。")
    watching.cancel()
    await _tidy(served)


async def _gone(server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        await asyncio.sleep(1)


async def _tidy(served: Sequence[Served]) -> None:
    """Close what a stopped process left open: in Prefect, where nobody else runs anything, and in the ledger."""
    async with get_client() as client:
        for run in await _runs(client, ALIVE):
            await client.set_flow_run_state(run.id, Crashed(message="进程已停止,运行没有做完。"), force=True)
        for run in await _runs(client, ("SCHEDULED",)):
            if run.expected_start_time and run.expected_start_time < clock() - GRACE:
                await client.set_flow_run_state(
                    run.id, Cancelled(message="停机期间错过,由“补做漏日”补算。"), force=True
                )
    for each in served:
        close_abandoned(each.name, clock())


async def _runs(client: PrefectClient, types: Sequence[str]) -> list[FlowRun]:
    chosen = FlowRunFilter.model_validate({"state": {"type": {"any_": list(types)}}})
    return await client.read_flow_runs(flow_run_filter=chosen, limit=200)


async def _make_up(served: Sequence[Served], ids: dict[tuple[str, str], UUID]) -> None:
    """Start what the time without this process has missed: older days, and today's own run when its time has passed."""
    async with get_client() as client:
        for each in served:
            await client.create_flow_run_from_deployment(ids[catch_up.name, each.name])
            if _missed_this_morning(each, clock()):
                await client.create_flow_run_from_deployment(ids[daily_supervision.name, each.name])


def _missed_this_morning(served: Served, now: datetime) -> bool:
    local = now.astimezone(ZoneInfo(served.time_zone))
    return local.time() >= MORNING and not is_answered(served.name, local.date())
