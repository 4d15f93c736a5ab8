"""每日督办: read the source, assess every obligation, climb the ladder, queue the notices, show the office."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.day import business_day, recorded
from tasks.assess import assess
from tasks.refresh import refresh
from tasks.review import review


@flow(name="每日督办", flow_run_name="督办-{jurisdiction}-{as_of}")
def daily_supervision(jurisdiction: str, as_of: date | None = None) -> dict[str, int]:
    """每日督办。"""
    day = business_day(jurisdiction, as_of)
    with recorded(jurisdiction, "daily-supervision", day) as summary:
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, day.as_of, day.now)
        summary |= review(jurisdiction, assessment, {})
    return summary
