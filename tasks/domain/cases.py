"""One row a proposal: where it stands on a day, seen from its obligations and facts."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from tasks.domain.frames import CASES, EventKind, Facts, Light, Role, State
from tasks.domain.history import known, overall_grade

WITHDRAWN, MERGED, SUSPENDED, WAITING = "已撤回", "已并案", "中止办理", "待签收"
HANDLING, REPLIED, REHANDLING, CONCLUDED, NO_UNIT = "办理中", "已答复", "重新办理", "已办结", "未交办"
REPLIES = ("reply", "second_reply")


def cases(
    facts: Facts,
    obligations: pd.DataFrame,
    as_of: date,
    known_at: datetime | None = None,
    backlog: pd.DataFrame | None = None,
    levels: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return ``frames.CASES``: every proposal that exists on ``as_of``, sorted by its id.

    ``obligations`` are those of the same day; ``backlog`` (``frames.BACKLOG``) and ``levels`` (columns proposal_id, level)
    fill the last two columns where they are given. ``due_on`` is the case's own clock: it starts with the first unit that
    owed the reply and runs on through a reassignment; an extension moves it. ``days_late`` counts to the day of the reply,
    or to ``as_of`` while there is none.
    """
    now = known(facts, as_of, known_at)
    index = pd.Index(now.proposals["proposal_id"].sort_values(), name="proposal_id")
    proposals = now.proposals.set_index("proposal_id").reindex(index)
    owed = obligations.assign(
        proposal_id=obligations["proposal_id"].astype("str"), state=obligations["state"].astype("str")
    )
    replies = owed[owed["duty"].isin(REPLIES)]
    first = replies[(replies["duty"] == "reply")]
    frame = pd.DataFrame(index=index).assign(
        kind=proposals["kind"],
        number=proposals["number"],
        title=proposals["title"],
        lead_unit_id=_lead_units(now.assignments).reindex(index),
        due_on=_case_due(first).reindex(index),
        replied_on=_replied_on(first).reindex(index),
        outcome=_last_value(now.events, EventKind.REPLY_ISSUED).reindex(index),
        satisfaction=overall_grade(_last_value(now.events, EventKind.FEEDBACK).reindex(index)),
        backlog_reasons=_joined(backlog, "criterion").reindex(index),
        level=_joined(levels, "level").reindex(index),
    )
    lateness = _days_late(frame, as_of)
    stage = _stage(frame, now, owed, index)
    frame = frame.assign(stage=stage, days_late=lateness, light=_light(frame, replies, stage, lateness, as_of))
    return CASES.typed(frame.reset_index())


def _lead_units(assignments: pd.DataFrame) -> pd.Series:
    """Return the unit that answers now: the latest lead, sole or separate assignment that has not ended, else the last."""
    answering = assignments[assignments["role"] != Role.CO_ORGANISING]
    ordered = answering.assign(is_running=answering["ended_on"].isna()).sort_values(
        ["proposal_id", "is_running", "assigned_on", "unit_id"], kind="stable"
    )
    return ordered.drop_duplicates("proposal_id", keep="last").set_index("proposal_id")["unit_id"]


def _case_due(replies: pd.DataFrame) -> pd.Series:
    grouped = replies.groupby("proposal_id")
    due, extended = grouped["due_on"].min(), grouped["extended_to"].max()
    return due.mask(extended > due, extended)


def _replied_on(replies: pd.DataFrame) -> pd.Series:
    """Return the day of the last answer owed, once every unit that still owes one has given it."""
    owing = replies[replies["state"] != State.EXCUSED]
    grouped = owing.groupby("proposal_id")["met_on"]
    return grouped.max().where(grouped.count() == grouped.size())


def _last_value(events: pd.DataFrame, kind: EventKind) -> pd.Series:
    of_kind = events[events["kind"] == kind].sort_values(["proposal_id", "happened_on", "event_id"], kind="stable")
    return of_kind.drop_duplicates("proposal_id", keep="last").set_index("proposal_id")["value"]


def _joined(rows: pd.DataFrame | None, column: str) -> pd.Series:
    if rows is None or rows.empty:
        return pd.Series(dtype="str")
    return rows.groupby(rows["proposal_id"].astype("str"))[column].agg(lambda values: ";".join(map(str, values)))


def _days_late(frame: pd.DataFrame, as_of: date) -> pd.Series:
    until = frame["replied_on"].fillna(pd.Timestamp(as_of))
    return (until - frame["due_on"]).dt.days.clip(lower=0).fillna(0)


def _stage(frame: pd.DataFrame, now: Facts, owed: pd.DataFrame, index: pd.Index) -> pd.Series:
    """Return the stage of each case; the first that applies, from the most final one down."""
    having = {kind: index.isin(now.events.loc[now.events["kind"] == kind, "proposal_id"]) for kind in EventKind}
    pending = owed[owed["state"].isin([State.OPEN, State.DUE_SOON, State.OVERDUE])]
    rehandling = index.isin(pending.loc[pending["duty"] == "second_reply", "proposal_id"])
    suspended = index.isin(owed.loc[(owed["duty"] == "reply") & (owed["state"] == State.SUSPENDED), "proposal_id"])
    replied = frame["replied_on"].notna().to_numpy()
    merged = now.proposals.set_index("proposal_id")["merged_into"].reindex(index).notna().to_numpy()
    conditions = {
        WITHDRAWN: having[EventKind.WITHDRAWN],
        NO_UNIT: frame["lead_unit_id"].isna().to_numpy(),
        REHANDLING: rehandling,
        CONCLUDED: replied & frame["satisfaction"].notna().to_numpy(),
        REPLIED: replied,
        MERGED: merged,
        SUSPENDED: suspended,
        HANDLING: having[EventKind.ACCEPTED],
    }
    return pd.Series(np.select(list(conditions.values()), list(conditions), WAITING), index=index)


def _light(
    frame: pd.DataFrame, replies: pd.DataFrame, stage: pd.Series, days_late: pd.Series, as_of: date
) -> pd.Series:
    """Return red for overdue, yellow for due soon, grey for what nobody has to answer, green for the rest."""
    late = frame.index.isin(replies.loc[replies["state"] == State.OVERDUE, "proposal_id"])
    soon = frame.index.isin(replies.loc[replies["state"] == State.DUE_SOON, "proposal_id"])
    running_late = (
        frame["replied_on"].isna().to_numpy() & (days_late > 0).to_numpy() & frame["due_on"].notna().to_numpy()
    )
    idle = stage.isin([WITHDRAWN, NO_UNIT, SUSPENDED]).to_numpy()
    unowed = ~frame.index.isin(replies.loc[replies["state"] != State.EXCUSED, "proposal_id"])
    choices = {Light.GREY: idle | unowed, Light.RED: late | running_late, Light.YELLOW: soon}
    return pd.Series(np.select(list(choices.values()), [str(c) for c in choices], str(Light.GREEN)), index=frame.index)
