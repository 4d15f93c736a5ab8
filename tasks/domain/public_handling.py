"""The public side of the handling: who is assigned, what happened, what was replied, what counts towards rates."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tasks.domain.disclosure import allowed_attachments, without_numbers
from tasks.domain.frames import EventKind, Role, concatenated
from tasks.domain.history import Mask, overall_grade
from tasks.domain.public_frames import ASSIGNED, ENDED, PUBLIC_ASSIGNMENTS, PUBLIC_OBLIGATIONS, REPLIES, STEPS
from tasks.domain.public_view import PAIR, PERSONS, View, discreet, of_units

VALUED_STEPS = {EventKind.REPLY_ISSUED: "outcome", EventKind.FEEDBACK: "satisfaction"}
# The column that tells as much as a duty does.
GOVERNED_BY = {"reply": "state", "second_reply": "satisfaction"}
DATED_STEPS = (EventKind.EXTENSION_APPROVED, EventKind.COMMITMENT_MADE)


def visible_assignments(view: View) -> pd.DataFrame:
    """Return the assignments whose unit is public, in order of day, lead first."""
    all_of_them = view.facts.assignments
    is_other = all_of_them["role"] == Role.CO_ORGANISING
    shown = np.where(
        is_other,
        view.visible("other_units", all_of_them["proposal_id"]),
        view.visible("lead_unit", all_of_them["proposal_id"]),
    )
    order = ["proposal_id", "is_other", "assigned_on", "unit_id"]
    return all_of_them.assign(is_other=is_other)[shown].sort_values(order, kind="stable")


def public_assignments(view: View, assignments: pd.DataFrame) -> pd.DataFrame:
    """Return ``PUBLIC_ASSIGNMENTS``: the persons only where they are public, their names without what follows them.

    Where the days of assignments are not public, an assignment that ended is not there: nobody could tell it from a running one.
    """
    dated = view.visible("assigned_on", assignments["proposal_id"])
    assignments = assignments[dated | assignments["ended_on"].isna().to_numpy()]
    ids = assignments["proposal_id"]
    persons = {person: assignments[person].where(view.visible(person, ids)) for person in PERSONS}
    days = {day: assignments[day].where(view.visible("assigned_on", ids)) for day in ("assigned_on", "ended_on")}
    shown = assignments.assign(page=view.pages(ids), unit=view.unit_pages(assignments["unit_id"]), **persons, **days)
    return PUBLIC_ASSIGNMENTS.typed(discreet(shown).reset_index(drop=True))


def steps(view: View, assignments: pd.DataFrame) -> pd.DataFrame:
    """Return the time line of every proposal whose steps are public: assignments, their ends, and the chosen events."""
    events = of_units(view.facts.events, assignments)
    events = events[events["kind"].isin([str(kind) for kind in view.policy.steps])]
    begun = assignments.assign(step=ASSIGNED, happened_on=assignments["assigned_on"], value=assignments["role"])
    ended = assignments[assignments["ended_on"].notna()]
    ended = ended.assign(step=ENDED, happened_on=ended["ended_on"], value=ended["end_reason"])
    happened = events.assign(
        step=events["kind"],
        value=_shown_value(view, events),
        until=events["until"].where(events["kind"].isin([str(kind) for kind in DATED_STEPS])),
    )
    shown = [rows[view.visible("steps", rows["proposal_id"])] for rows in (begun, ended, happened)]
    columns = [
        rows.assign(page=view.pages(rows["proposal_id"]), unit=view.unit_pages(rows["unit_id"])) for rows in shown
    ]
    whole = concatenated([STEPS.typed(rows) for rows in columns], STEPS)
    return whole.sort_values(["page", "happened_on"], kind="stable").reset_index(drop=True)


def _shown_value(view: View, events: pd.DataFrame) -> pd.Series:
    """Return an event's result where its column is public; every other value stays inside."""
    grade = overall_grade(events["value"].where(events["kind"] == EventKind.FEEDBACK))
    values = {EventKind.REPLY_ISSUED: events["value"], EventKind.FEEDBACK: grade}
    shown = pd.Series(np.nan, index=events.index, dtype="object")
    for kind, column in VALUED_STEPS.items():
        is_public = (events["kind"] == kind).to_numpy() & view.visible(column, events["proposal_id"])
        shown = shown.mask(is_public, values[kind].astype("object"))
    return shown


def replies(view: View, assignments: pd.DataFrame) -> pd.DataFrame:
    """Return the texts and attachments that may be shown, without personal numbers; rows with neither are left out."""
    events = of_units(view.facts.events, assignments)
    issued = events[events["kind"] == EventKind.REPLY_ISSUED]
    if view.policy.signed_off_only:
        issued = issued[_is_signed_off(events, issued)]
    texts = issued.merge(view.facts.reply_texts, on="event_id", how="inner", validate="1:1")
    ids = texts["proposal_id"]
    shown = texts.assign(
        page=view.pages(ids),
        unit=view.unit_pages(texts["unit_id"]),
        replied_on=texts["happened_on"],
        text=without_numbers(texts["text"]).where(view.visible("reply_text", ids)),
        attachments=allowed_attachments(texts["attachments"], view.policy.attachment_types).where(
            view.visible("attachments", ids)
        ),
    )
    shown = shown[shown["text"].notna() | shown["attachments"].notna()]
    return REPLIES.typed(shown.sort_values(["page", "replied_on"], kind="stable").reset_index(drop=True))


def _is_signed_off(events: pd.DataFrame, issued: pd.DataFrame) -> Mask:
    """Return which replies were signed off: by its day, a unit's nth reply needs n signatures."""
    signed = events[events["kind"] == EventKind.REPLY_SIGNED_OFF]
    replies = issued.sort_values("happened_on", kind="stable")
    needed = replies.groupby(PAIR, dropna=False).cumcount() + 1
    pairs = replies.assign(row=replies.index)[[*PAIR, "row", "happened_on"]].merge(
        signed[[*PAIR, "happened_on"]], on=PAIR, suffixes=("", "_signed")
    )
    count = pairs[pairs["happened_on_signed"] <= pairs["happened_on"]].groupby("row").size()
    enough = count.reindex(replies.index, fill_value=0) >= needed
    return enough.reindex(issued.index).to_numpy(dtype=bool)


def public_obligations(view: View, assignments: pd.DataFrame, obligations: pd.DataFrame) -> pd.DataFrame:
    """Return the obligations that rates may count: of public units, and only what each proposal itself lets see.

    With a single proposal a rate tells its state: a reply counts where the state is public, a second reply where
    satisfaction is too, any other act where the steps are.
    """
    own = obligations[obligations["duty"].isin(list(view.policy.rates)).to_numpy()]
    own = own[own["proposal_id"].astype("str").isin(view.openness.index).to_numpy()]
    own = of_units(own, assignments)
    own = own[view.visible("state", own["proposal_id"]) & _tells_no_more(view, own)]
    extended = own["extended_to"] > own["due_on"]
    public = own.assign(
        page=view.pages(own["proposal_id"]),
        unit=view.unit_pages(own["unit_id"]),
        due_on=own["due_on"].mask(extended, own["extended_to"]),
    )
    return PUBLIC_OBLIGATIONS.typed(public.reset_index(drop=True))


def _tells_no_more(view: View, owed: pd.DataFrame) -> Mask:
    governed_by = owed["duty"].astype("str").map(GOVERNED_BY).fillna("steps")
    shown = {column: view.visible(column, owed["proposal_id"]) for column in {*GOVERNED_BY.values(), "steps"}}
    return np.logical_or.reduce([(governed_by == column).to_numpy() & mask for column, mask in shown.items()])
