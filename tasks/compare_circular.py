"""Hold a published circular against what we compute for its cut-off day, figure by figure."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from reports.workbooks import Sheet, csv_bytes, workbook_bytes
from tasks.adapters.archive import write_atomically
from tasks.adapters.frame_files import parquet_bytes
from tasks.adapters.sheets import read_grid
from tasks.adapters.workplace import open_workplace
from tasks.domain.frames import Column, Facts
from tasks.domain.grids import refusal, table
from tasks.domain.published_figures import COMPARISON, Verdict, compared, heads, unreadable
from tasks.export import computed_day
from tasks.rank import day_ranking

SHOWN = 20


def compare_circular(
    jurisdiction: str, path: Path, as_of: date | None, scheme: str | None, output: Path | None, now: datetime
) -> list[str]:
    """Return in Chinese how the published figures in ``path`` stand against ours on that day; all of it goes to ``output``.

    Raises ``ConfigurationError`` with every cell that is no number.
    """
    given = table(read_grid(path, COMPARISON.label), heads(), ("unit",))
    if faults := unreadable(given):
        raise refusal(str(path), faults)
    day = computed_day(open_workplace(jurisdiction), as_of, None, now)
    ours = day_ranking(day, scheme).set_index("unit_id").to_dict("index")
    most = max((int(str(row[name])) for row in ours.values() for name in row if name.endswith("_total")), default=0)
    rows = compared(given, ours, _known_as(day.facts), most)
    if output:
        _write(output, rows, now)
    return _told(rows, day.as_of)


def write_blank(path: Path, now: datetime) -> None:
    """Write a workbook to type a circular's figures into; columns that the circular does not print are deleted."""
    names = heads()
    columns = tuple(Column(name, "text", words[0]) for name, words in names.items())
    blank = pd.DataFrame(columns=list(names), dtype="str")
    write_atomically(path, workbook_bytes([Sheet(COMPARISON.label, columns, blank)], now))


def _known_as(facts: Facts) -> dict[str, str]:
    """Return every name of a unit, its former ones too, to its id."""
    known: dict[str, str] = {}
    for unit, name, former in facts.units[["unit_id", "name", "former_names"]].itertuples(index=False):
        for word in [*(str(former).replace(";", "、").split("、") if pd.notna(former) else []), name]:
            known[word.strip()] = unit
    return known


def _told(rows: list[dict[str, str]], as_of: date) -> list[str]:
    counts = Counter(row["verdict"] for row in rows)
    summary = "、".join(f"{verdict} {counts[verdict]}" for verdict in Verdict if counts[verdict])
    odd = [row for row in rows if row["verdict"] != Verdict.SAME]
    odd.sort(key=lambda row: row["verdict"] != Verdict.IMPOSSIBLE)
    lines = [_line(row) for row in odd[:SHOWN]]
    rest = [f"  ……另有 {len(odd) - SHOWN} 处,用 -o 写出全部"] if len(odd) > SHOWN else []
    return [f"截至 {as_of},对照 {len(rows)} 个数:{summary or '没有可对照的数'}", *lines, *rest]


def _line(row: dict[str, str]) -> str:
    remark = f"({row['remark']})" if row["remark"] else ""
    told = f"{row['verdict']} {row['unit']} {row['figure']}:通报 {row['published']},我方 {row['ours'] or '没有'}"
    return f"  {told}{remark}"


def _write(path: Path, rows: list[dict[str, str]], now: datetime) -> None:
    frame = pd.DataFrame(rows, columns=COMPARISON.names, dtype="str")
    made = {
        ".csv": lambda: csv_bytes(frame, COMPARISON),
        ".parquet": lambda: parquet_bytes(frame),
        ".xlsx": lambda: workbook_bytes([Sheet(COMPARISON.label, COMPARISON.columns, frame)], now),
    }
    write_atomically(path, made[path.suffix]())
