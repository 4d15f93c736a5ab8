"""The weekly brief as an official document, short enough to read at once, and its workbook with every line."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from reports.environment import environment
from reports.notices import legible
from reports.official import Align, Block, Head, OfficialDocument, Table, TableColumn, chinese_date
from reports.passages import blocks_of
from reports.weekly_brief_content import DueItem, LateUnit, WeeklyContent
from reports.workbooks import Sheet, workbook_bytes
from tasks.domain.frames import Column

TEMPLATE = "documents/weekly_brief.txt"
ANSWERS = ("答复", "再次答复")
# What the brief itself shows of a long list; all of it is in the workbook.
SHOWN = 15
NOT_LISTED = "（题目不列）"


def weekly_brief(content: WeeklyContent, templates: Path | None = None) -> OfficialDocument:
    """Return the brief; ``templates`` is a jurisdiction's folder whose documents/weekly_brief.txt replaces our words."""
    content = legible(content)
    tables = _tables(content)
    numbers = {name: place for place, name in enumerate(tables, 1)}
    number = {name: numbers.get(name, "") for name in ("moved", "due", "late", "waits")}
    blocks: dict[str, Block] = {name: table(f"表{numbers[name]} ") for name, table in tables.items()}
    text = environment(templates).text(TEMPLATE, c=content, day=short_day, number=number)
    return OfficialDocument(
        masthead=content.masthead,
        document_no=f"第{content.serial_no}期",
        title=f"建议提案办理情况每周专报\n（{chinese_date(content.first_day)}至{short_day(content.as_of)}）",
        addressee="",
        blocks=blocks_of(text, blocks),
        signature=content.issuer,
        dated_on=content.dated_on,
        head=Head.BULLETIN,
        issue_line=(content.issuer, chinese_date(content.dated_on)),
    )


def short_day(day: date) -> str:
    """Return the day without its year.

    >>> short_day(date(2026, 7, 6))
    '7月6日'
    """
    return f"{day.month}月{day.day}日"


class _Captioned:
    """A table that waits for its number."""

    def __init__(
        self, caption: str, columns: tuple[TableColumn, ...], rows: Sequence[tuple[str, ...]], note: str = ""
    ) -> None:
        self._caption, self._columns, self._rows, self._note = caption, columns, tuple(rows), note

    def __call__(self, number: str) -> Table:
        """Return the table under its number."""
        return Table(self._columns, self._rows, caption=number + self._caption, note=self._note)


def _tables(content: WeeklyContent) -> dict[str, _Captioned]:
    """Return the tables that there are, in the order in which the brief shows them."""
    answers = [item for item in content.due if item.duty in ANSWERS]
    made = {
        "moved": _moved(content) if content.moved else None,
        "due": _due(answers) if answers else None,
        "late": _late(content.late) if content.late else None,
        "waits": _waits(content) if content.waits else None,
    }
    return {name: table for name, table in made.items() if table is not None}


def _moved(content: WeeklyContent) -> _Captioned:
    columns = (
        TableColumn("事项", 3, Align.LEFT),
        TableColumn("按期完成", 2),
        TableColumn("逾期后完成", 2),
        TableColumn("新增逾期", 2),
    )
    rows = [(one.duty, *(str(n or "—") for n in (one.done, one.done_late, one.fell_overdue))) for one in content.moved]
    return _Captioned("本期各事项变化", columns, rows)


def _due(items: Sequence[DueItem]) -> _Captioned:
    columns = (
        TableColumn("期限", 1.4),
        TableColumn("编号", 2),
        TableColumn("题目", 4.4, Align.LEFT),
        TableColumn("承办单位", 2.6, Align.LEFT),
        TableColumn("事项", 1.4),
    )
    rows = [(short_day(one.last_on), one.case, one.title or NOT_LISTED, one.unit, one.duty) for one in items]
    return _Captioned("下周到期的答复", columns, rows[:SHOWN], _rest(len(rows)))


def _late(units: Sequence[LateUnit]) -> _Captioned:
    columns = (
        TableColumn("单位", 4, Align.LEFT),
        TableColumn("逾期答复", 1.6),
        TableColumn("其他逾期", 1.6),
        TableColumn("其中本期新增", 1.9),
        TableColumn("最长逾期天数", 2),
    )
    rows = [
        (one.unit, *(str(count or "—") for count in (one.replies, one.others, one.fresh)), str(one.days))
        for one in units
    ]
    return _Captioned("逾期单位", columns, rows[:SHOWN], _rest(len(rows)))


def _waits(content: WeeklyContent) -> _Captioned:
    columns = (
        TableColumn("谁在等", 2.6, Align.LEFT),
        TableColumn("等谁", 2.6, Align.LEFT),
        TableColumn("等什么", 4, Align.LEFT),
        TableColumn("件数", 0.9),
        TableColumn("最久", 1.2),
    )
    rows = [
        (one.who, one.whom, one.what, str(one.count), f"{one.days}天" if one.days else "—") for one in content.waits
    ]
    return _Captioned("谁在等谁", columns, rows[:SHOWN], _rest(len(rows)))


def _rest(count: int) -> str:
    return f"注：只列前{SHOWN}项，另有{count - SHOWN}项见附表。" if count > SHOWN else ""


DUE = (
    Column("last_on", "date", "期限"),
    Column("case", "text", "编号"),
    Column("title", "text", "题目"),
    Column("unit", "text", "承办单位"),
    Column("duty", "text", "事项"),
)
LATE = (
    Column("unit", "text", "单位"),
    Column("replies", "integer", "逾期答复"),
    Column("others", "integer", "其他逾期"),
    Column("fresh", "integer", "其中本期新增"),
    Column("days", "integer", "最长逾期天数"),
)
WAITS = (
    Column("who", "text", "谁在等"),
    Column("whom", "text", "等谁"),
    Column("what", "text", "等什么"),
    Column("count", "integer", "件数"),
    Column("days", "integer", "最久（天）"),
)


def weekly_workbook(content: WeeklyContent, created: datetime) -> bytes:
    """Return every line of the brief's lists: what falls due, who is late, who waits."""
    due = [(pd.Timestamp(one.last_on), one.case, one.title or NOT_LISTED, one.unit, one.duty) for one in content.due]
    late = [(one.unit, one.replies, one.others, one.fresh, one.days) for one in content.late]
    waits = [(one.who, one.whom, one.what, one.count, one.days or None) for one in content.waits]
    lists = (("下周到期", DUE, due), ("逾期单位", LATE, late), ("谁在等谁", WAITS, waits))
    return workbook_bytes([Sheet(name, columns, _frame(columns, rows)) for name, columns, rows in lists], created)


def _frame(columns: tuple[Column, ...], rows: Sequence[tuple[object, ...]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=[column.name for column in columns])
    types = {"date": "datetime64[s]", "integer": "Int64", "text": "str"}
    return frame.astype({column.name: types[column.type] for column in columns})
