"""The year's figures for the next assignment meeting (交办会), last year's beside them; parts add up to their totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tasks.domain.errors import DubanError
from tasks.domain.frames import LABELS, Column, EventKind, Facts, FrameSpec, State
from tasks.domain.history import Timeline, known, overall_grade, timeline
from tasks.domain.outcomes import current_outcomes, outcome_history
from tasks.domain.records import ANSWERING, records, unit_names
from tasks.domain.repeats import session_years

# What each section counts. Every item of a section is a part of the same total.
SECTIONS: Mapping[str, str] = {
    "kind": "按类别（件）",
    "topic": "按内容（件）",
    "unit": "按承办单位（主办、独办、分办，件次）",
    "reply": "答复进度（件次）",
    "outcome": "答复时的办理结果（件次）",
    "outcome_now": "回头看和承诺兑现之后的办理结果（件次）",
    "satisfaction": "代表委员反馈（最近一次，件次）",
    "method": "办理方式（见面次数）",
    "publication": "答复公开（件次）",
    "commitment": "承诺兑现（项）",
    "look_back": "回头看（件次）",
}
METHODS = LABELS["method"]
MEETINGS = (EventKind.MEETING_BEFORE, EventKind.MEETING_DURING, EventKind.MEETING_AFTER)
# Sections that show in what state a duty of that name is.
BY_STATE = ("reply", "publication", "commitment", "look_back")
MOST = 0.5
NOT_GIVEN, NO_REPLY, NO_FORM = "not_given", "no_reply", "no_form"
OUTCOME_NAMES = {**LABELS["outcome"], NOT_GIVEN: "未注明", NO_REPLY: "尚未答复"}
NAMES: Mapping[str, Mapping[str, str]] = {
    "kind": LABELS["kind"],
    "topic": {NOT_GIVEN: "未分类"},
    "outcome": OUTCOME_NAMES,
    "outcome_now": OUTCOME_NAMES,
    "satisfaction": {**LABELS["grade"], NO_FORM: "未收回反馈表"},
    "method": {**METHODS, NOT_GIVEN: "未注明"},
    **dict.fromkeys(BY_STATE, LABELS["state"]),
}
YEAR_SUMMARY = FrameSpec(
    "year_summary",
    "年度总结数据",
    ("section", "item"),
    (
        Column("section", "category", "项目", required=True, values=tuple(SECTIONS)),
        Column("item", "text", "分项", required=True),
        Column("name", "text", "分项名称", required=True),
        Column("count", "integer", "本年", required=True),
        Column("total", "integer", "本年合计", required=True),
        Column("last_count", "integer", "上年", required=True),
        Column("last_total", "integer", "上年合计", required=True),
    ),
)


@dataclass(frozen=True)
class Seen:
    """What is counted on a day: the running assignments of those who answer, their records, outcomes and obligations."""

    facts: Facts
    now: Timeline
    answering: pd.DataFrame
    records: pd.DataFrame
    history: pd.DataFrame
    obligations: pd.DataFrame
    years: pd.Series


@dataclass(frozen=True, slots=True)
class Before:
    """The day on which last year is looked at, and the obligations of that day from the same facts."""

    obligations: pd.DataFrame
    as_of: date


def year_summary(
    facts: Facts, obligations: pd.DataFrame, year: int, as_of: date, before: Before | None = None
) -> pd.DataFrame:
    """Return ``YEAR_SUMMARY``: every section of ``year`` as known on ``as_of``, and of the year before.

    That one is looked at on the day ``before`` names, a year earlier for a fair comparison; on ``as_of`` if None. A proposal
    belongs to the year of its first assignment. Items are ordered by section, then by this year's count (units, topics) or
    as the labels are. ``total`` is what the counts of a section add up to, counted on its own; ``DubanError`` when they do
    not. Shares are for the reader to take: ``ranking.percentage(count, total)``.
    """
    seen = seen_on(facts, obligations, as_of)
    this, last = _figures(seen, year), _figures(_seen_before(seen, facts, before), year - 1)
    keys = ["section", "item"]
    both = this.merge(last.rename(columns={"count": "last_count", "total": "last_total"}), on=keys, how="outer")
    for mine, column in (("total", this), ("last_total", last)):
        totals = column.drop_duplicates("section").set_index("section")["total"]
        both[mine] = both["section"].map(totals).fillna(0).astype("Int64")
    counts = both[["count", "last_count"]].fillna(0).astype("Int64")
    named = both.assign(**counts, name=_names(both, seen))
    return YEAR_SUMMARY.typed(_ordered(named))


def seen_on(facts: Facts, obligations: pd.DataFrame, as_of: date) -> Seen:
    """Return what the year's figures are counted from; ``obligations`` are those of the same facts and day."""
    facts = known(facts, as_of)
    now = timeline(facts, as_of)
    assignments = now.assignments
    answering = assignments[assignments["role"].isin(list(map(str, ANSWERING))) & assignments["ended_on"].isna()]
    everything = records(now)
    return Seen(facts, now, answering, everything, outcome_history(everything), obligations, session_years(facts))


def _seen_before(seen: Seen, facts: Facts, before: Before | None) -> Seen:
    return seen if before is None else seen_on(facts, before.obligations, before.as_of)


def _figures(seen: Seen, year: int) -> pd.DataFrame:
    """Return section, item, count and total of one year."""
    parts = [_counted(section, items, total) for section, (items, total) in _sections(seen, year).items()]
    return pd.concat(parts, ignore_index=True)


def _counted(section: str, items: pd.Series, total: int) -> pd.DataFrame:
    counts = items.astype("str").value_counts()
    if counts.sum() != total:
        raise DubanError(
            f"年度总结“{SECTIONS[section]}”",
            f"各分项相加是 {counts.sum()}，合计却是 {total}",
            "请检查源数据中有无重复或缺少分类的记录，改正后重新运行。",
        )
    return pd.DataFrame({"section": section, "item": counts.index, "count": counts.to_numpy(), "total": total})


def summed_up(facts: Facts, obligations: pd.DataFrame, as_of: date) -> int:
    """Return the year that can be summed up on ``as_of``: the latest of which most replies have fallen due.

    ``DubanError`` where no reply was ever owed.
    """
    owed = obligations[(obligations["duty"] == "reply") & (obligations["state"] != State.EXCUSED)]
    year = owed["proposal_id"].astype("str").map(session_years(known(facts, as_of)))
    if owed.empty:
        raise DubanError("年度总结", f"到 {as_of} 还没有应答复的建议提案", "请先交办，或另选统计截止日（--as-of）。")
    has_fallen_due = owed["extended_to"].fillna(owed["due_on"]) < pd.Timestamp(as_of)
    most = has_fallen_due.groupby(year).mean() > MOST
    return int(max(most.index[most], default=min(most.index)))


def _sections(seen: Seen, year: int) -> dict[str, tuple[pd.Series, int]]:
    """Return for each section the item of everything it counts, and how much that is, counted another way."""
    ids = seen.years.index[seen.years == year]
    proposals = seen.facts.proposals[seen.facts.proposals["proposal_id"].isin(ids)]
    answering = seen.answering[seen.answering["proposal_id"].isin(ids)]
    events = seen.now.events
    meetings = events[events["kind"].isin(list(map(str, MEETINGS))) & events["proposal_id"].isin(ids)]
    replied = answering[answering["assignment_id"].isin(replied_assignments(seen))]
    topics = proposals["topic"].fillna("").str.strip().replace("", NOT_GIVEN)
    return {
        "kind": (proposals["kind"], len(ids)),
        "topic": (topics, len(ids)),
        "unit": (answering["unit_id"], answering["assignment_id"].nunique()),
        "outcome": (outcomes(seen, answering, as_replied=True), answering["assignment_id"].nunique()),
        "outcome_now": (outcomes(seen, answering, as_replied=False), answering["assignment_id"].nunique()),
        "satisfaction": (grades(seen, replied), replied["assignment_id"].nunique()),
        "method": (meetings["value"].fillna(NOT_GIVEN), meetings["event_id"].nunique()),
        **{section: _states(seen, answering, section) for section in BY_STATE},
    }


def replied_assignments(seen: Seen) -> pd.Series:
    """Return the assignments that gave a reply, whether or not it names an outcome."""
    return seen.records.loc[seen.records["kind"] == EventKind.REPLY_ISSUED, "assignment_id"].drop_duplicates()


def outcomes(seen: Seen, answering: pd.DataFrame, *, as_replied: bool) -> pd.Series:
    """Return the outcome of each assignment: as its last reply said, or as it stands now."""
    history = seen.history[seen.history["source"] == EventKind.REPLY_ISSUED] if as_replied else seen.history
    outcome = current_outcomes(history).set_index("assignment_id")["outcome"].reindex(answering["assignment_id"])
    replied = answering["assignment_id"].isin(replied_assignments(seen)).to_numpy()
    return outcome.fillna(pd.Series(NOT_GIVEN, index=outcome.index).where(replied, NO_REPLY))


def grades(seen: Seen, replied: pd.DataFrame) -> pd.Series:
    """Return the latest satisfaction of each assignment that replied."""
    forms = seen.records[seen.records["kind"] == EventKind.FEEDBACK].drop_duplicates("assignment_id", keep="last")
    grades = overall_grade(forms["value"]).set_axis(forms["assignment_id"])
    return grades.reindex(replied["assignment_id"]).fillna(NO_FORM)


def _states(seen: Seen, answering: pd.DataFrame, duty: str) -> tuple[pd.Series, int]:
    """Return the state of each obligation of a duty, and how many there are."""
    owed = seen.obligations[seen.obligations["duty"] == duty]
    owed = owed[owed["assignment_id"].isin(answering["assignment_id"])]
    return owed["state"], len(owed.drop_duplicates(["proposal_id", "unit_id", "round"]))


def _names(rows: pd.DataFrame, seen: Seen) -> pd.Series:
    """Return what people call each item."""
    units = unit_names(seen.facts.units, rows["item"]).to_numpy()
    named = [
        NAMES.get(section, {}).get(item, item) for section, item in zip(rows["section"], rows["item"], strict=True)
    ]
    return pd.Series(named, index=rows.index, dtype="str").mask(rows["section"] == "unit", units)


def _ordered(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows by section; inside, in the labels' order, or the most first where items have no order."""
    orders = {(section, item): i for section, items in NAMES.items() for i, item in enumerate(items)}
    keys = zip(rows["section"], rows["item"], strict=True)
    rows = rows.assign(
        section_rank=rows["section"].map(list(SECTIONS).index),
        rank=[orders.get(key, 0) for key in keys],
        fewest=-rows["count"],
    )
    return rows.sort_values(["section_rank", "rank", "fewest", "item"], kind="stable").reset_index(drop=True)
