"""The history of a source: every snapshot comes back as it was, and only what changed is stored."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks.synthetic import facts as many_facts
from tasks.adapters.ledger import bulk, snapshots
from tasks.adapters.ledger.tables import VERSIONS
from tasks.domain.frames import CANONICAL, facts_of

NIGHT = datetime(2026, 7, 1, 23, tzinfo=UTC)
NO_FAULTS = pd.DataFrame()


def sorted_facts(facts):
    return facts_of({s.name: facts.frames()[s.name].sort_values(list(s.key)).reset_index(drop=True) for s in CANONICAL})


def assert_same(one, two):
    for name, frame in one.frames().items():
        pd.testing.assert_frame_equal(frame, two.frames()[name], obj=name)


@pytest.fixture
def first():
    facts = many_facts(60)
    odd = facts.proposals["title"].mask(facts.proposals.index == 3, '带"引号",逗号\n换行\\N 与空')
    note = pd.Series("", index=facts.events.index, dtype="str").mask(facts.events.index % 2 == 0)
    return replace(facts, proposals=facts.proposals.assign(title=odd), events=facts.events.assign(note=note))


def changed(facts):
    events = facts.events.drop(index=facts.events.index[5])
    proposals = facts.proposals.assign(title=facts.proposals["title"].mask(facts.proposals.index == 7, "改了标题"))
    return replace(facts, events=events, proposals=proposals)


def test_a_snapshot_comes_back_as_it_was_whatever_came_after(ledger, first):
    one = snapshots.store(ledger, "demo", first, NO_FAULTS, NIGHT)
    two = snapshots.store(ledger, "demo", changed(first), NO_FAULTS, NIGHT + timedelta(days=1))
    assert_same(sorted_facts(first), snapshots.load(ledger, one.snapshot_id))
    assert_same(sorted_facts(changed(first)), snapshots.load(ledger, two.snapshot_id))


def test_only_what_changed_is_stored_again(ledger, first):
    snapshots.store(ledger, "demo", first, NO_FAULTS, NIGHT)
    before = versions(ledger)
    again = snapshots.store(ledger, "demo", first, NO_FAULTS, NIGHT + timedelta(days=1))
    assert (again.changed_rows, versions(ledger)) == (0, before)
    last = snapshots.store(ledger, "demo", changed(first), NO_FAULTS, NIGHT + timedelta(days=2))
    # One proposal closed and added, one event closed.
    assert (last.changed_rows, versions(ledger)) == (3, before + 1)


def test_the_order_of_rows_is_no_change(ledger, first):
    one = snapshots.store(ledger, "demo", first, NO_FAULTS, NIGHT)
    turned = type(first)(**{name: frame.iloc[::-1] for name, frame in first.frames().items()})
    two = snapshots.store(ledger, "demo", turned, NO_FAULTS, NIGHT + timedelta(days=1))
    assert (two.changed_rows, two.content_hash) == (0, one.content_hash)


def test_jurisdictions_have_histories_of_their_own(ledger, first):
    one = snapshots.store(ledger, "demo", first, NO_FAULTS, NIGHT)
    other = snapshots.store(ledger, "other", changed(first), NO_FAULTS, NIGHT)
    assert (one.sequence, other.sequence) == (1, 1)
    assert_same(sorted_facts(changed(first)), snapshots.load(ledger, other.snapshot_id))


def test_a_store_that_fails_leaves_the_last_snapshot_as_it_was(ledger, first, monkeypatch):
    one = snapshots.store(ledger, "demo", first, NO_FAULTS, NIGHT)
    before = versions(ledger)
    insert = bulk.insert

    def failing(connection, table, frame):
        insert(connection, table, frame)
        raise RuntimeError

    monkeypatch.setattr(bulk, "insert", failing)
    with pytest.raises(RuntimeError):
        snapshots.store(ledger, "demo", changed(first), NO_FAULTS, NIGHT + timedelta(days=1))
    assert versions(ledger) == before
    assert_same(sorted_facts(first), snapshots.load(ledger, one.snapshot_id))


def test_what_was_kept_out_is_kept_with_its_reason(ledger, first):
    faults = pd.DataFrame([{"frame": "events", "key": "E1", "column": "until", "value": None, "reason": "没有这一天"}])
    kept = snapshots.store(ledger, "demo", first, faults, NIGHT)
    back = snapshots.quarantined(ledger, kept.snapshot_id)
    assert back.to_dict("records") == faults.to_dict("records")


def versions(ledger) -> int:
    with ledger.connect() as connection:
        return sum(
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() for table in VERSIONS.values()
        )


def test_postgresql_knows_what_a_first_night_has_left_in_it(ledger, first, monkeypatch):
    monkeypatch.setattr(snapshots, "MANY", 1)
    snapshots.store(ledger, "demo", first, NO_FAULTS, NIGHT)
    if ledger.engine.dialect.name != "postgresql":
        assert len(snapshots.load(ledger, "demo-000001").events) == len(first.events)
        return
    with ledger.connect() as connection:
        known = connection.execute(sa.text("SELECT reltuples FROM pg_class WHERE oid = 'events_versions'::regclass"))
        assert known.scalar_one() == len(first.events)
