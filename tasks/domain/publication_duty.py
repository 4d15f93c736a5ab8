"""The duty to publish, met for the units where the office publishes on their behalf."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd

from tasks.domain.disclosure import LISTED, DisclosurePolicy, openness
from tasks.domain.frames import EVENTS, EventKind, Facts, State
from tasks.domain.history import known

PENDING = (State.OPEN, State.DUE_SOON, State.OVERDUE)
BY_THE_OFFICE = "由督查机构统一公开"


def published_events(
    facts: Facts, obligations: pd.DataFrame, policy: DisclosurePolicy, as_of: date, recorded_at: datetime
) -> pd.DataFrame:
    """Return the events (``frames.EVENTS``) by which a site shown on ``as_of`` meets the units' duty to publish.

    One per pending obligation ``publication`` of a listed proposal; its id says which, so that a second run adds nothing new.
    """
    levels = openness(known(facts, as_of).proposals, policy)
    listed = levels.index[levels.isin(LISTED)]
    owed = obligations[(obligations["duty"] == "publication") & obligations["state"].isin(PENDING)]
    met = owed[owed["proposal_id"].astype("str").isin(listed)].astype({"proposal_id": "str", "unit_id": "str"})
    return EVENTS.typed(
        met.assign(
            event_id="site:" + met["proposal_id"] + ":" + met["unit_id"] + ":" + met["round"].astype("str"),
            kind=str(EventKind.PUBLISHED),
            happened_on=pd.Timestamp(as_of),
            recorded_at=pd.Timestamp(recorded_at),
            note=BY_THE_OFFICE,
        ).reset_index(drop=True)
    )
