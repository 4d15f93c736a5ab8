"""Geometry of the portal's charts, in percent of the drawing's width and height; colours and words are the template's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from tasks.domain.public_figures import Breakdown, Part, Share

ROUND_TENTHS = (10, 15, 20, 25, 30, 40, 50, 60, 80)
TICKS = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """A part drawn: where it starts and how wide it is; ``share`` is its share of the whole."""

    part: Part
    share: Share
    start: str
    width: str


def bars(breakdown: Breakdown) -> list[Bar]:
    """Return one bar per part that has anything in it, the longest as wide as the drawing."""
    longest = max((part.count for part in breakdown.parts), default=0)
    return [_bar(part, breakdown.total, 0, longest) for part in breakdown.filled]


def stack(breakdown: Breakdown) -> list[Bar]:
    """Return the parts side by side; together they fill the drawing."""
    placed, start = [], 0
    for part in breakdown.filled:
        placed.append(_bar(part, breakdown.total, start, breakdown.total))
        start += part.count
    return placed


def _bar(part: Part, total: int, start: int, scale: int) -> Bar:
    return Bar(part, Share(part.count, total), _percent(start, scale), _percent(part.count, scale))


def _percent(value: float, scale: float) -> str:
    return f"{100 * value / scale:.2f}" if scale else "0"


@dataclass(frozen=True, slots=True)
class Curve:
    """Two running totals over time. Points are ``x,y`` with y downwards; ``ticks`` are the scale's numbers, highest first."""

    year: str
    due: int
    replied: int
    due_points: str
    replied_points: str
    ticks: tuple[int, ...]
    grid: tuple[str, ...]
    days: tuple[str, ...]
    table: tuple[tuple[str, int, int], ...]


def curve(year: str, weeks: pd.DataFrame) -> Curve | None:
    """Return the running totals of ``public_figures.curve``; None without a week."""
    if weeks.empty:
        return None
    due, replied = weeks["due"].tolist(), weeks["replied"].tolist()
    top = top_of_scale(max(*due, *replied, 1))
    days = [f"{day:%Y-%m-%d}" for day in weeks["day"]]
    return Curve(
        year=year,
        due=due[-1],
        replied=replied[-1],
        due_points=_points(due, top),
        replied_points=_points(replied, top),
        ticks=tuple(top * step // TICKS for step in range(TICKS, -1, -1)),
        grid=tuple(_percent(step, TICKS) for step in range(TICKS)),
        days=(days[0], days[len(days) // 2], days[-1]) if len(days) > 2 else tuple(days),
        table=tuple(zip(days, due, replied, strict=True)),
    )


def _points(values: Sequence[int], top: int) -> str:
    last = max(len(values) - 1, 1)
    return " ".join(f"{_percent(place, last)},{100 - 100 * value / top:.2f}" for place, value in enumerate(values))


def top_of_scale(highest: int) -> int:
    """Return the smallest round number that is at least ``highest`` and whose quarters are whole."""
    power = 1
    while True:
        for tenths in ROUND_TENTHS:
            if tenths * power % 10 == 0 and tenths * power // 10 * TICKS >= highest:
                return tenths * power // 10 * TICKS
        power *= 10
