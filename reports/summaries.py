"""The annual summary (年度总结) for the next assignment meeting: counts and names in, an official document out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from reports.circular_annexes import differences_annex
from reports.environment import environment
from reports.notices import legible
from reports.official import (
    Align,
    Annex,
    Block,
    Figures,
    Head,
    Mark,
    OfficialDocument,
    Table,
    TableColumn,
    chinese_date,
)
from reports.passages import blocks_of
from reports.summary_content import Line, SummaryContent

TEMPLATE = "documents/annual_summary.txt"
DASH = "—"


def annual_summary(content: SummaryContent, templates: Path | None = None) -> OfficialDocument:
    """Return the summary; ``templates`` is a jurisdiction's folder whose documents/annual_summary.txt replaces our words.

    Nothing is said of what did not happen or is not recorded.
    """
    content = legible(content)
    annexes = _annexes(content)
    labels = {name: f"附件{place}" if len(annexes) > 1 else "附件" for place, name in enumerate(annexes, 1)}
    text = environment(templates).text(
        TEMPLATE, c=content, annex=dict.fromkeys(("charts", "topics", "units", "differences"), "") | labels
    )
    inserted: dict[str, Block] = {"kinds": _kinds(content), "methods": _methods(content)}
    return OfficialDocument(
        masthead=content.masthead,
        document_no=f"第{content.serial_no}期",
        title=f"关于{content.year}年度人大代表建议和\n政协提案办理情况的总结",
        addressee=content.addressee,
        blocks=blocks_of(text, inserted),
        signature=content.issuer,
        dated_on=content.dated_on,
        head=Head.BULLETIN,
        issue_line=(content.issuer, chinese_date(content.dated_on)),
        annexes=tuple(annexes.values()),
        imprint=content.imprint,
        marks=(Mark.CORRECTION,) if content.correction else (),
    )


def _annexes(content: SummaryContent) -> dict[str, Annex]:
    """Return the annexes in print order; the pictures last, so that the imprint stands on an upright page."""
    found: dict[str, Annex] = {}
    if len(content.topics) > 1:
        found["topics"] = _handling("各类内容建议提案办理情况表", "内容", content.topics, content)
    if len(content.units) > 1:
        found["units"] = _handling("各承办单位建议提案办理情况表", "承办单位", content.units, content)
    if differences := differences_annex(content.correction):
        found["differences"] = differences
    if content.charts:
        found["charts"] = _charts(content)
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A column of the handling tables: its head, its width, what it shows of a line, and whether it is last year's."""

    head: str
    width: float
    of: Callable[[Line], str]
    is_last: bool = False


def _handling(title: str, head: str, lines: tuple[Line, ...], content: SummaryContent) -> Annex:
    table = _table(head, 3.4, lines, content, _columns(content))
    return Annex(title, (replace(table, note=_notes(content)),), landscape=True)


def _table(
    head: str, width: float, lines: Sequence[Line], content: SummaryContent, columns: Sequence[Shown], caption: str = ""
) -> Table:
    shown = [column for column in columns if content.has_last or not column.is_last]
    whole = (content.whole,) if len(lines) > 1 else ()
    heads = (TableColumn(head, width, Align.LEFT), *(TableColumn(column.head, column.width) for column in shown))
    rows = ((line.name, *(column.of(line) or DASH for column in shown)) for line in (*lines, *whole))
    return Table(heads, tuple(rows), caption)


def _columns(content: SummaryContent) -> tuple[Shown, ...]:
    known = content.outcomes
    return (
        Shown("承办\n件次", 0.9, lambda line: str(line.items.this)),
        Shown("上年\n同期", 0.9, lambda line: str(line.items.last), is_last=True),
        Shown("已答复/\n应答复", 1.3, lambda line: f"{line.replied.this}/{line.owed.this}"),
        Shown("答复率", 1.3, lambda line: line.progress.this.text),
        Shown("上年\n同期", 1.3, lambda line: line.progress.last.text, is_last=True),
        Shown("按期率", 1.3, lambda line: line.in_time.this.text),
        Shown("逾期\n未答复", 1.1, lambda line: str(line.overdue.this or "")),
        Shown("解决率", 1.3, lambda line: line.solution.this.text if known.this else ""),
        Shown("上年\n同期", 1.3, lambda line: line.solution.last.text if known.last else "", is_last=True),
        Shown("满意率", 1.3, lambda line: line.satisfaction.this.text),
        Shown("未落实", 1.1, lambda line: str(line.overturned.this or "")),
    )


def _notes(content: SummaryContent) -> str:
    told = (
        (*content.notes[:-1], "未落实＝答复称已解决而回头看时尚未落实的件次", content.notes[-1])
        if content.notes
        else ()
    )
    return "\n".join(("注：" if place == 1 else "　　") + f"{place}.{note}。" for place, note in enumerate(told, 1))


def _kinds(content: SummaryContent) -> Table:
    chosen = [replace(column, head=column.head.replace("\n", "")) for column in _columns(content)]
    columns = [column for column in chosen if column.head not in ("按期率", "逾期未答复", "满意率", "未落实")]
    return _table("类别", 2.2, content.kinds, content, columns, caption="表1 建议提案分类办理情况")


def _methods(content: SummaryContent) -> Table:
    method = content.section("method")
    columns = (
        TableColumn("办理方式", 2.4),
        TableColumn("本年次数", 1.6),
        TableColumn("占比", 1.6),
        TableColumn("上年同期", 1.6),
        TableColumn("占比", 1.6),
    )
    rows = tuple(
        (
            item.name,
            str(item.count.this),
            item.rate.this.text or DASH,
            str(item.count.last),
            item.rate.last.text or DASH,
        )
        for item in method.items
    )
    whole = ("合计", str(method.total.this), "100.00%", str(method.total.last), "100.00%")
    return Table(columns, (*rows, whole), caption="表2 与代表、委员见面沟通的方式")


def _charts(content: SummaryContent) -> Annex:
    numbers = iter(range(1, 100))
    blocks = tuple(
        Figures(tuple(replace(figure, caption=f"图{next(numbers)} {figure.caption}") for figure in row.items))
        for row in content.charts
    )
    return Annex("建议提案办理情况两年对比图", blocks)
