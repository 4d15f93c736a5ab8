"""积案: read, assess, review the backlog, write its papers, draft the joint inspection; nothing leaves here."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import State, flow
from prefect.states import Completed

from flows.day import business_day, named, recorded
from tasks.assess import assess
from tasks.draft import is_first_workday
from tasks.plan_inspection import draft_inspection
from tasks.refresh import refresh
from tasks.review_backlog import report_backlog, review_backlog, write_dossiers


@flow(name="积案核定", flow_run_name=named("积案"))
def backlog_review(jurisdiction: str, as_of: date | None = None, monthly: bool = False) -> dict[str, Any] | State[Any]:
    """取数、核定、认定积案，写出案卷和情况报告，拟出联合督查方案送审。

    Args:
        jurisdiction: 地区名，如 demo。
        as_of: 业务日期；缺省为计划运行的那一天。早于上次核定的日子只作补看，不改变积案。
        monthly: 每月核定：只在当月第一个工作日做，其余日子不做。
    """
    day = business_day(jurisdiction, as_of)
    if monthly and not is_first_workday(jurisdiction, day.as_of):
        return Completed(name="Skipped", message=f"{day.as_of} 不是当月第一个工作日")
    with recorded(jurisdiction, "backlog-review", day) as summary:
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, day.as_of, day.now)
        review = review_backlog(jurisdiction, assessment, day.now)
        summary |= {"review": review, "dossiers": write_dossiers(jurisdiction, review)}
        summary |= report_backlog(jurisdiction, review)
        summary |= draft_inspection(jurisdiction, review, day)
    return dict(summary)
