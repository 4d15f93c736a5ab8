"""The annexes of a circular: the ranking by group, the lists, the pictures, the overdue cases, what a correction changes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from reports.circular_content import CircularContent, Correction, GroupTable, OverdueCase, RankRow
from reports.circular_lists import lists_annex
from reports.official import Align, Annex, Figures, Table, TableColumn


@dataclass(frozen=True, slots=True)
class NamedAnnexes:
    """The annexes that there are, by what the text calls them."""

    ranking: Annex | None
    lists: Annex | None
    charts: Annex | None
    overdue: Annex | None
    differences: Annex | None

    @property
    def present(self) -> dict[str, Annex]:
        """The annexes in print order; upright ones last, so that the imprint stands on an upright page."""
        named = {
            "ranking": self.ranking,
            "lists": self.lists,
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
        return {name: numbered.get(name, "") for name in ("ranking", "lists", "charts", "overdue", "differences")}


def annexes_of(content: CircularContent) -> NamedAnnexes:
    """Return the circular's annexes; one that would be empty is not there."""
    return NamedAnnexes(
        _ranking(content),
        lists_annex(content),
        _charts(content),
        _overdue(content),
        differences_annex(content.correction),
    )


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


def differences_annex(correction: Correction | None) -> Annex | None:
    """Return what a correction changes, place by place; None where nothing is corrected."""
    if correction is None:
        return None
    columns = (
        TableColumn("序号", 0.6),
        TableColumn("更正之处", 3, Align.LEFT),
        TableColumn("更正前", 2),
        TableColumn("更正后", 2),
    )
    rows = tuple(
        (str(number), difference.where, difference.before, difference.after)
        for number, difference in enumerate(correction.differences, 1)
    )
    return Annex("更正前后对照表", (Table(columns, rows),))
