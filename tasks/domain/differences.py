"""What two answers for the same day disagree on: as known then and as known now, or two versions of the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import pandas as pd

from tasks.domain.frames import Column, FrameSpec, State
from tasks.domain.matching import unequal

KEY = ["proposal_id", "unit_id", "duty", "round"]
COMPARED = ["state", "due_on", "extended_to", "met_on"]
LATE = (State.OVERDUE, State.MET_LATE)

CLEARED, LATE_AFTER_ALL = "当时逾期,现在看并未逾期", "当时未逾期,现在看已经逾期"
ONLY_THEN, ONLY_NOW, OTHER = "当时有,现在没有", "当时没有,现在有", "期限、状态或完成日期不同"
CHANGES = (CLEARED, LATE_AFTER_ALL, ONLY_THEN, ONLY_NOW, OTHER)

DIFFERENCES = FrameSpec(
    "differences",
    "两次结果的差异",
    ("proposal_id", "unit_id", "duty", "round", "change"),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("duty", "text", "事项", required=True),
        Column("round", "integer", "轮次", required=True),
        Column("change", "category", "差异", required=True, values=CHANGES),
        Column("first_on", "date", "自何日", required=True),
        Column("last_on", "date", "至何日", required=True),
        Column("days", "integer", "涉及天数", required=True),
        Column("state_then", "category", "当时状态", values=tuple(map(str, State))),
        Column("state_now", "category", "现在看状态", values=tuple(map(str, State))),
        Column("due_on_then", "date", "当时期限"),
        Column("due_on_now", "date", "现在看期限"),
        Column("met_on_then", "date", "当时完成日期"),
        Column("met_on_now", "date", "现在看完成日期"),
    ),
)


def differences(then: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return the obligations on which two frames of one day differ: key, ``change``, and the compared columns of both.

    Sorted by key. A row that is late in one and does not exist in the other counts as late in one only.
    """
    then, now = (_plain(side) for side in unequal(then, now, KEY, COMPARED))
    both = then.merge(now, on=KEY, how="outer", suffixes=("_then", "_now"), validate="1:1", indicator="in")
    pairs = [(both[f"{name}_then"], both[f"{name}_now"]) for name in COMPARED]
    differs = np.logical_or.reduce([((a != b) & ~(a.isna() & b.isna())).to_numpy(dtype=bool) for a, b in pairs])
    late_then, late_now = (both[f"state_{side}"].isin(list(map(str, LATE))).to_numpy() for side in ("then", "now"))
    conditions: Mapping[str, np.ndarray] = {
        CLEARED: late_then & ~late_now,
        LATE_AFTER_ALL: ~late_then & late_now,
        ONLY_THEN: (both["in"] == "left_only").to_numpy(),
        ONLY_NOW: (both["in"] == "right_only").to_numpy(),
    }
    change = np.select(list(conditions.values()), list(conditions), OTHER)
    return both.assign(change=change)[differs].drop(columns="in").sort_values(KEY, kind="stable").reset_index(drop=True)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    texts = dict.fromkeys(("proposal_id", "unit_id", "duty", "state"), "str")
    return frame[[*KEY, *COMPARED]].astype(texts)


def over_days(by_day: Iterable[tuple[date, pd.DataFrame]]) -> pd.DataFrame:
    """Return ``DIFFERENCES``: each difference once, with its first and last day and the values of the last; sorted by key."""
    parts = [found.assign(day=pd.Timestamp(day)) for day, found in by_day if len(found)]
    if not parts:
        return DIFFERENCES.empty()
    grouped = pd.concat(parts, ignore_index=True).sort_values([*KEY, "change", "day"]).groupby([*KEY, "change"])
    spans = grouped["day"].agg(first_on="min", last_on="max", days="size")
    return DIFFERENCES.typed(grouped.last().drop(columns="day").join(spans).reset_index())
