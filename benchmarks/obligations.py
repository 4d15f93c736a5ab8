"""All obligations of one day against the row-by-row reference, with growth and peak memory.

Run ``python -m benchmarks.obligations [--scale full]``. The reference works on ten proposals at a time, so that its searches
stay short; its time is scaled up, and its result is compared row for row.
"""

from __future__ import annotations

import math
import time
from dataclasses import replace

from benchmarks.measuring import apart, line, scale, terms
from benchmarks.synthetic import TODAY, facts
from tasks.domain.frames import Facts
from tasks.domain.obligations import obligations
from tests.domain.reference import Weekdays, reference
from tests.domain.test_obligations_reference import as_mapping

SLICE = 500
SIZES = {"quick": (500, 1_000), "small": (10_000, 100_000), "full": (10_000, 100_000, 1_000_000)}


def measured(proposals: int) -> dict:
    rules, calendar = terms()
    made = facts(proposals)
    obligations(part(made, 0, 10), rules, calendar, TODAY)
    start, cpu = time.perf_counter(), time.process_time()
    frame = obligations(made, rules, calendar, TODAY)
    return {"seconds": time.perf_counter() - start, "cpu": time.process_time() - cpu, "rows": len(frame)}


def part(made: Facts, first: int, count: int) -> Facts:
    ids = made.proposals["proposal_id"].iloc[first : first + count]
    chosen = {name: getattr(made, name) for name in ("proposals", "assignments", "events")}
    return replace(made, **{name: frame[frame["proposal_id"].isin(ids)] for name, frame in chosen.items()})


def by_rows() -> tuple[float, int]:
    """Return the seconds a proposal takes row by row, after comparing every row."""
    rules, calendar = terms()
    weekdays = Weekdays(calendar.days_off, calendar.make_up_workdays)
    made = facts(SLICE)
    seconds, rows = 0.0, 0
    for first in range(0, SLICE, 10):
        ten = part(made, first, 10)
        start = time.perf_counter()
        found = reference(ten, rules, weekdays, TODAY)
        seconds += time.perf_counter() - start
        rows += len(found)
        assert found == as_mapping(obligations(ten, rules, calendar, TODAY))
    return seconds / SLICE, rows


def main() -> None:
    sizes = SIZES[scale()]
    each, compared = by_rows()
    line("reference, row by row", f"{each * 1e3:.2f} ms", f"a proposal; {compared:,} rows equal")
    before = None
    for size in sizes:
        found = apart(measured, size)
        ratio = each * size / found["seconds"]
        growth = math.log(found["seconds"] / before[1], size / before[0]) if before else float("nan")
        line(
            f"obligations of {size:,} proposals ({found['rows']:,} rows)",
            f"{found['seconds']:.2f} s",
            f"cpu {found['cpu']:.2f} s; {ratio:,.0f} x the reference; exponent {growth:.2f}; peak {found['peak_gb']:.2f} GB",
        )
        before = (size, found["seconds"])


if __name__ == "__main__":
    main()
