"""Put a review of the handling's quality before the office: one workbook, and tables to look at."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from prefect import task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from reports.quality_frames import QualityFrames
from reports.quality_overviews import (
    candidates_waiting,
    findings_to_judge,
    look_backs_waiting,
    quality_overview,
    rules_judged,
)
from reports.quality_workbooks import quality_workbook
from tasks.adapters.archive import write_atomically
from tasks.adapters.ledger import findings as stored
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.find import frames_of, latest_review
from tasks.review import publish_table


@task(name="疑点清单", task_run_name="疑点清单 {review_id}", cache_policy=NO_CACHE)
def show_quality(jurisdiction: str, review_id: str) -> dict[str, int]:
    """Write the office's workbook, publish what waits for its judgement, and return the counts."""
    workplace = open_workplace(jurisdiction)
    review = stored.by_id(workplace.ledger, review_id)
    frames = frames_of(workplace, review)
    path = workplace.settings.var / "quality" / jurisdiction / f"办理质量核查-{review.as_of}.xlsx"
    write_atomically(path, quality_workbook(frames, workplace.opening(review.as_of)))
    new = int((frames.listed["found_on"].dt.date == review.as_of).sum())
    create_markdown_artifact(
        quality_overview(frames, str(path), new), key=f"{jurisdiction}-quality", description="办理质量核查"
    )
    _publish(jurisdiction, frames)
    waiting = int(frames.record["to_judge"].sum())
    return {"findings": len(frames.listed), "to_judge": waiting, "new": new, "candidates": len(frames.candidates)}


def _publish(jurisdiction: str, frames: QualityFrames) -> None:
    publish_table(f"{jurisdiction}-findings", "待判断的疑点（只供判断，不自动发送）", findings_to_judge(frames))
    publish_table(f"{jurisdiction}-finding-rules", "各类疑点认定情况", rules_judged(frames))
    publish_table(f"{jurisdiction}-look-backs", "应回头看而未回头看", look_backs_waiting(frames))
    publish_table(f"{jurisdiction}-repeats", "疑似往届同题，待认定", candidates_waiting(frames))


def write_workbook(jurisdiction: str, path: Path, now: datetime) -> int:
    """Write the newest review with the verdicts of now to ``path`` and return its number of findings."""
    workplace: Workplace = open_workplace(jurisdiction)
    frames = frames_of(workplace, latest_review(workplace))
    write_atomically(path, quality_workbook(frames, now))
    return len(frames.listed)
