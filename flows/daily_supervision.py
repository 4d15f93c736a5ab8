"""每日督办: read the source, assess every obligation, climb the ladder, queue the notices, show the office, deliver."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.day import business_day, named, recorded
from flows.delivery import delivery
from tasks.assess import assess
from tasks.catch_up import is_answered
from tasks.escalate import escalate
from tasks.refresh import refresh
from tasks.rehearse import rehearse
from tasks.review import review


@flow(name="每日督办", flow_run_name=named("督办"))
def daily_supervision(
    jurisdiction: str,
    as_of: date | None = None,
    dry_run: bool = False,
    send: bool = False,
    unless_done: bool = False,
) -> dict[str, int]:
    """取数、核定、升级督办、入发件箱,并发出到时的邮件。

    Args:
        jurisdiction: 地区名,如 demo。
        as_of: 业务日期;缺省为计划运行的那一天。
        dry_run: 只计划、只展示,什么也不改、不发。
        send: 业务日期不是今天时,也真正发出邮件。
        unless_done: 当天已经督办过就不再做(每小时“再试”用)。
    """
    day = business_day(jurisdiction, as_of)
    if dry_run:
        return rehearse(jurisdiction, day.as_of, day.now)
    if unless_done and is_answered(jurisdiction, day.as_of):
        return {}
    with recorded(jurisdiction, "daily-supervision", day) as summary:
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, day.as_of, day.now)
        notices = escalate(jurisdiction, assessment, day.moment)
        summary |= notices | review(jurisdiction, assessment, notices)
    # A delivery that fails is a run of its own: the day has been supervised all the same.
    delivery(jurisdiction, as_of, send, return_state=True)
    return dict(summary)
