"""补算: answer past days, as known now or as known then; compute and archive, never send."""

from __future__ import annotations

from datetime import date, datetime

from prefect import flow

from flows.day import business_day, clock, recorded
from tasks.backfill import Asked, Every, Progress, backfill_stretch, plan_backfill, report_backfill


@flow(name="补算", flow_run_name="补算-{jurisdiction}-{start}-{end}")
def backfill(
    jurisdiction: str,
    start: date,
    end: date,
    every: Every = "day",
    known_at: datetime | None = None,
    known_then: bool = False,
) -> dict[str, int]:
    """补算过去的日子:只计算、存档,不发送任何邮件;中断后再运行,从断处继续。

    Args:
        jurisdiction: 地区名,如 demo。
        start: 自何日。
        end: 至何日(含)。
        every: day 每日、week 每七日、month 每月同日。
        known_at: 只用该时点已知的数据、规则和日历;缺省为现在所知。
        known_then: 每一天各用当天开始上班时已知的数据、规则和日历。
    """
    asked = Asked(jurisdiction, start, end, every, known_at, known_then)
    with recorded(jurisdiction, "backfill", business_day(jurisdiction, None)) as summary:
        stretches = plan_backfill(asked, clock())
        progress = Progress(f"{jurisdiction}-backfill-progress", sum(map(len, stretches)), clock())
        progress.begin()
        stored = 0
        for stretch in stretches:
            stored += backfill_stretch(asked, stretch, clock())
            progress.advance(len(stretch), clock())
        summary |= report_backfill(asked, stored, clock())
    return dict(summary)
