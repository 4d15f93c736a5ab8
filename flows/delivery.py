"""发送通知: drain the outbox, apart from computing, so that trouble with mail never blocks the day's supervision."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.day import business_day, clock, named, recorded
from tasks.deliver import deliver, report_delivery, withdraw_superseded
from tasks.remind_units import withdraw_reminders


@flow(name="发送通知", flow_run_name=named("发送"))
def delivery(jurisdiction: str, as_of: date | None = None, send: bool = False) -> dict[str, int]:
    """发送发件箱里到时的通知:先按来源的最新情况撤回不必再发的,再逐封发出;只在工作日办公时间。

    Args:
        jurisdiction: 地区名,如 demo。
        as_of: 业务日期;不填为今天。
        send: 为今天以外的日子真正发出邮件。
    """
    day = business_day(jurisdiction, as_of)
    with recorded(jurisdiction, "delivery", day) as summary:
        withdrawn = withdraw_superseded(jurisdiction, day) | withdraw_reminders(jurisdiction, day)
        sent = deliver(jurisdiction, day, clock, send)
        summary |= report_delivery(jurisdiction, withdrawn, sent)
    return summary
