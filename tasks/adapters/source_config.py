"""``source.yaml``: how the raw values of one jurisdiction's source become canonical ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field

from tasks.adapters.yaml_files import Strict
from tasks.domain.frames import ASSIGNMENTS, CONTACTS, EVENTS, PROPOSALS, REPLY_TEXTS, UNITS, FrameSpec
from tasks.domain.quality import Expectation, Expectations, Zones


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"没有时区 {name!r}；例如 Asia/Shanghai、UTC")
    return ZoneInfo(name).key


def _column_name(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError(f"{name!r} 不是查询结果的列名：只用小写字母、数字和下划线")
    return name


class FrameSource(Strict):
    """What the source says of one frame.

    ``maps``: raw to canonical value by column; ``ignore``: raw values whose rows are set aside; ``bounds``: the first and
    last believable day; ``units``: columns in Unix seconds; ``max_drop``: the share of rows that may vanish between reads;
    ``watermark``: a column of the query, canonical or not, that moves with every change of its row.
    """

    maps: dict[str, dict[str, str]] = Field(default_factory=dict)
    ignore: dict[str, list[str]] = Field(default_factory=dict)
    bounds: dict[str, tuple[date, date]] = Field(default_factory=dict)
    units: dict[str, Literal["unix_seconds"]] = Field(default_factory=dict)
    max_drop: Annotated[float, Field(ge=0, le=1)] = 0.1
    watermark: Annotated[str, AfterValidator(_column_name)] | None = None

    def expectation(self, file: str, previous_count: int | None) -> Expectation:
        """Return it in the domain's terms; ``file`` is where the columns are selected."""
        return Expectation(
            file=file,
            maps=self.maps,
            ignore=self.ignore,
            bounds=self.bounds,
            seconds=frozenset(self.units),
            max_drop=self.max_drop,
            previous_count=previous_count,
        )


def _judged(spec: FrameSpec) -> AfterValidator:
    """Refuse columns that do not exist or have another type, and maps that lead to no canonical value."""

    def judge(frame: FrameSource) -> FrameSource:
        if faults := [*_unknown_columns(spec, frame), *_maps_to_nowhere(spec, frame)]:
            raise ValueError("；".join(faults))
        return frame

    return AfterValidator(judge)


def _unknown_columns(spec: FrameSpec, frame: FrameSource) -> Iterator[str]:
    for setting in ("maps", "ignore", "bounds", "units"):
        for name in getattr(frame, setting):
            if name not in spec.names:
                yield f"{setting}.{name} 没有这一列，可用：{'、'.join(spec.names)}"
            elif setting in ("bounds", "units") and spec.column(name).type not in ("date", "timestamp"):
                yield f"{setting}.{name} 不是日期或时间列"


def _maps_to_nowhere(spec: FrameSpec, frame: FrameSource) -> Iterator[str]:
    for column in spec.columns:
        wrong = sorted(set(frame.maps.get(column.name, {}).values()) - set(column.values))
        if wrong and column.type == "category":
            yield f"maps.{column.name} 的 {'、'.join(wrong)} 不是规范取值，可用：{'、'.join(column.values)}"


class Frames(Strict):
    """What the source says of each canonical frame; nothing by default."""

    units: Annotated[FrameSource, _judged(UNITS)] = FrameSource()
    contacts: Annotated[FrameSource, _judged(CONTACTS)] = FrameSource()
    proposals: Annotated[FrameSource, _judged(PROPOSALS)] = FrameSource()
    assignments: Annotated[FrameSource, _judged(ASSIGNMENTS)] = FrameSource()
    events: Annotated[FrameSource, _judged(EVENTS)] = FrameSource()
    reply_texts: Annotated[FrameSource, _judged(REPLY_TEXTS)] = FrameSource()


class SourceConfig(Strict):
    """``url``: the default database; ``sample``: the generator that fills it; ``time_zone``: of timestamps without one;
    ``writable_account``: what to do where the account could write; ``full_read_days``: how long reads may rely on
    watermarks before everything is read again.
    """

    url: str = ""
    sample: str | None = None
    writable_account: Literal["refuse", "warn"] = "warn"
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    full_read_days: Annotated[int, Field(ge=1, le=90)] = 7
    frames: Frames = Frames()

    def expectations(
        self, settings_file: str, files: Mapping[str, str], previous_counts: Mapping[str, int], zone: str
    ) -> Expectations:
        """Return what is expected of each frame in ``files`` (frame to the file that gives it)."""
        frames = {
            name: getattr(self.frames, name).expectation(file, previous_counts.get(name))
            for name, file in files.items()
        }
        return Expectations(settings_file, frames, Zones(naive=self.time_zone, office=zone))
