"""A ranking as the circular prints it: tables by group, the rates over all units, and how they moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from reports.circular_content import GroupTable, Measure, RankRow, Rate
from reports.circular_facts import groups_in_order
from reports.letters import LetterFigure
from tasks.domain.ranking_scheme import MEASURES, MeasureSpec, RankingScheme
from tasks.domain.ranking_scheme import Measure as Scored

HANDLING, QUALITY, FOLLOW_UP = "办理过程", "办理质量", "办后落实"
PARTS: Mapping[str, str] = {
    Scored.SATISFACTION: QUALITY,
    Scored.SOLVED: QUALITY,
    Scored.COMMITMENT: FOLLOW_UP,
    Scored.LOOK_BACK: FOLLOW_UP,
    Scored.PUBLICATION: FOLLOW_UP,
}
"""What of the work a measure speaks of; of the handling itself where nothing else is said."""


def group_tables(ranked: pd.DataFrame, groups: Mapping[str, str], scheme: RankingScheme) -> tuple[GroupTable, ...]:
    """Return a table for each group that has units, in the order and with the labels of ``groups``.

    ``ranked`` is a ranking, with ``rank_change`` where trends are to be shown. A measure that divides by nothing in the
    whole ranking is left out, and one that has no weight in a scheme by weights; a group that ``groups`` does not name comes
    last under its own name.
    """
    weighing = [spec for spec in MEASURES if spec.measure in scheme.weights or not scheme.weights]
    specs = [spec for spec in weighing if ranked[f"{spec.measure}_total"].sum()]
    tables = ((groups.get(name, name), ranked[ranked["group"] == name]) for name in groups_in_order(ranked, groups))
    labels = tuple(spec.label.removesuffix("率") for spec in specs)
    return tuple(GroupTable(label, labels, _rows(rows, specs, scheme)) for label, rows in tables if len(rows))


def beside_group(ranked: pd.DataFrame, unit_id: str, scheme: RankingScheme) -> tuple[LetterFigure, ...]:
    """Return the measures of a unit that the scheme ranks by, each beside that of its whole group.

    A measure that the unit has no case of is left out.
    """
    own = ranked[ranked["unit_id"] == unit_id]
    group = ranked[ranked["group"].isin(own["group"])]
    weighing = [spec for spec in MEASURES if spec.measure in scheme.weights or not scheme.weights]
    figures = ((spec.label, _sum(own, spec, scheme), _sum(group, spec, scheme)) for spec in weighing)
    return tuple(LetterFigure(label, one.in_full, whole.in_full) for label, one, whole in figures if one.total)


def _rows(rows: pd.DataFrame, specs: Sequence[MeasureSpec], scheme: RankingScheme) -> tuple[RankRow, ...]:
    return tuple(_row(row, specs, scheme) for row in rows.to_dict("records"))


def _row(row: Mapping[str, object], specs: Sequence[MeasureSpec], scheme: RankingScheme) -> RankRow:
    rates = (_rate(row[f"{spec.measure}_count"], row[f"{spec.measure}_total"], scheme) for spec in specs)
    rank = row["rank"]
    return RankRow(
        rank=None if pd.isna(rank) else int(str(rank)),
        unit=str(row["name"]),
        caseload=int(str(row["caseload"])),
        rates=tuple(rates),
        points=str(row["points"]),
        score="—" if pd.isna(row["score"]) else str(row["score"]),
        trend=_trend(row.get("rank_change")),
    )


def _rate(count: object, total: object, scheme: RankingScheme) -> Rate:
    return Rate(int(str(count)), int(str(total)), scheme.digits)


def _trend(change: object) -> str:
    """Places won or lost since the last circular; nothing where it cannot be told."""
    if change is None or pd.isna(change):
        return ""
    moved = int(str(change))
    return f"↑{moved}" if moved > 0 else f"↓{-moved}" if moved < 0 else "持平"


def overall_measures(
    ranked: pd.DataFrame, scheme: RankingScheme, earlier: pd.DataFrame | None = None
) -> tuple[Measure, ...]:
    """Return every measure over all units with what it counts and, given the ``earlier`` ranking, how it moved."""
    return tuple(_overall(spec, ranked, scheme, earlier) for spec in MEASURES)


def _overall(spec: MeasureSpec, ranked: pd.DataFrame, scheme: RankingScheme, earlier: pd.DataFrame | None) -> Measure:
    now, before = (_sum(frame, spec, scheme) for frame in (ranked, earlier))
    return Measure(spec.label, now, now.since(before), scheme.counted(spec), PARTS.get(spec.measure, HANDLING))


def _sum(ranked: pd.DataFrame | None, spec: MeasureSpec, scheme: RankingScheme) -> Rate:
    if ranked is None:
        return Rate(0, 0)
    return _rate(ranked[f"{spec.measure}_count"].sum(), ranked[f"{spec.measure}_total"].sum(), scheme)
