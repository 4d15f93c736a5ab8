"""The listed part of the facts, seen through a jurisdiction's disclosure policy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import pandas as pd

from tasks.domain.disclosure import (
    LISTED,
    DisclosurePolicy,
    names_only,
    pages,
    without_numbers,
)
from tasks.domain.frames import Facts
from tasks.domain.history import Mask
from tasks.domain.quotations import without_quotations

NAMES = ("led_by", "leader", "handler", "lead_proposer")
TEXTS = ("title", "topic", "section")
QUOTABLE = ("title", "topic")
PERSONS = ("leader", "section", "handler")
PAIR = ["proposal_id", "unit_id"]


@dataclass(frozen=True, slots=True)
class View:
    """The listed part of the facts, with the policy's eye on it. ``openness`` and ``page`` are by proposal_id."""

    facts: Facts
    policy: DisclosurePolicy
    openness: pd.Series
    page: pd.Series
    unit_page: pd.Series

    def visible(self, column: str, ids: pd.Series) -> Mask:
        """Return for a column of proposal ids whether ``column`` is public there."""
        return self.policy.shows(column, ids.astype("str").map(self.openness))

    def pages(self, ids: pd.Series) -> pd.Series:
        """Return the public pages of proposals by id; NaN for one that is not listed."""
        return ids.astype("str").map(self.page)

    def without(self, secret: Collection[str]) -> View:
        """Return the view with every quotation of a secret hidden in titles and topics."""
        proposals = self.facts.proposals
        quiet = {name: without_quotations(proposals[name], secret) for name in QUOTABLE}
        return replace(self, facts=replace(self.facts, proposals=proposals.assign(**quiet)))

    def unit_pages(self, ids: pd.Series) -> pd.Series:
        """Return the public pages of units by id."""
        return ids.astype("str").map(self.unit_page)


def view_of(now: Facts, levels: pd.Series, policy: DisclosurePolicy) -> View:
    """Return the view of these facts; ``levels`` is the openness of every proposal by id."""
    listed = levels[levels.isin(LISTED)]
    ids = now.proposals["proposal_id"].isin(listed.index)
    units = now.units["unit_id"]
    return View(
        facts=Facts(
            units=now.units,
            contacts=now.contacts.iloc[:0],
            proposals=now.proposals[ids],
            assignments=now.assignments[now.assignments["proposal_id"].isin(listed.index)],
            events=now.events[now.events["proposal_id"].isin(listed.index)],
            reply_texts=now.reply_texts,
        ),
        policy=policy,
        openness=listed,
        page=pd.Series(pages(listed.index, "proposal"), index=listed.index, dtype="str"),
        unit_page=pd.Series(pages(units, "unit"), index=units, dtype="str"),
    )


def discreet(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with names cut to the name and texts without personal numbers."""
    names = {name: without_numbers(names_only(frame[name])) for name in NAMES if name in frame}
    return frame.assign(**names, **{text: without_numbers(frame[text]) for text in TEXTS if text in frame})


def of_units(rows: pd.DataFrame, assignments: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of units with one of these assignments, and those of no unit."""
    pairs = pd.MultiIndex.from_frame(assignments[PAIR].astype("str"))
    own = pd.MultiIndex.from_frame(rows[PAIR].astype("str"))
    return rows[own.isin(pairs) | rows["unit_id"].isna().to_numpy()]
