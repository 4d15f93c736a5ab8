"""The list that goes with a notice: the unit's own cases as a workbook, to sort and hand on."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pandas as pd

from reports.wording import case_number, lateness, responsible
from reports.workbooks import Sheet, workbook_bytes
from tasks.domain.frames import DTYPES, Column, label
from tasks.domain.notices import Notice, NoticeItem

COLUMNS = (
    Column("number", "text", "案号"),
    Column("title", "text", "标题"),
    Column("duty", "text", "事项"),
    Column("role", "text", "承办方式"),
    Column("due_on", "date", "办理期限"),
    Column("status", "text", "情况"),
    Column("responsible", "text", "责任人"),
    Column("article", "text", "依据"),
)
CONFIDENTIAL = "（题目不列）"


def list_workbook(notice: Notice) -> bytes:
    """Return the notice's items as .xlsx; a confidential proposal has no title. The same notice gives the same bytes."""
    rows = [_row(item) for item in notice.items]
    columns = {c.name: pd.Series([row[c.name] for row in rows], dtype=DTYPES[c.type]) for c in COLUMNS}
    made = datetime.combine(notice.as_of, time(), UTC)
    return workbook_bytes([Sheet(f"{label('level', notice.level)}清单", COLUMNS, pd.DataFrame(columns))], made)


def _row(item: NoticeItem) -> dict[str, object]:
    return {
        "number": case_number(item),
        "title": CONFIDENTIAL if item.title is None else item.title,
        "duty": item.duty_label,
        "role": label("role", item.role),
        "due_on": item.due_on,
        "status": lateness(item),
        "responsible": responsible(item),
        "article": item.article,
    }
