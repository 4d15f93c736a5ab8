"""Look-back (回头看): who must look back at which reply by when, what was found, and what "solved" turned out not to be."""

from __future__ import annotations

from datetime import date

import pandas as pd

from tasks.domain.frames import LABELS, Column, EventKind, Facts, FrameSpec, LookBackFinding, Outcome, State
from tasks.domain.history import timeline
from tasks.domain.outcomes import OUTCOME_HISTORY, outcome_history, reclassifications
from tasks.domain.records import records

DUTY = "look_back"
OUTCOMES = tuple(map(str, Outcome))
LOOK_BACKS = FrameSpec(
    "look_backs",
    "回头看清单",
    ("proposal_id", "unit_id", "round"),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("round", "integer", "第几次答复", required=True),
        Column("replied_on", "date", "答复日期", required=True),
        Column("outcome", "category", "答复时的办理结果", values=OUTCOMES),
        Column("due_on", "date", "回头看期限", required=True),
        Column("state", "category", "状态", required=True, values=tuple(map(str, State))),
        Column("days_late", "integer", "逾期天数"),
        Column("looked_back_on", "date", "回头看日期"),
        Column("finding", "category", "回头看结果", values=tuple(map(str, LookBackFinding))),
        Column("outcome_now", "category", "现在的办理结果", values=OUTCOMES),
        Column("is_overturned", "boolean", "答复称已解决而回头看未落实", required=True),
    ),
)
LOOK_BACK_TOTALS = FrameSpec(
    "look_back_totals",
    "各单位回头看情况",
    ("unit_id",),
    (
        Column("unit_id", "text", "单位编号", required=True),
        Column("owed", "integer", "应回头看", required=True),
        Column("looked", "integer", "已回头看", required=True),
        Column("overdue", "integer", "逾期未回头看", required=True),
        *(Column(str(finding), "integer", LABELS["look_back"][finding], required=True) for finding in LookBackFinding),
        Column("unnamed", "integer", "未注明结果", required=True),
        Column("overturned", "integer", "答复称已解决而未落实", required=True),
    ),
)


def look_backs(facts: Facts, obligations: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return ``LOOK_BACKS``: each look-back owed on ``as_of``, the earliest last day first; empty where the duty is off.

    ``obligations`` are those of the same facts and day. ``finding`` is the newest since that reply; ``is_overturned`` that
    any of them found not done what the reply called solved, even if it was done later.
    """
    now = timeline(facts, as_of)
    # Stored obligations come back in other units of time than facts, which no join on the nearest day takes.
    days = dict.fromkeys(("starts_on", "due_on", "extended_to", "met_on"), "datetime64[s]")
    texts = dict.fromkeys(("proposal_id", "unit_id", "state", "assignment_id"), "str")
    owed = obligations[obligations["duty"] == DUTY].astype(days | texts)
    owed = owed.assign(replied_on=owed["starts_on"], due_on=owed["extended_to"].fillna(owed["due_on"]))
    everything = records(now)
    looks = everything[everything["is_answering"] & (everything["kind"] == EventKind.LOOKED_BACK)]
    looks = looks.astype({"assignment_id": "str"}).sort_values(["happened_on", "event_id"], kind="stable")
    rows = owed.merge(_by_reply(looks, owed), on=["assignment_id", "replied_on"], how="left", validate="m:1")
    rows = _met_later(rows, looks)
    rows = rows.merge(
        _outcomes(outcome_history(everything)), on=["assignment_id", "replied_on"], how="left", validate="m:1"
    )
    not_done = rows["ever_not_done"].fillna(0).astype(bool)
    rows = rows.assign(is_overturned=(rows["outcome"] == Outcome.SOLVED) & not_done)
    return LOOK_BACKS.typed(rows.sort_values(["due_on", *LOOK_BACKS.key], kind="stable").reset_index(drop=True))


def _by_reply(looks: pd.DataFrame, owed: pd.DataFrame) -> pd.DataFrame:
    """Return by assignment and reply the newest look-back since, and whether any found the matter not done."""
    replies = owed[["assignment_id", "replied_on"]].drop_duplicates().sort_values("replied_on", kind="stable")
    pairs = pd.merge_asof(looks, replies, left_on="happened_on", right_on="replied_on", by="assignment_id")
    pairs = pairs.dropna(subset="replied_on")
    pairs = pairs.assign(not_done=pairs["value"].notna() & (pairs["value"] != LookBackFinding.DONE))
    by_reply = pairs.groupby(["assignment_id", "replied_on"])
    return by_reply.agg(
        looked_back_on=("happened_on", "last"), finding=("value", "last"), ever_not_done=("not_done", "max")
    ).reset_index()


def _met_later(rows: pd.DataFrame, looks: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with the look-back that met a first reply's duty after the second reply had been given."""
    on_day = looks.drop_duplicates(["assignment_id", "happened_on"], keep="last")
    day = on_day[["assignment_id", "happened_on", "value"]].rename(columns={"happened_on": "met_on", "value": "later"})
    both = rows.merge(day, on=["assignment_id", "met_on"], how="left", validate="m:1")
    return both.assign(
        finding=both["finding"].fillna(both["later"]), looked_back_on=both["looked_back_on"].fillna(both["met_on"])
    )


def _outcomes(history: pd.DataFrame) -> pd.DataFrame:
    """Return by assignment and reply the class that the reply gave and the one that counts after it."""
    by_reply = history.groupby(["assignment_id", "replied_on"])["outcome"]
    return by_reply.agg(outcome="first", outcome_now="last").reset_index()


def reclassified(facts: Facts, as_of: date) -> pd.DataFrame:
    """Return ``OUTCOME_HISTORY``: every change of what a case counts as, known on ``as_of``, the newest first."""
    changes = reclassifications(outcome_history(records(timeline(facts, as_of))))
    return OUTCOME_HISTORY.typed(changes.sort_values(["happened_on", "event_id"], ascending=False, kind="stable"))


def look_back_totals(listed: pd.DataFrame) -> pd.DataFrame:
    """Return ``LOOK_BACK_TOTALS`` of ``LOOK_BACKS``, most overdue first; the results add up to ``looked``. Excused ones don't count."""
    rows = listed[listed["state"] != State.EXCUSED]
    looked = rows["state"].isin([State.MET, State.MET_LATE])
    counted = {"owed": True, "looked": looked, "overdue": rows["state"] == State.OVERDUE}
    counted |= {str(finding): looked & (rows["finding"] == finding) for finding in LookBackFinding}
    counted |= {"unnamed": looked & rows["finding"].isna(), "overturned": rows["is_overturned"]}
    sums = rows[["unit_id"]].assign(**counted).groupby("unit_id").sum().reset_index()
    return LOOK_BACK_TOTALS.typed(
        sums.sort_values(["overdue", "owed", "unit_id"], ascending=[False, False, True]).reset_index(drop=True)
    )
