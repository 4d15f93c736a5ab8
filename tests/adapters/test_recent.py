"""What a run worked on last is what it would read again."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd

from benchmarks.measuring import terms
from benchmarks.synthetic import TODAY
from benchmarks.synthetic import facts as many_facts
from tasks.adapters.frame_files import frame_of, parquet_bytes
from tasks.adapters.ledger import snapshots
from tasks.adapters.recent import Recent
from tasks.domain.obligations import obligations

NIGHT = datetime(2026, 7, 15, 7, tzinfo=UTC)


def forget():
    snapshots.LAST.keep(None, None)


def turned(facts):
    return type(facts)(**{name: frame.iloc[::-1] for name, frame in facts.frames().items()})


def test_the_facts_just_stored_are_those_that_the_ledger_gives_back_to_the_byte(ledger):
    stored = snapshots.store(ledger, "demo", turned(many_facts(80)), pd.DataFrame(), NIGHT)
    remembered = snapshots.load(ledger, stored.snapshot_id)
    forget()
    for name, frame in snapshots.load(ledger, stored.snapshot_id).frames().items():
        pd.testing.assert_frame_equal(frame, remembered.frames()[name], obj=name)


def test_facts_are_read_once_a_run_and_again_after_another_snapshot(ledger, monkeypatch):
    one = snapshots.store(ledger, "demo", many_facts(20), pd.DataFrame(), NIGHT)
    two = snapshots.store(ledger, "demo", many_facts(21), pd.DataFrame(), NIGHT + timedelta(days=1))
    reads, read = [], snapshots._read
    monkeypatch.setattr(snapshots, "_read", lambda *given: reads.append(given[1].sequence) or read(*given))
    assert len(snapshots.load(ledger, two.snapshot_id).proposals) == 21
    assert len(snapshots.load(ledger, two.snapshot_id).proposals) == 21
    assert reads == []
    assert len(snapshots.load(ledger, one.snapshot_id).proposals) == 20
    assert len(snapshots.load(ledger, two.snapshot_id).proposals) == 21
    assert reads == [1, 2]


def test_a_snapshot_of_the_same_name_with_other_content_is_another_one(ledger):
    one = snapshots.store(ledger, "demo", many_facts(20), pd.DataFrame(), NIGHT)
    with ledger.begin() as connection:
        for table in (snapshots.snapshots, *snapshots.VERSIONS.values()):
            connection.execute(table.delete())
    forgotten = many_facts(20)
    other = replace(forgotten, events=forgotten.events.iloc[:-1])
    held = snapshots.LAST._held
    two = snapshots.store(ledger, "demo", other, pd.DataFrame(), NIGHT)
    snapshots.LAST._held = held
    assert one.snapshot_id == two.snapshot_id
    assert len(snapshots.load(ledger, two.snapshot_id).events) == len(other.events)


def test_an_assessment_read_back_is_the_one_that_was_computed():
    rules, calendar = terms()
    made = obligations(many_facts(300), rules, calendar, TODAY)
    pd.testing.assert_frame_equal(frame_of(parquet_bytes(made)), made)


def test_each_thread_remembers_its_own():
    recent: Recent[str] = Recent()
    recent.keep("a", "mine")
    other = threading.Thread(target=lambda: recent.keep("a", recent.get("a", lambda: "theirs")))
    other.start()
    other.join()
    assert recent.get("a", lambda: "made again") == "mine"
