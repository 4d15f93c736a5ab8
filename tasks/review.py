"""Show the office what a run did: artifacts in the Prefect UI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prefect import task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from reports.overviews import Row, changes, daily_overview, totals_by_duty, totals_by_unit
from tasks.adapters.ledger import assessments, snapshots
from tasks.adapters.workplace import open_workplace
from tasks.assess import load_assessed, obligations_of
from tasks.domain.frames import StepStatus, label

# List endpoints of the server return artifacts whole, so a table stays short; exports have the rest.
MOST_ROWS = 300


@task(name="运行概况", task_run_name="概况 {assessment_id}", cache_policy=NO_CACHE)
def review(jurisdiction: str, assessment_id: str, notices: Mapping[str, int]) -> dict[str, int]:
    """Publish totals by state and unit, what is new, and what was quarantined; return the main counts."""
    workplace = open_workplace(jurisdiction)
    now = load_assessed(workplace, assessment_id)
    last = assessments.last_before(workplace.ledger, jurisdiction, now.record.as_of)
    names = now.facts.units.set_index("unit_id")["name"].to_dict()
    titles = now.facts.proposals.query("not is_confidential").set_index("proposal_id")["title"].to_dict()
    labels = workplace.jurisdiction.rules.labels
    news = changes(now.obligations, obligations_of(workplace, last) if last else None, titles)
    news = [row | {"单位": names.get(row["单位"], row["单位"]), "事项": labels[str(row["事项"])]} for row in news]
    faults = snapshots.quarantined(workplace.ledger, now.record.snapshot_id)
    told = {label("step_status", status): notices[status] for status in StepStatus if notices.get(status)}
    by_duty = totals_by_duty(now.obligations, labels)
    trace = {
        "快照": now.record.snapshot_id,
        "规则版本": now.record.rule_version,
        "日历版本": now.record.calendar_version,
        "程序版本": now.record.code_version,
    }
    create_markdown_artifact(
        daily_overview(workplace.jurisdiction.title, now.record.as_of, by_duty, news, len(faults), told, trace),
        key=f"{jurisdiction}-daily",
        description="督办概况",
    )
    publish_table(f"{jurisdiction}-units", "各单位情况", totals_by_unit(now.obligations, names))
    publish_table(f"{jurisdiction}-news", "较上次运行的变化", news)
    publish_table(f"{jurisdiction}-quarantine", "隔离记录", faults.fillna("").to_dict("records"))
    return {"overdue": int((now.obligations["state"] == "overdue").sum()), "new": len(news), "quarantined": len(faults)}


def publish_table(key: str, title: str, rows: Sequence[Row]) -> None:
    """Publish a table artifact, cut to a size that the server lists quickly; an empty one says so."""
    cut = f"(共 {len(rows)} 行,只列前 {MOST_ROWS} 行)" if len(rows) > MOST_ROWS else f"(共 {len(rows)} 行)"
    create_table_artifact(list(rows[:MOST_ROWS]) or [{title: "没有"}], key=key, description=title + cut)
