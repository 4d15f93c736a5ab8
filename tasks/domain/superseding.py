"""Which queued steps must not leave any more: the obligation was met, excused or moved, or is held now."""

from __future__ import annotations

from datetime import date

import pandas as pd

from tasks.domain.escalation_record import latest_match
from tasks.domain.frames import LABELS
from tasks.domain.steps import KEY, UNMET, effective_due

GONE, MOVED = "来源中已无此事项", "办理期限已变更"


def superseded(queued: pd.DataFrame, obligations: pd.DataFrame, silences: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the rows of ``queued`` that must not leave, with the ``reason`` why.

    ``queued`` has the key of each step and the last day it was made for (due_on, extended_to). A step falls away when its
    obligation is no longer open or overdue on ``as_of``, when its last day has moved, or while a silence covers it.
    """
    queued = queued.reset_index(drop=True)
    now = obligations[[*KEY, "state", "due_on", "extended_to"]].astype(dict.fromkeys((*KEY[:3], "state"), "str"))
    known = queued.merge(
        now.assign(effective_on=effective_due(now)).drop(columns=["due_on", "extended_to"]),
        on=KEY,
        how="left",
        validate="m:1",
    )
    silence = latest_match(queued, silences[silences["until"] >= pd.Timestamp(as_of)], "until")
    reason = pd.Series(None, index=queued.index, dtype="str")
    reason = reason.mask(silence["until"].notna(), "静默:" + silence["why"].astype("str").fillna(""))
    reason = reason.mask(known["effective_on"] != effective_due(queued), MOVED)
    is_over = ~known["state"].isin([str(state) for state in UNMET])
    reason = reason.mask(is_over, known["state"].map(LABELS["state"]).astype("str"))
    reason = reason.mask(known["state"].isna(), GONE)
    return queued.assign(reason=reason)[reason.notna()]
