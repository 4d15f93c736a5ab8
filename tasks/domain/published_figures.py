"""A published circular's figures beside ours; and which of them cannot come from any counts at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from tasks.domain.frames import Column, FrameSpec
from tasks.domain.grids import Table
from tasks.domain.possible_shares import Share, impossible, rate_like
from tasks.domain.possible_shares import printed as as_printed
from tasks.domain.ranking_scheme import MEASURES

TOTALS = ("合计", "总计", "全市", "全县", "全区", "全省")


class Verdict(StrEnum):
    """How a published figure stands; people see the values."""

    SAME = "一致"
    DIFFERS = "不同"
    IMPOSSIBLE = "得不出"
    ABSENT = "我方没有"


COMPARISON = FrameSpec(
    "comparison",
    "与已发通报对照",
    ("place",),
    (
        Column("place", "text", "位置"),
        Column("unit", "text", "单位"),
        Column("figure", "text", "指标"),
        Column("published", "text", "通报数"),
        Column("ours", "text", "我方数"),
        Column("difference", "text", "相差"),
        Column("verdict", "text", "结论"),
        Column("remark", "text", "说明"),
    ),
)


def heads() -> dict[str, tuple[str, ...]]:
    """Return by figure the heads it may have in the table of published figures."""
    names: dict[str, tuple[str, ...]] = {
        "unit": ("单位", "单位名称", "承办单位", "unit_id", "name"),
        "rank": ("名次", "排名", "rank"),
        "caseload": ("承办件数", "caseload"),
    }
    for spec in MEASURES:
        names[f"{spec.measure}_count"] = (f"{spec.label}（计）", f"{spec.label}(计)", f"{spec.measure}_count")
        names[f"{spec.measure}_total"] = (f"{spec.label}（总）", f"{spec.label}(总)", f"{spec.measure}_total")
        names[f"{spec.measure}_rate"] = (spec.label, f"{spec.label}(%)", f"{spec.label}（%）", f"{spec.measure}_rate")
    return names


def unreadable(table: Table) -> list[str]:
    """Return where a figure is no number."""
    return [
        table.fault(row, column, f"“{text}”不是数")
        for row, cells in table.rows
        for column, text in cells.items()
        if column != "unit" and text and as_printed(text) is None
    ]


def compared(
    table: Table, ours: Mapping[str, Mapping[str, object]], known_as: Mapping[str, str], most: int
) -> list[dict[str, str]]:
    """Return ``COMPARISON``, one row a published figure.

    ``ours`` is our ranking by unit_id, ``known_as`` every name of a unit to its id, ``most`` the most items a rate can be of.
    A row named as a total is held against the sum of the others.
    """
    found: list[dict[str, str]] = []
    units = [(row, cells) for row, cells in table.rows if cells["unit"] not in TOTALS]
    for row, cells in table.rows:
        if cells["unit"] in TOTALS:
            found += _totals(table, row, cells, units)
        else:
            unit = known_as.get(cells["unit"], cells["unit"])
            found += _of_unit(table, row, cells, ours.get(unit), most)
    return found


def _of_unit(
    table: Table, row: int, cells: Mapping[str, str], ours: Mapping[str, object] | None, most: int
) -> Iterator[dict[str, str]]:
    why = dict(_impossible(cells, most))
    for column, text in cells.items():
        if column != "unit" and text:
            yield _row(table, row, cells["unit"], column, text, ours, why.get(column))


def _impossible(cells: Mapping[str, str], most: int) -> Iterator[tuple[str, str]]:
    """Yield the figure at fault of each measure that no counts can give, and why; the rate, where there is one."""
    for spec in MEASURES:
        if reason := impossible(_share(cells, str(spec.measure)), most):
            yield f"{spec.measure}_{'rate' if cells.get(f'{spec.measure}_rate') else 'count'}", reason


def _row(
    table: Table, row: int, unit: str, column: str, text: str, ours: Mapping[str, object] | None, reason: str | None
) -> dict[str, str]:
    printed = as_printed(text)
    assert printed is not None, "unreadable() has looked"
    mine = None if ours is None else _mine(ours, column, printed)
    verdict = Verdict.ABSENT if mine is None else Verdict.SAME if mine == printed else Verdict.DIFFERS
    remark = ""
    if ours is None:
        remark = "我方当日没有这个单位的办理件"
    elif mine is not None and column.endswith("_rate"):
        remark = _counts(ours, column, printed, mine)
    if reason:
        verdict, remark = Verdict.IMPOSSIBLE, f"{reason}{';' if remark else ''}{remark}"
    return {
        "place": table.fault(row, column, "").rstrip(":"),
        "unit": unit,
        "figure": table.heads[column],
        "published": text,
        "ours": "" if mine is None else str(mine),
        "difference": "" if mine is None else f"{printed - mine:+}" if printed != mine else "0",
        "verdict": str(verdict),
        "remark": remark,
    }


def _counts(ours: Mapping[str, object], column: str, printed: Decimal, mine: Decimal) -> str:
    """Return our counts, and whether the circular cut the digits off instead of rounding them."""
    measure = column.removesuffix("_rate")
    count, total = int(str(ours[f"{measure}_count"])), int(str(ours[f"{measure}_total"]))
    exact = Decimal(100 * count) / Decimal(total)
    is_cut = printed != mine and exact.quantize(printed, ROUND_DOWN) == printed
    return f"我方 {count}/{total}{';通报去尾,没有四舍五入' if is_cut else ''}"


def _mine(ours: Mapping[str, object], column: str, printed: Decimal) -> Decimal | None:
    """Return our figure with as many digits as the published one; None where we have none."""
    if column.endswith("_rate"):
        measure = column.removesuffix("_rate")
        return rate_like(int(str(ours[f"{measure}_count"])), int(str(ours[f"{measure}_total"])), printed)
    value = ours[column]
    return None if value is None or str(value) in ("<NA>", "nan") else Decimal(str(value))


def _share(cells: Mapping[str, str], measure: str) -> Share:
    count, total, rate = (as_printed(cells.get(f"{measure}_{part}", "")) for part in ("count", "total", "rate"))
    return Share(None if count is None else int(count), None if total is None else int(total), rate)


def _totals(
    table: Table, row: int, cells: Mapping[str, str], units: Sequence[tuple[int, Mapping[str, str]]]
) -> Iterator[dict[str, str]]:
    """Yield the figures of a total, each held against the sum of the units."""
    for column, text in cells.items():
        if column == "unit" or not text or column.endswith(("_rate", "rank")):
            continue
        parts = sum((as_printed(other.get(column, "")) or Decimal(0) for _, other in units), Decimal(0))
        printed = as_printed(text)
        assert printed is not None, "unreadable() has looked"
        verdict = Verdict.SAME if parts == printed else Verdict.IMPOSSIBLE
        yield {
            "place": table.fault(row, column, "").rstrip(":"),
            "unit": cells["unit"],
            "figure": table.heads[column],
            "published": text,
            "ours": str(parts),
            "difference": f"{printed - parts:+}" if printed != parts else "0",
            "verdict": str(verdict),
            "remark": "" if parts == printed else f"各单位相加得 {parts}",
        }
