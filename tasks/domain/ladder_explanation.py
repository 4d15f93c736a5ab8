"""Why this level, in words: the policy, each level's day and threshold, and what was told so far."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from tasks.domain.frames import label
from tasks.domain.ladder import Ladder
from tasks.domain.steps import KEY, levels, pending, schedule
from tasks.domain.workdays import WorkdayCalendar

NOTHING_OPEN = "升级阶梯:没有在办事项。"


def explain_levels(
    obligations: pd.DataFrame,
    ladder: Ladder,
    calendar: WorkdayCalendar,
    as_of: date,
    labels: dict[str, str],
    history: pd.DataFrame,
    backlog: pd.DataFrame | None = None,
) -> str:
    """Return, in Chinese, when each open obligation of one proposal reaches each level, and where it stands on ``as_of``.

    ``obligations`` are the proposal's own, ``labels`` names units and duties, ``history`` is what the ledger holds
    (``HISTORY``).
    """
    open_ones = pending(obligations)
    if open_ones.empty:
        return NOTHING_OPEN
    rungs = schedule(open_ones, ladder, calendar, backlog)
    current = levels(open_ones, ladder, calendar, as_of, backlog)
    until_now = history[history["fell_due_on"] <= pd.Timestamp(as_of)]
    told = {tuple(key): own for key, own in until_now.groupby([*KEY, "level"])}
    lines = ["升级阶梯:"]
    for row, own in rungs.groupby("row", sort=True):
        one = open_ones.iloc[row]
        policy = ladder.policies[own["policy"].iloc[0]]
        names = [labels.get(one[name], one[name]) for name in ("unit_id", "duty")]
        lines.append(f"  {' '.join(names)}:按《{policy.article}》(自 {policy.starts_on} 起)")
        thresholds = {str(rung.level): threshold for rung, threshold in policy.climbed_by(one["duty"])}
        for rung in own.itertuples():
            key = (*(one[name] for name in KEY), rung.level)
            line = f"    {label('level', rung.level)} {rung.first_on.date()}({thresholds[rung.level].label})"
            lines.append(line + _standing(rung, as_of, current.iloc[row]) + _told(told.get(key)))
    return "\n".join(lines)


def _standing(rung: Any, as_of: date, current: str) -> str:
    if rung.first_on > pd.Timestamp(as_of):
        return ":未到"
    if rung.is_barred:
        return ":期限暂定,只提醒"
    return ":现在这一级" if rung.level == current else ":已过"


def _told(own: pd.DataFrame | None) -> str:
    if own is None:
        return ""
    each = zip(own["fell_due_on"], own["to_names"], own["state"], strict=True)
    return ";" + "、".join(f"{day.date()} {label('message_state', state)} {names}" for day, names, state in each)
