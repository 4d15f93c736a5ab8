"""Whole frames into and out of the ledger without an object per value, in the ledger's own types."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from tasks.adapters.fast_source import ArrowReadError, arrow_results, failing_quietly, pandas_type
from tasks.adapters.ledger.binary_copy import END, SIGNATURE, packed_rows
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.tables import Timestamp

CHUNK = 50_000
# Python's garbage collector goes through all rows that are alive, again and again: few at a time take half the time.
FETCHED = 2_000


def insert(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame) -> None:
    """Add the frame's rows to the table, in the connection's transaction; the columns are the table's by name."""
    if frame.empty:
        return
    match connection.dialect.name:
        case "postgresql":
            _copy(connection, table, frame)
        case "sqlite":
            _insert_many(connection, table, frame)
        case other:
            raise NotImplementedError(other)


def analyse(connection: sa.Connection, table: sa.Table) -> None:
    """Let PostgreSQL look at what the table holds: what it knew misleads it after many rows at once, until it looks by itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f'ANALYZE "{table.name}"')


def _copy(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame) -> None:
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    driver = cast(Any, connection.connection.driver_connection)
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN WITH (FORMAT binary)') as copy,
    ):
        copy.write(SIGNATURE)
        for start in range(0, len(frame), CHUNK):
            copy.write(packed_rows(frame.iloc[start : start + CHUNK], table))
        copy.write(END)


def _insert_many(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame) -> None:
    names, places = ", ".join(f'"{name}"' for name in frame.columns), ", ".join("?" * len(frame.columns))
    cursor = cast(sqlite3.Connection, connection.connection.driver_connection).cursor()
    for start in range(0, len(frame), CHUNK):
        part = frame.iloc[start : start + CHUNK]
        rows = zip(*(_plain(part[name]) for name in frame.columns), strict=True)
        cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', rows)


def _plain(values: pd.Series) -> list[Any]:
    """Return the column as SQLite keeps it; every kind of missing is None."""
    if values.dtype.kind == "M":
        return _written(values)
    if isinstance(values.dtype, pd.BooleanDtype):
        values = values.astype("Int64")
    plain = values.astype(object)
    return plain.where(values.notna(), None).tolist()


def _written(values: pd.Series) -> list[Any]:
    """Return days as YYYY-MM-DD, moments as SQLAlchemy writes them to SQLite, in UTC; each distinct one written once."""
    code, distinct = pd.factorize(values)
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        moments = np.datetime_as_string(distinct.tz_convert("UTC").tz_localize(None).to_numpy(dtype="datetime64[us]"))
        texts = [text.replace("T", " ") for text in moments.tolist()]
    else:
        texts = np.datetime_as_string(distinct.to_numpy(dtype="datetime64[D]")).tolist()
    return np.array([*texts, None], dtype=object)[code].tolist()


def fetch(ledger: Ledger, query: sa.Select[Any]) -> pd.DataFrame:
    """Return the typed rows of a query whose values are bound; ``fetch_each`` says how they are read."""
    ((_, frame),) = fetch_each(ledger, {"rows": query})
    return frame


def fetch_each(ledger: Ledger, queries: Mapping[str, sa.Select[Any]]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield each query's name and typed rows, one after another.

    Reads what is committed, on a connection of its own. SQLite is read through Python's own library and never through
    Arrow's driver: two copies of SQLite in one process undo each other's locks, and the second one misses what the first
    has written.
    """
    left = dict(queries)
    if ledger.engine.dialect.name == "postgresql":
        with suppress(ArrowReadError):
            texts = {name: _text(ledger, query) for name, query in queries.items()}
            for name, result in arrow_results("postgresql", _uri(ledger.engine.url), texts):
                with failing_quietly():
                    frame = _frame(result.read_all())
                del left[name]
                yield name, frame
                del frame
    for name, query in left.items():
        yield name, _frame(_through_driver(ledger, query))


def _through_driver(ledger: Ledger, query: sa.Select[Any]) -> pa.Table:
    columns = list(query.selected_columns)
    with ledger.connect() as connection:
        cursor = cast(Any, connection.connection.driver_connection).cursor()
        cursor.execute(_text(ledger, query))
        parts = [_table(columns, rows) for rows in iter(lambda: cursor.fetchmany(FETCHED), [])]
    return pa.concat_tables(parts).combine_chunks() if parts else _table(columns, [])


def _text(ledger: Ledger, query: sa.Select[Any]) -> str:
    return str(query.compile(ledger.engine, compile_kwargs={"literal_binds": True}))


def _frame(table: pa.Table) -> pd.DataFrame:
    return table.to_pandas(types_mapper=pandas_type, date_as_object=False)


def _table(columns: Sequence[sa.ColumnElement[Any]], rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Return a driver's rows in the types of the query's columns."""
    values = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return pa.table({c.name: _typed(given, c.type) for c, given in zip(columns, values, strict=True)})


def _typed(values: Sequence[Any], kind: sa.types.TypeEngine[Any]) -> pa.Array:
    """Return one column; days and moments may be the text that SQLite keeps of them."""
    column = pa.array(values)
    match kind:
        case sa.Date():
            return column.cast(pa.date32())
        case Timestamp():
            return column.cast(pa.timestamp("us")).cast(pa.timestamp("us", "UTC"))
        case sa.Integer():
            return column.cast(pa.int64())
        case sa.Boolean():
            return column.cast(pa.bool_())
        case sa.Float():
            return column.cast(pa.float64())
        case _:
            return column.cast(pa.large_string())


def _uri(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
