"""Which proposals a person confirmed to be the same matter as earlier ones, and the chains that follow from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

import pandas as pd

from tasks.domain.frames import Column, Facts, FrameSpec
from tasks.domain.repeats import REPEAT_CANDIDATES, matters, raised_on, session_years


class Decision(StrEnum):
    """What a person says of a pair; ``withdrawn`` takes back what was said before."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


DECISION_LABELS: Mapping[Decision, str] = {
    Decision.CONFIRMED: "同一事项",
    Decision.REJECTED: "不是同一事项",
    Decision.WITHDRAWN: "撤回认定",
}
PAIR = list(REPEAT_CANDIDATES.key)
REPEAT_DECISIONS = FrameSpec(
    "repeat_decisions",
    "往届同题认定",
    ("decision_id",),
    (
        Column("decision_id", "integer", "认定序号", required=True),
        Column("proposal_id", "text", "编号", required=True),
        Column("earlier_id", "text", "往届编号", required=True),
        Column("decision", "category", "认定", required=True, values=tuple(map(str, Decision))),
        Column("score", "number", "相似度"),
        Column("fragments", "text", "相同文字"),
        Column("name", "text", "认定人", required=True),
        Column("reason", "text", "理由", required=True),
        Column("at", "timestamp", "认定时间", required=True),
    ),
)


def held(decisions: pd.DataFrame, known_at: datetime | None = None) -> pd.DataFrame:
    """Return the decision that holds of each pair: the newest one given by ``known_at``, none where that withdrew it."""
    given = decisions if known_at is None else decisions[decisions["at"] <= pd.Timestamp(known_at)]
    newest = given.sort_values("decision_id", kind="stable").drop_duplicates(PAIR, keep="last")
    return newest[newest["decision"] != Decision.WITHDRAWN].reset_index(drop=True)


def with_confirmed_repeats(facts: Facts, decisions: pd.DataFrame, known_at: datetime | None = None) -> Facts:
    """Return the facts with ``repeats`` filled in for every proposal of a confirmed matter where the source names none.

    To confirm a pair is to say that it is one matter, so confirmed pairs and the source's chains grow together: each
    proposal repeats the last one of an earlier year on that matter. What the source says stays. A confirmed proposal that
    the source no longer holds is named only by the pair itself. Decisions later than ``known_at`` are not known yet.
    """
    confirmed = held(decisions, known_at)
    confirmed = confirmed[confirmed["decision"] == Decision.CONFIRMED]
    if confirmed.empty:
        return facts
    proposals = facts.proposals
    confirmed = confirmed[confirmed["proposal_id"].isin(proposals["proposal_id"])]
    if confirmed.empty:
        return facts
    links = _absent(confirmed, proposals) | _chained(facts, confirmed)
    named = proposals["proposal_id"].map(links)
    return replace(facts, proposals=proposals.assign(repeats=proposals["repeats"].fillna(named).astype("str")))


def _absent(confirmed: pd.DataFrame, proposals: pd.DataFrame) -> dict[str, str]:
    gone = confirmed[~confirmed["earlier_id"].isin(proposals["proposal_id"])]
    return dict(zip(gone["proposal_id"], gone["earlier_id"], strict=True))


def _chained(facts: Facts, confirmed: pd.DataFrame) -> dict[str, str]:
    """Return for each member of a confirmed matter the last member of an earlier year."""
    matter = _merged_matters(facts.proposals, confirmed)
    rows = pd.DataFrame({"matter": matter, "year": session_years(facts), "raised_on": raised_on(facts)})
    rows = rows.dropna(subset=["matter", "year"]).rename_axis("proposal_id").reset_index()
    rows = rows.sort_values(["matter", "year", "raised_on", "proposal_id"], kind="stable")
    last = rows.drop_duplicates(["matter", "year"], keep="last")
    last = last.assign(before=last.groupby("matter")["proposal_id"].shift())
    pairs = rows.merge(last[["matter", "year", "before"]], on=["matter", "year"], validate="m:1").dropna(
        subset="before"
    )
    return dict(zip(pairs["proposal_id"], pairs["before"], strict=True))


def _merged_matters(proposals: pd.DataFrame, confirmed: pd.DataFrame) -> pd.Series:
    """Return, by proposal_id, one name for each matter that the confirmed pairs join; nothing for all other proposals."""
    first = matters(proposals)
    pairs = confirmed[PAIR].map(lambda name: first.get(name, name))
    joined: dict[str, str] = {}
    for one, other in pairs.itertuples(index=False):
        low, high = sorted((_root(joined, one), _root(joined, other)))
        joined[high] = joined[low] = low
    return first.map({name: _root(joined, name) for name in joined})


def _root(joined: Mapping[str, str], name: str) -> str:
    while joined.get(name, name) != name:
        name = joined[name]
    return name


def undecided(candidates: pd.DataFrame, facts: Facts, decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the candidates that nobody decided on and that are not of one matter already.

    ``facts`` are those with confirmed repeats.
    """
    first = matters(facts.proposals)
    own, earlier = (candidates[column].map(first).fillna(candidates[column]) for column in PAIR)
    decided = pd.MultiIndex.from_frame(held(decisions)[PAIR])
    is_decided = pd.MultiIndex.from_frame(candidates[PAIR]).isin(decided)
    return candidates[(own != earlier).to_numpy() & ~is_decided].reset_index(drop=True)


def refused(proposal_id: str, earlier_id: str, decision: Decision, facts: Facts, decisions: pd.DataFrame) -> str | None:
    """Return in Chinese why this cannot be said of the pair; None if it can. ``facts`` are those without confirmed repeats."""
    missing = [name for name in (proposal_id, earlier_id) if name not in set(facts.proposals["proposal_id"])]
    if missing:
        return f"没有编号为 {'、'.join(missing)} 的建议提案"
    now = held(decisions)
    same = now[(now["proposal_id"] == proposal_id) & (now["earlier_id"] == earlier_id)]["decision"].tolist()
    if decision is Decision.WITHDRAWN:
        return None if same else "还没有认定，无从撤回"
    if same == [str(decision)]:
        return f"已经认定{DECISION_LABELS[decision]}"
    years = session_years(facts)
    if pd.isna(years[proposal_id]) or pd.isna(years[earlier_id]) or years[earlier_id] >= years[proposal_id]:
        return f"{earlier_id} 不是 {proposal_id} 之前年度提出的"
    first = matters(facts.proposals)
    return "业务系统已经登记为往届同题，要改请在业务系统中改" if first[proposal_id] == first[earlier_id] else None
