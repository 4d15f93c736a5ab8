"""Whole frames come back from the ledger as they went in, on either database, and as SQLAlchemy would have written them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from itertools import islice

import pandas as pd
import pytest
import sqlalchemy as sa

from tasks.adapters.fast_source import ArrowReadError, arrow_results
from tasks.adapters.ledger import bulk
from tasks.adapters.ledger.tables import Timestamp

COLUMNS = {
    "text": (sa.Text, "str", ["", "  两端 ", None, '带"引号",逗号\n换行\\N 与\t制表', "𠮷"]),
    "kind": (sa.Text, "category", ["a", None, "b", "a", "a"]),
    "whole": (sa.BigInteger, "Int64", [0, -(2**62), None, 2**62, 1]),
    "small": (sa.Integer, "Int64", [0, -(2**31), None, 2**31 - 1, 1]),
    "part": (sa.Float, "Float64", [0.1, None, -1e300, 5e-324, 1.0]),
    "flag": (sa.Boolean, "boolean", [True, False, None, True, False]),
    "day": (sa.Date, "datetime64[s]", [date(1, 1, 1), date(1999, 12, 31), None, date(2000, 1, 1), date(9999, 12, 31)]),
    "moment": (
        Timestamp,
        "datetime64[s, UTC]",
        [datetime(1900, 1, 1, tzinfo=UTC), None, *[datetime(2026, 7, 1, 8, 30, n, tzinfo=UTC) for n in range(3)]],
    ),
}
TABLE = sa.Table("bulk_rows", sa.MetaData(), *(sa.Column(name, kind) for name, (kind, _, _) in COLUMNS.items()))
FRAME = pd.DataFrame({name: pd.Series(values).astype(dtype) for name, (_, dtype, values) in COLUMNS.items()})


@pytest.fixture
def written(ledger):
    with ledger.begin() as connection:
        TABLE.drop(connection, checkfirst=True)
        TABLE.create(connection)
    yield ledger
    with ledger.begin() as connection:
        TABLE.drop(connection)


def rows(ledger) -> list[tuple]:
    with ledger.connect() as connection:
        return [tuple(row) for row in connection.execute(sa.select(TABLE))]


EXPECTED = list(zip(*(values for _, _, values in COLUMNS.values()), strict=True))


def test_every_type_and_every_kind_of_missing_comes_back_through_sqlalchemy(written):
    with written.begin() as connection:
        bulk.insert(connection, TABLE, FRAME)
    assert rows(written) == EXPECTED


def test_what_lies_in_the_table_is_what_sqlalchemy_writes(written):
    with written.begin() as connection:
        bulk.insert(connection, TABLE, FRAME)
        connection.execute(TABLE.insert(), [dict(zip(COLUMNS, row, strict=True)) for row in EXPECTED])
    query = "SELECT * FROM bulk_rows"
    with written.connect() as connection:
        stored = connection.exec_driver_sql(query).all()
    assert stored[:5] == stored[5:]


def test_a_frame_longer_than_a_chunk_loses_no_row(written, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 2)
    with written.begin() as connection:
        bulk.insert(connection, TABLE, FRAME)
    assert rows(written) == EXPECTED


def test_columns_that_the_frame_lacks_stay_null(written):
    with written.begin() as connection:
        bulk.insert(connection, TABLE, FRAME[["day", "text"]])
    assert [(row[6], row[0]) for row in rows(written)] == [(row[6], row[0]) for row in EXPECTED]
    assert {row[2] for row in rows(written)} == {None}


def test_no_rows_are_no_work(written):
    with written.begin() as connection:
        bulk.insert(connection, TABLE, FRAME.iloc[:0])
    assert rows(written) == []


def test_an_insert_is_part_of_its_transaction(written):
    with pytest.raises(RuntimeError), written.begin() as connection:
        bulk.insert(connection, TABLE, FRAME)
        raise RuntimeError
    assert rows(written) == []


@pytest.mark.parametrize("driver", ["Arrow", "the driver"])
def test_what_is_fetched_has_the_types_of_the_columns(written, driver, monkeypatch):
    def refuse(*_):
        raise ArrowReadError

    if driver != "Arrow":
        monkeypatch.setattr(bulk, "arrow_results", refuse)
    monkeypatch.setattr(bulk, "FETCHED", 2)
    with written.begin() as connection:
        bulk.insert(connection, TABLE, FRAME)
    fetched = bulk.fetch(written, sa.select(TABLE))
    plain = FRAME.astype({"kind": "str"})
    pd.testing.assert_frame_equal(fetched.astype(plain.dtypes.to_dict()), plain)
    none = bulk.fetch(written, sa.select(TABLE).where(TABLE.c.small == 5))
    assert list(none.columns) == list(COLUMNS)
    assert none.empty


def test_what_arrow_did_not_give_comes_through_the_driver(written, monkeypatch):
    def breaking_off(_backend, _uri, queries):
        yield from islice(arrow_results(_backend, _uri, queries), 1)
        raise ArrowReadError

    monkeypatch.setattr(bulk, "arrow_results", breaking_off)
    with written.begin() as connection:
        bulk.insert(connection, TABLE, FRAME)
    fetched = dict(bulk.fetch_each(written, {"all": sa.select(TABLE), "none": sa.select(TABLE).where(sa.false())}))
    assert {name: len(rows) for name, rows in fetched.items()} == {"all": len(FRAME), "none": 0}
