"""Every benchmark in one run: ``python -m benchmarks [--scale full] [NAME …]``.

Each runs in a process of its own; ``small`` (the default) takes a few minutes on two cores. Ratios are within one run; below
1.5 they mean nothing on a shared machine.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from benchmarks.measuring import SCALES

BENCHMARKS = (
    "dates",
    "obligations",
    "backfill",
    "storage",
    "pruning",
    "province",
    "night",
    "circular",
    "repeats",
    "portal",
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--scale", choices=SCALES, default="small")
    parser.add_argument("names", nargs="*", metavar="NAME", help="、".join(BENCHMARKS))
    given = parser.parse_args()
    failed = []
    for name in given.names or BENCHMARKS:
        print(f"\n## {name}", flush=True)
        start = time.perf_counter()
        command = [sys.executable, "-m", f"benchmarks.{name}", "--scale", given.scale]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
        print(f"({time.perf_counter() - start:.0f} s)", flush=True)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
