"""Rows through Arrow, where the database has an ADBC driver: no Python object per value.

What comes back is text throughout, written as ``str`` would write the value, because that is what is made of it next. What
would not come out the same (floating point, exotic types) is left to the slower reader: then None comes back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from importlib import import_module
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

# Not SQLite: its ADBC driver brings a second copy of the library, and two copies in one process undo each other's file
# locks ("disk I/O error" on the ledger, seen; sqlite.org/howtocorrupt.html, 2.2.1).
DRIVERS: Mapping[str, str] = {"postgresql": "adbc_driver_postgresql.dbapi"}


def arrow_tables(
    backend: str, uri: str, queries: Mapping[str, str], begin: Sequence[str] = ()
) -> dict[str, pa.Table] | None:
    """Return each query's rows, all of one state of the database; None where there is no driver or it fails.

    ``begin`` are statements that open the transaction. A query that fails is run again by the reader that can say why.
    """
    try:
        driver = import_module(DRIVERS[backend])
        with closing(driver.connect(uri)) as connection, closing(connection.cursor()) as cursor:
            for statement in begin:
                cursor.execute(statement)
            tables = {}
            for name, sql in queries.items():
                cursor.execute(sql)
                tables[name] = cursor.fetch_arrow_table()
            return tables
    except Exception:
        # Whatever it is, the other reader meets it too and tells it properly, or can do without.
        return None


def text_frame(table: pa.Table) -> pd.DataFrame | None:
    """Return the table as text columns with lower-case names; None where a column cannot be written as ``str`` would."""
    columns = [_as_text(column) for column in table.columns]
    if any(column is None for column in columns):
        return None
    return pd.DataFrame(
        {name.lower(): pd.array(column, dtype="str") for name, column in zip(table.column_names, columns, strict=True)}
    )


def _as_text(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    kind: Any = column.type
    if isinstance(kind, pa.OpaqueType) and kind.type_name == "numeric":
        return pa.chunked_array([chunk.storage for chunk in column.chunks], pa.string()).cast(pa.large_string())
    if pa.types.is_boolean(kind):
        return pc.if_else(column, "True", "False")
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
