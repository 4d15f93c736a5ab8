"""What replies promised: who owes it, by when, how far it is, whether it was kept. A promise outlives its session."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pandas as pd

from tasks.domain.frames import EVENTS, Column, EventKind, Facts, FrameSpec, Kind, State, concatenated
from tasks.domain.history import Ints, Timeline, timeline
from tasks.domain.implied import NOTE, implied
from tasks.domain.records import records, unit_names

IMPLIED = "implied/"
KEPT_NOTE = "后续办理结果已解决，按规则补记"
PROMISES = FrameSpec(
    "promises",
    "承诺台账",
    ("proposal_id", "unit_id", "round"),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("round", "integer", "第几项承诺", required=True),
        Column("kind", "category", "类别", required=True, values=tuple(map(str, Kind))),
        Column("number", "text", "案号"),
        Column("title", "text", "标题", required=True),
        Column("unit", "text", "承诺单位", required=True),
        Column("owner", "text", "责任人"),
        Column("promise", "text", "承诺内容"),
        Column("made_on", "date", "承诺日期", required=True),
        Column("due_on", "date", "兑现期限"),
        Column("is_dated_by_rule", "boolean", "期限按规则补定", required=True),
        Column("is_implied", "boolean", "承诺按规则补记", required=True),
        Column("article", "text", "依据"),
        Column("report_count", "integer", "通报进度次数", required=True),
        Column("reported_on", "date", "最近通报日期"),
        Column("report_due_on", "date", "下次通报期限"),
        Column("kept_on", "date", "兑现日期"),
        Column("proof", "text", "兑现依据"),
        Column("answered_on", "date", "兑现后再次答复日期"),
        Column("state", "category", "状态", values=tuple(map(str, State))),
        Column("days_late", "integer", "逾期天数"),
    ),
)


def with_implied_promises(facts: Facts, as_of: date, known_at: datetime | None = None) -> Facts:
    """Return the facts with a promise for every reply that plans without one on record, and with its fulfilment.

    For lists of promises; obligations imply the same ones by themselves. Such a promise has no date of its own, so the
    rules date it; a later reply or look-back that calls the matter solved keeps it; a later reply that explains takes it
    back. Their ``event_id`` begins with "implied/". Units that recorded any promise of their own on the proposal get none.
    Nothing later than ``as_of`` and ``known_at`` is looked at.
    """
    now = timeline(facts, as_of, known_at)
    made, kept = implied(now)
    events = [
        facts.events,
        _implied(now, made, EventKind.COMMITMENT_MADE, NOTE),
        _implied(now, kept, EventKind.COMMITMENT_FULFILLED, KEPT_NOTE),
    ]
    return replace(facts, events=concatenated(events, EVENTS))


def _implied(now: Timeline, positions: Ints, kind: EventKind, note: str) -> pd.DataFrame:
    at = now.occurrences.where(positions)
    assignments = now.assignments[["assignment_id", "proposal_id", "unit_id"]].iloc[at.assignment]
    said = now.events[["event_id", "happened_on", "recorded_at"]].iloc[at.source_row]
    rows = pd.concat([assignments.reset_index(drop=True), said.reset_index(drop=True)], axis=1)
    event_id = IMPLIED + rows["assignment_id"] + "/" + rows["event_id"]
    return rows.drop(columns="assignment_id").assign(event_id=event_id, kind=str(kind), note=note)


def promises(facts: Facts, obligations: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return every promise known on ``as_of``, of all sessions: ``PROMISES``, sorted by its key.

    ``obligations`` are those of the same facts and day: they give last day, state and article. ``round`` numbers a unit's
    promises on a proposal. ``owner`` is the handler, else the section, else the leader named in the assignment; NaN if
    nobody is. ``report_due_on`` is when the next progress report is owed, ``answered_on`` when the proposer was answered
    again after (or by) the fulfilment. Without the duty ``commitment`` a promise has only the date it names and no state.
    """
    now = timeline(facts, as_of)
    everything = records(now)
    answering = everything[everything["is_answering"]]
    made = answering[answering["kind"] == EventKind.COMMITMENT_MADE].sort_values(
        ["proposal_id", "unit_id", "happened_on"], kind="stable"
    )
    made = made.assign(
        round=made.groupby(["proposal_id", "unit_id"]).cumcount() + 1,
        owner=_owners(now).iloc[made["position"]].to_numpy(),
        is_implied=made["event_id"].str.startswith(IMPLIED),
    )
    rows = made.merge(_duties(obligations), on=list(PROMISES.key), how="left", validate="1:1")
    rows = rows.assign(
        promise=rows["note"],
        made_on=rows["happened_on"],
        due_on=rows["extended_to"].fillna(rows["due_on"]).fillna(rows["until"]),
        is_dated_by_rule=rows["until"].isna(),
        kept_on=rows["met_on"],
    )
    rows = _answered(_proven(_reported(rows, answering), answering), answering)
    return PROMISES.typed(_described(_next_report(rows, obligations), facts))


def _owners(now: Timeline) -> pd.Series:
    persons = now.assignments[["handler", "section", "leader"]].replace("", None)
    return persons["handler"].fillna(persons["section"]).fillna(persons["leader"])


def _duties(obligations: pd.DataFrame) -> pd.DataFrame:
    columns = [*PROMISES.key, "due_on", "extended_to", "met_on", "state", "days_late", "article"]
    owed = obligations.loc[obligations["duty"] == "commitment", columns]
    return owed.astype(dict.fromkeys(("proposal_id", "unit_id", "state", "article"), "str"))


def _reported(rows: pd.DataFrame, answering: pd.DataFrame) -> pd.DataFrame:
    """Return the promises with the count and the last day of the progress reports since each was made."""
    reports = answering.loc[answering["kind"] == EventKind.PROGRESS_REPORTED, ["position", "happened_on"]]
    pairs = rows[["position", "event_id", "made_on"]].merge(reports, on="position")
    since = pairs[pairs["happened_on"] >= pairs["made_on"]].groupby("event_id")["happened_on"].agg(["size", "max"])
    since = since.reindex(rows["event_id"])
    return rows.assign(report_count=since["size"].fillna(0).to_numpy(), reported_on=since["max"].to_numpy())


def _next_report(rows: pd.DataFrame, obligations: pd.DataFrame) -> pd.DataFrame:
    """Return the promises with the day by which progress is to be reported; none once a promise is kept."""
    owed = obligations[(obligations["duty"] == "progress") & obligations["met_on"].isna()]
    owed = owed[~owed["state"].isin([State.EXCUSED])].astype({"proposal_id": "str", "unit_id": "str"})
    due = owed.assign(report_due_on=owed["extended_to"].fillna(owed["due_on"])).sort_values("report_due_on")
    due = due.drop_duplicates(["proposal_id", "unit_id"])[["proposal_id", "unit_id", "report_due_on"]]
    rows = rows.merge(due, on=["proposal_id", "unit_id"], how="left", validate="m:1")
    return rows.assign(report_due_on=rows["report_due_on"].where(rows["kept_on"].isna()))


def _answered(rows: pd.DataFrame, answering: pd.DataFrame) -> pd.DataFrame:
    """Return the promises with the day of the first reply at or after the fulfilment."""
    replies = answering.loc[answering["kind"] == EventKind.REPLY_ISSUED, ["position", "happened_on"]]
    pairs = rows[["position", "event_id", "kept_on"]].merge(replies, on="position")
    first = pairs[pairs["happened_on"] >= pairs["kept_on"]].groupby("event_id")["happened_on"].min()
    return rows.assign(answered_on=first.reindex(rows["event_id"]).to_numpy())


def _described(rows: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    about = facts.proposals[["proposal_id", "kind", "number", "title"]]
    rows = rows.drop(columns="kind").merge(about, on="proposal_id", how="left", validate="m:1")
    return rows.assign(unit=unit_names(facts.units, rows["unit_id"]))


def _proven(rows: pd.DataFrame, answering: pd.DataFrame) -> pd.DataFrame:
    """Return the promises with what was said when each was kept."""
    kept = answering.loc[answering["kind"] == EventKind.COMMITMENT_FULFILLED, ["position", "happened_on", "note"]]
    proof = kept.dropna(subset="note").drop_duplicates(["position", "happened_on"], keep="last")
    proof = proof.rename(columns={"happened_on": "kept_on", "note": "proof"})
    return rows.merge(proof, on=["position", "kept_on"], how="left", validate="m:1")
