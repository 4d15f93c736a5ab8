"""A year of past days against a run for each of them; and how the result grows with days and with changes.

Run ``python -m benchmarks.backfill [--scale full]``. A run reads the snapshot, computes the day and stores it as Parquet; a
few runs are measured and scaled to 365. Every tenth day of the backfill is compared with its run.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from benchmarks.measuring import apart, line, scale, terms, timed
from benchmarks.synthetic import TODAY, facts
from tasks.adapters.frame_files import parquet_bytes, sweep_bytes
from tasks.adapters.ledger import snapshots
from tasks.adapters.ledger.engine import open_ledger
from tasks.adapters.past_days import LONGEST
from tasks.domain.chronicle import Moments
from tasks.domain.obligations import obligations, swept

RUNS = 3
SIZES = {"quick": 300, "small": 10_000, "full": 100_000}


def year() -> list[date]:
    return [TODAY - timedelta(days=364 - n) for n in range(365)]


def measured(proposals: int) -> dict:
    rules, calendar = terms()
    with tempfile.TemporaryDirectory() as folder:
        ledger = open_ledger(f"sqlite:///{Path(folder) / 'ledger.sqlite'}")
        taken = snapshots.store(ledger, "bench", facts(proposals), pd.DataFrame(), datetime(2026, 7, 15, tzinfo=UTC))

        def run(day: date) -> bytes:
            return parquet_bytes(obligations(snapshots.load(ledger, taken.snapshot_id), rules, calendar, day))

        def backfill(days: list[date]) -> list[bytes]:
            stretches = [days[start : start + LONGEST] for start in range(0, len(days), LONGEST)]
            return [
                sweep_bytes(swept(snapshots.load(ledger, taken.snapshot_id), rules, calendar, Moments.of(stretch)))
                for stretch in stretches
            ]

        single = sum(timed(lambda day=day: run(day))[0] for day in year()[:: 365 // RUNS][:RUNS]) / RUNS
        seconds, parts = timed(lambda: backfill(year()))
        one_sweep, _ = timed(
            lambda: swept(snapshots.load(ledger, taken.snapshot_id), rules, calendar, Moments.of(year()))
        )
        made = facts(proposals)
        sizes = {n: len(swept(made, rules, calendar, Moments.of(year()[-n:])).rows) for n in (1, 30, 90, 365)}
        whole = swept(made, rules, calendar, Moments.of(year()))
        for day in year()[::60]:
            pd.testing.assert_frame_equal(whole.on(day), obligations(made, rules, calendar, day))
        ledger.engine.dispose()
        stored, day_size = sum(map(len, parts)), len(run(TODAY))
    return {
        "single": single,
        "seconds": seconds,
        "one_sweep": one_sweep,
        "sizes": sizes,
        "stored": stored,
        "day_size": day_size,
    }


def main() -> None:
    size = SIZES[scale()]
    found = apart(measured, size)
    single, seconds = found["single"], found["seconds"]
    line(f"one run, {size:,} proposals", f"{single:.2f} s", "read, compute, store")
    line(
        "backfill of 365 days",
        f"{seconds:.2f} s",
        f"{365 * single / seconds:,.0f} x 365 runs; in one sweep, unstored, {365 * single / found['one_sweep']:,.0f} x; "
        f"peak {found['peak_gb']:.2f} GB",
    )
    sizes = found["sizes"]
    line(
        "rows kept for 1, 30, 90, 365 days",
        f"{sizes[365] / sizes[1]:.2f} x",
        ", ".join(f"{n:,}" for n in sizes.values()),
    )
    line(
        "bytes kept for 365 days",
        f"{found['stored'] / 1e6:.1f} MB",
        f"{found['stored'] / found['day_size']:.1f} x a day",
    )


if __name__ == "__main__":
    main()
