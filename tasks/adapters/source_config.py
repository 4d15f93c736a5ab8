"""``source.yaml``: how the raw values of one jurisdiction's source become canonical ones."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, Field, model_validator

from tasks.adapters.yaml_files import Strict
from tasks.domain.frames import CANONICAL, FrameSpec
from tasks.domain.quality import Expectation, Expectations, Zones

SPECS: Mapping[str, FrameSpec] = {spec.name: spec for spec in CANONICAL}


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"没有时区 {name!r}；例如 Asia/Shanghai、UTC")
    return ZoneInfo(name).key


class FrameSource(Strict):
    """What the source says of one frame.

    ``maps``: raw to canonical value by column; ``ignore``: raw values whose rows are set aside; ``bounds``: the first and
    last believable day; ``units``: columns in Unix seconds; ``max_drop``: the share of rows that may vanish between reads.
    """

    maps: dict[str, dict[str, str]] = Field(default_factory=dict)
    ignore: dict[str, list[str]] = Field(default_factory=dict)
    bounds: dict[str, tuple[date, date]] = Field(default_factory=dict)
    units: dict[str, Literal["unix_seconds"]] = Field(default_factory=dict)
    max_drop: Annotated[float, Field(ge=0, le=1)] = 0.1

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


class SourceConfig(Strict):
    """``url``: the default database; ``sample``: the generator that fills it; ``time_zone``: of timestamps without one."""

    url: str = ""
    sample: str | None = None
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    frames: dict[str, FrameSource] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        for name, frame in self.frames.items():
            if name not in SPECS:
                raise ValueError(f"frames.{name}：没有这个数据表；可用：{'、'.join(SPECS)}")
            _judge(SPECS[name], frame)
        return self

    def expectations(
        self, settings_file: str, files: Mapping[str, str], previous_counts: Mapping[str, int], zone: str
    ) -> Expectations:
        """Return what is expected of each frame in ``files`` (frame to the file that gives it)."""
        frames = {
            name: self.frames.get(name, FrameSource()).expectation(file, previous_counts.get(name))
            for name, file in files.items()
        }
        return Expectations(settings_file, frames, Zones(naive=self.time_zone, office=zone))


def _judge(spec: FrameSpec, frame: FrameSource) -> None:
    """Raise ``ValueError`` if a column does not exist, has another type, or a map leads to no canonical value."""
    _columns_exist(spec, "maps", frame.maps)
    _columns_exist(spec, "ignore", frame.ignore)
    _columns_exist(spec, "bounds", frame.bounds, ("date", "timestamp"))
    _columns_exist(spec, "units", frame.units, ("date", "timestamp"))
    for name, values in frame.maps.items():
        column = spec.column(name)
        wrong = sorted(set(values.values()) - set(column.values)) if column.type == "category" else []
        if wrong:
            raise ValueError(f"frames.{spec.name}.maps.{name}：{wrong} 不是规范取值；可用：{'、'.join(column.values)}")


def _columns_exist(spec: FrameSpec, setting: str, columns: Mapping[str, object], types: tuple[str, ...] = ()) -> None:
    for name in columns:
        if name not in spec.names:
            raise ValueError(f"frames.{spec.name}.{setting}.{name}：没有这一列；可用：{'、'.join(spec.names)}")
        if types and spec.column(name).type not in types:
            raise ValueError(f"frames.{spec.name}.{setting}.{name}：只适用于日期或时间列")


def settings_file(sql_folder: Path) -> Path:
    """Return the ``source.yaml`` that belongs to a folder of SQL files."""
    return sql_folder.parent / "source.yaml"
