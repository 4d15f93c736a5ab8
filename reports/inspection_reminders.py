"""What reminds of a joint inspection: the office of what is late, a unit of the day on which the report is due."""

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


@dataclass(frozen=True, slots=True)
class ReportNotice:
    """What a unit is told of an inspection's report date; ``cases`` are its open ones, each as number and matter.

    ``plan_no`` is the signed plan's number; ``has_passed`` says that the date is over and there is no report.
    """

    issuer: str
    unit: str
    plan_no: str
    title: str
    leader: str
    as_of: date
    report_by: date
    has_passed: bool
    cases: tuple[tuple[str, str], ...]


def report_notice(notice: ReportNotice) -> OfficialDocument:
    """Return the reminder of a report date for one unit; it names no other unit's cases."""
    word = "已过" if notice.has_passed else "临近"
    return _letter(
        notice.issuer, f"{notice.plan_no}督查报告期限{word}", notice.unit, _report_blocks(notice), notice.as_of
    )


def _report_blocks(notice: ReportNotice) -> tuple[Block, ...]:
    due = chinese_date(notice.report_by)
    about = f"《{notice.title}》（{notice.plan_no}），由{notice.leader}牵头，督查报告应于{due}前形成"
    asked = f"清单所列{len(notice.cases)}件积案由你单位负责，尚未销号，请"
    if notice.has_passed:
        text = f"{about}，现期限已过，报告还没有形成。{asked}立即将办理进展和证明材料报送{notice.issuer}。"
    else:
        text = f"{about}。{asked}在此之前将办理进展和证明材料报送{notice.issuer}；已经报送的，不必再报。"
    columns = (TableColumn("积案编号", 1.7), TableColumn("建议提案", 6, Align.LEFT))
    return Paragraph(text), Table(columns, notice.cases, caption="你单位负责的积案")


def inspection_reminder(reminder: InspectionReminder) -> OfficialDocument:
    """Return the reminder; it says only what is late."""
    return _letter(reminder.issuer, _title(reminder), reminder.issuer, _blocks(reminder), reminder.as_of)


def _letter(issuer: str, title: str, to: str, blocks: tuple[Block, ...], dated_on: date) -> OfficialDocument:
    return OfficialDocument(
        masthead="联合督查提醒",
        document_no="",
        title=title,
        addressee=f"{to}：",
        blocks=blocks,
        signature=issuer,
        dated_on=dated_on,
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
