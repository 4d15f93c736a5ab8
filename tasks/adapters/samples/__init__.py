"""Fictional sources for trying the system on: databases in vendors' own schemas, the same rows on every machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from tasks.adapters.samples.county import build_county
from tasks.adapters.samples.prefecture import build_prefecture
from tasks.domain.errors import ConfigurationError

SAMPLES: Mapping[str, Callable[[Path], None]] = {"prefecture": build_prefecture, "county": build_county}


def build_sample(name: str, sqlite_path: Path) -> None:
    """Write the sample of that name to ``sqlite_path``; the file appears only when it is complete.

    ``ConfigurationError`` when there is no such sample.
    """
    if name not in SAMPLES:
        raise ConfigurationError(f"source.yaml: sample: {name}", "没有这个样例数据源", f"可用：{'、'.join(SAMPLES)}。")
    SAMPLES[name](sqlite_path)
