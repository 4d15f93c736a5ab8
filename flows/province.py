"""多地督办: the daily supervision of many jurisdictions in one run; one that fails does not stop the others."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.runners import task_runner
from tasks.province import summarise


@task(name="一地督办", task_run_name="督办 {jurisdiction}", cache_policy=NO_CACHE)
def supervise(jurisdiction: str, as_of: date | None, dry_run: bool, send: bool) -> dict[str, int]:
    """Run one jurisdiction's day and return its summary; the unit of work that is spread."""
    # Dask carries this function with all that its module names; a flow does not survive that, so the worker imports it.
    from flows.daily_supervision import daily_supervision

    return daily_supervision(jurisdiction, as_of, dry_run, send)


@flow(name="多地督办", flow_run_name="多地督办-{as_of}", task_runner=task_runner())
def province(
    jurisdictions: list[str], as_of: date | None = None, dry_run: bool = False, send: bool = False
) -> dict[str, dict[str, Any]]:
    """逐地取数、核定、督办;一地失败不影响其他地区,最后列出哪些地区失败。

    Args:
        jurisdictions: 地区名。
        as_of: 业务日期;缺省为计划运行的那一天。
        dry_run: 只计划、只展示,什么也不改、不发。
        send: 业务日期不是今天时,也真正发出邮件。
    """
    futures = {name: supervise.submit(name, as_of, dry_run, send) for name in jurisdictions}
    return summarise({name: future.result(raise_on_failure=False) for name, future in futures.items()})
