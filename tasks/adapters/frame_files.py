"""Frames as Parquet bytes: the same frame gives the same bytes."""

from __future__ import annotations

import io
import json
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from tasks.domain.frames import Role
from tasks.domain.obligations import REASONS
from tasks.domain.sweep import NAMED, Sweep
from tasks.domain.workdays import WorkdayCalendar


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return the frame as Parquet."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", compression="zstd", index=False)
    return buffer.getvalue()


def frame_of(content: bytes) -> pd.DataFrame:
    """Return the frame that ``parquet_bytes`` wrote; Parquet knows no seconds and keeps days in milliseconds."""
    frame = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
    days = [name for name in frame if frame[name].dtype == "datetime64[ms]"]
    return frame.astype(dict.fromkeys(days, "datetime64[s]"))


SWEEP = b"duban.sweep"


def sweep_bytes(sweep: Sweep) -> bytes:
    """Return the sweep as Parquet, with the days, the calendar and the thresholds that its answers depend on."""
    calendar = sweep.calendar
    terms = {
        "days": [str(day) for day in sweep.days],
        "days_off": sorted(map(str, calendar.days_off)),
        "make_up_workdays": sorted(map(str, calendar.make_up_workdays)),
        "published_through": str(calendar.published_through),
        "due_soon_days": dict(sweep.due_soon_days),
    }
    table = pa.Table.from_pandas(sweep.rows, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), SWEEP: json.dumps(terms).encode()})
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def sweep_of(content: bytes) -> Sweep | None:
    """Return the sweep that ``sweep_bytes`` wrote; None where the bytes are those of a single day."""
    table = pq.read_table(io.BytesIO(content))
    if SWEEP not in (table.schema.metadata or {}):
        return None
    terms = json.loads(table.schema.metadata[SWEEP])
    calendar = WorkdayCalendar(
        list(map(date.fromisoformat, terms["days_off"])),
        list(map(date.fromisoformat, terms["make_up_workdays"])),
        date.fromisoformat(terms["published_through"]),
    )
    days = np.array(terms["days"], dtype="datetime64[D]")
    return Sweep(days, calendar, terms["due_soon_days"], table.to_pandas() if len(table) else _no_rows(table))


def _no_rows(table: pa.Table) -> pd.DataFrame:
    """Return the empty table with its categories, which Parquet keeps only where a row has one."""
    names = dict.fromkeys(NAMED, pd.CategoricalDtype(pd.Index([], dtype="str")))
    fixed = {"role": pd.CategoricalDtype(list(map(str, Role))), "reason": pd.CategoricalDtype(list(REASONS))}
    return table.to_pandas().astype(names | fixed)
