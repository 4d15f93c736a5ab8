"""联合督查跟踪: remind the office of what is late, and the units of the day on which the report is due."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.day import business_day, named, recorded
from tasks.remind import remind_of_inspections
from tasks.remind_units import remind_units


@flow(name="联合督查跟踪", flow_run_name=named("督查跟踪"))
def inspection_follow_up(jurisdiction: str, as_of: date | None = None) -> dict[str, int]:
    """报告逾期、整改期限已过的，提醒督查室；报告期限临近、已过的，提醒责任单位；邮件由“发送”流程在办公时间发出。

    Args:
        jurisdiction: 地区名，如 demo。
        as_of: 业务日期；缺省为计划运行的那一天。
    """
    day = business_day(jurisdiction, as_of)
    with recorded(jurisdiction, "inspection-follow-up", day) as summary:
        summary |= remind_of_inspections(jurisdiction, day.as_of, day.moment)
        summary |= remind_units(jurisdiction, day.as_of, day.moment)
    return dict(summary)
