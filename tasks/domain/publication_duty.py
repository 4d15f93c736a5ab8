"""The duty to publish, met for the units where the office publishes on their behalf."""

from __future__ import annotations

from datetime import date

import pandas as pd

from tasks.domain.disclosure import LISTED, DisclosurePolicy, openness
from tasks.domain.frames import EVENTS, EventKind, Facts, State
from tasks.domain.history import known

PENDING = (State.OPEN, State.DUE_SOON, State.OVERDUE)
MET = ("proposal_id", "unit_id", "round")
BY_THE_OFFICE = "由督查机构统一公开"


def duties_met(facts: Facts, obligations: pd.DataFrame, policy: DisclosurePolicy, as_of: date) -> pd.DataFrame:
    """Return the pending duties to publish that a site of ``as_of`` meets: those of proposals that it lists (columns ``MET``)."""
    levels = openness(known(facts, as_of).proposals, policy)
    listed = levels.index[levels.isin(LISTED)]
    owed = obligations[(obligations["duty"] == "publication") & obligations["state"].isin(PENDING)]
    met = owed[owed["proposal_id"].astype("str").isin(listed)]
    return met[list(MET)].astype({"proposal_id": "str", "unit_id": "str"}).reset_index(drop=True)


def publication_events(shown: pd.DataFrame) -> pd.DataFrame:
    """Return the events (``frames.EVENTS``) that sites shown by the office are.

    ``shown`` has ``MET``, ``number`` of the publication, ``shown_on`` and ``shown_at``: the day that counts, and when the office
    recorded it.
    """
    key = [shown[name].astype("str") for name in ("number", *MET)]
    return EVENTS.typed(
        shown.assign(
            event_id="site:" + key[0].str.cat(key[1:], sep=":"),
            kind=str(EventKind.PUBLISHED),
            happened_on=shown["shown_on"],
            recorded_at=shown["shown_at"],
            note=BY_THE_OFFICE,
        )
    )
