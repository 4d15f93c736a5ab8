"""每周专报: what moved this week, what falls due next week, who is late, who waits for whom; to the office only."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import State, flow
from prefect.states import Completed

from flows.day import business_day, named, recorded
from flows.delivery import delivery
from tasks.assess import assess
from tasks.brief_office import brief_office, is_due
from tasks.refresh import refresh


@flow(name="每周专报", flow_run_name=named("每周专报"))
def weekly_brief(
    jurisdiction: str, as_of: date | None = None, weekly: bool = False, send: bool = False
) -> dict[str, Any] | State[Any]:
    """写一份督办情况专报，存档并发给督查室自己；不发给任何单位，所以不必签发。

    Args:
        jurisdiction: 地区名，如 demo。
        as_of: 业务日期；不填为今天。
        weekly: 定时运行：每周第一个工作日写一次，本周已经写过的不再写。
        send: 业务日期不是今天时，也真正发出邮件。
    """
    day = business_day(jurisdiction, as_of)
    if weekly and not is_due(jurisdiction, day.as_of):
        return Completed(name="Skipped", message=f"{day.as_of} 休息，或本周的专报已经写过")
    with recorded(jurisdiction, "weekly-brief", day) as summary:
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, day.as_of, day.now)
        summary |= brief_office(jurisdiction, assessment, day, send)
    delivery(jurisdiction, as_of, send, return_state=True)
    return dict(summary)
