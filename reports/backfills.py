"""Reports of a backfill: computed afterwards, and marked so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import pandas as pd

from reports.workbooks import Sheet, workbook_bytes
from tasks.domain.differences import CHANGES, DIFFERENCES

MARK = "补算"


def backfill_workbook(found: Mapping[str, pd.DataFrame], created: datetime) -> bytes:
    """Return a workbook with a sheet of differences for each of what the days were compared with."""
    sheets = [Sheet(f"{MARK}_与{basis}比较", DIFFERENCES.columns, frame) for basis, frame in found.items()]
    return workbook_bytes(sheets, created)


def backfill_overview(
    title: str, days: Sequence[date], stored: int, found: Mapping[str, pd.DataFrame], file: str
) -> str:
    """Return the overview in Markdown: which days, how many are new, and the differences by their kind."""
    lines = [
        f"# {MARK}:{title}",
        "",
        f"{days[0]} 至 {days[-1]},共 {len(days)} 天,本次新算 {stored} 天。未发送任何邮件。",
    ]
    for basis, frame in found.items():
        lines += ["", f"## 与{basis}比较", ""]
        if frame.empty:
            lines.append("没有差异。")
            continue
        lines += ["| 差异 | 项数 |", "| --- | ---: |"]
        counts = frame["change"].value_counts()
        lines += [f"| {change} | {counts[change]} |" for change in CHANGES if change in counts]
    return "\n".join([*lines, "", f"明细:{file}"])
