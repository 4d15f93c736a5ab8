"""Rows through Arrow, where the database has an ADBC driver: no Python object per value.

A column that already has the type it is to get stays as it is; every other one becomes text, written as ``str`` would write
the value, because that is what is judged next. What would not come out the same (floating point, exotic types, days that no
calendar has) is left to the slower reader: ``ArrowReadError``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# Not SQLite: its ADBC driver brings a second copy of the library, and two copies in one process undo each other's file
# locks ("disk I/O error" on the ledger, seen; sqlite.org/howtocorrupt.html, 2.2.1).
DRIVERS: Mapping[str, str] = {"postgresql": "adbc_driver_postgresql.dbapi"}

# The Arrow types that a canonical type is taken from as they are.
TAKEN_AS_IT_IS: Mapping[str, Callable[[pa.DataType], bool]] = {
    "date": lambda kind: pa.types.is_date32(kind) or pa.types.is_timestamp(kind),
    "timestamp": lambda kind: pa.types.is_date32(kind) or pa.types.is_timestamp(kind),
    "integer": pa.types.is_integer,
    "boolean": pa.types.is_boolean,
}
# The days of datetime.date in days since 1970; PostgreSQL's infinity and its years before Christ lie outside.
FIRST_DAY, LAST_DAY = -719_162, 2_932_896
MICROSECONDS_A_DAY = 86_400_000_000


class ArrowReadError(Exception):
    """There is no driver, it fails, or a column cannot be told in text: the slower reader does without, or says why."""


def arrow_tables(
    backend: str, uri: str, queries: Mapping[str, str], begin: Sequence[str] = ()
) -> Iterator[tuple[str, pa.Table]]:
    """Yield each query's name and rows, one after another, all of one state of the database; ``ArrowReadError`` if not.

    ``begin`` are statements that open the transaction.
    """
    # Whatever fails, the other reader meets it too and tells it properly, or can do without.
    with _failing_quietly():
        driver = import_module(DRIVERS[backend])
        connection = driver.connect(uri)
    with closing(connection), closing(connection.cursor()) as cursor:
        with _failing_quietly():
            for statement in begin:
                cursor.execute(statement)
        for name, sql in queries.items():
            with _failing_quietly():
                cursor.execute(sql)
                table = cursor.fetch_arrow_table()
            yield name, table
            del table  # while the next one is fetched


@contextmanager
def _failing_quietly() -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise ArrowReadError from error


def raw_frame(table: pa.Table, types: Mapping[str, str]) -> pd.DataFrame:
    """Return the table with lower-case names; ``ArrowReadError`` where a column cannot be written as ``str`` would.

    ``types`` names the canonical type of each column that need not be text.
    """
    columns = {name.lower(): column for name, column in zip(table.column_names, table.columns, strict=True)}
    arrays = {name: _pandas_array(column, types.get(name)) for name, column in columns.items()}
    if any(array is None for array in arrays.values()):
        raise ArrowReadError
    return pd.DataFrame(arrays, copy=False)


def pandas_type(kind: pa.DataType) -> Any:
    """Return the pandas type of text, integers and booleans, missing values included; None for any other."""
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return pd.StringDtype(na_value=float("nan"))
    if pa.types.is_integer(kind):
        return pd.Int64Dtype()
    return pd.BooleanDtype() if pa.types.is_boolean(kind) else None


def written(values: Sequence[object]) -> pa.Array:
    """Return values of a driver as text, as ``str`` would write them; whole columns of text or integers at once."""
    with suppress(pa.ArrowException, OverflowError):
        column = pa.array(values)
        if pa.types.is_string(column.type) or pa.types.is_int64(column.type) or pa.types.is_null(column.type):
            return column.cast(pa.large_string())
    return pa.array(pd.Series(values, dtype=object).astype("str"), pa.large_string())


def _pandas_array(column: pa.ChunkedArray, kind: str | None) -> Any:
    if kind is not None and TAKEN_AS_IT_IS[kind](column.type):
        return _as_it_is(column)
    text = _as_text(column)
    return None if text is None else pd.array(text, dtype="str")


def _as_it_is(column: pa.ChunkedArray) -> Any:
    """Return days as datetime64[s], moments as datetime64[us] with or without a zone, the rest nullable."""
    if not _is_in_the_calendar(column):
        return None
    if pa.types.is_date32(column.type):
        column = column.cast(pa.timestamp("s"))
    elif pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us", column.type.tz))
    return column.to_pandas(types_mapper=pandas_type)


def _is_in_the_calendar(column: pa.ChunkedArray) -> bool:
    if not (pa.types.is_date32(column.type) or pa.types.is_timestamp(column.type)):
        return True
    is_day = pa.types.is_date32(column.type)
    plain = column.cast(pa.int32()) if is_day else column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
    unit = 1 if is_day else MICROSECONDS_A_DAY
    found = pc.min_max(plain).as_py()
    return found["min"] is None or (FIRST_DAY * unit <= found["min"] and found["max"] < (LAST_DAY + 1) * unit)


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    kind: Any = column.type
    if isinstance(kind, pa.OpaqueType) and kind.type_name == "numeric":
        return pa.chunked_array([chunk.storage for chunk in column.chunks], pa.string()).cast(pa.large_string())
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "True", "False").cast(pa.large_string())
    if pa.types.is_timestamp(kind):
        return _seconds_as_text(column)
    if (
        pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_date32(kind)
    ):
        return column.cast(pa.large_string())
    return column.cast(pa.large_string()) if pa.types.is_null(kind) else None


def _seconds_as_text(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """Return moments in whole seconds as text; a zone becomes UTC."""
    seconds = column.cast(pa.timestamp("s", column.type.tz), safe=False)
    if not pc.all(pc.equal(seconds.cast(column.type), column)).as_py() and column.null_count < len(column):
        return None
    return seconds.cast(pa.large_string())
