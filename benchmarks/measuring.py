"""What every benchmark needs: times, peak memory, the office's rules, and lines that read alike."""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tasks.adapters.calendars import load_calendar
from tasks.adapters.config_files import load_jurisdiction
from tasks.domain.rules import RuleBook
from tasks.domain.workdays import WorkdayCalendar

ROOT = Path(__file__).parents[1]


# ``quick`` shows that a benchmark still runs; its figures mean nothing.
SCALES = ("quick", "small", "full")


def scale() -> str:
    """Return which of ``SCALES`` the command line asks for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--scale", choices=SCALES, default="small")
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


@dataclass(frozen=True, slots=True)
class Run:
    """What a command cost, its children included: seconds on the clock and of CPU, and the memory of all at once."""

    seconds: float
    cpu: float
    peak_gb: float


def ran(command: Sequence[str], environment: Mapping[str, str]) -> Run:
    """Run the command to its end and return what it cost; ``RuntimeError`` with its last words if it fails."""
    start, before, peak = time.perf_counter(), _children_cpu(), 0.0
    with tempfile.TemporaryFile("w+") as said:
        child = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
        while child.poll() is None:
            peak = max(peak, _resident_gb(child.pid))
            time.sleep(0.1)
        if child.returncode:
            said.seek(0)
            raise RuntimeError(said.read()[-2000:])
    return Run(time.perf_counter() - start, _children_cpu() - before, peak)


def _children_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _resident_gb(process: int) -> float:
    """Return the memory of a process and all below it; what they share is counted once (proportional set size)."""
    total, waiting = 0, [process]
    while waiting:
        one = waiting.pop()
        with suppress(OSError, StopIteration):
            rows = Path(f"/proc/{one}/smaps_rollup").read_text().splitlines()
            total += int(next(row for row in rows if row.startswith("Pss:")).split()[1])
        with suppress(OSError):
            waiting += map(int, Path(f"/proc/{one}/task/{one}/children").read_text().split())
    return total / 1e6


def line(name: str, figure: str, note: str = "") -> None:
    """Print one figure."""
    print(f"{name:<58}{figure:>16}   {note}", flush=True)
