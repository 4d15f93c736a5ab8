"""Every benchmark still runs; what it prints at this scale means nothing."""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS

ROOT = Path(__file__).parents[2]


def test_the_list_names_every_benchmark():
    helpers = {"__main__", "measuring", "office", "synthetic"}
    # These two take no scale: they put load on a server for as long as they are told to.
    alone = {"delivery_kills", "outbox_throughput"}
    assert {path.stem for path in (ROOT / "benchmarks").glob("*.py")} - helpers - alone == set(BENCHMARKS)


@pytest.mark.slow
@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_runs(name):
    command = [sys.executable, "-m", "benchmarks", "--scale", "quick", name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) >= 4
