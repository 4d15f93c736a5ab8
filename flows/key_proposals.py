"""领办专报: what a leader needs to know of the key proposals that they lead, each at the pace that they asked for."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from flows.day import business_day, named, recorded
from tasks.assess import assess
from tasks.brief import Asked, brief, submit_briefs
from tasks.refresh import refresh


@flow(name="领办专报", flow_run_name=named("领办专报"))
def key_proposals(
    jurisdiction: str, as_of: date | None = None, leader: str | None = None, scheduled: bool = False
) -> dict[str, Any]:
    """为每位领办领导拟一份重点建议提案专报，送审；审核签发之后发给领导办公室（没有邮箱的发督查室）。

    Args:
        jurisdiction: 地区名，如 demo。
        as_of: 业务日期；不填为今天。
        leader: 只为这位领导拟，写法与业务系统里的“领办领导”相同；不填为全部领办领导。
        scheduled: 定时运行：只为按 key_proposals.yaml 的节奏到了日子、还没有拟过的领导拟。
    """
    day = business_day(jurisdiction, as_of)
    with recorded(jurisdiction, "key-proposals", day) as summary:
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, day.as_of, day.now)
        made = brief(jurisdiction, assessment, day, Asked(leader, scheduled))
        summary |= submit_briefs(jurisdiction, assessment, made)
    return dict(summary)
