"""What became of a matter: replies, look-backs and kept promises in order, and every reclassification."""

from __future__ import annotations

import pandas as pd

from tasks.domain.frames import Column, EventKind, FrameSpec, LookBackFinding, Outcome
from tasks.domain.implied import FOUND, SOURCES

OUTCOME_HISTORY = FrameSpec(
    "outcome_history",
    "办理结果沿革",
    ("assignment_id", "event_id"),
    (
        Column("assignment_id", "text", "交办编号", required=True),
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("happened_on", "date", "日期", required=True),
        Column("outcome", "category", "办理结果", required=True, values=tuple(map(str, Outcome))),
        Column("previous", "category", "此前结果", values=tuple(map(str, Outcome))),
        Column("source", "category", "来源", required=True),
        Column("replied_on", "date", "所据答复日期", required=True),
        Column("event_id", "text", "记录编号", required=True),
    ),
)


def outcome_history(everything: pd.DataFrame) -> pd.DataFrame:
    """Return what each answering unit's case counted as, from each reply, look-back and kept promise on.

    ``everything`` are the ``records`` of a timeline. Columns as in ``OUTCOME_HISTORY``, in the order of assignment and day. A look-back that found the matter done, or the
    last open promise kept, makes it solved; a look-back that found it still being pushed or only planned makes it
    planned, whatever the reply said. "Not feasible" leaves an explanation as it is and makes anything else planned: only
    a new reply to the proposer can turn a plan into an explanation. ``replied_on`` is the day of the latest reply.
    """
    rows = everything[everything["is_answering"] & everything["kind"].isin(list(map(str, SOURCES)))]
    rows = rows[(rows["kind"] != EventKind.COMMITMENT_FULFILLED) | _is_last_promise(rows, everything)]
    rank = rows["kind"].map({str(kind): i for i, kind in enumerate(SOURCES)})
    rows = rows.assign(rank=rank).sort_values(["position", "happened_on", "rank", "event_id"], kind="stable")
    is_reply = rows["kind"] == EventKind.REPLY_ISSUED
    replied_on = rows["happened_on"].where(is_reply).groupby(rows["position"]).ffill()
    outcome = _outcome(rows, rows["value"].where(is_reply).groupby(rows["position"]).ffill())
    history = rows.assign(outcome=outcome, source=rows["kind"], replied_on=replied_on)
    history = history[replied_on.notna() & outcome.notna()].reset_index(drop=True)
    return OUTCOME_HISTORY.typed(history.assign(previous=history.groupby("position")["outcome"].shift()))


def _outcome(rows: pd.DataFrame, replied: pd.Series) -> pd.Series:
    """Return the class that each row gives; ``replied`` is the class of the latest reply so far."""
    found = rows["value"].map({str(finding): str(outcome) for finding, outcome in FOUND.items()})
    explained = replied.isin([Outcome.EXPLAINED, Outcome.REFERENCE])
    found = found.mask(rows["value"] == LookBackFinding.NOT_FEASIBLE, replied.where(explained, str(Outcome.PLANNED)))
    return (
        rows["value"]
        .mask(rows["kind"] == EventKind.LOOKED_BACK, found)
        .mask(rows["kind"] == EventKind.COMMITMENT_FULFILLED, str(Outcome.SOLVED))
    )


def _is_last_promise(rows: pd.DataFrame, everything: pd.DataFrame) -> pd.Series:
    """Return which rows leave the assignment, on their day, without an open promise."""
    made = (everything["kind"] == EventKind.COMMITMENT_MADE).astype(int)
    kept = (everything["kind"] == EventKind.COMMITMENT_FULFILLED).astype(int)
    by_day = everything.assign(open=made - kept).groupby(["position", "happened_on"])["open"].sum()
    still_open = by_day.groupby(level="position").cumsum()
    keys = pd.MultiIndex.from_frame(rows[["position", "happened_on"]])
    return pd.Series(still_open.reindex(keys).to_numpy() <= 0, index=rows.index)


def current_outcomes(history: pd.DataFrame) -> pd.DataFrame:
    """Return the last row of each assignment, with ``since_reply``: the day of the reply since which it has counted so.

    A second reply of the same class, or a look-back that confirms it, restarts nothing.
    """
    changed = (history["outcome"] != history["previous"]) | history["previous"].isna()
    since = history["replied_on"].where(changed).groupby(history["assignment_id"]).ffill()
    return history.assign(since_reply=since).drop_duplicates("assignment_id", keep="last").reset_index(drop=True)


def reclassifications(history: pd.DataFrame) -> pd.DataFrame:
    """Return the rows at which a case came to count as something else than before."""
    changed = history["previous"].notna() & (history["outcome"] != history["previous"])
    return history[changed].reset_index(drop=True)
