"""The fast reader gives the same facts as the slow one, or leaves the work to it."""

from __future__ import annotations

import pandas as pd
import pytest
import sqlalchemy as sa
from adbc_driver_manager.dbapi import Cursor

from tasks.adapters import source
from tasks.adapters.source import read_source
from tests.sources import CONFIG, fill, jurisdiction, log, metadata


def both(monkeypatch, config, folder, url):
    given = []
    through_arrow = source._read_through_arrow
    monkeypatch.setattr(source, "_read_through_arrow", lambda *what: given.append(through_arrow(*what)) or given[0])
    fast = read_source(config, folder, url)
    monkeypatch.setattr(source, "_read_through_arrow", lambda *_: None)
    slow = read_source(config, folder, url)
    return fast, slow, given[0] is not None


@pytest.fixture
def office(postgresql):
    engine = fill(postgresql)
    yield postgresql
    metadata.drop_all(engine)
    engine.dispose()


def test_the_fast_reader_gives_the_same_facts(office, tmp_path, monkeypatch):
    fast, slow, used = both(monkeypatch, CONFIG, jurisdiction(tmp_path), office)
    assert used
    for name, frame in slow.facts.frames().items():
        pd.testing.assert_frame_equal(fast.facts.frames()[name], frame)
    pd.testing.assert_frame_equal(fast.quarantine, slow.quarantine)


def test_sqlite_is_left_to_the_library_that_python_brings(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'office.sqlite'}"
    fill(url).dispose()
    assert not both(monkeypatch, CONFIG, jurisdiction(tmp_path), url)[2]


def test_values_that_would_be_written_otherwise_are_left_to_the_slow_reader(office, tmp_path, monkeypatch):
    engine = sa.create_engine(office)
    with engine.begin() as connection:
        connection.execute(sa.text("alter table matter add column share real"))
        connection.execute(sa.text("update matter set share = 2.0"))
    sql = "SELECT id AS proposal_id, kind, title, share AS co_signer_count FROM matter ORDER BY id"
    fast, slow, used = both(monkeypatch, CONFIG, jurisdiction(tmp_path, proposals=sql), office)
    engine.dispose()
    assert not used
    pd.testing.assert_frame_equal(fast.facts.proposals, slow.facts.proposals)
    assert fast.facts.proposals["co_signer_count"].tolist() == [2, 2]


def test_all_frames_are_read_from_one_state_of_the_database(office, tmp_path, monkeypatch):
    writer = sa.create_engine(office)
    late = {"id": 1002, "matter": 11, "unit": 2, "what": "答复", "at": 1780243200, "day": "2026-06-02", "result": "A"}
    execute = Cursor.execute

    def write_meanwhile(cursor, sql, *rest):
        execute(cursor, sql, *rest)
        if "FROM duty" in sql:
            with writer.begin() as other:
                other.execute(log.insert(), [late])

    with monkeypatch.context() as patched:
        patched.setattr(Cursor, "execute", write_meanwhile)
        folder = jurisdiction(tmp_path)
        assert read_source(CONFIG, folder, office).row_counts["events"] == 2
    assert read_source(CONFIG, folder, office).row_counts["events"] == 3
    writer.dispose()
