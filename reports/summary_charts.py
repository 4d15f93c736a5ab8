"""The pictures of an annual summary: every one of this year beside last year."""

from __future__ import annotations

from collections.abc import Sequence

from reports.charts import Two, paired_chart
from reports.fonts import Fonts
from reports.official import Figures
from reports.summary_content import Line, Section
from tasks.domain.frames import Outcome
from tasks.domain.summary import NO_FORM, NO_REPLY

MOST_TOPICS = 10
# Low enough for all of them to stand on one page.
HALF, WIDE = (76.0, 45.0), (156.0, 45.0)
SHORT = {
    str(Outcome.SOLVED): "已解决\n或采纳",
    str(Outcome.PLANNED): "正在解决\n或列入计划",
    str(Outcome.EXPLAINED): "留作\n解释说明",
    str(Outcome.REFERENCE): "留作参考",
}


def summary_charts(
    kinds: Sequence[Line], topics: Sequence[Line], sections: Sequence[Section], fonts: Fonts | None
) -> tuple[Figures, ...]:
    """Return the rows of pictures; none without fonts, and none of what is not recorded."""
    if fonts is None:
        return ()
    rows = (
        (
            paired_chart([Two(kind.name, kind.items.last, kind.items.this) for kind in kinds], fonts, "承办件次", HALF),
            paired_chart(_items(sections, "satisfaction", NO_FORM), fonts, "代表、委员评价（最近一次）", HALF),
        ),
        (
            paired_chart(_items(sections, "outcome_now", NO_REPLY), fonts, "办理结果（重新归类之后）", HALF),
            paired_chart(_items(sections, "method"), fonts, "与代表、委员见面沟通次数", HALF),
        ),
        (
            paired_chart(
                [Two(topic.name, topic.items.last, topic.items.this) for topic in topics[:MOST_TOPICS]],
                fonts,
                "各类内容承办件次",
                WIDE,
            ),
        ),
    )
    drawn = (tuple(figure for figure in row if figure is not None) for row in rows)
    return tuple(Figures(row) for row in drawn if row)


def _items(sections: Sequence[Section], name: str, *left_out: str) -> list[Two]:
    items = (item for section in sections if section.name == name for item in section.items)
    shown = (item for item in items if item.key not in left_out)
    return [Two(SHORT.get(item.key, item.name), item.count.last, item.count.this) for item in shown]
