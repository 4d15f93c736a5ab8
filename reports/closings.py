"""积案销号审批表: what a case was, what proves that it is solved, and whether it still meets a criterion."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.backlog_lines import CaseLine
from reports.official import Align, Block, Head, Heading, OfficialDocument, Paragraph, Table, TableColumn, chinese_date

STILL_MET = "注意：这一件现在仍符合上述认定情形。"
SIGNED_BY_ROW = "审核、签发由有权人在系统中进行，以系统记录的姓名、时间和本表校验码为准；签发之后方为销号。"


@dataclass(frozen=True, slots=True)
class Proof:
    """A paper that proves a case solved: its name, and the beginning of its hash."""

    filename: str
    checksum: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What is put before those who close a case; ``despite`` says why, where it still meets a criterion."""

    issuer: str
    line: CaseLine
    asked_on: date
    asked_by: str
    proof: str
    papers: tuple[Proof, ...] = ()
    despite: str = ""
    inspected: str = ""


def closing_form(closing: Closing) -> OfficialDocument:
    """Return the form; a case that still meets a criterion says so before anything is signed."""
    line = closing.line
    return OfficialDocument(
        masthead="积案销号审批表",
        document_no=f"积案{line.case_no}",
        title=f"关于{line.name}积案销号的审批",
        addressee="",
        blocks=_blocks(closing),
        signature=closing.issuer,
        dated_on=closing.asked_on,
        head=Head.BULLETIN,
        issue_line=(closing.issuer, chinese_date(closing.asked_on)),
    )


def _blocks(closing: Closing) -> tuple[Block, ...]:
    line = closing.line
    warned = (Paragraph(STILL_MET),) if line.is_met else ()
    columns = (TableColumn("项目", 2.2), TableColumn("内容", 8, Align.LEFT))
    rows = tuple((name, value) for name, value in _rows(closing) if value)
    return (*warned, Table(columns, rows), Heading("审核签发"), Paragraph(SIGNED_BY_ROW))


def _rows(closing: Closing) -> tuple[tuple[str, str], ...]:
    line = closing.line
    criteria = "、".join(line.labels)
    return (
        ("积案编号", line.case_no),
        ("建议提案", line.name),
        ("题目", line.shown_title),
        ("责任单位", "、".join(line.units)),
        ("列入日期", f"{chinese_date(line.opened_on)}（自{chinese_date(line.since)}起符合）"),
        ("认定情形", criteria if line.is_met else f"曾符合：{criteria}；现已不符合"),
        ("认定依据", line.evidence),
        ("联合督查", closing.inspected),
        ("销号依据", closing.proof),
        ("证明材料", _papers(closing.papers)),
        ("仍符合情形而销号的理由", closing.despite),
        ("申请人", f"{closing.asked_by}，{chinese_date(closing.asked_on)}"),
    )


def _papers(papers: tuple[Proof, ...]) -> str:
    if not papers:
        return "未附材料"
    return "；".join(f"{number}.{one.filename}（校验码{one.checksum}）" for number, one in enumerate(papers, 1))
