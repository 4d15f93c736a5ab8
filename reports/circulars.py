"""The ranking circular (通报 第N期): counts and names in, an official document out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from reports.circular_annexes import annexes_of
from reports.circular_content import CircularContent, Measure, Total, UnitCount
from reports.circular_words import shared_out
from reports.environment import environment
from reports.notices import legible
from reports.official import (
    Head,
    Mark,
    OfficialDocument,
    Table,
    TableColumn,
    chinese_date,
)
from reports.passages import blocks_of

TEMPLATE = "documents/circular.txt"


LONG_PERIOD = 12
"""From so many characters on the period has a line of the title to itself."""


@dataclass(frozen=True, slots=True)
class Part:
    """The measures of one part of the work."""

    label: str
    measures: tuple[Measure, ...]


@dataclass(frozen=True, slots=True)
class Zero:
    """Units that have done nothing of what a measure counts, with how much they owe."""

    measure: str
    units: list[UnitCount]


def circular(content: CircularContent, templates: Path | None = None) -> OfficialDocument:
    """Return the circular; ``templates`` is a jurisdiction's folder whose documents/circular.txt replaces our words.

    Nothing is said of what did not happen: an empty list leaves its paragraph, section or annex out.
    """
    content = legible(content)
    annexes = annexes_of(content)
    told = {"annex": annexes.labels(), "parts": _parts(content), "listed": shared_out, "zeros": _zeros(content)}
    text = environment(templates).text(TEMPLATE, c=content, **told)
    return OfficialDocument(
        masthead=content.masthead,
        document_no=f"第{content.serial_no}期",
        title=_title(content.period),
        addressee=content.addressee,
        blocks=blocks_of(text, {"totals": _totals(content)}),
        signature=content.issuer,
        dated_on=content.dated_on,
        head=Head.BULLETIN,
        issue_line=(content.issuer, chinese_date(content.dated_on)),
        annexes=tuple(annexes.present.values()),
        imprint=content.imprint,
        marks=_marks(content),
    )


def _title(period: str) -> str:
    """Return the title in lines that keep words whole and the longer line below."""
    lines = (
        ("人大代表建议和", "政协提案办理情况的通报")
        if len(period) < LONG_PERIOD
        else ("", "人大代表建议和政协提案办理情况的通报")
    )
    return f"关于{period}{lines[0]}\n{lines[1]}"


def _parts(content: CircularContent) -> list[Part]:
    """Return the measures that divide by something, those of one part together, in the order of their first."""
    counted = [measure for measure in content.measures if measure.rate.total]
    labels = dict.fromkeys(measure.part for measure in counted)
    return [Part(label, tuple(measure for measure in counted if measure.part == label)) for label in labels]


def _zeros(content: CircularContent) -> list[Zero]:
    """Return the measures of which units have nothing done, each with its units, the most owed first."""
    measures = dict.fromkeys(zero.measure for zero in content.zero_rates)
    return [Zero(measure, _owing(content, measure)) for measure in measures]


def _owing(content: CircularContent, measure: str) -> list[UnitCount]:
    mine = [UnitCount(zero.unit, zero.total) for zero in content.zero_rates if zero.measure == measure]
    return sorted(mine, key=lambda unit: -unit.count)


def _marks(content: CircularContent) -> tuple[Mark, ...]:
    marks = {
        Mark.DRAFT: content.is_draft,
        Mark.BACKFILL: content.is_backfill,
        Mark.CORRECTION: content.correction is not None,
    }
    return tuple(mark for mark, is_set in marks.items() if is_set)


def _totals(content: CircularContent) -> Table:
    total = content.total
    columns = (
        TableColumn("类别", 2.3),
        TableColumn("交办", 1.1),
        TableColumn("已答复/应答复", 2.4),
        TableColumn("答复率", 1.5),
        TableColumn("按期/到期", 1.8),
        TableColumn("按期答复率", 1.9),
        *((TableColumn("逾期后答复", 1.9),) if total.late else ()),
        *((TableColumn("逾期未答复", 1.9),) if total.overdue else ()),
        *((TableColumn("临期", 0.9),) if total.due_soon else ()),
    )
    sums = [*content.totals, replace(total, label="合计")] if len(content.totals) > 1 else [total]
    rows = tuple(_total_row(one, total) for one in sums)
    return Table(columns, rows, caption="表1 建议提案分类办理情况（单位：件）", note=_counting(total))


def _total_row(one: Total, whole: Total) -> tuple[str, ...]:
    """Return the row; a column that is empty for all has no cell."""
    return (
        one.label,
        str(one.assigned),
        f"{one.progress.count}/{one.progress.total}",
        one.progress.text or "—",
        f"{one.on_time.count}/{one.on_time.total}",
        one.on_time.text or "—",
        *((str(one.late),) if whole.late else ()),
        *((str(one.overdue),) if whole.overdue else ()),
        *((str(one.due_soon),) if whole.due_soon else ()),
    )


def _counting(total: Total) -> str:
    """Why there are more or fewer replies to give than proposals assigned; nothing where there are as many."""
    reasons = (
        f"已撤回或不需书面答复的{total.no_reply}件不计入应答复" if total.no_reply else "",
        f"由几个单位分别答复的，每个单位各计1件，因此多计{total.further}件" if total.further else "",
    )
    told = "；".join(reason for reason in reasons if reason)
    return f"注：{told}。" if told else ""
