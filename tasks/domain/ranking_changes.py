"""Two rankings side by side: how ranks moved since the last one, and every figure that a correction changes."""

from __future__ import annotations

import pandas as pd

from tasks.domain.frames import Column, FrameSpec
from tasks.domain.ranking import RANKING

CHANGES = FrameSpec(
    "changes",
    "更正前后对照",
    ("unit_id", "column"),
    (
        Column("unit_id", "text", "单位编号", required=True),
        Column("name", "text", "单位名称", required=True),
        Column("column", "text", "列", required=True),
        Column("before", "text", "更正前"),
        Column("after", "text", "更正后"),
    ),
)
NOT_FIGURES = ("unit_id", "name")


def with_trend(ranked: pd.DataFrame, earlier: pd.DataFrame | None) -> pd.DataFrame:
    """Return the ranking with ``previous_rank`` and ``rank_change`` (positive: moved up); empty where it cannot be told.

    A rank of another group is no rank to compare with.
    """
    nothing = pd.Series(pd.NA, index=ranked.index, dtype="Int64")
    if earlier is None:
        return ranked.assign(previous_rank=nothing, rank_change=nothing)
    before = earlier[["group", "unit_id", "rank"]].rename(columns={"rank": "previous_rank"})
    both = ranked.merge(before, on=["group", "unit_id"], how="left", validate="1:1")
    return both.assign(rank_change=both["previous_rank"] - both["rank"])


def differences(before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """Return every figure that differs between two rankings (``CHANGES``), in the order of the later one.

    A unit that only one of them has shows with all its figures against nothing.
    """
    old, new = _long(before), _long(after)
    both = new.merge(old, on=["unit_id", "column"], how="outer", suffixes=("", "_old"), validate="1:1")
    moved = both[both["value"].fillna("") != both["value_old"].fillna("")]
    units = list(dict.fromkeys([*after["unit_id"], *before["unit_id"]]))
    order = moved.assign(
        unit=pd.Categorical(moved["unit_id"], units).codes, place=pd.Categorical(moved["column"], RANKING.names).codes
    )
    ordered = order.sort_values(["unit", "place"])
    named = ordered.assign(
        name=ordered["name"].fillna(ordered["name_old"]), before=ordered["value_old"], after=ordered["value"]
    )
    return CHANGES.typed(named).reset_index(drop=True)


def _long(ranked: pd.DataFrame) -> pd.DataFrame:
    """Return the figures as texts: unit_id, name, column, value; what is empty is absent."""
    figures = [name for name in RANKING.names if name not in NOT_FIGURES]
    texts = ranked[["unit_id", "name"]].assign(**{name: ranked[name].astype("str") for name in figures})
    return texts.melt(["unit_id", "name"], var_name="column", value_name="value").dropna(subset=["value"])
