"""The backlog as the Prefect UI shows it: a page of Markdown, and rows of a table."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

from reports.backlog_lines import CaseLine
from reports.backlog_reports import BacklogReport, summary
from reports.official import Figure
from reports.overviews import Row, markdown_table
from tasks.domain.backlog import STANDING_LABELS, Standing
from tasks.domain.backlog_figures import Count


def backlog_overview(
    report: BacklogReport, folder: str, review_id: str, pictures: Mapping[str, Figure] | None = None
) -> str:
    """Return the totals, pictures, what came and went, and where the papers lie; nothing of which there is none."""
    past = ["> 补看以往日期：只说明当日情况，不改变积案的列入和销号。", ""] if report.is_past else []
    lines = ["# 积案核定情况", "", *past, summary(report), ""]
    lines += [
        line for figure in (pictures or {}).values() for line in (f"**{figure.caption}**", "", _picture(figure), "")
    ]
    for title, rows in _tables(report):
        if rows:
            lines += [f"## {title}", "", *markdown_table(rows), ""]
    lines += ["## 材料", "", f"- 案卷、情况报告、台账：`{folder}`", f"- 核定编号：{review_id}"]
    if report.of(Standing.TO_CLOSE):
        lines += ["- 待销号积案：收齐证明材料后运行“积案销号”，或用命令 `python -m flows backlog-case close`"]
    return "\n".join(lines) + "\n"


def _picture(figure: Figure) -> str:
    """Return the picture as part of the page itself: the server keeps no files."""
    return f"![{figure.alt}](data:image/png;base64,{base64.b64encode(figure.png).decode()})"


def _tables(report: BacklogReport) -> list[tuple[str, list[Row]]]:
    months: list[Row] = [
        {"月份": f"{m.month:%Y-%m}", "列入": m.opened, "销号": m.closed, "月末在办": m.open_at_end}
        for m in report.months
    ]
    return [
        ("现符合的认定情形", _counted("认定情形", report.by_criterion)),
        ("在办时长", _counted("时长", [age for age in report.ages if age.count])),
        ("每月进出", months),
        ("责任单位", _counted("单位", report.by_unit)),
    ]


def _counted(head: str, counts: Sequence[Count]) -> list[Row]:
    return [{head: each.name, "件数": each.count} for each in counts]


def case_rows(lines: Sequence[CaseLine], inspected: Mapping[tuple[str, int], str]) -> list[Row]:
    """Return one row a case."""
    return [
        {
            "积案编号": line.case_no,
            "编号": line.key[0],
            "状态": STANDING_LABELS[line.standing],
            "认定情形": "、".join(line.labels),
            "责任单位": "、".join(line.units),
            "起始日期": str(line.since),
            "建议提案": f"{line.name} {line.shown_title}",
            "依据": line.evidence,
            "联合督查": inspected.get(line.key, ""),
        }
        for line in lines
    ]
