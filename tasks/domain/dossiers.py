"""What a dossier (案卷) is read off: the day's frames, cut into one case at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import pandas as pd

from tasks.domain.frames import Column, Facts, FrameSpec, Level
from tasks.domain.history import known
from tasks.domain.repeats import matters, session_years

SENT_NOTICES = FrameSpec(
    "sent_notices",
    "已发通知",
    ("notice_id",),
    (
        Column("notice_id", "integer", "序号", required=True),
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("level", "category", "督办级别", required=True, values=tuple(map(str, Level))),
        Column("sent_at", "timestamp", "发出时间", required=True),
        Column("to_names", "text", "送达"),
        Column("document_no", "text", "文号"),
    ),
)


@dataclass(frozen=True)
class Shelf:
    """Everything known on a day that dossiers are made from.

    ``reviewed`` are the cases of a review with their ``case_no`` (<NA> where none was given); ``backlog`` (``frames.BACKLOG``)
    what meets a criterion on the day; ``promises`` all promises; ``notices`` (``SENT_NOTICES``) what was sent;
    ``explanations`` as the ladder reads them.
    """

    facts: Facts
    obligations: pd.DataFrame
    reviewed: pd.DataFrame
    backlog: pd.DataFrame
    promises: pd.DataFrame
    notices: pd.DataFrame
    explanations: pd.DataFrame
    as_of: date

    @cached_property
    def now(self) -> Facts:
        """The facts that exist on the day."""
        return known(self.facts, self.as_of)

    def of(self, name: str, proposal_id: str) -> pd.DataFrame:
        """Return the rows of one proposal: of a frame of the facts, or of ``obligations``, ``backlog``, ``promises``, …"""
        places = self._places[name].get(proposal_id)
        frame = self._frame(name)
        return frame.iloc[:0] if places is None else frame.iloc[places]

    def _frame(self, name: str) -> pd.DataFrame:
        frame: pd.DataFrame = getattr(self.now if name in ("proposals", "assignments", "events") else self, name)
        return frame

    @cached_property
    def _places(self) -> Mapping[str, Mapping[str, list[int]]]:
        """The rows of each proposal, by frame; looked for once, whatever the number of cases."""
        names = ("proposals", "assignments", "events", "obligations", "backlog", "promises", "notices", "explanations")
        return {name: self._frame(name).reset_index(drop=True).groupby("proposal_id").indices for name in names}

    @cached_property
    def chain(self) -> pd.DataFrame:
        """Every proposal with its ``matter_id`` (the first of its confirmed chain) and ``year``, by year."""
        proposals = self.now.proposals
        return proposals.assign(
            matter_id=matters(proposals).to_numpy(), year=session_years(self.now).to_numpy()
        ).sort_values(["year", "proposal_id"], kind="stable")

    def same_matter(self, proposal_id: str) -> pd.DataFrame:
        """Return the other proposals of a proposal's confirmed chain, by year."""
        matter = self.chain.loc[self.chain["proposal_id"] == proposal_id, "matter_id"]
        same = self.chain[self.chain["matter_id"].isin(matter)]
        return same[same["proposal_id"] != proposal_id]

    @cached_property
    def unit_name(self) -> Mapping[str, str]:
        """The units' names."""
        return dict(zip(self.facts.units["unit_id"], self.facts.units["name"], strict=True))
