"""Rows as PostgreSQL's binary COPY takes them, put together by Arrow and numpy: no object per value, nothing to parse.

The format is that of the PostgreSQL manual (SQL COPY, "Binary Format"): a signature, then each row as the number of its
fields and each field as its length and its bytes, all big-endian; a length of -1 is NULL.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from tasks.adapters.ledger.tables import Timestamp

SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
END = b"\xff\xff"
# PostgreSQL counts days and microseconds from here.
EPOCH = np.datetime64("2000-01-01", "D")
NULL = -1

Array = np.ndarray[Any, Any]


def packed_rows(frame: pd.DataFrame, table: sa.Table) -> memoryview:
    """Return the frame's rows in the types of the table's columns of the same names; there is at least one row."""
    fields = [part for name in frame.columns for part in _fields(frame[name], table.c[str(name)].type)]
    count = pa.scalar(len(frame.columns).to_bytes(2, "big"), pa.large_binary())
    joined = pc.binary_join_element_wise(count, *fields, pa.scalar(b"", pa.large_binary()))
    _, ends, content = joined.buffers()
    first, last = np.frombuffer(ends, np.int64)[[joined.offset, joined.offset + len(joined)]]
    return memoryview(content)[first:last]


def _fields(values: pd.Series, kind: sa.types.TypeEngine[Any]) -> list[pa.Array]:
    """Return the column as binary columns whose bytes follow one another in each row."""
    if isinstance(kind, sa.Text):
        return _texts(values)
    is_null = values.isna().to_numpy()
    return [_fixed(_numbers(values, kind), is_null)]


def _texts(values: pd.Series) -> list[pa.Array]:
    texts = pa.array(values.astype("str"), pa.large_string())
    if isinstance(texts, pa.ChunkedArray):
        texts = texts.combine_chunks()
    lengths = pc.fill_null(pc.binary_length(texts), NULL).to_numpy().astype(">i4")
    prefix = pa.FixedSizeBinaryArray.from_buffers(pa.binary(4), len(texts), [None, pa.py_buffer(lengths)])
    return [prefix.cast(pa.binary()).cast(pa.large_binary()), pc.fill_null(texts, "").cast(pa.large_binary())]


def _fixed(numbers: Array, is_null: Array) -> pa.Array:
    """Return big-endian numbers with their length before them; where null, the length alone."""
    width = numbers.dtype.itemsize
    whole = np.empty(len(numbers), np.dtype([("length", ">i4"), ("value", numbers.dtype)]))
    whole["length"] = np.where(is_null, NULL, width)
    whole["value"] = numbers
    content = whole.view(np.uint8).reshape(len(numbers), 4 + width)
    ends = np.concatenate([[0], np.cumsum(np.where(is_null, 4, 4 + width), dtype=np.int64)])
    if is_null.any():
        kept = np.ones(content.shape, bool)
        kept[is_null, 4:] = False
        content = content[kept]
    return pa.Array.from_buffers(
        pa.large_binary(), len(numbers), [None, pa.py_buffer(ends), pa.py_buffer(np.ascontiguousarray(content))]
    )


def _numbers(values: pd.Series, kind: sa.types.TypeEngine[Any]) -> Array:
    """Return the column as big-endian numbers; where a value is missing, any number."""
    match kind:
        case sa.Boolean():
            return values.fillna(False).to_numpy(dtype="u1")
        case sa.Float():
            return values.to_numpy(dtype=np.float64, na_value=0).astype(">f8")
        case sa.BigInteger():
            return values.fillna(0).to_numpy(dtype=np.int64).astype(">i8")
        case sa.Integer():
            return values.fillna(0).to_numpy(dtype=np.int64).astype(">i4")
        case sa.Date():
            days = values.to_numpy(dtype="datetime64[s]").astype("datetime64[D]")
            return (days - EPOCH).astype(np.int64).astype(">i4")
        case Timestamp():
            moments = values.dt.tz_convert("UTC").dt.tz_localize(None).to_numpy(dtype="datetime64[us]")
            return (moments - EPOCH).astype(np.int64).astype(">i8")
        case other:
            raise NotImplementedError(other)
