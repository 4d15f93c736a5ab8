"""通报: read, assess, rank, draft, and put before those who sign; nothing leaves here."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow

from flows.day import business_day, recorded
from tasks.assess import assess
from tasks.draft import draft, occasion, submit
from tasks.rank import rank
from tasks.refresh import refresh


@flow(name="办理情况通报", flow_run_name="通报-{jurisdiction}-{as_of}")
def ranking_circular(
    jurisdiction: str,
    as_of: date | None = None,
    scheme: str | None = None,
    corrects: int | None = None,
    reason: str = "",
    to_month_end: bool = False,
) -> dict[str, Any]:
    """核定、排名、拟稿、送审；审核签发之后才发出。

    Args:
        jurisdiction: 地区名，如 demo。
        as_of: 统计截止日；不填为今天。
        scheme: 排名方案；不填为 ranking.yaml 的 default。
        corrects: 更正第几期；按现有数据重算那一期，并附更正前后对照。
        reason: 更正的原因，写进通报。
        to_month_end: 截止到上个月末(每月通报用)。
    """
    day = business_day(jurisdiction, as_of)
    with recorded(jurisdiction, "ranking-circular", day) as summary:
        about = occasion(jurisdiction, day, scheme, corrects, to_month_end)
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, about.as_of, day.now)
        ranking = rank(jurisdiction, assessment, about.scheme, day.now)
        document = draft(jurisdiction, ranking, day, about.corrects, reason)
        summary |= submit(jurisdiction, document)
    return summary
