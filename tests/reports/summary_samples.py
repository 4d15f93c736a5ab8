"""A year with everything that an annual summary can say, and a quiet first year."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from reports.circular_content import UnitCount
from reports.official import Imprint
from reports.summary_content import Item, Line, Pair, Section, SummaryContent
from tasks.domain.summary import NAMES, SECTIONS


def section(name: str, this: dict[str, int], last: dict[str, int] | None = None) -> Section:
    last = last or {}
    total = Pair(sum(this.values()), sum(last.values()))
    items = tuple(
        Item(key, NAMES.get(name, {}).get(key, key), Pair(this.get(key, 0), last.get(key, 0)), total)
        for key in {**this, **last}
    )
    return Section(name, SECTIONS[name], items, total)


def line(name: str, this: tuple[int, ...], last: tuple[int, ...] = (0,) * 10) -> Line:
    return Line(name, *(Pair(*both) for both in zip(this, last, strict=True)))


KINDS = (
    # items, owed, replied, on time, overdue, solved, forms, satisfied, dissatisfied, overturned
    line("人大代表建议", (60, 58, 50, 45, 8, 30, 40, 38, 2, 3), (50, 50, 48, 40, 2, 24, 40, 40, 0, 1)),
    line("政协提案", (40, 40, 40, 38, 0, 20, 30, 30, 0, 0), (44, 44, 40, 38, 4, 22, 30, 28, 2, 0)),
)
TOPICS = (
    line("城乡建设", (70, 68, 60, 55, 8, 30, 50, 48, 2, 3), (40, 40, 38, 30, 2, 20, 30, 30, 0, 1)),
    line("教育", (30, 30, 30, 28, 0, 20, 20, 20, 0, 0), (54, 54, 50, 48, 4, 26, 40, 38, 2, 0)),
)
UNITS = (
    line("市住房和城乡建设局", (55, 53, 45, 41, 8, 25, 35, 33, 2, 2), (50, 50, 46, 40, 4, 24, 40, 38, 2, 1)),
    line("市教育局", (45, 45, 45, 42, 0, 25, 35, 35, 0, 1), (44, 44, 42, 38, 2, 22, 30, 30, 0, 0)),
)


def full_summary(**changes: object) -> SummaryContent:
    content = SummaryContent(
        masthead="建议提案办理年度总结",
        issuer="临江市人民政府督查室",
        serial_no=1,
        year=2026,
        scope="市十五届人大五次会议、市政协十五届五次会议以来，",
        addressee="各承办单位：",
        cut_off=date(2026, 12, 31),
        dated_on=date(2027, 1, 4),
        whole=line("合计", (100, 98, 90, 83, 8, 50, 70, 68, 2, 3), (94, 94, 88, 78, 6, 46, 70, 68, 2, 1)),
        kinds=KINDS,
        topics=TOPICS,
        units=UNITS,
        sections=(
            section("kind", {"deputy_suggestion": 58, "cppcc_proposal": 40}, {"deputy_suggestion": 50, "cppcc_proposal": 43}),
            section("outcome", {"solved": 45, "planned": 30, "explained": 15, "no_reply": 10}, {"solved": 94}),
            section("outcome_now", {"solved": 50, "planned": 26, "explained": 14, "no_reply": 10}, {"solved": 94}),
            section("satisfaction", {"satisfied": 60, "basically_satisfied": 8, "dissatisfied": 2, "no_form": 20}, {"satisfied": 88}),
            section("method", {"in_person": 120, "phone": 60, "online": 10, "open": 10}, {"in_person": 100, "phone": 100}),
            section("publication", {"met": 80, "overdue": 5, "excused": 5}, {"met": 88}),
            section("commitment", {"met": 10, "open": 15, "overdue": 1}),
            section("look_back", {"met": 70, "overdue": 4, "due_soon": 16}),
        ),
        backlog=3,
        lapsed_units=(UnitCount("市住房和城乡建设局", 1),),
        unpublished_units=(UnitCount("市住房和城乡建设局", 3), UnitCount("市教育局", 2)),
        unlooked_units=(UnitCount("市教育局", 4),),
        notes=("件次按承办单位计", "数据 0123，规则 r，日历 c"),
        imprint=Imprint("市委办公室", "临江市人民政府督查室", date(2027, 1, 4)),
    )  # fmt: skip
    return replace(content, **changes)  # type: ignore[arg-type]


def quiet_summary(**changes: object) -> SummaryContent:
    """A county's first year: one kind, everything replied in time, nothing else recorded, no year before."""
    figures = (12, 12, 12, 12, 0, 0, 0, 0, 0, 0)
    content = full_summary(
        whole=line("合计", figures),
        kinds=(line("人大代表建议", figures),),
        topics=(line("未分类", figures),),
        units=(line("县教育局", figures),),
        sections=(section("kind", {"deputy_suggestion": 12}), section("outcome", {"not_given": 12})),
        scope="",
        backlog=0,
        lapsed_units=(),
        unpublished_units=(),
        unlooked_units=(),
    )
    return replace(content, **changes)  # type: ignore[arg-type]
