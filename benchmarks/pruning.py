"""What pruning takes of a year of nights to which nobody refers: the bytes of the archive, the ledger's row versions, the time.

Run ``python -m benchmarks.pruning [--scale full]``. The last 31 days and the last night of each month stay.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from benchmarks.measuring import line, scale, terms, timed
from benchmarks.storage import another_night, stored_rows
from benchmarks.synthetic import facts
from tasks.adapters.archive import Archive
from tasks.adapters.frame_files import parquet_bytes
from tasks.adapters.ledger import assessments, pruning, snapshots
from tasks.adapters.ledger.assessments import Assessment
from tasks.adapters.ledger.engine import Ledger, open_ledger
from tasks.domain.obligations import obligations
from tasks.domain.retention import HistoryPolicy

FIRST, NIGHTS = datetime(2025, 7, 15, tzinfo=UTC), 365
SIZES = {"quick": 30, "small": 300, "full": 2_000}
POLICY, ZONE = HistoryPolicy(31), ZoneInfo("Asia/Shanghai")


def live(ledger: Ledger, archive: Archive, proposals: int) -> None:
    """Store a year of nights, half a percent of the events changed in each."""
    (rules, calendar), rng, made = terms(), np.random.default_rng(1), facts(proposals)
    for number in range(NIGHTS):
        now = FIRST + timedelta(number)
        made = another_night(made, rng, number)
        taken = snapshots.store(ledger, "bench", made, pd.DataFrame(), now)
        digest = archive.put(parquet_bytes(obligations(made, rules, calendar, now.date())))
        key = (f"bench-{number}", "bench", now.date(), None, taken.snapshot_id, rules.version, calendar.version)
        night = Assessment(*key, code_version="", purpose="daily", obligations_hash=digest, made_at=now)
        assessments.record(ledger, night)


def main() -> None:
    proposals = SIZES[scale()]
    with tempfile.TemporaryDirectory() as folder:
        ledger, archive = open_ledger(f"sqlite:///{folder}/ledger.sqlite"), Archive(Path(folder) / "archive")
        live(ledger, archive, proposals)
        files = {path.name: path.stat().st_size for path in archive.root.glob("??/*")}
        rows, later = stored_rows(ledger), FIRST + timedelta(NIGHTS)
        seconds, made = timed(lambda: pruning.prune(ledger, "bench", POLICY, ZONE, {}, "bench", later))
        assert isinstance(made, pruning.Pruned)
        gone = sum(files[digest] for digest in made.unnamed)
        print(f"SQLite, {NIGHTS} nights, {proposals:,} proposals")
        line("obligations in the archive", f"{sum(files.values()) / 1e6:.1f} MB", f"{len(files)} files")
        line("… of which go", f"{gone / 1e6:.1f} MB", f"{gone / sum(files.values()):.0%}; {len(made.unnamed)} files")
        line("row versions that go", f"{made.row_versions:,}", f"of {rows:,}")
        line("the prune", f"{seconds:.2f} s", f"{made.snapshots} snapshots, {made.assessments} assessments")
        ledger.engine.dispose()


if __name__ == "__main__":
    main()
