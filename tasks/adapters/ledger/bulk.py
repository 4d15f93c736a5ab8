"""Whole frames into and out of the ledger without an object per value, in the ledger's own types."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from typing import Any, cast

import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import sqlalchemy as sa

from tasks.adapters.fast_source import ArrowReadError, arrow_tables, pandas_type
from tasks.adapters.ledger.engine import Ledger

CHUNK = 50_000
# As SQLAlchemy writes them to SQLite, which has no dates of its own.
SQLITE_DAY, SQLITE_MOMENT = "%Y-%m-%d", "%Y-%m-%d %H:%M:%S.000000"


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


def _copy(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame) -> None:
    """COPY the rows as CSV that Arrow writes; an empty text is quoted, so that only what is missing is NULL."""
    columns = ", ".join(f'"{name}"' for name in frame.columns)
    driver = cast(Any, connection.connection.driver_connection)
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN WITH (FORMAT csv)') as copy,
    ):
        for start in range(0, len(frame), CHUNK):
            part = pa.Table.from_pandas(frame.iloc[start : start + CHUNK], preserve_index=False)
            sink = pa.BufferOutputStream()
            pa_csv.write_csv(part, sink, pa_csv.WriteOptions(include_header=False))
            copy.write(sink.getvalue().to_pybytes())


def _insert_many(connection: sa.Connection, table: sa.Table, frame: pd.DataFrame) -> None:
    names, places = ", ".join(f'"{name}"' for name in frame.columns), ", ".join("?" * len(frame.columns))
    cursor = cast(sqlite3.Connection, connection.connection.driver_connection).cursor()
    for start in range(0, len(frame), CHUNK):
        part = frame.iloc[start : start + CHUNK]
        rows = zip(*(_plain(part[name]) for name in frame.columns), strict=True)
        cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({places})', rows)


def _plain(values: pd.Series) -> list[Any]:
    """Return the column as SQLite keeps it; every kind of missing is None."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        values = values.dt.tz_convert("UTC").dt.strftime(SQLITE_MOMENT)
    elif pd.api.types.is_datetime64_dtype(values.dtype):
        values = values.dt.strftime(SQLITE_DAY)
    elif isinstance(values.dtype, pd.BooleanDtype):
        values = values.astype("Int64")
    plain = values.astype(object)
    return plain.where(values.notna(), None).tolist()


def fetch(ledger: Ledger, query: sa.Select[Any]) -> pd.DataFrame:
    """Return the rows of a query whose values are bound; on SQLite days and moments are text.

    Reads what is committed, on a connection of its own. SQLite is read through Python's own library and never through
    Arrow's driver: two copies of SQLite in one process undo each other's locks, and the second one misses what the first
    has written.
    """
    sql = str(query.compile(ledger.engine, compile_kwargs={"literal_binds": True}))
    if ledger.engine.dialect.name == "postgresql":
        with suppress(ArrowReadError):
            ((_, table),) = arrow_tables("postgresql", _uri(ledger.engine.url), {"rows": sql})
            return table.to_pandas(types_mapper=pandas_type, date_as_object=False)
    with ledger.connect() as connection:
        cursor = cast(Any, connection.connection.driver_connection).cursor()
        rows = cursor.execute(sql).fetchall()
    return pd.DataFrame(rows, columns=[column.name for column in query.selected_columns])


def _uri(url: sa.URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
