"""The lists of a circular: whom it praises and criticises, on what grounds, and by which criteria of the scheme."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reports.circular_content import CircularContent, Listed
from reports.circular_facts import groups_in_order
from reports.official import Align, Annex, Table, TableColumn
from reports.passages import chinese_number
from tasks.domain.commendation import Lists
from tasks.domain.ranking_scheme import MEASURE_LABELS, RankingScheme

PRAISED, CRITICISED = "通报表扬", "通报批评"


def listed(lists: Lists, groups: Mapping[str, str]) -> tuple[Listed, ...]:
    """Return every unit praised or criticised once, with all its grounds, in the order of the groups."""
    return (*_listed(PRAISED, lists.praised, groups), *_listed(CRITICISED, lists.criticised, groups))


def _listed(word: str, rows: pd.DataFrame, groups: Mapping[str, str]) -> list[Listed]:
    grounds = rows.groupby("unit_id", sort=False)["reason"].agg("；".join)
    first = rows.drop_duplicates("unit_id")
    return [
        Listed(word, groups.get(group, group), unit, name, grounds[unit])
        for group in groups_in_order(rows, groups)
        for unit, name in first.loc[first["group"] == group, ["unit_id", "name"]].itertuples(index=False)
    ]


def criteria(scheme: RankingScheme) -> dict[str, str]:
    """Return in words whom the scheme praises and criticises; a list that it does not keep is absent."""
    told = {PRAISED: _praise(scheme), CRITICISED: _criticism(scheme)}
    return {word: text for word, text in told.items() if text}


def _praise(scheme: RankingScheme) -> str:
    praise = scheme.praise
    whole = "、".join(MEASURE_LABELS[measure] for measure in praise.whole)
    conditions = (
        f"列本组前{praise.top}名{_share(praise.one_in)}",
        f"得分不低于{praise.least_score}分" if praise.least_score is not None else "",
        f"{whole}为100%" if whole else "",
        f"得分高出本组总体水平的幅度超出{praise.confidence}%置信区间" if praise.confidence else "",
        "没有被通报批评的情形",
    )
    return "，".join(part for part in conditions if part) if praise.top else ""


def _criticism(scheme: RankingScheme) -> str:
    criticism = scheme.criticism
    last = (
        f"列本组末{criticism.bottom}名{_share(criticism.one_in)}",
        f"得分低于{criticism.below_score}分" if criticism.below_score is not None else "",
        f"得分低于本组总体水平的幅度超出{criticism.confidence}%置信区间" if criticism.confidence else "",
    )
    zero = "、".join(MEASURE_LABELS[measure] for measure in criticism.zero)
    ways = ("，".join(part for part in last if part) if criticism.bottom else "", f"{zero}为0" if zero else "")
    return "；或者".join(way for way in ways if way)


def _share(one_in: int) -> str:
    return f"（不超过本组参加排名单位的{chinese_number(one_in)}分之一）" if one_in > 1 else ""


def lists_annex(content: CircularContent) -> Annex | None:
    """Return the annex with both lists; None where nobody is on either."""
    words = [word for word in (PRAISED, CRITICISED) if any(one.word == word for one in content.listed)]
    tables = tuple(_table(word, content) for word in words)
    return Annex(f"{'和'.join(words)}单位名单", tables) if tables else None


def _table(word: str, content: CircularContent) -> Table:
    columns = (
        TableColumn("序号", 0.7),
        TableColumn("单位", 3.4, Align.LEFT),
        TableColumn("组别", 3, Align.LEFT),
        TableColumn("依据", 6.4, Align.LEFT),
    )
    rows = ((one.unit, one.group, one.reason) for one in content.listed if one.word == word)
    told = content.criteria.get(word, "")
    return Table(
        columns,
        tuple((str(number), *row) for number, row in enumerate(rows, 1)),
        caption=f"{word}单位",
        note=f"注：{word}的条件：{told}。" if told else "",
    )
