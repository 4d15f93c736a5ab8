"""The ranking circular (通报 第N期): counts and names in, an official document out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from reports.circular_content import CircularContent, GroupTable, Measure, OverdueCase, RankRow, Total
from reports.circular_words import shared_out
from reports.environment import environment
from reports.notices import legible
from reports.official import (
    Align,
    Annex,
    Figures,
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
class NamedAnnexes:
    """The annexes that there are, by what the text calls them."""

    ranking: Annex | None
    charts: Annex | None
    overdue: Annex | None
    differences: Annex | None

    @property
    def present(self) -> dict[str, Annex]:
        """The annexes in print order; upright ones last, so that the imprint stands on an upright page."""
        named = {
            "ranking": self.ranking,
            "charts": self.charts,
            "overdue": self.overdue,
            "differences": self.differences,
        }
        return {name: annex for name, annex in named.items() if annex is not None}

    def labels(self) -> dict[str, str]:
        """Return what the text calls each annex; empty for one that is not there."""
        names = list(self.present)
        several = len(names) > 1
        numbered = {name: f"附件{number}" if several else "附件" for number, name in enumerate(names, 1)}
        return {name: numbered.get(name, "") for name in ("ranking", "charts", "overdue", "differences")}


def circular(content: CircularContent, templates: Path | None = None) -> OfficialDocument:
    """Return the circular; ``templates`` is a jurisdiction's folder whose documents/circular.txt replaces our words.

    Nothing is said of what did not happen: an empty list leaves its paragraph, section or annex out.
    """
    content = legible(content)
    annexes = NamedAnnexes(_ranking(content), _charts(content), _overdue(content), _differences(content))
    told = {"annex": annexes.labels(), "parts": _parts(content), "listed": shared_out}
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


def _ranking(content: CircularContent) -> Annex | None:
    if not content.groups:
        return None
    tables = [_group_table(group) for group in content.groups]
    noted = (*tables[:-1], replace(tables[-1], note=_notes(content)))
    return Annex("承办单位建议提案办理情况排名表", noted, landscape=True)


def _group_table(group: GroupTable) -> Table:
    trend = any(row.trend for row in group.rows)
    columns = (
        TableColumn("名次", 0.9),
        TableColumn("承办单位", 3.6, Align.LEFT),
        TableColumn("承办件数", 1),
        *(TableColumn(measure, 1.8) for measure in group.measures),
        TableColumn("加减分", 1.3),
        TableColumn("得分", 1.6),
        *((TableColumn("较上期", 1.1),) if trend else ()),
    )
    return Table(columns, tuple(_rank_row(row, trend) for row in group.rows), caption=group.label)


def _rank_row(row: RankRow, trend: bool) -> tuple[str, ...]:
    rates = (f"{rate.text}\n{rate.count}/{rate.total}" if rate.total else "—" for rate in row.rates)
    rank = "—" if row.rank is None else str(row.rank)
    return (rank, row.unit, str(row.caseload), *rates, row.points, row.score, *((row.trend or "—",) if trend else ()))


def _notes(content: CircularContent) -> str:
    """What the rates count, and the other notes, numbered when there are several."""
    counted = [f"{measure.label}＝{measure.counts}" for measure in content.measures if measure.counts]
    notes = [*(["；".join(counted)] if counted else []), *content.notes]
    if len(notes) < 2:
        return "".join(f"注：{note}。" for note in notes)
    return "\n".join(("注：" if number == 1 else "　　") + f"{number}.{note}。" for number, note in enumerate(notes, 1))


def _charts(content: CircularContent) -> Annex | None:
    if not content.charts:
        return None
    numbers = iter(range(1, 100))
    blocks = tuple(
        Figures(tuple(replace(figure, caption=f"图{next(numbers)} {figure.caption}") for figure in row.items))
        for row in content.charts
    )
    return Annex("建议提案办理情况分析图", blocks)


def _overdue(content: CircularContent) -> Annex | None:
    if not content.overdue:
        return None
    explained = any(case.explanation for case in content.overdue)
    columns = (
        TableColumn("序号", 0.8),
        TableColumn("编号", 2.6),
        TableColumn("题目", 4.8, Align.LEFT),
        TableColumn("承办单位", 2.4, Align.LEFT),
        TableColumn("承办人", 1.4),
        TableColumn("办理期限", 1.9),
        TableColumn("逾期天数", 1.1),
        TableColumn("办理环节", 1.6),
        *((TableColumn("单位情况说明", 3.4, Align.LEFT),) if explained else ()),
    )
    rows = tuple(_overdue_row(number, case, explained) for number, case in enumerate(content.overdue, 1))
    return Annex("逾期未答复建议提案清单", (Table(columns, rows),), landscape=explained)


def _overdue_row(number: int, case: OverdueCase, explained: bool) -> tuple[str, ...]:
    due = f"{case.due_on.year}.{case.due_on.month}.{case.due_on.day}"
    shown = (str(number), case.name, case.title or "（题目不列）", case.unit, case.handler, due, str(case.days_late))
    return (*shown, case.stage, *((case.explanation,) if explained else ()))


def _differences(content: CircularContent) -> Annex | None:
    if content.correction is None:
        return None
    columns = (
        TableColumn("序号", 0.6),
        TableColumn("更正之处", 3, Align.LEFT),
        TableColumn("更正前", 2),
        TableColumn("更正后", 2),
    )
    rows = tuple(
        (str(number), difference.where, difference.before, difference.after)
        for number, difference in enumerate(content.correction.differences, 1)
    )
    return Annex("更正前后对照表", (Table(columns, rows),))
