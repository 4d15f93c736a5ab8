"""通报: read, assess, rank, draft, and put before those who sign; nothing leaves here."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import State, flow
from prefect.states import Completed

from flows.day import business_day, recorded
from tasks.assess import assess
from tasks.criticise import criticise
from tasks.draft import draft, monthly_is_due, occasion, submit
from tasks.rank import rank
from tasks.refresh import refresh


@flow(name="办理情况通报", flow_run_name="通报-{jurisdiction}-{as_of}")
def ranking_circular(
    jurisdiction: str,
    as_of: date | None = None,
    scheme: str | None = None,
    corrects: int | None = None,
    reason: str = "",
    monthly: bool = False,
) -> dict[str, Any] | State[Any]:
    """核定、排名、拟稿、送审；审核签发之后才发出。被通报批评的单位另有通报批评函，逐件签发。

    Args:
        jurisdiction: 地区名，如 demo。
        as_of: 统计截止日；不填为今天。
        scheme: 排名方案；不填为 ranking.yaml 的 default。
        corrects: 更正第几期；按现有数据重算那一期，并附更正前后对照。
        reason: 更正的原因，写进通报。
        monthly: 每月通报：当月第一个工作日拟稿（错过了就在随后的工作日补），截止到上个月末；已经拟过的不再拟。
    """
    day = business_day(jurisdiction, as_of)
    if monthly and not monthly_is_due(jurisdiction, day.as_of):
        return Completed(name="Skipped", message=f"{day.as_of} 休息，或上个月的通报已经拟稿")
    with recorded(jurisdiction, "ranking-circular", day) as summary:
        about = occasion(jurisdiction, day, scheme, corrects, monthly)
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, about.as_of, day.now)
        ranking = rank(jurisdiction, assessment, about.scheme, day.now)
        document = draft(jurisdiction, ranking, day, about.corrects, reason)
        summary |= submit(jurisdiction, document) | {"letters": criticise(jurisdiction, document, day)}
    return summary
