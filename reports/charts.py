"""Charts of the circular, the mail and the portal: PNG at 200 dpi and SVG of the same picture.

Every chart is a figure of its own (no pyplot), so that threads may draw side by side; equal values give equal bytes.
Numbers stand on the bars: nobody has to read a value off an axis. The caption stands outside, in the text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import matplotlib
import matplotlib.ticker
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Canvas
from matplotlib.font_manager import FontPath, FontProperties

from reports.fonts import Face, Fonts
from reports.official import Figure

# A constant salt makes the ids in an SVG the same on every run; set once, before any thread draws.
matplotlib.rcParams["svg.hashsalt"] = "duban"

INK = "#1f2933"
SOFT = "#7b8794"
LINE = "#d9dee3"
BLUES = ("#a8cde6", "#7fb5da", "#5a9fce", "#3b86c0", "#2470b3", "#14579c", "#0b4180")
TRACK = "#eef1f4"
HEATS = ("#f0c978", "#e6a23c", "#d9772b", "#c44d23", "#b1241f", "#861515")
GREEN = "#2f7d32"
RED = "#b1241f"
BLUE = "#2470b3"
DPI = 200
MM = 1 / 25.4
LABEL_LENGTH = 12
"""A unit's name on an axis is cut to this many characters."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it counts, how long it is and what is written at its end."""

    label: str
    value: float
    text: str


@dataclass(frozen=True, slots=True)
class Two:
    """Two counts of one thing, to stand side by side."""

    label: str
    first: int
    second: int


class Style:
    """The one font of a picture, in any size."""

    def __init__(self, fonts: Fonts) -> None:
        first = fonts.chains[Face.HEI][0]
        self._path = FontPath(first.path, first.index)

    def at(self, points: float) -> dict[str, Any]:
        """Return what makes a text stand in the font at that size and never be read as a formula."""
        return {"fontproperties": self.font(points), "parse_math": False}

    def font(self, points: float) -> FontProperties:
        """Return the font in that size."""
        return FontProperties(fname=self._path, size=points)


def stage_chart(stages: Sequence[Bar], fonts: Fonts, size: tuple[float, float] = (76, 53)) -> Figure | None:
    """Return how many cases reached each stage, as bars out of the first; ``None`` without cases. ``size`` is in mm."""
    if not stages or not stages[0].value:
        return None
    canvas, axes, style = _drawing(fonts, size)
    full = stages[0].value
    axes.barh(range(len(stages)), full, height=0.66, color=TRACK)
    shades = [BLUES[min(place, len(BLUES) - 1)] for place in range(len(stages))]
    _bars(axes, stages, shades)
    for place, stage in enumerate(stages):
        fits = stage.value > full * 0.62
        ink = "white" if fits and place > 1 else INK
        start = stage.value - full * 0.02 if fits else stage.value + full * 0.02
        axes.text(start, place, stage.text, ha="right" if fits else "left", va="center", color=ink, **style.at(7.5))
    axes.set_xlim(0, full)
    _bare(axes, style, keep="left")
    return _figure(canvas, "建议提案办理环节", stages)


def column_chart(
    bands: Sequence[Bar], fonts: Fonts, title: str = "逾期时长", size: tuple[float, float] = (76, 53)
) -> Figure | None:
    """Return one column per band, the later the darker (ageing of open or overdue cases); ``None`` when all are 0."""
    if not any(band.value for band in bands):
        return None
    canvas, axes, style = _drawing(fonts, size)
    shades = [HEATS[round(place * (len(HEATS) - 1) / max(1, len(bands) - 1))] for place in range(len(bands))]
    axes.bar(range(len(bands)), [band.value for band in bands], width=0.62, color=shades)
    top = max(band.value for band in bands)
    for place, band in enumerate(bands):
        axes.text(place, band.value + top * 0.02, band.text, ha="center", color=INK, **style.at(7.5))
    axes.set_xticks(range(len(bands)), [band.label for band in bands])
    axes.set_yticks([])
    _bare(axes, style, keep="bottom")
    return _figure(canvas, title, bands)


def trend_chart(
    points: Sequence[tuple[date, int]],
    fonts: Fonts,
    title: str = "逾期未答复件数",
    size: tuple[float, float] = (156, 45),
) -> Figure | None:
    """Return a count over time as a line with its first, highest and last value written; ``None`` under two points."""
    if len(points) < 2:
        return None
    canvas, axes, style = _drawing(fonts, size)
    counts = [count for _, count in points]
    places = range(len(points))
    axes.plot(places, counts, color=RED, linewidth=1.4, marker="o", markersize=2.6)
    axes.fill_between(places, counts, color=RED, alpha=0.08, linewidth=0)
    axes.set_ylim(0, max(counts) * 1.18 or 1)
    axes.set_xlim(-0.4, len(points) - 0.6)
    for place in {0, counts.index(max(counts)), len(points) - 1}:
        axes.annotate(
            f"{counts[place]}件", (place, counts[place]), xytext=(0, 5), textcoords="offset points", ha="center",
            color=RED, **style.at(8),
        )  # fmt: skip
    step = -(-len(points) // 12)
    shown = list(places)[::step]
    axes.set_xticks(shown, [f"{points[place][0].month}月{points[place][0].day}日" for place in shown])
    axes.yaxis.set_major_locator(matplotlib.ticker.MaxNLocator(4, integer=True))
    axes.grid(axis="y", color=LINE, linewidth=0.5)
    _bare(axes, style, keep="bottom")
    said = [Bar(f"{day.month}月{day.day}日", count, f"{count}件") for day, count in points]
    return _figure(canvas, title, said)


def rate_chart(
    bars: Sequence[Bar],
    fonts: Fonts,
    title: str = "按期答复率",
    size: tuple[float, float] = (156, 54),
    full: float = 100,
) -> Figure | None:
    """Return one horizontal bar per unit out of ``full``, in the order given; under half of ``full`` it is red."""
    if not bars:
        return None
    canvas, axes, style = _drawing(fonts, size)
    colours = [RED if bar.value < full / 2 else BLUE if bar.value < full * 0.8 else GREEN for bar in bars]
    axes.barh(range(len(bars)), full, height=0.66, color=TRACK)
    _bars(axes, bars, colours)
    _write_at_ends(axes, style, bars, full, alarm=full / 2)
    _bare(axes, style, keep="left")
    return _figure(canvas, title, bars)


def paired_chart(
    pairs: Sequence[Two],
    fonts: Fonts,
    title: str,
    size: tuple[float, float] = (156, 45),
    names: tuple[str, str] = ("上年同期", "本年"),
) -> Figure | None:
    """Return two counts side by side for each thing; ``None`` when all are 0."""
    if not any(pair.first or pair.second for pair in pairs):
        return None
    canvas, axes, style = _drawing(fonts, size)
    for shift, colour, name, counts in (
        (-0.2, BLUES[1], names[0], [pair.first for pair in pairs]),
        (0.2, GREEN, names[1], [pair.second for pair in pairs]),
    ):
        axes.bar([place + shift for place in range(len(pairs))], counts, width=0.38, color=colour, label=name)
        for place, count in enumerate(counts):
            if count:
                axes.text(place + shift, count, str(count), ha="center", va="bottom", color=INK, **style.at(7))
    axes.set_xticks(range(len(pairs)), [pair.label for pair in pairs])
    axes.set_yticks([])
    axes.margins(y=0.18)
    axes.legend(prop=style.font(7.5), frameon=False, ncols=2, loc="upper right", bbox_to_anchor=(1, 1.08))
    _bare(axes, style, keep="bottom")
    said = [Bar(pair.label, pair.first, f"{names[0]}{pair.first}件、{names[1]}{pair.second}件") for pair in pairs]
    return _figure(canvas, title, said)


def _drawing(fonts: Fonts, size: tuple[float, float]) -> tuple[Canvas, Axes, Style]:
    canvas = Canvas(figsize=(size[0] * MM, size[1] * MM), dpi=DPI, layout="constrained")
    return canvas, canvas.add_subplot(), Style(fonts)


def _bars(axes: Axes, bars: Sequence[Bar], colours: Sequence[str]) -> None:
    """Horizontal bars from the top down, named on the left."""
    axes.barh(range(len(bars)), [bar.value for bar in bars], height=0.66, color=list(colours))
    axes.set_yticks(range(len(bars)), [_short(bar.label) for bar in bars])
    axes.set_xticks([])
    axes.invert_yaxis()
    axes.margins(y=0.01)


def _write_at_ends(axes: Axes, style: Style, bars: Sequence[Bar], full: float, alarm: float = -1) -> None:
    for place, bar in enumerate(bars):
        ink = RED if bar.value < alarm else INK
        axes.text(bar.value + full * 0.01, place, bar.text, va="center", color=ink, **style.at(7.5))
    axes.set_xlim(0, full * 1.17)


def _short(label: str) -> str:
    return label if len(label) <= LABEL_LENGTH else label[: LABEL_LENGTH - 1] + "…"


def _bare(axes: Axes, style: Style, keep: str) -> None:
    """One thin axis line and quiet labels."""
    for name, spine in axes.spines.items():
        spine.set_visible(name == keep)
        spine.set_color(SOFT)
        spine.set_linewidth(0.6)
    axes.tick_params(length=0, colors=INK)
    for tick in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
        tick.set_fontproperties(style.font(7.5))
        tick.set_parse_math(False)


def _figure(canvas: Canvas, title: str, bars: Sequence[Bar]) -> Figure:
    svg, png = BytesIO(), BytesIO()
    canvas.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    canvas.savefig(png, format="png", metadata={"Software": None})
    said = "；".join(f"{bar.label}{bar.text}" for bar in bars)
    return Figure(svg.getvalue(), png.getvalue(), alt=f"{title}：{said}。", caption=title)
