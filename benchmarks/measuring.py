"""What every benchmark needs: times, peak memory, the office's rules, and lines that read alike."""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Callable
from pathlib import Path

from tasks.adapters.calendars import load_calendar
from tasks.adapters.config_files import load_jurisdiction
from tasks.domain.rules import RuleBook
from tasks.domain.workdays import WorkdayCalendar

ROOT = Path(__file__).parents[1]


def scale() -> str:
    """Return ``small`` or ``full`` from the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", choices=("small", "full"), default="small")
    return parser.parse_args().scale


def terms() -> tuple[RuleBook, WorkdayCalendar]:
    """Return the demonstration's rules and the whole calendar."""
    config = ROOT / "config"
    return load_jurisdiction("demo", (config / "jurisdictions",)).rules, load_calendar(config / "calendar")


def timed(work: Callable[[], object], repeats: int = 1) -> tuple[float, object]:
    """Return the best time of ``repeats`` in seconds, and the last result."""
    best, result = float("inf"), None
    for _ in range(repeats):
        start = time.perf_counter()
        result = work()
        best = min(best, time.perf_counter() - start)
    return best, result


def apart(work: Callable[..., object], *given: object) -> dict:
    """Return what ``work`` returns (a dict) from a process of its own, with ``peak_gb``: its highest resident memory."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_measured, (work, given))


def _measured(work: Callable[..., dict], given: tuple) -> dict:
    found = work(*given)
    # Not ru_maxrss: it remembers the parent's.
    peak = next(row for row in Path("/proc/self/status").read_text().splitlines() if row.startswith("VmHWM"))
    return found | {"peak_gb": int(peak.split()[1]) / 1e6}


def line(name: str, figure: str, note: str = "") -> None:
    """Print one figure."""
    print(f"{name:<58}{figure:>16}   {note}", flush=True)
