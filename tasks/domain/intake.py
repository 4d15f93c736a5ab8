"""One raw frame of a source made canonical: columns, ignored rows, value maps, keys, types, bounds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial

import pandas as pd

from tasks.domain.frames import QUARANTINE, Column, EventKind, FrameSpec, Grade, LookBackFinding, Outcome
from tasks.domain.values import Zones, is_typed, of_distinct, parsed, texts

NOT_OF_TYPE = {
    "date": ("不是有效日期", "在数据源中更正，或在 {file} 中转换为 YYYY-MM-DD"),
    "timestamp": ("不是有效时间", "在数据源中更正，或在 {file} 中转换为 YYYY-MM-DD HH:MM:SS"),
    "integer": ("不是整数", "在数据源中更正，或在 frames.{frame}.maps.{column} 中映射"),
    "number": ("不是数字", "在数据源中更正，或在 frames.{frame}.maps.{column} 中映射"),
    "boolean": ("不是 0/1、true/false、是/否", "在 frames.{frame}.maps.{column} 中映射"),
}
# What ``events.value`` may say, by the kind of event; other kinds keep their own words.
VALUES_OF_EVENTS: Mapping[str, type[StrEnum]] = {
    EventKind.REPLY_ISSUED: Outcome,
    EventKind.FEEDBACK: Grade,
    EventKind.LOOKED_BACK: LookBackFinding,
}
SHOWN = 10


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a source promises of one frame; ``seconds`` are the columns that hold Unix seconds, ``max_drop`` a share."""

    file: str = ""
    maps: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    ignore: Mapping[str, Collection[str]] = field(default_factory=dict)
    bounds: Mapping[str, tuple[date, date]] = field(default_factory=dict)
    seconds: Collection[str] = ()
    max_drop: float = 0.1
    previous_count: int | None = None


EVERY_FRAME = Expectation()


@dataclass(frozen=True, slots=True)
class Fault:
    """A reason to stop: where in the source (``frame`` or ``frame.column``), what is wrong, what to do."""

    place: str
    what: str
    to_do: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What a read found so far: faults that stop it, and rows (frames.QUARANTINE) kept out."""

    faults: list[Fault] = field(default_factory=list)
    quarantined: list[pd.DataFrame] = field(default_factory=list)

    @classmethod
    def joined(cls, parts: Iterable[Findings]) -> Findings:
        """Return what several frames' findings say, in that order."""
        every = list(parts)
        return cls([f for part in every for f in part.faults], [q for part in every for q in part.quarantined])

    def keep_out(
        self, spec: FrameSpec, frame: pd.DataFrame, wrong: pd.Series, column: str, reason: str
    ) -> pd.DataFrame:
        """Note the rows where ``wrong`` with their value in ``column``; return the others."""
        if not wrong.any():
            return frame
        self.note(spec, frame[wrong], column, reason)
        return frame[~wrong]

    def note(self, spec: FrameSpec, rows: pd.DataFrame, column: str, reason: str) -> None:
        """Note rows, with their key and the value at fault, in the quarantine."""
        if rows.empty:
            return
        values = rows[column].astype("str")
        record = {"frame": spec.name, "key": row_keys(spec, rows), "column": column, "value": values, "reason": reason}
        self.quarantined.append(QUARANTINE.typed(pd.DataFrame(record)))


def row_keys(spec: FrameSpec, rows: pd.DataFrame) -> pd.Series:
    """Return the key of each row as one text, parts joined by ``|``."""
    first, *others = (rows[name].astype("str") for name in spec.key if name in rows)
    return first.str.cat(others, sep="|", na_rep="") if others else first


def canonical(
    spec: FrameSpec, raw: pd.DataFrame, expectation: Expectation, zones: Zones, findings: Findings
) -> pd.DataFrame:
    """Return the rows of ``raw`` that can be facts, typed; what cannot goes into ``findings``."""
    if not _has_the_columns(spec, raw, expectation, findings):
        return spec.empty()
    frame = pd.DataFrame(
        {name: _judged(spec, raw[name], expectation) for name in spec.names if name in raw}, copy=False
    )
    frame = _without_ignored(spec, frame, expectation, findings)
    frame = _mapped(spec, frame, expectation, findings)
    _judge_keys(spec, frame, expectation, findings)
    frame = spec.typed(_typed(spec, frame, expectation, zones, findings))
    return _within_bounds(spec, _complete(spec, frame, findings), expectation, findings)


def _has_the_columns(spec: FrameSpec, raw: pd.DataFrame, expectation: Expectation, findings: Findings) -> bool:
    missing = [c.name for c in spec.columns if c.required and c.name not in raw]
    unknown = sorted(set(map(str, raw.columns)) - set(spec.names))
    if missing:
        to_do = f"在 {expectation.file} 的 SELECT 中补上"
        findings.faults.append(Fault(spec.name, f"缺少列 {'、'.join(missing)}", to_do))
    if unknown:
        to_do = f"在 {expectation.file} 中改成规范列名或去掉；可用的列：{'、'.join(spec.names)}"
        findings.faults.append(Fault(spec.name, f"有不认识的列 {'、'.join(unknown)}", to_do))
    return not missing


def _judged(spec: FrameSpec, raw: pd.Series, expectation: Expectation) -> pd.Series:
    """Return the column as text to be judged, or as it is where its type leaves nothing to judge."""
    name = str(raw.name)
    speaks_of_texts = name in expectation.maps or name in expectation.ignore or name in expectation.seconds
    return raw if is_typed(raw, spec.column(name)) and not speaks_of_texts else texts(raw)


def _without_ignored(
    spec: FrameSpec, frame: pd.DataFrame, expectation: Expectation, findings: Findings
) -> pd.DataFrame:
    for column, values in expectation.ignore.items():
        if column in frame:
            frame = findings.keep_out(spec, frame, frame[column].isin(list(values)), column, "按配置忽略")
    return frame


def _mapped(spec: FrameSpec, frame: pd.DataFrame, expectation: Expectation, findings: Findings) -> pd.DataFrame:
    """Return the frame with mapped values; a mapped column of free text may hold mapped values only.

    ``events.value`` is the exception: its meaning depends on the kind of event, so it is judged with that.
    """
    mapped = {}
    for name, values in expectation.maps.items():
        if name not in frame:
            continue
        mapped[name] = of_distinct(frame[name], partial(_replaced, values=values))
        if spec.column(name).type == "text" and (spec.name, name) != ("events", "value"):
            known = [*values, *values.values()]
            _unknown(spec, frame[name], frame[name].notna() & ~frame[name].isin(known), findings)
    return frame.assign(**mapped)


def _replaced(texts: pd.Series, values: Mapping[str, str]) -> pd.Series:
    return texts.map(values).fillna(texts).astype("str")


def _judge_keys(spec: FrameSpec, frame: pd.DataFrame, expectation: Expectation, findings: Findings) -> None:
    key = [name for name in spec.key if name in frame]
    for name in key:
        empty = int(frame[name].isna().sum())
        if empty and spec.column(name).required:
            to_do = f"核对 {expectation.file} 的连接条件和数据源"
            findings.faults.append(Fault(f"{spec.name}.{name}", f"键为空，共 {empty} 行", to_do))
    doubled = row_keys(spec, frame[frame.duplicated(key, keep=False) & frame[key[0]].notna()])
    if len(doubled):
        to_do = f"核对 {expectation.file} 是否因连接产生重复行，或换用数据源自己的主键"
        what = f"键重复：{_listing(doubled, SHOWN)}"
        findings.faults.append(Fault(f"{spec.name}.{'+'.join(spec.key)}", what, to_do))


def _listing(values: pd.Series, shown: int | None = None) -> str:
    """Return the sorted distinct values with their number of rows."""
    counts = values.value_counts().sort_index()
    listed = "、".join(f"“{value}”（{rows} 行）" for value, rows in counts.iloc[:shown].items())
    return listed if shown is None or len(counts) <= shown else f"{listed} 等 {len(counts)} 个"


def _typed(
    spec: FrameSpec, frame: pd.DataFrame, expectation: Expectation, zones: Zones, findings: Findings
) -> pd.DataFrame:
    values = {}
    for name in frame.columns:
        column = spec.column(name)
        result = parsed(frame[name], column, zones, seconds=name in expectation.seconds)
        values[name] = result.values
        if column.type == "category":
            _unknown(spec, frame[name], result.is_wrong, findings)
        elif result.is_wrong.any():
            findings.faults.append(_not_of_type(spec, frame[result.is_wrong], column, expectation))
    if spec.name == "events" and "value" in frame:
        _judge_event_values(spec, frame, findings)
    return pd.DataFrame(values, copy=False)


def _not_of_type(spec: FrameSpec, rows: pd.DataFrame, column: Column, expectation: Expectation) -> Fault:
    what, to_do = NOT_OF_TYPE[column.type]
    first = rows.iloc[:SHOWN]
    listed = "、".join(
        f"“{value}”（{'+'.join(spec.key)}={key}）"
        for value, key in zip(first[column.name], row_keys(spec, first), strict=True)
    )
    more = f" 等 {len(rows)} 行" if len(rows) > SHOWN else ""
    place = {"file": expectation.file, "frame": spec.name, "column": column.name}
    return Fault(f"{spec.name}.{column.name}", f"{what}：{listed}{more}", to_do.format(**place))


def _judge_event_values(spec: FrameSpec, frame: pd.DataFrame, findings: Findings) -> None:
    """Feedback may carry two grades, ``work/result``."""
    wrong = pd.Series(False, index=frame.index)
    for kind, allowed in VALUES_OF_EVENTS.items():
        words = "|".join(allowed)
        pattern = f"(?:{words})(?:/(?:{words}))?" if allowed is Grade else words
        values = frame.loc[frame["kind"] == kind, "value"].dropna()
        unfit = of_distinct(values, partial(_unlike, pattern=f"(?:{pattern})"))
        wrong |= unfit.reindex(frame.index, fill_value=False)
    _unknown(spec, frame["value"], wrong, findings)


def _unlike(texts: pd.Series, pattern: str) -> pd.Series:
    return ~texts.str.fullmatch(pattern).astype(bool)


def _unknown(spec: FrameSpec, values: pd.Series, wrong: pd.Series, findings: Findings) -> None:
    if wrong.any():
        to_do = f"在 frames.{spec.name}.maps.{values.name} 中映射，或列入 frames.{spec.name}.ignore.{values.name}"
        what = f"未知取值 {_listing(values[wrong])}"
        findings.faults.append(Fault(f"{spec.name}.{values.name}", what, to_do))


def _complete(spec: FrameSpec, frame: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Return the rows with a value in every required column; keys were judged before."""
    for column in spec.columns:
        if column.required and column.name not in spec.key:
            frame = findings.keep_out(spec, frame, frame[column.name].isna(), column.name, "缺少必填内容")
    return frame


def _within_bounds(spec: FrameSpec, frame: pd.DataFrame, expectation: Expectation, findings: Findings) -> pd.DataFrame:
    for name, (low, high) in expectation.bounds.items():
        outside = (frame[name] < pd.Timestamp(low)) | (frame[name] > pd.Timestamp(high))
        frame = findings.keep_out(spec, frame, outside, name, f"日期不在 {low} 至 {high} 之内")
    return frame
