"""What reminds the office of a joint inspection: a report that is late, deadlines that passed without the case being closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.official import Align, Block, Head, OfficialDocument, Paragraph, Table, TableColumn, chinese_date


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A case whose deadline passed: its number, name, units, what was found, and the day."""

    case_no: str
    name: str
    units: str
    found: str
    deadline: date


@dataclass(frozen=True, slots=True)
class InspectionReminder:
    """An inspection of which something is late on ``as_of``; ``report_by`` is None where its report is there."""

    issuer: str
    document_id: str
    title: str
    leader: str
    as_of: date
    report_by: date | None
    lapsed: tuple[Lapsed, ...] = ()


def inspection_reminder(reminder: InspectionReminder) -> OfficialDocument:
    """Return the reminder; it says only what is late."""
    return OfficialDocument(
        masthead="联合督查提醒",
        document_no="",
        title=_title(reminder),
        addressee=f"{reminder.issuer}：",
        blocks=_blocks(reminder),
        signature=reminder.issuer,
        dated_on=reminder.as_of,
        head=Head.LETTER,
    )


def _title(reminder: InspectionReminder) -> str:
    late = "督查报告逾期" if reminder.report_by else "整改期限已过"
    return f"{reminder.document_id}{late}"


def _blocks(reminder: InspectionReminder) -> tuple[Block, ...]:
    blocks: list[Block] = [Paragraph(f"{reminder.title}（{reminder.document_id}），由{reminder.leader}牵头。")]
    if reminder.report_by:
        days = (reminder.as_of - reminder.report_by).days
        due = f"督查报告应于{chinese_date(reminder.report_by)}前形成，至{chinese_date(reminder.as_of)}已逾期{days}天。"
        blocks.append(Paragraph(f"{due}形成后请登记：python -m flows inspection report，或运行“联合督查登记”。"))
    if reminder.lapsed:
        columns = (
            TableColumn("积案编号", 1.7),
            TableColumn("建议提案", 3),
            TableColumn("责任单位", 2.6, Align.LEFT),
            TableColumn("核查情况", 4, Align.LEFT),
            TableColumn("整改期限", 1.8),
        )
        rows = tuple(
            (
                one.case_no,
                one.name,
                one.units,
                one.found,
                f"{one.deadline.year}.{one.deadline.month}.{one.deadline.day}",
            )
            for one in reminder.lapsed
        )
        blocks.append(Table(columns, rows, caption="整改期限已过、尚未销号的积案"))
    return tuple(blocks)
