"""Whom a circular praises (表扬) and criticises (通报批评), and by which criterion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from tasks.domain.frames import Column, FrameSpec
from tasks.domain.history import Mask
from tasks.domain.ranking_chance import apart
from tasks.domain.ranking_scheme import MEASURE_LABELS, Measure, RankingScheme

LISTED = FrameSpec(
    "listed",
    "表扬与批评",
    ("unit_id", "criterion"),
    (
        Column("group", "text", "组别", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("name", "text", "单位名称", required=True),
        Column("rank", "integer", "名次"),
        Column("criterion", "text", "情形", required=True),
        Column("reason", "text", "依据", required=True),
    ),
)
TOP, BOTTOM = "top", "bottom"
ZERO = "zero_"


@dataclass(frozen=True, slots=True)
class Lists:
    """Both lists (``LISTED``); a unit may stand in ``criticised`` once for each criterion, and is then never praised.

    ``criterion`` is ``top``, ``bottom`` or ``zero_`` and the measure of which nothing is done.
    """

    praised: pd.DataFrame
    criticised: pd.DataFrame


def commended(ranked: pd.DataFrame, scheme: RankingScheme) -> Lists:
    """Return whom the scheme praises and criticises in that ranking (``RANKING``).

    Units that share the rank at the border are treated alike: all of them are listed. A group so small that not even one in
    ``one_in`` of its ranked units is a unit has neither a first nor a last.
    """
    field = ranked.groupby("group")["rank"].transform("count").astype("Int64")
    criticised = pd.concat([_bottom(ranked, scheme, field), *_zeros(ranked, scheme)])
    praised = _top(ranked, scheme, field)
    return Lists(_typed(praised[~praised["unit_id"].isin(criticised["unit_id"])]), _typed(criticised))


def _top(ranked: pd.DataFrame, scheme: RankingScheme, field: pd.Series) -> pd.DataFrame:
    praise = scheme.praise
    reaches = _scores(ranked, lambda score: praise.least_score is None or score >= praise.least_score)
    first = _within(ranked["rank"], praise.top, field // praise.one_in)
    rows = ranked[first & reaches & _whole(ranked, praise.whole) & apart(ranked, scheme, praise.confidence, above=True)]
    reason = [
        f"列本组第{rank}名（参加排名{of}个），得分{score}"
        for rank, of, score in zip(rows["rank"], field[rows.index], rows["score"], strict=True)
    ]
    return rows.assign(criterion=TOP, reason=reason)


def _bottom(ranked: pd.DataFrame, scheme: RankingScheme, field: pd.Series) -> pd.DataFrame:
    """Return the last of each group whose score stays below the limit; without a limit, the last whatever their score.

    Whoever is first of the group, alone or with others, is not its last, however small the group.
    """
    criticism, limit = scheme.criticism, scheme.criticism.below_score
    low = _scores(ranked, lambda score: limit is None or score < limit)
    from_below = ranked.groupby("group")["rank"].rank(method="min", ascending=False)
    last = _within(from_below, criticism.bottom, field // criticism.one_in)
    behind = (ranked["rank"] > 1).fillna(False).to_numpy(dtype=bool)
    rows = ranked[last & low & behind & apart(ranked, scheme, criticism.confidence, above=False)]
    below = f"，低于{limit}分" if limit is not None else ""
    reason = [
        f"列本组第{rank}名（参加排名{of}个），得分{score}{below}"
        for rank, of, score in zip(rows["rank"], field[rows.index], rows["score"], strict=True)
    ]
    return rows.assign(criterion=BOTTOM, reason=reason)


def _within(place: pd.Series, most: int, share: pd.Series) -> Mask:
    """Return which places are among the first ``most``, and within the group's ``share``; no place is among none."""
    return ((place <= most) & (place <= share)).fillna(False).to_numpy(dtype=bool)


def _whole(ranked: pd.DataFrame, measures: Iterable[Measure]) -> Mask:
    """Return which units have done all that these measures count."""
    done = [(ranked[f"{measure}_count"] == ranked[f"{measure}_total"]).to_numpy(dtype=bool) for measure in measures]
    return np.logical_and.reduce([np.ones(len(ranked), dtype=bool), *done])


def _zeros(ranked: pd.DataFrame, scheme: RankingScheme) -> list[pd.DataFrame]:
    """Return the units of which a named measure is 0 %, whatever their caseload.

    Before anything has fallen due nobody has failed: progress counts as a fault only then.
    """
    parts = []
    for measure in scheme.criticism.zero:
        owed = Measure.REPLY_ON_TIME if measure is Measure.REPLY_PROGRESS else measure
        nothing = (ranked[f"{measure}_count"] == 0) & (ranked[f"{owed}_total"] > 0)
        rows = ranked[nothing.to_numpy(dtype=bool)]
        reason = [f"{MEASURE_LABELS[measure]}为0（0/{total}）" for total in rows[f"{measure}_total"]]
        parts.append(rows.assign(criterion=f"{ZERO}{measure}", reason=reason))
    return parts


def _scores(ranked: pd.DataFrame, holds: Any) -> Mask:
    return ranked["score"].map(lambda score: score is not None and holds(score)).to_numpy(dtype=bool)


def _typed(rows: pd.DataFrame) -> pd.DataFrame:
    ordered = rows.sort_values(["group", "rank", "unit_id", "criterion"], na_position="last")
    return LISTED.typed(ordered).reset_index(drop=True)
