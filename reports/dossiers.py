"""The dossier (案卷) of one backlog case: everything that a person needs before an inspection, section by section."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reports.official import (
    Align,
    Block,
    Head,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    TableColumn,
    chinese_date,
)
from reports.passages import chinese_number

LEFT = Align.LEFT


@dataclass(frozen=True, slots=True)
class Reason:
    """A criterion that makes the case backlog, since when and on what evidence."""

    criterion: str
    since: date
    evidence: str


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A unit's part in the case."""

    unit: str
    role: str
    assigned_on: date
    ended: str
    responsible: str


@dataclass(frozen=True, slots=True)
class DutyRecord:
    """One obligation and how it stands."""

    unit: str
    duty: str
    due_on: date
    state: str
    article: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: the day, the unit, what, and the note that was made."""

    on: date
    unit: str
    what: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment, its day and what became of it."""

    unit: str
    made_on: date
    until: date | None
    text: str
    outcome: str


@dataclass(frozen=True, slots=True)
class SentNotice:
    """A notice that went out: level, day, to whom, and its document number if it has one."""

    level: str
    on: date
    to: str
    document_no: str = ""


@dataclass(frozen=True, slots=True)
class EarlierProposal:
    """The same matter in an earlier year."""

    year: str
    name: str
    title: str
    unit: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """What is proposed: who leads, which units take part, when."""

    leader: str
    units: tuple[str, ...]
    on: date


@dataclass(frozen=True, slots=True)
class Dossier:
    """One case; ``facts`` are label and value of what is known of it. A confidential case has no ``title``."""

    issuer: str
    case_no: str
    name: str
    title: str | None
    as_of: date
    facts: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    units: tuple[UnitRecord, ...] = ()
    duties: tuple[DutyRecord, ...] = ()
    history: tuple[Event, ...] = ()
    promises: tuple[Promise, ...] = ()
    notices: tuple[SentNotice, ...] = ()
    explanations: tuple[Event, ...] = ()
    earlier: tuple[EarlierProposal, ...] = ()
    inspection: Inspection | None = None


def dossier(case: Dossier) -> OfficialDocument:
    """Return the dossier; a section without entries is left out and the others are numbered without a gap."""
    sections = [(title, blocks) for title, blocks in _sections(case) if blocks]
    blocks = [
        block
        for number, (title, inside) in enumerate(sections, 1)
        for block in (Heading(f"{chinese_number(number)}、{title}"), *inside)
    ]
    return OfficialDocument(
        masthead="督办案卷",
        document_no=case.case_no,
        title=f"{case.name}\n{case.title}" if case.title else case.name,
        addressee="",
        blocks=tuple(blocks),
        signature=case.issuer,
        dated_on=case.as_of,
        head=Head.BULLETIN,
        issue_line=(case.issuer, chinese_date(case.as_of)),
    )


def _sections(case: Dossier) -> tuple[tuple[str, tuple[Block, ...]], ...]:
    return (
        ("基本情况", _facts(case)),
        ("积案认定", _reasons(case)),
        ("承办单位", _units(case)),
        ("应办事项", _duties(case)),
        ("办理经过", _events(case.history, "事项")),
        ("承诺及兑现", _promises(case)),
        ("督办记录", _notices(case)),
        ("单位情况说明", _events(case.explanations, "方式")),
        ("往届同题", _earlier(case)),
        ("联合督查建议", _inspection(case)),
    )


def _table(columns: tuple[TableColumn, ...], rows: Sequence[tuple[str, ...]]) -> tuple[Block, ...]:
    return (Table(columns, tuple(rows)),) if rows else ()


def _day(day: date | None) -> str:
    return f"{day.year}.{day.month}.{day.day}" if day else "—"


def _facts(case: Dossier) -> tuple[Block, ...]:
    columns = (TableColumn("项目", 2), TableColumn("内容", 8, LEFT))
    return _table(columns, [(label, value or "—") for label, value in case.facts])


def _reasons(case: Dossier) -> tuple[Block, ...]:
    columns = (TableColumn("认定情形", 2.4), TableColumn("起始日期", 1.8), TableColumn("依据", 6, LEFT))
    return _table(columns, [(reason.criterion, _day(reason.since), reason.evidence) for reason in case.reasons])


def _units(case: Dossier) -> tuple[Block, ...]:
    columns = (
        TableColumn("单位", 3, LEFT),
        TableColumn("承办方式", 1.4),
        TableColumn("交办日期", 1.8),
        TableColumn("三级责任人", 3, LEFT),
        TableColumn("变动", 2, LEFT),
    )
    rows = [(u.unit, u.role, _day(u.assigned_on), u.responsible or "尚未明确", u.ended or "—") for u in case.units]
    return _table(columns, rows)


def _duties(case: Dossier) -> tuple[Block, ...]:
    columns = (
        TableColumn("单位", 2.6, LEFT),
        TableColumn("事项", 2),
        TableColumn("期限", 1.8),
        TableColumn("状态", 2),
        TableColumn("依据", 4, LEFT),
    )
    return _table(columns, [(d.unit, d.duty, _day(d.due_on), d.state, d.article) for d in case.duties])


def _events(events: tuple[Event, ...], what: str) -> tuple[Block, ...]:
    columns = (
        TableColumn("日期", 1.7),
        TableColumn("单位", 2.8, LEFT),
        TableColumn(what, 3, LEFT),
        TableColumn("说明", 4, LEFT),
    )
    ordered = sorted(events, key=lambda event: event.on)
    return _table(columns, [(_day(e.on), e.unit or "—", e.what, e.note or "—") for e in ordered])


def _promises(case: Dossier) -> tuple[Block, ...]:
    columns = (
        TableColumn("单位", 2.4, LEFT),
        TableColumn("承诺日期", 1.7),
        TableColumn("完成时限", 1.7),
        TableColumn("内容", 4, LEFT),
        TableColumn("兑现情况", 2),
    )
    return _table(columns, [(p.unit, _day(p.made_on), _day(p.until), p.text, p.outcome) for p in case.promises])


def _notices(case: Dossier) -> tuple[Block, ...]:
    columns = (
        TableColumn("日期", 1.7),
        TableColumn("方式", 1.6),
        TableColumn("文号", 3),
        TableColumn("送达", 4, LEFT),
    )
    rows = [(_day(n.on), n.level, n.document_no or "—", n.to) for n in sorted(case.notices, key=lambda n: n.on)]
    return _table(columns, rows)


def _earlier(case: Dossier) -> tuple[Block, ...]:
    columns = (
        TableColumn("年度", 1),
        TableColumn("编号", 2.2),
        TableColumn("题目", 5, LEFT),
        TableColumn("主办单位", 2.4, LEFT),
        TableColumn("办理结果", 2),
    )
    return _table(columns, [(p.year, p.name, p.title, p.unit, p.outcome) for p in case.earlier])


def _inspection(case: Dossier) -> tuple[Block, ...]:
    plan = case.inspection
    if plan is None:
        return ()
    units = "、".join(plan.units)
    return (Paragraph(f"建议由{plan.leader}牵头，{units}参加，于{chinese_date(plan.on)}前开展联合督查。"),)
