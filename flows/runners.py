"""On what mapped units of work run: threads of this process, or a Dask cluster; ``DUBAN_TASK_RUNNER`` decides."""

from __future__ import annotations

from typing import Any

from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from flows.environment import settings


def task_runner() -> TaskRunner[Any]:
    """Return the task runner that the environment names.

    ``dask`` uses the cluster at ``DUBAN_DASK_ADDRESS``, else a local one of ``DUBAN_MAX_WORKERS`` processes, one thread each.
    """
    chosen = settings()
    if chosen.task_runner == "threads":
        return ThreadPoolTaskRunner(max_workers=chosen.max_workers)
    from prefect_dask.task_runners import DaskTaskRunner

    if chosen.dask_address:
        return DaskTaskRunner(address=chosen.dask_address)
    local = {"n_workers": chosen.max_workers, "threads_per_worker": 1, "dashboard_address": None}
    return DaskTaskRunner(cluster_kwargs=local)
