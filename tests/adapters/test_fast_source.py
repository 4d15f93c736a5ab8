"""The fast reader gives the same facts as the slow one, or leaves the work to it."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pandas as pd
import pytest
import sqlalchemy as sa
from adbc_driver_manager.dbapi import Cursor

from tasks.adapters import source
from tasks.adapters.fast_source import ArrowReadError, written
from tasks.adapters.source import read_source
from tasks.domain.errors import SourceError
from tests.sources import CONFIG, fill, jurisdiction, log, metadata


def both(monkeypatch, config, folder, url):
    """Return what the source says through Arrow and through the driver, and whether Arrow was left to do it."""
    slowly = []
    through_driver = source._through_driver
    monkeypatch.setattr(source, "_through_driver", lambda *what: slowly.append(1) or through_driver(*what))
    fast = read_source(config, folder, url)
    used = not slowly
    monkeypatch.setattr(source, "_through_arrow", refuse)
    return fast, read_source(config, folder, url), used


def refuse(*_):
    raise ArrowReadError


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


def altered(office, *statements):
    engine = sa.create_engine(office)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    engine.dispose()


def test_fractions_of_a_second_zones_and_integers_need_no_slow_reader(office, tmp_path, monkeypatch):
    altered(
        office,
        "alter table log add column noted timestamp, add column stamped timestamptz, add column turn smallint",
        "update log set noted = '2026-06-01 16:30:00.987654', stamped = '2026-06-01 23:59:59.9+08', turn = 2 where id = 1000",
    )
    sql = """SELECT id AS event_id, matter AS proposal_id, unit AS unit_id, what AS kind, noted AS until, turn AS round,
        stamped AS recorded_at, given AS happened_on FROM log JOIN (SELECT matter AS m, given FROM duty WHERE id <> 101) d
        ON m = matter ORDER BY id"""
    config = CONFIG.model_copy(deep=True)
    config.frames.events.units.clear()
    fast, slow, used = both(monkeypatch, config, jurisdiction(tmp_path, events=sql), office)
    assert used
    pd.testing.assert_frame_equal(fast.facts.events, slow.facts.events)
    first = fast.facts.events.iloc[0]
    # 16:30 UTC is the next day in the office; a part of a second is cut off.
    assert (first["until"], first["recorded_at"], first["round"]) == (
        pd.Timestamp("2026-06-02"),
        pd.Timestamp("2026-06-01T15:59:59Z"),
        2,
    )


@pytest.mark.parametrize("day", ["infinity", "0044-03-15 BC"])
def test_a_day_that_no_calendar_has_is_told_by_the_slow_reader(office, tmp_path, day):
    altered(office, f"update matter set filed = '{day}' where id = 10")
    with pytest.raises(SourceError, match=r"proposals\.sql"):
        read_source(CONFIG, jurisdiction(tmp_path), office)


def test_a_typed_column_whose_values_are_mapped_is_judged_as_text(office, tmp_path, monkeypatch):
    config = CONFIG.model_copy(deep=True)
    config.frames.proposals.maps["is_key"] = {"True": "否", "False": "是"}
    fast, slow, used = both(monkeypatch, config, jurisdiction(tmp_path), office)
    assert used
    assert fast.facts.proposals["is_key"].tolist() == [False, True]
    pd.testing.assert_frame_equal(fast.facts.proposals, slow.facts.proposals)


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([1, None, 2**62], ["1", None, str(2**62)]),
        ([True, 1], ["True", "1"]),
        ([1, 2.5], ["1", "2.5"]),
        ([date(2026, 7, 1), datetime(2026, 7, 1, 5)], ["2026-07-01", "2026-07-01 05:00:00"]),
        ([2**70, None], [str(2**70), None]),
        ([b"\x01", "a"], ["\x01", "a"]),
        ([Decimal("2.50"), float("nan")], ["2.50", None]),
        ([None, None], [None, None]),
    ],
)
def test_a_drivers_values_are_written_as_str_writes_them(values, texts):
    assert written(values).to_pylist() == texts
