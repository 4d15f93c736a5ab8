"""Reads that fetch only what changed: the raw rows of the last read are kept, and completed by a watermark.

A query's watermark is a column of its result that moves whenever the row changes. With one, the source is asked for the rows
that moved since the last read and for the keys of all; what is put together from both is judged like a full read. What a
key list cannot tell, a row that changed while its watermark stood still, comes with the next full read.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import feather

from tasks.adapters.fast_source import pandas_type
from tasks.adapters.source_config import FrameSource, SourceConfig
from tasks.adapters.source_files import SourceFiles
from tasks.domain.errors import ConfigurationError, SourceError
from tasks.domain.frames import CANONICAL

RawFrames = Iterator[tuple[str, pd.DataFrame]]

# What was being written while the last read looked, or by a clock that is not ours, lies within this of it.
OVERLAP = timedelta(days=1)
KEYS = ":keys"
SPECS = {spec.name: spec for spec in CANONICAL}
# These databases do not compare a time with a text.
TIMESTAMP_LITERALS = ("oracle", "dm")


class StaleError(Exception):
    """What is kept does not fit the source any more: only a full read tells what it says."""


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where the rows of each read are kept for the next one, and when this one happens."""

    folder: Path
    now: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """What is known of kept rows without reading them: of what query, from when the last full read is, how far they go."""

    fingerprint: str
    full_read_at: datetime
    mark: str


@dataclass(frozen=True)
class Reading:
    """One read of a source: what to ask it, and what to make of its answers."""

    config: SourceConfig
    files: SourceFiles
    database: str
    keeping: Keeping | None
    kept: Mapping[str, Kept]
    fetched: dict[str, int] = field(default_factory=dict)

    @property
    def queries(self) -> dict[str, str]:
        """What to ask, by frame: its query, or what changed in it and, under ``<frame>:keys``, the keys of all rows."""
        asked = {}
        for name, sql in self.files.queries.items():
            if name in self.kept:
                asked[name] = self._changed(name, sql)
                asked[name + KEYS] = f"SELECT {', '.join(self._keys(name))} FROM ({sql}\n) q"
            else:
                asked[name] = sql
        return asked

    def frames(self, answers: Iterable[tuple[str, pd.DataFrame]]) -> RawFrames:
        """Yield the raw frame of each query as a full read would; ``StaleError`` if what is kept does not fit.

        With ``keeping``, the rows of each frame with a watermark are written beside those of the last read.
        """
        changed: dict[str, pd.DataFrame] = {}
        for name, frame in answers:
            if name in self.kept:
                changed[name] = frame
                continue
            of = name.removesuffix(KEYS)
            if name.endswith(KEYS):
                self.fetched[of] = len(changed[of])
                frame = merged(self._kept_rows(of), changed.pop(of), frame)
            yield of, self._observed(of, frame)
            del frame

    def keep(self) -> None:
        """Let the rows of this read take the place of the last one's: they were judged good."""
        if self.keeping is not None:
            for name in self._marked():
                _new(path := _path(self.keeping, name)).replace(path)

    def drop(self) -> None:
        """Leave the kept rows as they were."""
        if self.keeping is not None:
            for name in self._marked():
                _new(_path(self.keeping, name)).unlink(missing_ok=True)

    def _marked(self) -> list[str]:
        return [name for name in self.files.queries if _said(self.config, name).watermark]

    def _keys(self, name: str) -> list[str]:
        """Return the key columns that the kept rows have: a source need not give all."""
        columns = _schema(_path(self._keeping, name)).names
        return [key for key in SPECS[name].key if key in columns]

    @property
    def _keeping(self) -> Keeping:
        assert self.keeping is not None
        return self.keeping

    def _changed(self, name: str, sql: str) -> str:
        column, mark = f"q.{_said(self.config, name).watermark}", self.kept[name].mark
        literal = mark if mark.isdecimal() else f"'{mark}'"
        if not mark.isdecimal() and self.database.startswith(TIMESTAMP_LITERALS):
            literal = f"TIMESTAMP {literal}"
        return f"SELECT * FROM ({sql}\n) q WHERE {column} >= {literal} OR {column} IS NULL"

    def _kept_rows(self, name: str) -> pd.DataFrame:
        try:
            table = feather.read_table(_path(self._keeping, name), memory_map=False)
        except (OSError, pa.ArrowException) as error:
            raise StaleError from error
        return table.to_pandas(types_mapper=pandas_type)

    def _observed(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Return the frame to judge, with a watermark that is no canonical column taken off."""
        column = _said(self.config, name).watermark
        if column is None:
            return frame
        if column not in frame:
            raise self._fault(
                name, f"查询结果里没有这一列“{column}”", f"在 {self.files.names[name]} 的 SELECT 中补上，或改列名"
            )
        if self.keeping is not None:
            self._write(name, frame)
        return frame if column in SPECS[name].names else frame.drop(columns=column)

    def _write(self, name: str, frame: pd.DataFrame) -> None:
        keeping, before = self._keeping, self.kept.get(name)
        about = {
            "fingerprint": _fingerprint(self.config, self.files, self.database, name),
            "full_read_at": (before.full_read_at if before else keeping.now).isoformat(),
            "mark": self._mark(name, frame),
        }
        table = pa.Table.from_pandas(frame, preserve_index=False)
        new = _new(_path(keeping, name))
        new.parent.mkdir(parents=True, exist_ok=True)
        feather.write_feather(table.replace_schema_metadata({"duban": json.dumps(about)}), str(new), "zstd")

    def _mark(self, name: str, frame: pd.DataFrame) -> str:
        """Return from where the next read has to look; empty where nothing tells.

        Moments to come do not count: one wrong year would hide every change until then.
        """
        said = _said(self.config, name)
        assert said.watermark is not None
        moments = self._moments(name, frame[said.watermark], in_seconds=said.watermark in said.units)
        now = pd.Timestamp(self._keeping.now)
        if moments.dt.tz is None:
            now = now.tz_convert(ZoneInfo(self.config.time_zone)).tz_localize(None)
        last = moments[moments <= now].max()
        if pd.isna(last):
            return ""
        since = last - OVERLAP
        return str(int(since.timestamp())) if said.watermark in said.units else since.isoformat(" ", "seconds")

    def _moments(self, name: str, values: pd.Series, *, in_seconds: bool) -> pd.Series:
        if values.dtype.kind == "M":
            return values
        if in_seconds:
            numbers = pd.to_numeric(values, errors="coerce").astype("Float64")
            moments = pd.to_datetime(numbers, unit="s", utc=True, errors="coerce")
        else:
            moments = _parsed(values)
        wrong = values[moments.isna() & values.notna()]
        if len(wrong):
            what = f"{values.name} 不是时间，如“{wrong.iloc[0]}”"
            raise self._fault(name, what, "换成随每次改动更新的时间列；Unix 秒要写进 units")
        return moments

    def _fault(self, name: str, what: str, to_do: str) -> SourceError:
        return SourceError(f"{self.files.settings} frames.{name}.watermark", what, f"{to_do}。")


def planned(
    config: SourceConfig, files: SourceFiles, database: str, keeping: Keeping | None, *, in_full: bool = False
) -> Reading:
    """Return how to read the source now: in full, or frame by frame what changed where the kept rows allow it.

    ``database``: its URL without the password.
    ``ConfigurationError`` for a watermark of what no query gives.
    """
    check_watermarks(config, files)
    kept = {}
    if keeping and not in_full:
        for name in files.queries:
            found = _about(_path(keeping, name)) if _said(config, name).watermark else None
            if found and found.mark and found.fingerprint == _fingerprint(config, files, database, name):
                age = keeping.now - found.full_read_at
                if timedelta(0) <= age < timedelta(days=config.full_read_days):
                    kept[name] = found
    return Reading(config, files, database, keeping, kept)


def check_watermarks(config: SourceConfig, files: SourceFiles) -> None:
    """Raise ``ConfigurationError`` for a watermark of what no query gives."""
    for name in SPECS:
        if _said(config, name).watermark and name not in files.queries:
            where, what = f"{files.settings} frames.{name}.watermark", f"没有 {name}.sql，无从增量读取"
            raise ConfigurationError(where, what, "去掉 watermark，或给出这条查询。")


def merged(kept: pd.DataFrame, changed: pd.DataFrame, keys: pd.DataFrame) -> pd.DataFrame:
    """Return the row of each of the ``keys``, in their order: of ``changed`` if it is there, else of ``kept``.

    ``StaleError`` when there is neither, or the two differ in columns or types.
    """
    if not kept.dtypes.equals(changed.dtypes):
        raise StaleError
    rows = pd.concat([changed, kept], ignore_index=True)
    code, distinct = pd.factorize(pd.concat([_key(rows, keys.columns), _key(keys, keys.columns)], ignore_index=True))
    place = np.full(len(distinct), -1)
    # Written from the end, so that the first row of a key stays.
    place[code[: len(rows)][::-1]] = np.arange(len(rows))[::-1]
    at = place[code[len(rows) :]]
    if (at < 0).any():
        raise StaleError
    return rows.iloc[at].reset_index(drop=True)


def _key(frame: pd.DataFrame, names: Iterable[Any]) -> pd.Series:
    # A key that is missing is a fault to be told, not a row to be taken for another.
    first, *others = (frame[name].astype("str").fillna("") for name in names)
    return first.str.cat(others, sep="\x1f") if others else first


def _parsed(texts: pd.Series) -> pd.Series:
    """Return the texts as moments, those that are none as missing; UTC if some name a zone and others do not."""
    try:
        return pd.to_datetime(texts, format="ISO8601", errors="coerce")
    except ValueError:
        return pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)


def _said(config: SourceConfig, name: str) -> FrameSource:
    said: FrameSource = getattr(config.frames, name)
    return said


def _path(keeping: Keeping, name: str) -> Path:
    return keeping.folder / f"{name}.feather"


def _new(path: Path) -> Path:
    return path.with_name(f"{path.name}.{os.getpid()}.new")


def _schema(path: Path) -> pa.Schema:
    with pa.OSFile(str(path)) as file:
        return pa.ipc.open_file(file).schema


def _about(path: Path) -> Kept | None:
    try:
        about = json.loads((_schema(path).metadata or {})[b"duban"])
        return Kept(about["fingerprint"], datetime.fromisoformat(about["full_read_at"]), about["mark"])
    except (OSError, pa.ArrowException, KeyError, ValueError):
        return None


def _fingerprint(config: SourceConfig, files: SourceFiles, database: str, name: str) -> str:
    """Return what tells whether kept rows are of the same query of the same database, to be understood the same way."""
    said = _said(config, name)
    parts: list[object] = [database, files.queries[name], said.watermark, sorted(said.units.items()), config.time_zone]
    parts += [sorted({*said.maps, *said.ignore})]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
