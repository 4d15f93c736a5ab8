"""Frames as Parquet bytes: the same frame gives the same bytes."""

from __future__ import annotations

import io

import pandas as pd


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """Return the frame as Parquet."""
    buffer = io.BytesIO()
    frame.to_parquet(buffer, engine="pyarrow", compression="zstd", index=False)
    return buffer.getvalue()


def frame_of(content: bytes) -> pd.DataFrame:
    """Return the frame that ``parquet_bytes`` wrote."""
    return pd.read_parquet(io.BytesIO(content), engine="pyarrow")
