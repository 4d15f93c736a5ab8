"""公开: read the source, assess the day, build the public site, show it."""

from __future__ import annotations

from datetime import date

from prefect import flow

from flows.day import business_day, named, recorded
from tasks.assess import assess
from tasks.publish import build
from tasks.refresh import refresh
from tasks.show import show


@flow(name="公开", flow_run_name=named("公开"))
def publication(jurisdiction: str, as_of: date | None = None) -> dict[str, str | int]:
    """取数、核定、生成公开网站，检查无误后上网。

    Args:
        jurisdiction: 地区名，如 demo。
        as_of: 业务日期；缺省为计划运行的那一天。
    """
    day = business_day(jurisdiction, as_of)
    with recorded(jurisdiction, "publication", day) as summary:
        snapshot = refresh(jurisdiction, day.now)
        assessment = assess(jurisdiction, snapshot, day.as_of, day.now)
        version = build(jurisdiction, assessment, day.moment, day.now)
        summary |= show(jurisdiction, version, day)
    return dict(summary)
