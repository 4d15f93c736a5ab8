"""Raw values of a source turned into canonical types. What cannot be turned is told, never guessed.

A column passes through text: databases hand over the same day as ``date``, ``datetime``, text or a Unix second, and an
impossible day (``2026-09-31``) reaches us only as text. A whole column that the reader vouches for needs no text: days
(datetime64[s]), moments (datetime64 of a finer unit, with a zone or without), Int64, boolean.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from tasks.domain.frames import PANDAS_TYPES, Column

DAYS = "datetime64[s]"
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
    blank = stripped == ""
    if blank.any():
        return stripped.mask(blank)
    # Mostly nothing had to go, and the column need not exist twice.
    return values if values.dtype == stripped.dtype and stripped.equals(values) else stripped


def is_typed(values: pd.Series, column: Column) -> bool:
    """Return whether the reader gives the column in a type from which no value has to be judged."""
    match column.type:
        case "date" | "timestamp":
            return values.dtype.kind == "M"
        case "integer":
            return isinstance(values.dtype, pd.Int64Dtype)
        case "boolean":
            return isinstance(values.dtype, pd.BooleanDtype)
        case _:
            return False


def of_distinct(values: pd.Series, work: Callable[[pd.Series], pd.Series]) -> pd.Series:
    """Return ``work(values)`` by doing it once for each distinct text; what is missing stays missing."""
    code, names = pd.factorize(values)
    found = work(pd.Series(names, dtype="str"))
    return found.reindex(code).set_axis(values.index)


def parsed(raw: pd.Series, column: Column, zones: Zones, *, seconds: bool = False) -> Parsed:
    """Return a text column in the type of ``column``; ``seconds``: its dates and timestamps are Unix seconds.

    A column that is typed already (``is_typed``) is only brought to the exact type, in the office's days or in UTC.
    """
    match column.type:
        case "date" if is_typed(raw, column):
            return _checked(raw, raw if raw.dtype == DAYS else _office_days(_in_utc(raw, zones), zones), column)
        case "timestamp" if is_typed(raw, column):
            return _checked(raw, _in_utc(raw, zones), column)
        case "date":
            return _checked(raw, of_distinct(raw, lambda texts: _dates(texts, zones, seconds)), column)
        case "timestamp":
            return _checked(raw, _moments(raw, zones, seconds), column)
        case "integer" | "number" if not is_typed(raw, column):
            return _checked(raw, _numbers(raw, whole=column.type == "integer"), column)
        case "boolean" if not is_typed(raw, column):
            return _checked(raw, of_distinct(raw, lambda texts: texts.str.casefold().map(BOOLEANS)), column)
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
    naive = _localized(pd.to_datetime(without, format="ISO8601", errors="coerce"), zones)
    aware = pd.to_datetime(with_offset, format="ISO8601", errors="coerce", utc=True)
    return naive.dt.tz_convert("UTC").astype("datetime64[s, UTC]").fillna(aware.astype("datetime64[s, UTC]"))


def _in_utc(moments: pd.Series, zones: Zones) -> pd.Series:
    """Return typed moments in whole seconds of UTC; without a zone they are the source's."""
    aware = moments if isinstance(moments.dtype, pd.DatetimeTZDtype) else _localized(moments, zones)
    return aware.dt.tz_convert("UTC").astype("datetime64[s, UTC]")


def _localized(naive: pd.Series, zones: Zones) -> pd.Series:
    """Return the source's local times with its zone: of an hour that occurs twice the later, of one that does not the next."""
    is_first = np.zeros(len(naive), dtype=bool)
    return naive.dt.tz_localize(zones.naive, ambiguous=is_first, nonexistent="shift_forward")


def _from_seconds(raw: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(raw, errors="coerce")
    return pd.to_datetime(numbers, unit="s", utc=True, errors="coerce").astype("datetime64[s, UTC]")
