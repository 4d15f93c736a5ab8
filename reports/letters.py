"""Letters to one unit: the supervision letter (督办函), and criticism."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports.environment import environment
from reports.notices import PIECES, legible
from reports.official import (
    Align,
    Head,
    Imprint,
    Mark,
    OfficialDocument,
    Table,
    TableColumn,
    chinese_date,
)
from reports.passages import blocks_of
from reports.wording import case_number, scope
from tasks.domain.errors import DocumentError
from tasks.domain.frames import Level
from tasks.domain.notices import Notice, Office

LEVEL_TEMPLATES = {
    Level.SUPERVISION_LETTER: "documents/supervision_letter.txt",
    Level.CRITICISM: "documents/criticism_notice.txt",
}


@dataclass(frozen=True, slots=True)
class LetterCase:
    """A case as a letter lists it; a confidential one has no title."""

    name: str
    title: str | None
    due_on: date
    days_late: int


@dataclass(frozen=True, slots=True)
class LetterFigure:
    """A measure of the unit beside that of its whole group, as printed."""

    label: str
    own: str
    group: str


@dataclass(frozen=True, slots=True)
class CriticismLetter:
    """Why a unit is criticised in a ``circular`` (series and number), and what it is asked for.

    ``figures`` and ``cases`` may be empty.
    """

    office: Office
    unit: str
    document_no: str
    dated_on: date
    circular: str
    reasons: tuple[str, ...]
    explain_by: date | None
    figures: tuple[LetterFigure, ...] = ()
    cases: tuple[LetterCase, ...] = ()
    copied_to: str = ""
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class WithdrawalLetter:
    """That the ``circular`` no longer criticises a unit which the ``corrected`` one did, and for what ``reason``."""

    office: Office
    unit: str
    document_no: str
    dated_on: date
    circular: str
    corrected: str
    reason: str
    copied_to: str = ""


def notice_letter(
    notice: Notice, dated_on: date, *, copied_to: str = "", is_draft: bool = False, templates: Path | None = None
) -> OfficialDocument:
    """Return the formal letter of a notice: one case, one letter; levels supervision_letter and criticism only.

    Raises ``DocumentError`` for another level or more than one case.
    """
    if notice.level not in LEVEL_TEMPLATES or len({item.proposal_id for item in notice.items}) != 1:
        raise DocumentError(
            notice.unit_name, f"{notice.level} 级通知不能制成一案一函", "请检查升级阶梯中的 form 设置。"
        )
    shown = legible(notice)
    pieces = {piece.__name__: piece for piece in PIECES}
    text = environment(templates).text(LEVEL_TEMPLATES[Level(notice.level)], notice=shown, **pieces)
    about = scope(shown) if len(shown.items) > 1 else case_number(shown.items[0])
    title = (
        f"关于限期办理{about}的督办函"
        if notice.level == Level.SUPERVISION_LETTER
        else f"关于拟对{about}通报批评的告知函"
    )
    return _letter(shown.office, notice.document_no or "", title, shown.unit_name, text, dated_on, copied_to, is_draft)


def criticism_letter(content: CriticismLetter, templates: Path | None = None) -> OfficialDocument:
    """Return the letter that tells a unit that, and why, a circular criticises it."""
    content = legible(content)
    text = environment(templates).text("documents/criticism_letter.txt", c=content)
    title = f"关于对{content.unit}予以通报批评的函"
    return _letter(
        content.office, content.document_no, title, content.unit, text, content.dated_on, content.copied_to,
        content.is_draft, {"cases": _case_table(content.cases), "figures": _figure_table(content.figures)},
    )  # fmt: skip


def withdrawal_letter(content: WithdrawalLetter, templates: Path | None = None) -> OfficialDocument:
    """Return the letter that takes back a criticism."""
    content = legible(content)
    text = environment(templates).text("documents/criticism_withdrawn.txt", c=content)
    title = f"关于撤销对{content.unit}通报批评的函"
    return _letter(
        content.office, content.document_no, title, content.unit, text, content.dated_on, content.copied_to, False
    )


def _letter(
    office: Office,
    document_no: str,
    title: str,
    unit: str,
    text: str,
    dated_on: date,
    copied_to: str,
    is_draft: bool,
    inserted: dict[str, Table] | None = None,
) -> OfficialDocument:
    return OfficialDocument(
        masthead=office.name,
        document_no=document_no,
        title=title,
        addressee=f"{unit}：",
        blocks=blocks_of(text, inserted or {}),
        signature=office.name,
        dated_on=dated_on,
        head=Head.LETTER,
        imprint=Imprint(copied_to),
        marks=(Mark.DRAFT,) if is_draft else (),
    )


def _case_table(cases: tuple[LetterCase, ...]) -> Table:
    columns = (
        TableColumn("序号", 0.7),
        TableColumn("编号", 2.6),
        TableColumn("题目", 6, Align.LEFT),
        TableColumn("办理期限", 2.4),
        TableColumn("逾期天数", 1.4),
    )
    rows = (
        (str(number), case.name, case.title or "（题目不列）", chinese_date(case.due_on), str(case.days_late))
        for number, case in enumerate(cases, 1)
    )
    return Table(columns, tuple(rows))


def _figure_table(figures: tuple[LetterFigure, ...]) -> Table:
    columns = (TableColumn("指标", 3, Align.LEFT), TableColumn("你单位", 3), TableColumn("本组总体", 3))
    return Table(columns, tuple((one.label, one.own, one.group) for one in figures))
