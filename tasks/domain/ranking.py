"""Who stands where: counted measures, points, scores and ranks of the units within their groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from tasks.domain.errors import DocumentError
from tasks.domain.frames import Column, Facts, FrameSpec
from tasks.domain.ranking_measures import counted_items, scoped
from tasks.domain.ranking_points import earned_points, point_items
from tasks.domain.ranking_scheme import MEASURES, RankingScheme
from tasks.domain.workdays import WorkdayCalendar

RANKING = FrameSpec(
    "ranking",
    "承办单位排名",
    ("unit_id",),
    (
        Column("group", "text", "组别", required=True),
        Column("rank", "integer", "名次"),
        Column("unit_id", "text", "单位编号", required=True),
        Column("name", "text", "单位名称", required=True),
        Column("caseload", "integer", "承办件数", required=True),
        *(
            Column(f"{spec.measure}_{part}", kind, f"{spec.label}{label}")
            for spec in MEASURES
            for part, kind, label in (
                ("count", "integer", "（计）"),
                ("total", "integer", "（总）"),
                ("rate", "number", "(%)"),
            )
        ),
        Column("points", "number", "加减分", required=True),
        Column("score", "number", "得分"),
    ),
)
"""``*_rate``, ``points`` and ``score`` hold ``Decimal`` with the scheme's digits, or ``None``; the rates are percentages."""


def percentage(count: int, total: int, digits: int = 2) -> Decimal | None:
    """Return ``count`` as a percentage of ``total``, rounded half-up to ``digits`` decimals; ``None`` of nothing.

    Only integers are computed with, so 1 of 16 is 6.25 and, to one digit, 6.3. ``ValueError`` where a count is negative
    or greater than its total: such a share would be printed and believed.

    >>> percentage(288, 641)
    Decimal('44.93')
    >>> percentage(0, 19)
    Decimal('0.00')
    >>> percentage(0, 0) is None
    True
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no share: the count must lie between 0 and its total")
    return None if total == 0 else half_up(Fraction(100 * int(count), int(total)), digits)


def half_up(number: Fraction, digits: int) -> Decimal:
    """Return ``number`` with ``digits`` decimals; a half is rounded away from zero.

    >>> half_up(Fraction(1, 8), 2), half_up(Fraction(-1, 8), 2)
    (Decimal('0.13'), Decimal('-0.13'))
    """
    scaled = (2 * abs(number.numerator) * 10**digits + number.denominator) // (2 * number.denominator)
    return Decimal(scaled if number >= 0 else -scaled).scaleb(-digits)


def ranking(
    facts: Facts,
    obligations: pd.DataFrame,
    scheme: RankingScheme,
    calendar: WorkdayCalendar,
    as_of: date,
    known_at: datetime | None = None,
    criticisms: Mapping[str, int] | None = None,
) -> pd.DataFrame:
    """Return ``RANKING``: one row a unit with work in the sessions that count, by group, rank and unit_id.

    ``caseload`` is what the unit has to answer; below the scheme's minimum a unit is listed without a rank. Ranks go 1-2-2-4
    on the score as displayed, within each group. ``criticisms`` counts by unit what the office has issued. Raises
    ``DocumentError`` when the units' counts don't add up to the whole.
    """
    items = counted_items(facts, obligations, scheme, as_of, known_at)
    earned = earned_points(point_items(facts, obligations, scheme, calendar, as_of, known_at), scheme, criticisms or {})
    owed = scoped(facts, obligations, scheme, as_of)
    units = sorted({*owed.loc[owed["is_current"], "unit_id"], *items["unit_id"]})
    counts = _counts(items, units, scheme)
    check_sums(items, counts)
    score = [_score(row, scheme, earned) for row in counts.to_dict("index").values()] if units else []
    points = [earned.get(unit, Decimal(0)).quantize(scheme.points_digits) for unit in units]
    frame = counts.assign(points=points, score=score)
    return _ranked(_named(frame, facts), scheme)


def _counts(items: pd.DataFrame, units: Sequence[str], scheme: RankingScheme) -> pd.DataFrame:
    """Return counts, totals and rates by unit, indexed by unit_id."""
    keys = pd.MultiIndex.from_product([units, [str(spec.measure) for spec in MEASURES]])
    grouped = (
        items.groupby(["unit_id", "measure"])["is_counted"].agg(["sum", "size"]).reindex(keys).fillna(0).astype(int)
    )
    counted, whole = (grouped[part].to_numpy().reshape(len(units), len(MEASURES)) for part in ("sum", "size"))
    columns: dict[str, list[object]] = {"unit_id": list(units)}
    for place, spec in enumerate(MEASURES):
        pairs = list(zip(counted[:, place].tolist(), whole[:, place].tolist(), strict=True))
        columns[f"{spec.measure}_count"] = [count for count, _ in pairs]
        columns[f"{spec.measure}_total"] = [total for _, total in pairs]
        columns[f"{spec.measure}_rate"] = [percentage(*pair, scheme.digits) for pair in pairs]
    return pd.DataFrame(columns, index=pd.Index(units, name="key", dtype="str"), dtype=object)


def _score(row: Mapping[str, int], scheme: RankingScheme, earned: Mapping[str, Decimal]) -> Decimal | None:
    """Return the score as displayed; None where every weighted measure is empty."""
    parts = weighted_parts(row, scheme)
    if scheme.weights and not parts:
        return None
    points = earned.get(str(row["unit_id"]), Decimal(0))
    return half_up(Fraction(scheme.start) + sum(parts.values(), Fraction(0)) + Fraction(points), scheme.digits)


def weighted_parts(row: Mapping[str, int], scheme: RankingScheme) -> dict[str, Fraction]:
    """Return what each measure adds to the score, by measure; one without a denominator adds nothing and weighs nothing.

    The rates enter as they are, not as they are rounded for print.
    """
    held = {measure: weight for measure, weight in scheme.weights.items() if row[f"{measure}_total"]}
    whole = sum((Fraction(weight) for weight in held.values()), Fraction(0))
    return {
        str(measure): Fraction(weight) / whole * Fraction(100 * row[f"{measure}_count"], row[f"{measure}_total"])
        for measure, weight in held.items()
    }


def check_sums(items: pd.DataFrame, counts: pd.DataFrame) -> None:
    """Raise ``DocumentError`` naming every measure whose units don't add up to its items."""
    for spec in MEASURES:
        rows = items[items["measure"] == spec.measure]
        count, total = counts[f"{spec.measure}_count"].sum(), counts[f"{spec.measure}_total"].sum()
        added_up(f"{spec.label}的总数", {"各单位": int(total)}, len(rows))
        added_up(f"{spec.label}的计数", {"各单位": int(count)}, int(rows["is_counted"].sum()))


def added_up(what: str, parts: Mapping[str, int], total: int) -> int:
    """Return ``total`` if the parts add up to it; ``DocumentError`` naming them if not.

    >>> added_up("交办件数", {"建议": 243, "提案": 223}, 466)
    466
    """
    if sum(parts.values()) != total:
        listed = " + ".join(f"{name} {count}" for name, count in parts.items())
        raise DocumentError(
            what, f"各部分之和与合计不符：{listed} = {sum(parts.values())}，合计 {total}", "这是程序错误，请报告。"
        )
    return total


def _named(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    units = facts.units.set_index("unit_id")
    return frame.assign(
        name=frame["unit_id"].map(units["name"]).fillna(frame["unit_id"]),
        group=frame["unit_id"].map(units["group"]).fillna(""),
        caseload=frame["reply_progress_total"],
    )


def _ranked(frame: pd.DataFrame, scheme: RankingScheme) -> pd.DataFrame:
    """Return the frame with ranks, in order, with its columns' types."""
    # Decimals of equal digits compare like integers; floats would too, but only by luck.
    scaled = frame["score"].map(lambda score: int(score.scaleb(scheme.digits)), na_action="ignore")
    eligible = scaled.where(frame["caseload"] >= scheme.minimum_caseload).astype("Float64")
    rank = eligible.groupby(frame["group"]).rank(method="min", ascending=False)
    ranked = frame.assign(rank=rank.astype("Int64")).sort_values(["group", "rank", "unit_id"], na_position="last")
    return with_types(ranked)


def with_types(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame in ``RANKING``'s columns; numbers stay ``Decimal``, an empty one is ``None``."""
    plain = {"text": "str", "integer": "Int64"}
    columns = {
        c.name: frame[c.name].astype(plain[c.type]) if c.type in plain else decimals(frame[c.name])
        for c in RANKING.columns
    }
    return pd.DataFrame(columns).reset_index(drop=True)


def decimals(values: pd.Series) -> pd.Series:
    """Return a column of ``Decimal`` and ``None``."""
    return pd.Series([None if pd.isna(v) else v for v in values], index=values.index, dtype=object)
