"""The brief for a leader (领办专报): each key proposal's state, what is due next, what is late."""

from __future__ import annotations

from pathlib import Path

from reports.environment import environment
from reports.leader_brief_content import NOT_OWED, BriefContent, KeyCase, KeyDuty, due_day, short_day
from reports.notices import legible
from reports.official import Align, Head, OfficialDocument, Table, TableColumn, chinese_date
from reports.passages import blocks_of

TEMPLATE = "documents/leader_brief.txt"
COLUMNS = (
    TableColumn("序号", 0.8),
    TableColumn("编号和题目", 4, Align.LEFT),
    TableColumn("主办单位", 2.2, Align.LEFT),
    TableColumn("办理方案", 1.5),
    TableColumn("办理进展", 2.8, Align.LEFT),
    TableColumn("下一步", 2.2, Align.LEFT),
)


def leader_brief(content: BriefContent, templates: Path | None = None) -> OfficialDocument:
    """Return the brief; ``templates`` is a jurisdiction's folder whose documents/leader_brief.txt replaces our words."""
    content = legible(content)
    text = environment(templates).text(TEMPLATE, c=content, day=due_day)
    return OfficialDocument(
        masthead=content.masthead,
        document_no=f"第{content.serial_no}期",
        title=f"关于{content.salutation}领办重点建议提案\n办理情况的专报",
        addressee=f"{content.salutation}：",
        blocks=blocks_of(text, {"cases": _table(content.cases)}),
        signature=content.issuer,
        dated_on=content.dated_on,
        head=Head.BULLETIN,
        issue_line=(content.issuer, chinese_date(content.dated_on)),
    )


def _table(cases: tuple[KeyCase, ...]) -> Table:
    return Table(COLUMNS, tuple(_row(place, case) for place, case in enumerate(cases, 1)))


def _row(place: int, case: KeyCase) -> tuple[str, ...]:
    coming = f"{case.next.duty}\n{_until(case.next)}" if case.next else NOT_OWED
    late = f"逾期{len(case.late)}项" if case.late else ""
    step = "\n".join(part for part in (late, coming) if part and (part != NOT_OWED or not late))
    return (str(place), f"{case.name}\n{case.title or '（题目不列）'}", case.unit, case.plan, case.progress, step)


def _until(duty: KeyDuty) -> str:
    return f"{short_day(duty.last_on)}前{'（暂定）' if duty.is_provisional else ''}"
