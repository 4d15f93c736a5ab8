"""What a week brought: which obligations moved between two days, what falls due next, what is late, who waits for whom."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from tasks.domain.frames import EventKind, Facts, Role, State

KEY = ["proposal_id", "unit_id", "duty", "round"]
DONE = (str(State.MET), str(State.MET_LATE))
WAITING = (str(State.OPEN), str(State.DUE_SOON), str(State.OVERDUE))
REPLIES = ("reply", "second_reply")


class Move(StrEnum):
    """What became of an obligation between two days."""

    DONE = "done"
    DONE_LATE = "done_late"
    FELL_OVERDUE = "fell_overdue"
    FREED = "freed"
    UNDONE = "undone"


def moves(before: pd.DataFrame, now: pd.DataFrame) -> pd.DataFrame:
    """Return every obligation that moved: ``KEY``, ``move``, and ``was_overdue``.

    Both frames are obligations, of an earlier and a later day; what moved is told by comparing them, so that nothing is
    counted twice or missed whenever it was recorded. ``freed``: overdue no more, though not done (extended, suspended,
    excused). ``undone``: done before and not any more, because the source was put right.
    """
    both = _plain(now).merge(_plain(before), on=KEY, how="outer", suffixes=("", "_before"), validate="1:1")
    state, was = both["state"].fillna(""), both["state_before"].fillna("")
    is_done, was_done = state.isin(DONE), was.isin(DONE)
    conditions = {
        Move.DONE: (state == State.MET) & ~was_done,
        Move.DONE_LATE: (state == State.MET_LATE) & ~was_done,
        Move.FELL_OVERDUE: (state == State.OVERDUE) & (was != State.OVERDUE),
        Move.FREED: (was == State.OVERDUE) & (state != State.OVERDUE) & ~is_done,
        Move.UNDONE: was_done & ~is_done & (state != State.OVERDUE),
    }
    kinds = np.select([condition.to_numpy() for condition in conditions.values()], list(map(str, conditions)), "")
    moved = both[KEY].assign(move=kinds, was_overdue=(was == State.OVERDUE).to_numpy())
    return moved[moved["move"] != ""].sort_values(KEY, kind="stable").reset_index(drop=True)


def _plain(owed: pd.DataFrame) -> pd.DataFrame:
    return owed[[*KEY, "state"]].astype(dict.fromkeys((*KEY[:3], "state"), "str"))


def coming(owed: pd.DataFrame, as_of: date, until: date) -> pd.DataFrame:
    """Return what is still to be done and falls due from ``as_of`` to ``until``, with ``last_on``, the next day first."""
    last_on = owed["extended_to"].fillna(owed["due_on"])
    open_ones = owed["state"].astype("str").isin([str(State.OPEN), str(State.DUE_SOON)])
    rows = owed.assign(last_on=last_on)[open_ones & last_on.between(pd.Timestamp(as_of), pd.Timestamp(until))]
    return rows.sort_values(["last_on", *KEY], kind="stable").reset_index(drop=True)


def late_units(owed: pd.DataFrame) -> pd.DataFrame:
    """Return what each unit is late with: unit_id, replies (second ones too), others, longest (days); the most replies first."""
    late = owed[owed["state"].astype("str") == State.OVERDUE].astype({"unit_id": "str", "duty": "str"})
    is_reply = late["duty"].isin(REPLIES)
    counted = late.assign(replies=is_reply, others=~is_reply, longest=late["days_late"].astype(int)).groupby("unit_id")
    rows = counted.agg(replies=("replies", "sum"), others=("others", "sum"), longest=("longest", "max")).reset_index()
    order = ["replies", "others", "longest", "unit_id"]
    return rows.sort_values(order, ascending=[False, False, False, True]).reset_index(drop=True)


def opinions_awaited(owed: pd.DataFrame) -> pd.DataFrame:
    """Return the overdue opinions that hold up a lead unit: proposal_id, lead, unit_id (the co-unit), days_late."""
    plain = owed.astype(dict.fromkeys((*KEY[:3], "role", "state"), "str"))
    waiting = plain["state"].isin(WAITING)
    leads = plain[(plain["duty"] == "reply") & (plain["role"] == Role.LEAD) & waiting]
    late = plain[(plain["duty"] == "opinion") & (plain["state"] == State.OVERDUE)]
    pairs = late.merge(leads[["proposal_id", "unit_id"]].rename(columns={"unit_id": "lead"}), on="proposal_id")
    return pairs[["proposal_id", "lead", "unit_id", "days_late"]].reset_index(drop=True)


def returns_awaited(facts: Facts, as_of: date) -> pd.DataFrame:
    """Return the requests to hand a proposal back that nobody has decided: proposal_id, unit_id, days since the request.

    Decided is a request after which the proposal was handed back, or accepted after all; or whose assignment has ended.
    """
    day = pd.Timestamp(as_of)
    events = facts.events[facts.events["happened_on"] <= day].astype({"kind": "str"})
    asked = (
        events[events["kind"] == EventKind.RETURN_REQUESTED].groupby(["proposal_id", "unit_id"])["happened_on"].max()
    )
    answers = events[events["kind"].isin([str(EventKind.RETURNED), str(EventKind.ACCEPTED)])]
    answered = answers.groupby(["proposal_id", "unit_id"])["happened_on"].max()
    running = facts.assignments[
        (facts.assignments["assigned_on"] <= day) & ~(facts.assignments["ended_on"] <= day).fillna(False)
    ]
    rows = asked.rename("asked").reset_index().merge(answered.rename("answered").reset_index(), how="left")
    rows = rows[rows["answered"].isna() | (rows["answered"] < rows["asked"])]
    held = rows.merge(running[["proposal_id", "unit_id"]].drop_duplicates(), on=["proposal_id", "unit_id"])
    return held.assign(days=(day - held["asked"]).dt.days)[["proposal_id", "unit_id", "days"]].reset_index(drop=True)
