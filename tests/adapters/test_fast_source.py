"""The fast reader gives the same facts as the slow one, or leaves the work to it."""

from __future__ import annotations

import pandas as pd
import pytest
import sqlalchemy as sa
from adbc_driver_manager.dbapi import Cursor

from tasks.adapters import source
from tasks.adapters.samples import build_sample
from tasks.adapters.source import read_source
from tests.conftest import ROOT
from tests.sources import CONFIG, fill, jurisdiction, log


def both(monkeypatch, config, folder, url):
    given = []
    through_arrow = source._read_through_arrow
    monkeypatch.setattr(source, "_read_through_arrow", lambda *what: given.append(through_arrow(*what)) or given[0])
    fast = read_source(config, folder, url)
    monkeypatch.setattr(source, "_read_through_arrow", lambda *_: None)
    slow = read_source(config, folder, url)
    return fast, slow, given[0] is not None


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request, tmp_path):
    url = (
        f"sqlite:///{tmp_path / 'office.sqlite'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgresql")
    )
    engine = fill(url)
    yield url
    engine.dispose()


def test_the_fast_reader_gives_the_same_facts(office, tmp_path, monkeypatch):
    fast, slow, used = both(monkeypatch, CONFIG, jurisdiction(tmp_path), office)
    assert used
    for name, frame in slow.facts.frames().items():
        pd.testing.assert_frame_equal(fast.facts.frames()[name], frame)
    pd.testing.assert_frame_equal(fast.quarantine, slow.quarantine)


def test_the_demonstrations_source_reads_the_same_both_ways(tmp_path, monkeypatch):
    from tasks.adapters.source_config import SourceConfig
    from tasks.adapters.yaml_files import load_yaml

    build_sample("county", tmp_path / "county.sqlite")
    folder = ROOT / "config" / "jurisdictions" / "demo-county"
    config = load_yaml(folder / "source.yaml", SourceConfig)
    fast, slow, used = both(monkeypatch, config, folder / "source", f"sqlite:///{tmp_path / 'county.sqlite'}")
    assert used
    for name, frame in slow.facts.frames().items():
        pd.testing.assert_frame_equal(fast.facts.frames()[name], frame)


def test_values_that_would_be_written_otherwise_are_left_to_the_slow_reader(tmp_path, monkeypatch):
    engine = fill(f"sqlite:///{tmp_path / 'office.sqlite'}")
    with engine.begin() as connection:
        connection.execute(sa.text("alter table matter add column share real"))
        connection.execute(sa.text("update matter set share = 2.0"))
    sql = "SELECT id AS proposal_id, kind, title, share AS co_signer_count FROM matter ORDER BY id"
    fast, slow, used = both(monkeypatch, CONFIG, jurisdiction(tmp_path, proposals=sql), str(engine.url))
    assert not used
    pd.testing.assert_frame_equal(fast.facts.proposals, slow.facts.proposals)
    assert fast.facts.proposals["co_signer_count"].tolist() == [2, 2]


def test_all_frames_are_read_from_one_state_of_the_database(postgresql, tmp_path, monkeypatch):
    writer = fill(postgresql)
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
        assert read_source(CONFIG, folder, postgresql).row_counts["events"] == 2
    assert read_source(CONFIG, folder, postgresql).row_counts["events"] == 3
    writer.dispose()
