"""A backfill that is killed anywhere, again and again, ends as if it never was."""

from __future__ import annotations

import os
import random
import signal
import traceback
from datetime import UTC, date, datetime

import pandas as pd
import pytest
import sqlalchemy as sa

from tasks.adapters import past_days as module
from tasks.adapters.archive import Archive
from tasks.adapters.frame_files import sweep_bytes, sweep_of
from tasks.adapters.ledger import assessments, snapshots
from tasks.adapters.past_days import asked_days, keep, missing, past_days, stretches, sweep_of_stretch
from tasks.adapters.workplace import open_workplace
from tasks.refresh import take_snapshot

START, END = date(2025, 7, 16), date(2026, 7, 15)
NOW = datetime(2026, 7, 15, 23, tzinfo=UTC)
KILLS = 10


def backfill() -> None:
    workplace = open_workplace("demo-county")
    days = asked_days(START, END, "day")
    for stretch in stretches(missing(workplace, past_days(workplace, days, [None] * len(days)))):
        facts = snapshots.load(workplace.ledger, stretch[0].snapshot_id)
        keep(workplace, stretch, sweep_bytes(sweep_of_stretch(facts, stretch)), NOW)


def killed_at(point: int) -> bool:
    """Run the backfill in a process that ends itself at its n-th statement or file; return whether it did."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    passed, put = [0], Archive.put

    def pass_point(*_):
        passed[0] += 1
        if passed[0] == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def put_between(*given):
        pass_point()
        digest = put(*given)
        pass_point()
        return digest

    Archive.put = put_between
    for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(sa.Engine, event, pass_point)
    try:
        backfill()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def content():
    workplace = open_workplace("demo-county")
    made = assessments.between(workplace.ledger, "demo-county", START, END)
    workplace.ledger.engine.dispose()
    return {each.as_of: (each.assessment_id, each.obligations_hash) for each in made}


@pytest.mark.slow
def test_a_year_killed_ten_times_at_random_equals_the_uninterrupted_year(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LONGEST", 20)
    results = []
    for name, kills in (("whole", 0), ("killed", KILLS)):
        monkeypatch.setenv("DUBAN_VAR", str(tmp_path / name))
        workplace = open_workplace("demo-county")
        take_snapshot(workplace, NOW)
        workplace.ledger.engine.dispose()
        dice = random.Random(20261123)
        happened = sum(killed_at(dice.randint(3, 14)) for _ in range(kills))
        assert happened == kills
        backfill()
        results.append(content())
    whole, killed = results
    assert len(whole) == 365
    assert killed.keys() == whole.keys()
    days = asked_days(START, END, "day")
    assert [killed[day][0] for day in days] == [whole[day][0] for day in days]
    assert [hashes(tmp_path / "killed", day, killed) for day in days[::30]] == [
        hashes(tmp_path / "whole", day, whole) for day in days[::30]
    ]


def hashes(var, day, made) -> int:
    """Return a hash of the stored day, row for row."""
    sweep = sweep_of(Archive(var / "archive").get(made[day][1]))
    return int(pd.util.hash_pandas_object(sweep.on(day).astype("str"), index=False).sum())
