"""Several processes at once, started at the same moment, each with connections of its own."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from pathlib import Path


def at_once(folder: Path, count: int, work: Callable[[int], None]) -> None:
    """Run ``work(0)`` … ``work(count-1)``, each in a forked process, and fail if one of them did."""
    gate = folder / "go"
    children = [_started(gate, number, work) for number in range(count)]
    gate.touch()
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert codes == [0] * count, codes


def _started(gate: Path, number: int, work: Callable[[int], None]) -> int:
    child = os.fork()
    if child == 0:
        status = 1
        try:
            while not gate.exists():
                pass
            work(number)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    return child
