"""Rows through Arrow, where the database has an ADBC driver: no Python object per value.

A column that already has the type it is to get stays as it is; every other one becomes text, written as ``str`` would write
the value, because that is what is judged next. What would not come out the same (floating point, exotic types, days that no
calendar has) is left to the slower reader: ``ArrowReadError``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from importlib import import_module
from itertools import chain
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


def arrow_results(
    backend: str, uri: str, queries: Mapping[str, str], begin: Sequence[str] = ()
) -> Iterator[tuple[str, pa.RecordBatchReader]]:
    """Yield each query's name and rows, one after another, all of one state of the database; ``ArrowReadError`` if not.

    ``begin`` are statements that open the transaction. The rows are to be read before the next query is asked for.
    """
    # Whatever fails, the other reader meets it too and tells it properly, or can do without.
    with failing_quietly():
        driver = import_module(DRIVERS[backend])
        connection = driver.connect(uri)
    with closing(connection), closing(connection.cursor()) as cursor:
        with failing_quietly():
            for statement in begin:
                cursor.execute(statement)
        for name, sql in queries.items():
            with failing_quietly():
                cursor.execute(sql)
                result = cursor.fetch_record_batch()
            yield name, result


@contextmanager
def failing_quietly() -> Iterator[None]:
    """Turn whatever goes wrong into an ``ArrowReadError``."""
    try:
        yield
    except Exception as error:
        raise ArrowReadError from error


def raw_frame(result: pa.RecordBatchReader, types: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows with lower-case names; ``ArrowReadError`` where a column cannot be written as ``str`` would.

    ``types`` names the canonical type of each column that need not be text.
    """
    names = [name.lower() for name in result.schema.names]
    parts: dict[str, list[pa.Array]] = {name: [] for name in names}
    with failing_quietly():
        for batch in chain([_no_rows(result.schema)], result):
            for name, column in zip(names, batch.columns, strict=True):
                parts[name].append(_own(_taken(column, types.get(name))))
            del batch, column
    return pd.DataFrame({name: _pandas_array(pa.chunked_array(parts.pop(name))) for name in names}, copy=False)


def _no_rows(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(0, kind) for kind in schema.types], schema=schema)


def _own(column: pa.Array) -> pa.Array:
    """Return the column in memory of its own: what shares a buffer with a batch keeps all of the batch."""
    return pa.concat_arrays([column, column[:0]])


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


def _taken(column: pa.Array, kind: str | None) -> pa.Array:
    """Return the column in the type to keep it in; ``ArrowReadError`` if ``str`` would write a value otherwise."""
    as_it_is = kind is not None and TAKEN_AS_IT_IS[kind](column.type)
    taken = _as_it_is(column) if as_it_is else _as_text(column)
    if taken is None:
        raise ArrowReadError
    return taken


def _pandas_array(column: pa.ChunkedArray) -> Any:
    if pa.types.is_large_string(column.type):
        return pd.array(column, dtype="str")
    return column.to_pandas(types_mapper=pandas_type)


def _as_it_is(column: pa.Array) -> pa.Array | None:
    """Return days as timestamp[s], moments as timestamp[us] with or without a zone, the rest unchanged."""
    if not _is_in_the_calendar(column):
        return None
    if pa.types.is_date32(column.type):
        return column.cast(pa.timestamp("s"))
    if pa.types.is_timestamp(column.type):
        return column.cast(pa.timestamp("us", column.type.tz))
    return column


def _is_in_the_calendar(column: pa.Array) -> bool:
    if not (pa.types.is_date32(column.type) or pa.types.is_timestamp(column.type)):
        return True
    is_day = pa.types.is_date32(column.type)
    plain = column.cast(pa.int32()) if is_day else column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64())
    unit = 1 if is_day else MICROSECONDS_A_DAY
    found = pc.min_max(plain).as_py()
    return found["min"] is None or (FIRST_DAY * unit <= found["min"] and found["max"] < (LAST_DAY + 1) * unit)


def _as_text(column: pa.Array) -> pa.Array | None:
    kind: Any = column.type
    if isinstance(kind, pa.OpaqueType) and kind.type_name == "numeric":
        return column.storage.cast(pa.large_string())
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


def _seconds_as_text(column: pa.Array) -> pa.Array | None:
    """Return moments in whole seconds as text; a zone becomes UTC."""
    seconds = column.cast(pa.timestamp("s", column.type.tz), safe=False)
    if not pc.all(pc.equal(seconds.cast(column.type), column)).as_py() and column.null_count < len(column):
        return None
    return seconds.cast(pa.large_string())
