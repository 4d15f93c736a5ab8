"""What a correction of an annual summary changes: every figure that it prints, before and after."""

from __future__ import annotations

from collections.abc import Iterator

from reports.circular_content import Difference, UnitCount
from reports.summary_content import Line, Pair, RatePair, SummaryContent
from tasks.domain.summary_breakdown import FIGURES

# A count of what is not listed.
NONE = "0"
# Its counts are the units' own lines, item by item.
SAID_BY_LINES = "unit"


def summary_differences(before: SummaryContent, after: SummaryContent) -> tuple[Difference, ...]:
    """Return what the corrected summary says otherwise: scope and rates, sections, then the tables line by line."""
    old, new = dict(_figures(before)), dict(_figures(after))
    places = [*new, *(place for place in old if place not in new)]
    pairs = ((place, old.get(place, NONE), new.get(place, NONE)) for place in places)
    return tuple(Difference(*each) for each in pairs if each[1] != each[2])


def _figures(content: SummaryContent) -> Iterator[tuple[str, str]]:
    yield "统计范围", content.scope
    whole = content.whole
    rates = {"答复率": whole.progress, "按期率": whole.in_time, "解决率": whole.solution, "满意率": whole.satisfaction}
    for label, rate in rates.items():
        yield from _both(f"合计：{label}", rate)
    for section in content.sections:
        if section.name != SAID_BY_LINES:
            yield from _both(f"{section.label}：合计", section.total)
            for item in section.items:
                yield from _both(f"{section.label}：{item.name}", item.count)
    for head, lines in (("类别", content.kinds), ("内容", content.topics), ("单位", content.units)):
        for line in lines:
            yield from _line(head, line)
    yield "形成积案", str(content.backlog)
    yield "承诺没有按期兑现的单位", _named(content.lapsed_units)
    yield "没有按期公开的单位", _named(content.unpublished_units)
    yield "没有按期回头看的单位", _named(content.unlooked_units)


def _line(head: str, line: Line) -> Iterator[tuple[str, str]]:
    for figure, label in FIGURES.items():
        yield from _both(f"{head}“{line.name}”：{label}", getattr(line, figure))


def _both(place: str, pair: Pair | RatePair) -> Iterator[tuple[str, str]]:
    for word, value in (("", pair.this), ("（上年同期）", pair.last)):
        yield f"{place}{word}", str(value) if isinstance(value, int) else value.in_full


def _named(units: tuple[UnitCount, ...]) -> str:
    return "、".join(f"{each.unit}{each.count}件次" for each in units) or "无"
