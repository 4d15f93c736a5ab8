"""The plan of a joint inspection (联合督查方案): who leads, who comes, when, which cases, and what is asked of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports.environment import environment
from reports.official import (
    Align,
    Annex,
    Block,
    Head,
    Heading,
    Imprint,
    Mark,
    OfficialDocument,
    Paragraph,
    Table,
    TableColumn,
)
from reports.passages import blocks_of
from tasks.domain.errors import DocumentError
from tasks.domain.notices import Office

LEFT = Align.LEFT
UNTITLED = "（题目不列）"


@dataclass(frozen=True, slots=True)
class InspectionCase:
    """A backlog case of a joint inspection: who must be there, which criteria it meets, the evidence, what is asked."""

    case_no: str
    name: str
    title: str | None
    units: tuple[str, ...]
    reasons: tuple[str, ...]
    since: date
    evidence: str
    questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InspectionPlan:
    """A joint inspection (联合督查): who leads it, who takes part, when, and which cases."""

    office: Office
    document_no: str
    dated_on: date
    leader: str
    members: tuple[str, ...]
    starts_on: date
    ends_on: date
    report_by: date
    cases: tuple[InspectionCase, ...]
    copied_to: str = ""
    is_draft: bool = False


def joint_inspection_plan(plan: InspectionPlan, templates: Path | None = None) -> OfficialDocument:
    """Return the plan of a joint inspection with its list of cases and questions; ``DocumentError`` without a case."""
    if not plan.cases:
        raise DocumentError("联合督查方案", "没有积案", "没有积案时不制发联合督查方案。")
    text = environment(templates).text("documents/joint_inspection.txt", p=plan)
    questions = tuple(block for case in plan.cases for block in _questions(case))
    annexes = (Annex("联合督查积案清单", (_table(plan.cases),), landscape=True),)
    return OfficialDocument(
        masthead=f"{plan.office.name}文件",
        document_no=plan.document_no,
        title=f"关于对{len(plan.cases)}件建议提案积案\n开展联合督查的方案",
        addressee="各有关单位：",
        blocks=blocks_of(text, {}),
        signature=plan.office.name,
        dated_on=plan.dated_on,
        head=Head.DOCUMENT,
        annexes=annexes + ((Annex("联合督查逐件问题清单", questions),) if questions else ()),
        imprint=Imprint(plan.copied_to, plan.office.name, plan.dated_on),
        marks=(Mark.DRAFT,) if plan.is_draft else (),
    )


def _questions(case: InspectionCase) -> tuple[Block, ...]:
    if not case.questions:
        return ()
    asked = (Paragraph(f"{number}.{text}") for number, text in enumerate(case.questions, 1))
    about = f"积案{case.case_no} {case.name}（{'、'.join(case.units) or '承办单位待定'}）"
    return (Heading(about, 2), *asked)


def _table(cases: tuple[InspectionCase, ...]) -> Table:
    columns = (
        TableColumn("积案编号", 1.7),
        TableColumn("建议提案", 4.2, LEFT),
        TableColumn("责任单位", 2.6, LEFT),
        TableColumn("认定情形", 2.2, LEFT),
        TableColumn("起始日期", 1.6),
        TableColumn("依据", 6, LEFT),
    )
    rows = (
        (
            case.case_no,
            f"{case.name} {case.title or UNTITLED}",
            "、".join(case.units) or "承办单位待定",
            "、".join(case.reasons),
            f"{case.since.year}.{case.since.month}.{case.since.day}",
            case.evidence,
        )
        for case in cases
    )
    return Table(columns, tuple(rows))
