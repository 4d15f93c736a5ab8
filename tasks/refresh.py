"""Read a jurisdiction's source into the ledger."""

from __future__ import annotations

from datetime import datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.account import account_warning
from tasks.adapters.incremental import Keeping
from tasks.adapters.ledger import snapshots
from tasks.adapters.source import SourceRead, read_source
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.domain.frames import CANONICAL

NOTHING_FOUND = "账号:没有发现写权限(只能查 PostgreSQL、MySQL、MariaDB;SQLite 一律以只读方式打开)"


@task(name="取数", task_run_name="取数 {jurisdiction}", cache_policy=NO_CACHE)
def refresh(jurisdiction: str, taken_at: datetime) -> str:
    """Store what the source says now and return the snapshot's id; the last good snapshot stays if the source fails."""
    workplace = open_workplace(jurisdiction)
    if warning := account_warning(workplace):
        get_run_logger().warning(warning)
    read, taken = _taken(workplace, taken_at)
    if read.fetched:
        get_run_logger().info("按水位线增量读取:%s;其余全量", read.fetched)
    get_run_logger().info("快照 %s:%s,变化 %d 行", taken.snapshot_id, taken.row_counts, taken.changed_rows)
    return taken.snapshot_id


def take_snapshot(workplace: Workplace, taken_at: datetime) -> snapshots.Snapshot:
    """Read the source, check it against the last snapshot, and store what it says."""
    return _taken(workplace, taken_at)[1]


def _taken(workplace: Workplace, taken_at: datetime) -> tuple[SourceRead, snapshots.Snapshot]:
    read = read_now(workplace, Keeping(workplace.kept_rows, taken_at))
    return read, snapshots.store(workplace.ledger, workplace.name, read.facts, read.quarantine, taken_at)


def read_now(workplace: Workplace, keeping: Keeping | None = None) -> SourceRead:
    """Read the source and check it against the last snapshot; nothing is stored in the ledger.

    Without ``keeping``, everything is read.
    """
    last = snapshots.latest(workplace.ledger, workplace.name)
    return read_source(
        workplace.source_config,
        workplace.jurisdiction.folder / "source",
        workplace.source_url(),
        last.row_counts if last else None,
        zone=str(workplace.jurisdiction.zone),
        keeping=keeping,
    )


def snapshot_for(workplace: Workplace, known_at: datetime | None, now: datetime) -> snapshots.Snapshot:
    """Return the last snapshot known at that time; the earliest one if none is that old; a fresh one if there is none."""
    found = snapshots.latest(workplace.ledger, workplace.name, known_at) or snapshots.latest(
        workplace.ledger, workplace.name
    )
    return found or take_snapshot(workplace, now)


def try_source(jurisdiction: str) -> list[str]:
    """Read the source and return in Chinese what came, frame by frame, what was set aside and why; nothing is stored."""
    workplace = open_workplace(jurisdiction)
    warning = account_warning(workplace)
    read = read_now(workplace)
    labels = {spec.name: spec.label for spec in CANONICAL}
    told = [f"{labels[name]} {count} 行" for name, count in read.row_counts.items()]
    held = read.quarantine.groupby(["frame", "column", "reason"], dropna=False).size()
    reasons = [
        f"  隔离 {count} 行:{labels[frame]} {column} {reason}" for (frame, column, reason), count in held.items()
    ]
    return [f"数据源读取无误:{'、'.join(told)}({read.seconds:.1f} 秒)", *reasons, warning or NOTHING_FOUND]
