"""The pictures of a circular: progress by stage, on-time by unit, overdue over time, how old the open cases are."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd

from reports.charts import Bar, column_chart, rate_chart, stage_chart, trend_chart
from reports.circular_facts import DayFrames
from reports.fonts import Fonts
from reports.official import Figures
from tasks.domain.frames import State
from tasks.domain.ranking_measures import DONE, scoped

BANDS = {"15天内": (1, 15), "16–30天": (16, 30), "31–60天": (31, 60), "61–90天": (61, 90), "90天以上": (91, None)}
STAGES = {
    "签收": "accept",
    "办前见面": "meeting_before",
    "办中见面": "meeting_during",
    "答复": "reply",
    "公开": "publication",
}
WEEKS = 16
MOST_UNITS = 12
LEAST_FALLEN_DUE = 3


def circular_charts(frames: DayFrames, fonts: Fonts | None) -> tuple[Figures, ...]:
    """Return the rows of pictures; none without fonts, and none of what did not happen."""
    if fonts is None:
        return ()
    rows = (
        (stage_chart(stages(frames), fonts), column_chart(ages(frames), fonts, "逾期未答复件逾期时长")),
        (rate_chart(on_time_by_unit(frames), fonts, "按期答复率较低的单位"),),
        (trend_chart(overdue_by_week(frames), fonts),),
    )
    drawn = (tuple(figure for figure in row if figure is not None) for row in rows)
    return tuple(Figures(row) for row in drawn if row)


def stages(frames: DayFrames) -> list[Bar]:
    """Return how many of the items to be answered got how far; an act that the jurisdiction doesn't record is left out."""
    owed = scoped(frames.facts, frames.obligations, frames.scheme, frames.as_of)
    answering = owed[owed["is_current"] & (owed["duty"] == "reply") & (owed["state"] != State.EXCUSED)]
    rows = owed[owed["assignment_id"].isin(answering["assignment_id"])]
    done = rows[rows["state"].isin(DONE)].drop_duplicates(["assignment_id", "duty"])["duty"].value_counts()
    known = set(rows["duty"])
    bars = {"应答复": answering["assignment_id"].nunique()}
    bars |= {name: int(done.get(duty, 0)) for name, duty in STAGES.items() if duty in known}
    return [Bar(name, count, f"{count}件") for name, count in bars.items()]


def ages(frames: DayFrames) -> list[Bar]:
    """Return how many overdue replies there are by how late they are."""
    replies = frames.replies()
    late = replies.loc[replies["state"] == State.OVERDUE, "days_late"].astype(int)
    counts = {name: int(late.between(low, high or np.inf).sum()) for name, (low, high) in BANDS.items()}
    return [Bar(name, count, f"{count}件") for name, count in counts.items()]


def on_time_by_unit(frames: DayFrames) -> list[Bar]:
    """Return the units with the lowest on-time rate, the lowest first; few cases say nothing."""
    ranked = frames.ranked[frames.ranked["reply_on_time_total"] >= LEAST_FALLEN_DUE]
    rate = ranked["reply_on_time_count"].astype(float) / ranked["reply_on_time_total"].astype(float)
    rows = ranked.assign(rate=rate)[rate < 1].sort_values(["rate", "unit_id"]).head(MOST_UNITS)
    columns = (rows[name] for name in ("name", "reply_on_time_rate", "reply_on_time_count", "reply_on_time_total"))
    return [
        Bar(name, float(share), f"{share}% {count}/{total}") for name, share, count, total in zip(*columns, strict=True)
    ]


def overdue_by_week(frames: DayFrames) -> list[tuple[date, int]]:
    """Return how many replies were overdue at the end of each of the last weeks, from the first that fell due on."""
    rows = frames.replies()
    rows = rows[~rows["state"].isin([State.EXCUSED, State.SUSPENDED])]
    days = [frames.as_of - timedelta(weeks=back) for back in range(WEEKS - 1, -1, -1)]
    counts = [(day, _overdue_on(rows, pd.Timestamp(day))) for day in days]
    first = next((place for place, (_, count) in enumerate(counts) if count), len(counts))
    return counts[max(first - 1, 0) :]


def _overdue_on(rows: pd.DataFrame, day: pd.Timestamp) -> int:
    return int(((rows["last_on"] < day) & ~(rows["met_on"] <= day)).sum())
