"""年度总结: the year's figures for the next assignment meeting, drafted and put before those who sign; nothing leaves here."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import State, flow
from prefect.states import Completed

from flows.day import business_day, named, recorded
from tasks.assess import assess
from tasks.draft import is_first_workday
from tasks.refresh import refresh
from tasks.summarise import submit_summary, summarise, summary_occasion


@flow(name="年度总结", flow_run_name=named("年度总结"))
def annual_summary(
    jurisdiction: str,
    as_of: date | None = None,
    year: int | None = None,
    corrects: int | None = None,
    reason: str = "",
    yearly: bool = False,
) -> dict[str, Any] | State[Any]:
    """核定、汇总一年的办理情况（上年数并列）、拟稿、送审；审核签发之后才发给各单位。

    Args:
        jurisdiction: 地区名，如 demo。
        as_of: 统计截止日；不填为今天。
        year: 总结哪一年交办的建议提案；不填为最近一个多数答复已到期的年度。
        corrects: 更正第几期；按现有数据重算那一期的年度和截止日，并附更正前后对照。
        reason: 更正的原因，写进总结。
        yearly: 每年定时运行：只在一月的第一个工作日拟稿，其余日子不做。
    """
    day = business_day(jurisdiction, as_of)
    if yearly and not (day.as_of.month == 1 and is_first_workday(jurisdiction, day.as_of)):
        return Completed(name="Skipped", message=f"{day.as_of} 不是一月的第一个工作日")
    with recorded(jurisdiction, "annual-summary", day) as summary:
        about = summary_occasion(jurisdiction, day, year, corrects)
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, about.as_of, day.now)
        document = summarise(jurisdiction, assessment, day, about, reason)
        summary |= submit_summary(jurisdiction, document)
    return summary
