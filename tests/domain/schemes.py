"""Ranking schemes in a few words."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tasks.domain.deadlines import Limit
from tasks.domain.ranking_scheme import Measure, PointRule, PointsFor, RankingScheme


def scheme(**changes: Any) -> RankingScheme:
    """Return a scheme that ranks everybody by reply progress alone, unless told otherwise."""
    default: dict[str, Any] = {
        "name": "测试",
        "label": "测试方案",
        "starts_on": date(2000, 1, 1),
        "article": "测试依据",
        "checked_on": date(2026, 1, 1),
        "weights": weights(reply_progress=1),
        "minimum_caseload": 1,
    }
    return RankingScheme(**{**default, **changes})


def weights(**by_name: float) -> dict[Measure, Decimal]:
    return {Measure(name): Decimal(str(weight)) for name, weight in by_name.items()}


def rule(what: str, points: float, duty: str = "reply", ahead: str | None = None) -> PointRule:
    return PointRule(PointsFor(what), Decimal(str(points)), duty, Limit.parse(ahead) if ahead else None)
