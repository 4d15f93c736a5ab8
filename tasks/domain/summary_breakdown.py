"""The year's handling by kind, topic and unit, last year's beside it: every figure a count of assignments (件次)."""

from __future__ import annotations

from datetime import date

import pandas as pd

from tasks.domain.errors import DubanError
from tasks.domain.frames import LABELS, Column, Facts, FrameSpec, Grade, Outcome, State
from tasks.domain.history import known
from tasks.domain.look_backs import look_backs
from tasks.domain.records import unit_names
from tasks.domain.summary import NOT_GIVEN, Before, Seen, grades, outcomes, replied_assignments, seen_on

BY = ("kind", "topic", "unit")
# Of every item: assignments; replies owed, given, given in time, overdue; solved as it stands now; forms and their grades;
# replies that a look-back found not done though they had called the matter solved.
FIGURES = {
    "items": "承办件次",
    "owed": "应答复",
    "replied": "已答复",
    "on_time": "按期答复",
    "overdue": "逾期未答复",
    "solved": "已解决",
    "forms": "收回反馈表",
    "satisfied": "满意和基本满意",
    "dissatisfied": "不满意",
    "overturned": "答复称已解决而未落实",
}
BREAKDOWN = FrameSpec(
    "year_breakdown",
    "分项办理情况",
    ("by", "item"),
    (
        Column("by", "category", "分项", required=True, values=BY),
        Column("item", "text", "编号", required=True),
        Column("name", "text", "名称", required=True),
        *(Column(name, "integer", label, required=True) for name, label in FIGURES.items()),
        *(Column(f"last_{name}", "integer", f"上年{label}", required=True) for name, label in FIGURES.items()),
    ),
)


def year_breakdown(
    facts: Facts, obligations: pd.DataFrame, year: int, as_of: date, before: Before | None = None
) -> pd.DataFrame:
    """Return ``BREAKDOWN`` of ``year`` as known on ``as_of``, and of the year before; the most items come first.

    ``obligations`` and ``before`` as ``year_summary`` takes them. ``DubanError`` where one way of dividing the year adds up
    to other figures than another.
    """
    seen = seen_on(facts, obligations, as_of)
    this = _counted(seen, look_backs(facts, obligations, as_of), year)
    last = _last_year(facts, before or Before(obligations, as_of), year - 1)
    both = this.join(last.add_prefix("last_"), how="outer").fillna(0).reset_index()
    rank = both["by"].map({by: place for place, by in enumerate(BY)})
    ordered = both.assign(rank=rank).sort_values(
        ["rank", "items", "last_items", "item"], ascending=[True, False, False, True], kind="stable"
    )
    return BREAKDOWN.typed(ordered.assign(name=_names(ordered, seen)).reset_index(drop=True))


def _last_year(facts: Facts, before: Before, year: int) -> pd.DataFrame:
    seen = seen_on(facts, before.obligations, before.as_of)
    return _counted(seen, look_backs(known(facts, before.as_of), before.obligations, before.as_of), year)


def _counted(seen: Seen, overturned: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return one year's figures by ``by`` and ``item``."""
    flags = _flags(seen, overturned, year)
    topics = seen.facts.proposals.set_index("proposal_id")["topic"].fillna("").str.strip().replace("", NOT_GIVEN)
    kinds = seen.facts.proposals.set_index("proposal_id")["kind"]
    parts = {
        "kind": flags["proposal_id"].map(kinds),
        "topic": flags["proposal_id"].map(topics),
        "unit": flags["unit_id"],
    }
    sums = {by: flags[list(FIGURES)].groupby(item.astype("str").rename("item")).sum() for by, item in parts.items()}
    whole = flags[list(FIGURES)].sum()
    for by, found in sums.items():
        if (found.sum() != whole).any():
            raise DubanError(
                f"年度总结分项 {by}", "各项相加与合计不符", "请检查源数据中有无缺少类别的记录，改正后重新运行。"
            )
    return pd.concat(sums, names=["by", "item"])


def _flags(seen: Seen, overturned: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the year's assignments that answer, with 0 or 1 for each figure."""
    ids = seen.years.index[seen.years == year]
    rows = seen.answering[seen.answering["proposal_id"].isin(ids)]
    rows = rows[["assignment_id", "proposal_id", "unit_id"]].reset_index(drop=True)
    owed = seen.obligations[seen.obligations["duty"] == "reply"].drop_duplicates("assignment_id")
    state = rows["assignment_id"].map(
        owed.astype({"assignment_id": "str"}).set_index("assignment_id")["state"].astype("str")
    )
    grade = grades(seen, rows).to_numpy()
    replied = rows["assignment_id"].isin(replied_assignments(seen))
    false = overturned[overturned["is_overturned"]]
    pairs = pd.MultiIndex.from_frame(rows[["proposal_id", "unit_id"]])
    flags = {
        "items": pd.Series(True, index=rows.index),
        "owed": state.notna() & (state != State.EXCUSED),
        "replied": state.isin([State.MET, State.MET_LATE]),
        "on_time": state == State.MET,
        "overdue": state == State.OVERDUE,
        "solved": pd.Series(outcomes(seen, rows, as_replied=False).to_numpy() == Outcome.SOLVED, index=rows.index),
        "forms": replied & pd.Series(grade, index=rows.index).isin(list(map(str, Grade))),
        "satisfied": replied & pd.Series(grade, index=rows.index).isin([Grade.SATISFIED, Grade.BASICALLY_SATISFIED]),
        "dissatisfied": replied & (grade == Grade.DISSATISFIED),
        "overturned": pd.Series(
            pairs.isin(pd.MultiIndex.from_frame(false[["proposal_id", "unit_id"]])), index=rows.index
        ),
    }
    return rows.assign(**{name: flag.astype(int) for name, flag in flags.items()})


def _names(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    units = unit_names(seen.facts.units, rows["item"])
    known = rows["item"].map({**LABELS["kind"], NOT_GIVEN: "未分类"}).fillna(rows["item"])
    return known.where(rows["by"] != "unit", units)
