"""Whether a unit's score differs from its group's by more than the small number of its cases could bring about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pandas as pd

from tasks.domain.ranking_scheme import RankingScheme

# Standard normal quantiles of the two-sided levels, as tables print them.
QUANTILES: Mapping[int, Fraction] = {90: Fraction("1.645"), 95: Fraction("1.960"), 99: Fraction("2.576")}


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit's weighted mean beside that of its group, over the measures that the unit has; exact.

    Of units that work like the whole group and have as many cases as this one, all but the level's rest lie no farther from
    the ``group`` than the margin: the control limits of a funnel plot.
    """

    own: Fraction
    group: Fraction
    margin_squared: Fraction

    @property
    def is_apart(self) -> bool:
        """Whether the difference is more than chance explains."""
        return (self.own - self.group) ** 2 > self.margin_squared

    @property
    def margin(self) -> Decimal:
        """How far from the group chance reaches, to two decimals."""
        square = Decimal(self.margin_squared.numerator) / Decimal(self.margin_squared.denominator)
        return square.sqrt().quantize(Decimal("0.01"))


def standing(row: Mapping[str, int], group: pd.DataFrame, scheme: RankingScheme, level: int) -> Standing | None:
    """Return where the unit stands beside the whole of its ``group`` (rows of a ranking); None without a measure.

    The measures count as independent. No square root is taken, so that equal counts never fall on both sides.
    """
    held = {measure: Fraction(weight) for measure, weight in scheme.weights.items() if row[f"{measure}_total"]}
    whole = sum(held.values(), Fraction(0))
    if not whole:
        return None
    own = others = variance = Fraction(0)
    for measure, weight in held.items():
        count, total = int(row[f"{measure}_count"]), int(row[f"{measure}_total"])
        share = Fraction(*(int(group[f"{measure}_{part}"].sum()) for part in ("count", "total")))
        points = 100 * weight / whole
        own += points * Fraction(count, total)
        others += points * share
        variance += points**2 * share * (1 - share) / total
    return Standing(own, others, QUANTILES[level] ** 2 * variance)


def apart(ranked: pd.DataFrame, scheme: RankingScheme, level: int | None, *, above: bool) -> list[bool]:
    """Return, row by row of a ranking, which units stand apart from their group, ``above`` or below it.

    Without a ``level`` all of them do.
    """
    if level is None:
        return [True] * len(ranked)
    groups = {str(name): rows for name, rows in ranked.groupby("group")}
    found = (standing(row, groups[row["group"]], scheme, level) for row in ranked.to_dict("records"))
    return [one is not None and one.is_apart and (one.own > one.group) is above for one in found]
