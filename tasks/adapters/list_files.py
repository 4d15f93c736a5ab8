"""Lists of units and contacts kept as CSV files: every row is checked before a run reads them."""

from __future__ import annotations

from pathlib import Path

from tasks.adapters.source_config import SourceConfig
from tasks.adapters.source_files import listed
from tasks.adapters.yaml_files import shown
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import CANONICAL
from tasks.domain.intake import Findings, canonical
from tasks.domain.values import Zones

SHOWN = 20


def check_list(path: Path, frame: str, config: SourceConfig) -> None:
    """Raise ``ConfigurationError`` with every fault of the list that gives ``frame``, rows that would be set aside too."""
    spec = next(spec for spec in CANONICAL if spec.name == frame)
    findings = Findings()
    expectation = getattr(config.frames, frame).expectation(shown(path), None)
    canonical(spec, listed(path), expectation, Zones(naive=config.time_zone, office=config.time_zone), findings)
    told = [f"{fault.place}:{fault.what}。{fault.to_do}。".replace(" 的 SELECT 中", " 里") for fault in findings.faults]
    for rows in findings.quarantined:
        told += [
            f"{row['key']} 的 {row['column']}“{row['value']}”:{row['reason']}。" for row in rows.to_dict("records")
        ]
    if told:
        lines = "".join(f"\n  {line}" for line in told[:SHOWN])
        raise ConfigurationError(shown(path), f"有 {len(told)} 处错误{lines}", "请在表格里改正后另存为“CSV UTF-8”。")
