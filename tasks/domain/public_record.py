"""The public record: what remains of the facts after the rules of disclosure. Every public page and number comes from it."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from tasks.domain import cases as stages
from tasks.domain.disclosure import LISTED, DisclosurePolicy, Openness, openness
from tasks.domain.frames import Facts, Kind, Light
from tasks.domain.history import known
from tasks.domain.public_frames import PUBLIC_UNITS, PUBLICATION, PublicRecord, PublicState
from tasks.domain.public_handling import public_assignments, public_obligations, replies, steps, visible_assignments
from tasks.domain.public_view import PAIR, PERSONS, View, discreet, view_of
from tasks.domain.quotations import mentions, secrets

ALWAYS = ("page", "openness", "kind", "year", "title", "state")
GOVERNED_BY = {"is_provisional": "due_on", "merged_into": "relations", "repeats": "relations"}
REPLY_HELD = "答复没有公开：其中引用了不公开件的标题或编号"
TITLE_CUT = "标题中引用了不公开件的标题或编号，已隐去，请改写标题"


def public_record(
    facts: Facts,
    obligations: pd.DataFrame,
    cases: pd.DataFrame,
    policy: DisclosurePolicy,
    as_of: date,
    known_at: datetime | None = None,
) -> PublicRecord:
    """Return what the public may see on ``as_of``; ``obligations`` and ``cases`` are those of the same day.

    A confidential or withheld proposal leaves no trace in any frame. Names lose what follows them; texts lose personal
    numbers. A reply that quotes what is not public stays back, a title or topic loses the quotation; both are in ``held``.
    """
    now = known(facts, as_of, known_at)
    levels = openness(now.proposals, policy)
    secret = secrets(now.proposals, levels)
    view = view_of(now, levels, policy)
    cut = view.facts.proposals["proposal_id"][mentions(view.facts.proposals["title"], secret)]
    view = view.without(secret)
    assignments = visible_assignments(view)
    texts = replies(view, assignments)
    quoting = mentions(texts["text"], secret) | mentions(texts["attachments"], secret)
    return PublicRecord(
        as_of=as_of,
        columns=_columns(policy),
        shown={str(level): frozenset(policy.columns.get(level, ())) for level in LISTED},
        proposals=_proposals(view, assignments, obligations, cases),
        units=_units(view, assignments),
        assignments=public_assignments(view, assignments),
        steps=steps(view, assignments),
        replies=texts[~quoting].reset_index(drop=True),
        obligations=public_obligations(view, assignments, obligations),
        withheld_count=int((levels == Openness.WITHHELD).sum()) if policy.counts_withheld else None,
        held=pd.concat(
            [
                texts.loc[quoting, ["page"]].assign(reason=REPLY_HELD),
                pd.DataFrame({"page": view.pages(cut)}).assign(reason=TITLE_CUT),
            ],
            ignore_index=True,
        ),
    )


def disclosed(record: PublicRecord, policy: DisclosurePolicy) -> frozenset[str]:
    """Return names for all that a record discloses beyond the pages themselves: what could be taken back while they stay."""
    columns = {f"column:{level}:{name}" for level in LISTED for name in policy.columns.get(level, ())}
    chosen = {f"step:{kind}" for kind in policy.steps} | {f"rate:{duty}" for duty in policy.rates}
    is_open = (record.proposals["openness"] == Openness.OPEN).to_numpy()
    texts = record.replies[record.replies["text"].notna()]
    told = {
        f"reply:{page}:{unit}:{day:%Y%m%d}"
        for page, unit, day in zip(texts["page"], texts["unit"], texts["replied_on"], strict=True)
    }
    return frozenset(columns | chosen | {f"open:{page}" for page in record.proposals["page"][is_open]} | told)


def _proposals(view: View, assignments: pd.DataFrame, obligations: pd.DataFrame, cases: pd.DataFrame) -> pd.DataFrame:
    facts = view.facts.proposals
    standing = cases.drop(columns=["kind", "number", "title"]).assign(proposal_id=cases["proposal_id"].astype("str"))
    whole = facts.merge(standing, on="proposal_id", how="left", validate="1:1")
    ids = whole["proposal_id"]
    first_day = view.facts.assignments.groupby("proposal_id")["assigned_on"].min().reindex(ids).reset_index(drop=True)
    whole = whole.assign(
        page=view.pages(ids),
        openness=ids.map(view.openness),
        year=whole["filed_on"].fillna(first_day).dt.year.astype("Int64"),
        assigned_on=first_day,
        state=_state(whole),
        is_provisional=_provisional(obligations).reindex(ids).fillna(False).to_numpy(),
        merged_into=view.pages(whole["merged_into"]),
        repeats=view.pages(whole["repeats"]),
        **_lead(view, whole, assignments),
    )
    whole = whole.assign(days_late=whole["days_late"].where(_is_late(whole["state"])))
    return PUBLICATION.typed(_in_order(_whitelisted(view, discreet(whole))))


def _state(whole: pd.DataFrame) -> pd.Series:
    """Return the public state of each case; the first that applies."""
    replied, late = whole["replied_on"].notna(), whole["days_late"].fillna(0) > 0
    conditions = {
        PublicState.REPLIED_LATE: replied & late,
        PublicState.REPLIED: replied,
        PublicState.SUSPENDED: whole["stage"] == stages.SUSPENDED,
        PublicState.NOT_OWED: whole["light"].isin([Light.GREY]) | whole["light"].isna(),
        PublicState.OVERDUE: whole["light"] == Light.RED,
        PublicState.DUE_SOON: whole["light"] == Light.YELLOW,
    }
    masks = [mask.fillna(False).to_numpy(dtype=bool) for mask in conditions.values()]
    return pd.Series(np.select(masks, [str(s) for s in conditions], str(PublicState.HANDLING)), index=whole.index)


def _is_late(state: pd.Series) -> pd.Series:
    return state.isin([PublicState.REPLIED_LATE, PublicState.OVERDUE])


def _provisional(obligations: pd.DataFrame) -> pd.Series:
    replies = obligations[obligations["duty"] == "reply"]
    return replies.groupby(replies["proposal_id"].astype("str"))["is_provisional"].any()


def _lead(view: View, whole: pd.DataFrame, assignments: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the lead unit with its persons, and the pages of all other units now at work, joined by spaces."""
    keys = pd.MultiIndex.from_frame(whole[["proposal_id", "lead_unit_id"]].astype("str"))
    latest = assignments.drop_duplicates(PAIR, keep="last").set_index(PAIR).reindex(keys).reset_index(drop=True)
    running = assignments[assignments["ended_on"].isna()].drop_duplicates(PAIR)
    leads = whole.set_index("proposal_id")["lead_unit_id"].reindex(running["proposal_id"]).to_numpy()
    others = running[(running["unit_id"].to_numpy() != leads) & view.visible("other_units", running["proposal_id"])]
    joined = view.unit_pages(others["unit_id"]).groupby(others["proposal_id"]).agg(" ".join)
    return {
        "lead_unit": view.unit_pages(whole["lead_unit_id"]),
        "other_units": joined.reindex(whole["proposal_id"]).reset_index(drop=True),
        **{person: latest[person] for person in PERSONS},
    }


def _columns(policy: DisclosurePolicy) -> tuple[str, ...]:
    """Return the columns that are public on some level."""
    chosen = {column for level in LISTED for column in policy.columns.get(level, ())}
    return tuple(name for name in PUBLICATION.names if name in ALWAYS or GOVERNED_BY.get(name, name) in chosen)


def _whitelisted(view: View, whole: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with every column empty where the policy does not show it; a hidden state says that it is."""
    ids = whole["proposal_id"]
    shown = {
        name: whole[name].where(view.visible(GOVERNED_BY.get(name, name), ids))
        for name in PUBLICATION.names
        if name not in ALWAYS
    }
    state = whole["state"].where(view.visible("state", ids), str(PublicState.UNDISCLOSED))
    return whole.assign(**shown, state=state)


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame newest year first, then by kind, number and page."""
    kinds = [str(kind) for kind in Kind]
    number = pd.to_numeric(frame["number"].astype("str").str.extract(r"(\d{1,12})", expand=False), errors="coerce")
    keys = frame.assign(_kind=frame["kind"].map(kinds.index), _number=number).sort_values(
        ["year", "_kind", "_number", "page"], ascending=[False, True, True, True], na_position="last"
    )
    return keys.drop(columns=["_kind", "_number"]).reset_index(drop=True)


def _units(view: View, assignments: pd.DataFrame) -> pd.DataFrame:
    units = view.facts.units[view.facts.units["unit_id"].isin(assignments["unit_id"])]
    named = units.assign(page=view.unit_pages(units["unit_id"]))
    return PUBLIC_UNITS.typed(named.sort_values(["group", "unit_id"]).reset_index(drop=True))
