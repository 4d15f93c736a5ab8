"""补做漏日: compute the days that were missed while the machine was down, in their order. Nothing is sent for them.

Their notices are not lost: the next daily supervision plans every step since the last night it planned.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from prefect import flow

from flows.day import business_day, clock, recorded
from flows.dead_runs import close_dead_runs
from tasks.assess import assess
from tasks.catch_up import close_endless, missed_days
from tasks.refresh import refresh


@flow(name="补做漏日", flow_run_name="补做漏日-{jurisdiction}")
def catch_up(jurisdiction: str) -> list[date]:
    """收好进程已不在的运行;找出停机期间漏掉的日子,按先后顺序补算;只计算存档,不补发邮件。"""
    close_dead_runs(jurisdiction, clock())
    close_endless(jurisdiction, clock())
    today = business_day(jurisdiction, None)
    missed = missed_days(jurisdiction, today.as_of)
    snapshot = refresh(jurisdiction, today.now) if missed else ""
    for day in missed:
        with recorded(jurisdiction, "catch-up", replace(today, as_of=day)) as summary:
            summary["assessment_id"] = assess(jurisdiction, snapshot, day, clock(), "catch_up")
    return missed
