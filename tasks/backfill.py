"""Answer past days: compute and archive what is missing, and say what differs. Nothing here sends or queues."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, cast
from uuid import UUID

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact, create_progress_artifact, update_progress_artifact
from prefect.cache_policies import NO_CACHE

from reports.backfills import backfill_overview, backfill_workbook
from tasks.adapters.archive import write_atomically
from tasks.adapters.frame_files import sweep_bytes
from tasks.adapters.ledger import snapshots
from tasks.adapters.past_days import asked_days, keep, missing, past_days, stretches, sweep_of_stretch
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.compare import compared
from tasks.domain.errors import ConfigurationError
from tasks.refresh import snapshot_for
from tasks.supplement import supplemented

Every = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a backfill answers: days, and how they are known: now (both empty), at a time, or each on its own morning."""

    jurisdiction: str
    start: date
    end: date
    every: Every
    known_at: datetime | None
    known_then: bool

    def days(self) -> list[date]:
        """The days, ascending."""
        return asked_days(self.start, self.end, self.every)

    def times(self, workplace: Workplace) -> list[datetime | None]:
        """The time up to which each day is known."""
        return [workplace.opening(day) if self.known_then else self.known_at for day in self.days()]


@task(name="排定补算", cache_policy=NO_CACHE)
def plan_backfill(asked: Asked, now: datetime) -> list[list[date]]:
    """Return the days that are still to be computed, in stretches of which each is stored at once."""
    workplace = open_workplace(asked.jurisdiction)
    if not asked.start <= asked.end <= now.astimezone(workplace.jurisdiction.zone).date():
        raise ConfigurationError(
            f"补算 {asked.start} 至 {asked.end}", "起止日期颠倒,或含有未来的日子", "只能补算今天及以前的日子。"
        )
    snapshot_for(workplace, None, now)
    days = past_days(workplace, asked.days(), asked.times(workplace))
    planned = stretches(missing(workplace, days))
    count = sum(map(len, planned))
    get_run_logger().info("补算共 %d 天:已有 %d 天,待算 %d 天", len(days), len(days) - count, count)
    return [[day.as_of for day in stretch] for stretch in planned]


@task(name="补算", task_run_name="补算 自 {stretch[0]}", cache_policy=NO_CACHE)
def backfill_stretch(asked: Asked, stretch: Sequence[date], made_at: datetime) -> int:
    """Compute and archive one stretch of days; return how many were stored."""
    workplace = open_workplace(asked.jurisdiction)
    times = dict(zip(asked.days(), asked.times(workplace), strict=True))
    days = past_days(workplace, stretch, [times[day] for day in stretch])
    facts = supplemented(workplace, snapshots.load(workplace.ledger, days[0].snapshot_id), days[0].publications)
    return keep(workplace, days, sweep_bytes(sweep_of_stretch(facts, days)), made_at)


@task(name="补算报告", cache_policy=NO_CACHE)
def report_backfill(asked: Asked, stored: int, now: datetime) -> dict[str, int]:
    """Publish what the stored days say differently from other answers for them; return the counts."""
    workplace = open_workplace(asked.jurisdiction)
    days = past_days(workplace, asked.days(), asked.times(workplace))
    found = compared(workplace, days)
    path = _path(workplace, asked)
    write_atomically(path, backfill_workbook(found, now))
    create_markdown_artifact(
        backfill_overview(workplace.jurisdiction.title, asked.days(), stored, found, path.name),
        key=f"{asked.jurisdiction}-backfill",
        description="补算报告",
    )
    for basis, differing in found.items():
        if len(differing):
            get_run_logger().warning("补算结果与%s不同:%d 项,见 %s", basis, len(differing), path)
    return {"days": len(days), "stored": stored, "differences": sum(map(len, found.values()))}


def _path(workplace: Workplace, asked: Asked) -> Path:
    known = "-当日所知" if asked.known_then else f"-{asked.known_at:%Y%m%dT%H%M}所知" if asked.known_at else ""
    return workplace.settings.var / "backfill" / f"补算-{asked.jurisdiction}-{asked.start}-{asked.end}{known}.xlsx"


@dataclass
class Progress:
    """The progress of a backfill in the Prefect UI and the log."""

    key: str
    total: int
    started_at: datetime
    done: int = 0

    def begin(self) -> None:
        """Show that nothing is done yet."""
        self.artifact = cast(UUID, create_progress_artifact(0.0, key=self.key, description="补算进度"))

    def advance(self, days: int, now: datetime) -> None:
        """Count days as done, and say how long the rest takes at this pace."""
        self.done += days
        rest = (now - self.started_at) / self.done * (self.total - self.done)
        get_run_logger().info("补算 %d/%d 天,预计还需 %.0f 秒", self.done, self.total, rest.total_seconds())
        update_progress_artifact(self.artifact, 100.0 * self.done / self.total)
