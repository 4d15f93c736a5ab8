"""Raw values of a source turned into canonical types. What cannot be turned is told, never guessed.

Every column passes through text: databases hand over the same day as ``date``, ``datetime``, text or a Unix second, and
an impossible day (``2026-09-31``) reaches us only as text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tasks.domain.frames import PANDAS_TYPES, Column

UNIX_SECONDS = "unix_seconds"
TIME = r"[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?"
OFFSET = r"(?:Z|[+-]\d{2}:?\d{2})"
ISO_DATE = r"\d{4}-\d{2}-\d{2}"
BOOLEANS = {"1": True, "true": True, "是": True, "0": False, "false": False, "否": False}
# MySQL hands BIT(1) over as one byte.
BOOLEANS |= {"\x01": True, "\x00": False}


@dataclass(frozen=True, slots=True)
class Zones:
    """``naive``: the zone of timestamps without one; ``office``: the zone whose days count."""

    naive: str = "Asia/Shanghai"
    office: str = "Asia/Shanghai"


@dataclass(frozen=True, slots=True)
class Parsed:
    """``values`` in canonical type, missing where ``is_wrong``: there was a value, but no such value exists."""

    values: pd.Series
    is_wrong: pd.Series


def texts(values: pd.Series) -> pd.Series:
    """Return the column as text without surrounding blanks; blank counts as missing."""
    stripped = values.astype("str").str.strip(" \t\r\n\u3000")
    return stripped.mask(stripped == "")


def parsed(raw: pd.Series, column: Column, zones: Zones, *, seconds: bool = False) -> Parsed:
    """Return a text column in the type of ``column``; ``seconds``: its dates and timestamps are Unix seconds."""
    match column.type:
        case "date":
            return _checked(raw, _dates(raw, zones, seconds), column)
        case "timestamp":
            return _checked(raw, _moments(raw, zones, seconds), column)
        case "integer" | "number":
            return _checked(raw, _numbers(raw, whole=column.type == "integer"), column)
        case "boolean":
            return _checked(raw, raw.str.casefold().map(BOOLEANS), column)
        case "category":
            return _checked(raw, _listed(raw, column.values), column)
        case _:
            return _checked(raw, raw, column)


def _checked(raw: pd.Series, values: pd.Series, column: Column) -> Parsed:
    typed = values.astype(PANDAS_TYPES[column.type])
    return Parsed(typed, raw.notna() & typed.isna())


def _listed(raw: pd.Series, allowed: Collection[str]) -> pd.Series:
    return raw.where(raw.isin(list(allowed)))


def _numbers(raw: pd.Series, *, whole: bool) -> pd.Series:
    numbers = pd.to_numeric(raw, errors="coerce").astype("Float64")
    return numbers.mask(numbers % 1 != 0) if whole else numbers


def _dates(raw: pd.Series, zones: Zones, seconds: bool) -> pd.Series:
    """Return naive midnights of the office's days; a plain date needs no zone."""
    if seconds:
        return _office_days(_from_seconds(raw), zones)
    plain = raw.str.fullmatch(ISO_DATE).fillna(False).astype(bool)
    days = pd.to_datetime(raw.where(plain), format="ISO8601", errors="coerce").astype("datetime64[s]")
    if plain.sum() == raw.notna().sum():
        return days
    return days.where(plain, _office_days(_moments(raw.mask(plain), zones, seconds=False), zones))


def _office_days(moments: pd.Series, zones: Zones) -> pd.Series:
    return moments.dt.tz_convert(zones.office).dt.tz_localize(None).dt.normalize().astype("datetime64[s]")


def _moments(raw: pd.Series, zones: Zones, seconds: bool) -> pd.Series:
    """Return UTC moments; without a zone in the text the source's zone holds."""
    if seconds:
        return _from_seconds(raw)
    with_offset = raw.where(raw.str.fullmatch(f"{ISO_DATE}{TIME}{OFFSET}").fillna(False).astype(bool))
    without = raw.where(raw.str.fullmatch(f"{ISO_DATE}(?:{TIME})?").fillna(False).astype(bool))
    naive = pd.to_datetime(without, format="ISO8601", errors="coerce").dt.tz_localize(
        zones.naive, ambiguous=np.zeros(len(raw), dtype=bool), nonexistent="shift_forward"
    )
    aware = pd.to_datetime(with_offset, format="ISO8601", errors="coerce", utc=True)
    return naive.dt.tz_convert("UTC").astype("datetime64[s, UTC]").fillna(aware.astype("datetime64[s, UTC]"))


def _from_seconds(raw: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(raw, errors="coerce")
    return pd.to_datetime(numbers, unit="s", utc=True, errors="coerce").astype("datetime64[s, UTC]")
