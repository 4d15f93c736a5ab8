"""Matters raised again: candidates for confirmation by title, and the chains that were confirmed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tasks.domain.frames import Column, Facts, FrameSpec
from tasks.domain.history import Ints, Mask
from tasks.domain.similarity import Floats, Index, plain, shared_fragments

REPEAT_CANDIDATES = FrameSpec(
    "repeat_candidates",
    "疑似往届同题",
    ("proposal_id", "earlier_id"),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("earlier_id", "text", "往届编号", required=True),
        Column("score", "number", "相似度", required=True),
        Column("fragments", "text", "相同文字", required=True),
    ),
)


@dataclass(frozen=True, slots=True)
class RepeatRules:
    """When a title is offered as a repeat: cosine of at least ``least_score`` (0-1), the ``most`` likeliest of each.

    ``boilerplate`` are phrases that say nothing of the matter.
    """

    least_score: float
    most: int
    boilerplate: tuple[str, ...] = ()


def raised_on(facts: Facts) -> pd.Series:
    """Return the day each proposal was raised, by proposal_id: filed, else first assigned; NaT if neither is known."""
    assigned = facts.assignments.groupby("proposal_id")["assigned_on"].min()
    proposals = facts.proposals.set_index("proposal_id")
    return proposals["filed_on"].fillna(assigned.reindex(proposals.index)).rename("raised_on")


def session_years(facts: Facts) -> pd.Series:
    """Return the year of each proposal's session, by proposal_id: of its first assignment, else of its filing.

    A session in January takes what was filed in December; <NA> where neither day is known.
    """
    assigned = facts.assignments.groupby("proposal_id")["assigned_on"].min()
    proposals = facts.proposals.set_index("proposal_id")
    day = assigned.reindex(proposals.index).fillna(proposals["filed_on"])
    return day.dt.year.astype("Int64").rename("year")


def repeat_candidates(facts: Facts, rules: RepeatRules, year: int | None = None) -> pd.DataFrame:
    """Return pairs of a proposal and one of an earlier year that may be the same matter, likeliest first.

    Columns as in ``REPEAT_CANDIDATES``; ``fragments`` are the runs of characters that both titles share, the reason for
    the score. With ``year``, only that year's proposals are compared. Pairs already confirmed are left out. Nothing is
    decided here: a person confirms or rejects each pair.
    """
    proposals = facts.proposals.assign(year=session_years(facts).to_numpy())
    proposals = proposals[proposals["year"].notna()].reset_index(drop=True)
    titles = [plain(title, rules.boilerplate) for title in proposals["title"]]
    years = proposals["year"].to_numpy(dtype=np.int64)
    index = Index.of(titles)
    asked = np.flatnonzero(years == year) if year is not None else np.arange(len(years))
    found = [_best(index.scores(int(i)), years < years[i], rules) for i in asked]
    one = np.repeat(asked, [len(others) for others, _ in found])
    other = np.concatenate([others for others, _ in found]) if found else np.zeros(0, np.int64)
    pairs = pd.DataFrame(
        {
            "proposal_id": proposals["proposal_id"].to_numpy(dtype=object)[one],
            "earlier_id": proposals["proposal_id"].to_numpy(dtype=object)[other],
            "score": np.concatenate([scores for _, scores in found]) if found else np.zeros(0),
            "fragments": ["、".join(shared_fragments(titles[i], titles[j])) for i, j in zip(one, other, strict=True)],
        }
    )
    confirmed = pairs["earlier_id"].to_numpy() == proposals["repeats"].to_numpy(dtype=object)[one]
    ordered = pairs[~confirmed].sort_values(["score", "proposal_id", "earlier_id"], ascending=[False, True, True])
    return REPEAT_CANDIDATES.typed(ordered.reset_index(drop=True))


def _best(scores: Floats, is_earlier: Mask, rules: RepeatRules) -> tuple[Ints, Floats]:
    likely = np.flatnonzero(is_earlier & (scores >= rules.least_score))
    best = likely[np.argsort(-scores[likely], kind="stable")[: rules.most]]
    return best, scores[best]


def matters(proposals: pd.DataFrame) -> pd.Series:
    """Return, by proposal_id, the first proposal of its confirmed chain (itself if it repeats none).

    The first may be a proposal of a year that the source no longer holds.
    """
    parent = dict(zip(proposals["proposal_id"], proposals["repeats"].fillna(proposals["proposal_id"]), strict=True))
    first = pd.Series(parent, dtype="str")
    # Each step doubles the distance looked back, so that even a chain that bites its own tail comes to an end.
    for _ in range(len(first).bit_length()):
        first = first.map(first).fillna(first)
    return first.rename("matter_id").rename_axis("proposal_id")
