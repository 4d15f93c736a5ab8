"""办理质量核查: what may be wrong, who must look back, on whom the work piles up, what was raised before; for the office only."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.day import business_day, named, recorded
from tasks.assess import assess
from tasks.find import find
from tasks.refresh import refresh
from tasks.show_quality import show_quality


@flow(name="办理质量核查", flow_run_name=named("质量核查"))
def quality_review(jurisdiction: str, as_of: date | None = None) -> dict[str, int]:
    """取数、核定、列出疑点、回头看、三级责任、疑似往届同题，供督查室判断；不发送任何邮件。

    Args:
        jurisdiction: 地区名，如 demo。
        as_of: 业务日期；不填为今天。
    """
    day = business_day(jurisdiction, as_of)
    with recorded(jurisdiction, "quality-review", day) as summary:
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, day.as_of, day.now)
        review = find(jurisdiction, assessment, day.now)
        summary |= show_quality(jurisdiction, review)
    return dict(summary)
