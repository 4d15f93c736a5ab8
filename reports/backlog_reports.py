"""积案核定情况: the backlog of a day for those who decide on it: totals, ages, what came and went, every case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.backlog_lines import CaseLine
from reports.charts import Bar, Two, column_chart, paired_chart, trend_chart
from reports.fonts import Fonts
from reports.official import (
    Align,
    Annex,
    Block,
    Figure,
    Figures,
    Head,
    Heading,
    Mark,
    OfficialDocument,
    Paragraph,
    Table,
    TableColumn,
    chinese_date,
)
from reports.passages import chinese_number
from tasks.domain.backlog import Standing
from tasks.domain.backlog_figures import Count, MonthFlow

LEFT = Align.LEFT
MOST_UNITS = 10
PAST = "本件是对以往日期的补看，只说明当日情况，不改变积案的列入和销号。"
SEVERAL = "一件可以同时符合几种情形，各情形件数之和可大于在办件数。"


@dataclass(frozen=True, slots=True)
class BacklogReport:
    """A review's result: ``lines`` are all its cases; ``previous_on`` is the day of the review before it."""

    issuer: str
    as_of: date
    previous_on: date | None
    is_past: bool
    lines: tuple[CaseLine, ...]
    by_criterion: Sequence[Count]
    by_year: Sequence[Count]
    by_unit: Sequence[Count]
    ages: Sequence[Count]
    months: Sequence[MonthFlow]
    stock: Sequence[tuple[date, int]]

    def of(self, *standings: Standing) -> list[CaseLine]:
        """Return the cases that stand so."""
        return [line for line in self.lines if line.standing in standings]

    @property
    def open(self) -> list[CaseLine]:
        """The cases that are still open."""
        return [line for line in self.lines if line.standing is not Standing.CLOSED]


def backlog_report(report: BacklogReport, fonts: Fonts | None) -> OfficialDocument:
    """Return the report; a section without cases is left out and the others are numbered without a gap."""
    sections = [(title, blocks) for title, blocks in _sections(report, fonts) if blocks]
    blocks = [
        block
        for number, (title, inside) in enumerate(sections, 1)
        for block in (Heading(f"{chinese_number(number)}、{title}"), *inside)
    ]
    annexes = (Annex("在办积案清单", (_full_list(report.open),), landscape=True),) if report.open else ()
    return OfficialDocument(
        masthead="积案核定情况",
        document_no=f"{report.as_of.year}年{report.as_of.month}月",
        title=f"截至{chinese_date(report.as_of)}\n建议提案积案情况",
        addressee="",
        blocks=tuple(blocks),
        signature=report.issuer,
        dated_on=report.as_of,
        head=Head.BULLETIN,
        issue_line=(report.issuer, chinese_date(report.as_of)),
        annexes=annexes,
        marks=(Mark.BACKFILL,) if report.is_past else (),
    )


def summary(report: BacklogReport) -> str:
    """Return the totals in one sentence, without what there is none of."""
    day, waiting = chinese_date(report.as_of), len(report.of(Standing.TO_CLOSE))
    if not report.open:
        return f"截至{day}，没有在办积案。"
    named = (
        ("新增", len(report.of(Standing.NEW))),
        ("上次核定以来继续在办", len(report.of(Standing.STILL))),
        ("已不符合认定情形、待凭据销号", waiting),
    )
    parts = "，".join(f"{word}{count}件" for word, count in named if count)
    return f"截至{day}，在办积案{len(report.open)}件，其中{parts}。"


def _sections(report: BacklogReport, fonts: Fonts | None) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    return (
        ("总体情况", _totals(report)),
        ("龄期和进出", _pictures(report, fonts)),
        ("新增积案", _short_list(report.of(Standing.NEW))),
        ("待销号积案", _waiting(report.of(Standing.TO_CLOSE))),
        ("已销号积案", _ended(report.of(Standing.CLOSED))),
        ("责任单位", _units(report)),
    )


def _totals(report: BacklogReport) -> tuple[Block, ...]:
    ended = report.of(Standing.CLOSED)
    since = f"{chinese_date(report.previous_on)}核定以来" if report.previous_on else "此前"
    blocks: list[Block] = [Paragraph(PAST)] if report.is_past else []
    blocks.append(Paragraph(summary(report) + (f"{since}凭据销号{len(ended)}件。" if ended else "")))
    if len(report.by_year) > 1:
        carried = "、".join(f"{each.name}列入{each.count}件" for each in report.by_year)
        blocks.append(Paragraph(f"按首次列入的年度：{carried}。跨年度的积案沿用原编号。"))
    if report.by_criterion:
        columns = (TableColumn("认定情形", 4, LEFT), TableColumn("在办件数", 2))
        rows = tuple((each.name, str(each.count)) for each in report.by_criterion)
        blocks.append(Table(columns, rows, caption="现符合的认定情形", note=SEVERAL))
    return tuple(blocks)


def _pictures(report: BacklogReport, fonts: Fonts | None) -> tuple[Block, ...]:
    """Return the ages as a sentence, and the pictures where there are fonts for them."""
    if not report.open:
        return ()
    ages = "、".join(f"{each.name}{each.count}件" for each in report.ages if each.count)
    told = Paragraph(f"自最早符合认定情形之日起算，在办积案的时长：{ages}。")
    drawn = [Figures((figure,)) for figure in charts(report, fonts).values()]
    return (told, *drawn)


def charts(report: BacklogReport, fonts: Fonts | None) -> dict[str, Figure]:
    """Return the pictures by name (ageing, flow, stock); none without fonts, and none of what there is none of."""
    if fonts is None:
        return {}
    ages = [Bar(each.name, each.count, f"{each.count}件") for each in report.ages]
    months = [Two(f"{m.month.year % 100}年{m.month.month}月", m.opened, m.closed) for m in report.months]
    found = {
        "ageing": column_chart(ages, fonts, "在办积案时长（件）", (156, 48)),
        "flow": paired_chart(months, fonts, "每月列入与销号（件）", names=("列入", "销号"))
        if len(months) > 1
        else None,
        "stock": trend_chart(report.stock, fonts, "历次核定的在办积案件数"),
    }
    return {name: figure for name, figure in found.items() if figure is not None}


def _short_list(lines: Sequence[CaseLine]) -> tuple[Block, ...]:
    columns = (
        TableColumn("积案编号", 1.9),
        TableColumn("建议提案", 4.6, LEFT),
        TableColumn("责任单位", 2.6, LEFT),
        TableColumn("认定情形", 2.4, LEFT),
        TableColumn("起始日期", 1.8),
    )
    rows = tuple(
        (line.case_no, _matter(line), "、".join(line.units), "、".join(line.labels), _day(line.since)) for line in lines
    )
    return (Table(columns, rows),) if rows else ()


def _waiting(lines: Sequence[CaseLine]) -> tuple[Block, ...]:
    if not lines:
        return ()
    told = Paragraph("下列积案已不符合认定情形。责任单位提交证明材料，经审核、签发后方可销号；在此之前仍列在册。")
    return (told, *_short_list(lines))


def _ended(lines: Sequence[CaseLine]) -> tuple[Block, ...]:
    columns = (
        TableColumn("积案编号", 1.9),
        TableColumn("建议提案", 4.4, LEFT),
        TableColumn("销号日期", 1.8),
        TableColumn("销号依据", 3.6, LEFT),
        TableColumn("签批人", 1.4),
    )
    rows = tuple((line.case_no, _matter(line), _day(line.closed_on), line.proof, line.signed_by) for line in lines)
    return (Table(columns, rows),) if rows else ()


def _units(report: BacklogReport) -> tuple[Block, ...]:
    shown = report.by_unit[:MOST_UNITS]
    if not shown:
        return ()
    columns = (TableColumn("责任单位", 4, LEFT), TableColumn("在办积案", 2))
    rest = len(report.by_unit) - len(shown)
    note = "几个单位分别答复的，各单位分别计件。" + (f"另有{rest}个单位未列出，见附件清单。" if rest else "")
    return (Table(columns, tuple((each.name, str(each.count)) for each in shown), note=note),)


def _full_list(lines: Sequence[CaseLine]) -> Table:
    columns = (
        TableColumn("积案编号", 1.7),
        TableColumn("建议提案", 4.2, LEFT),
        TableColumn("责任单位", 2.3, LEFT),
        TableColumn("认定情形", 2.1, LEFT),
        TableColumn("起始日期", 1.6),
        TableColumn("列入日期", 1.6),
        TableColumn("依据", 6, LEFT),
    )
    rows = (
        (
            line.case_no,
            _matter(line),
            "、".join(line.units),
            "、".join(line.labels) if line.is_met else f"曾{'、曾'.join(line.labels)}（待销号）",
            _day(line.since),
            _day(line.opened_on),
            line.evidence,
        )
        for line in lines
    )
    return Table(columns, tuple(rows))


def _matter(line: CaseLine) -> str:
    return f"{line.name} {line.shown_title}"


def _day(day: date | None) -> str:
    return f"{day.year}.{day.month}.{day.day}" if day else "—"
