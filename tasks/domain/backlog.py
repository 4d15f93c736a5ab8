"""Backlog cases (积案): which proposals meet which criteria on a day, and the life of a case until it is closed."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import pandas as pd

from tasks.domain.backlog_criteria import BacklogCriteria
from tasks.domain.backlog_evidence import CHECKS, seen
from tasks.domain.frames import BACKLOG, Column, EventKind, Facts, FrameSpec, concatenated


class Standing(StrEnum):
    """Where a case stands after a review; only a closing with evidence and signature ends it."""

    NEW = "new"
    STILL = "still"
    TO_CLOSE = "to_close"
    CLOSED = "closed"


STANDING_LABELS = {
    Standing.NEW: "新增",
    Standing.STILL: "在办",
    Standing.TO_CLOSE: "待销号",
    Standing.CLOSED: "已销号",
}
CASE_KEY = ("proposal_id", "occurrence")
CASE_COLUMNS = (
    Column("proposal_id", "text", "编号", required=True),
    Column("occurrence", "integer", "第几次列入", required=True),
    Column("opened_on", "date", "列入日期", required=True),
    Column("criteria", "text", "曾符合的情形", required=True),
    Column("since", "date", "起始日期", required=True),
    Column("evidence", "text", "依据", required=True),
)
BACKLOG_CASES = FrameSpec("backlog_cases", "在办积案", CASE_KEY, CASE_COLUMNS)
CLOSINGS = FrameSpec(
    "closings",
    "积案销号",
    CASE_KEY,
    (
        *CASE_COLUMNS[:2],
        Column("closed_on", "date", "销号日期", required=True),
        Column("criteria", "text", "销号时的认定情形", required=True),
        Column("proof", "text", "销号依据", required=True),
        Column("signed_by", "text", "签批人", required=True),
    ),
)
BACKLOG_REVIEW = FrameSpec(
    "backlog_review",
    "积案核定",
    CASE_KEY,
    (
        *CASE_COLUMNS,
        Column("met_now", "text", "现符合的情形"),
        Column("standing", "category", "状态", required=True, values=tuple(map(str, Standing))),
        Column("closed_on", "date", "销号日期"),
        Column("proof", "text", "销号依据"),
        Column("signed_by", "text", "签批人"),
    ),
)


def backlog(facts: Facts, obligations: pd.DataFrame, criteria: BacklogCriteria, as_of: date) -> pd.DataFrame:
    """Return ``frames.BACKLOG``: one row per proposal and criterion that it meets on ``as_of``, sorted by both.

    ``obligations`` are those of the same facts and day. ``since`` is the first day on which the criterion held; several
    units' evidence stands in one row. Thresholds are those in force on ``as_of``. Withdrawn proposals are never backlog,
    nor are duties that are excused or suspended. A proposal that stops meeting its criteria disappears here, but not from
    the list of cases: see ``review``.
    """
    case = seen(facts, obligations, as_of)
    found = [
        check(case, threshold).assign(criterion=str(criterion))
        for criterion, check in CHECKS.items()
        if (threshold := criteria.on(criterion, as_of)) is not None
    ]
    rows = concatenated(found, BACKLOG)
    withdrawn = case.now.events.loc[case.now.events["kind"] == EventKind.WITHDRAWN, "proposal_id"]
    rows = rows[~rows["proposal_id"].isin(withdrawn)].sort_values(["since", "evidence"], kind="stable")
    per_case = rows.groupby(["proposal_id", "criterion"])
    return BACKLOG.typed(per_case.agg({"since": "min", "evidence": "；".join}).reset_index())


def review(open_cases: pd.DataFrame, current: pd.DataFrame, closings: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return where every case stands on ``as_of``: ``BACKLOG_REVIEW``, sorted by its key.

    ``open_cases`` (``BACKLOG_CASES``) are those that the last review left open, ``current`` (``frames.BACKLOG``) what meets
    a criterion now, ``closings`` (``CLOSINGS``) all closings ever. An open case is closed only by a closing of its own
    (proposal_id, occurrence) that has proof, signature and a day not after ``as_of``; otherwise it is still open, or waits
    to be closed (待销号) when it meets no criterion any more, and keeps the evidence it had. ``criteria`` gathers all that
    a case ever met. What meets a criterion and is not open is a new case, unless it was closed after it began to meet it.
    A case opened on ``as_of`` by an earlier review of that day is new once more.
    """
    valid = _valid(closings, as_of)
    before = _continued(open_cases, current, valid, as_of)
    still_open = before.loc[before["standing"] != Standing.CLOSED, "proposal_id"]
    opened = _opened(current[~current["proposal_id"].isin(still_open)], valid, as_of)
    return concatenated([before, opened], BACKLOG_REVIEW).sort_values(list(CASE_KEY)).reset_index(drop=True)


def open_after(reviewed: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that a review leaves open, as the next review takes them (``BACKLOG_CASES``)."""
    return BACKLOG_CASES.typed(reviewed[reviewed["standing"] != Standing.CLOSED].reset_index(drop=True))


def _valid(closings: pd.DataFrame, as_of: date) -> pd.DataFrame:
    said = [closings[name].fillna("").str.strip() != "" for name in ("proof", "signed_by")]
    return closings[said[0] & said[1] & (closings["closed_on"] <= pd.Timestamp(as_of))]


def _continued(open_cases: pd.DataFrame, current: pd.DataFrame, valid: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the open cases with what they meet now and the closing of each that has one."""
    cases = open_cases.merge(valid.drop(columns="criteria"), on=list(CASE_KEY), how="left", validate="1:1")
    cases = cases.merge(_summed_up(current), on="proposal_id", how="left", suffixes=("", "_now"), validate="m:1")
    is_met = cases["criteria_now"].notna()
    is_new = cases["opened_on"] == pd.Timestamp(as_of)
    standing = pd.Series(str(Standing.TO_CLOSE), index=cases.index).mask(is_met, str(Standing.STILL))
    standing = standing.mask(is_met & is_new, str(Standing.NEW))
    ever = cases["criteria"].where(~is_met, cases["criteria"] + ";" + cases["criteria_now"].fillna(""))
    return cases.assign(
        standing=standing.mask(cases["closed_on"].notna(), str(Standing.CLOSED)),
        met_now=cases["criteria_now"],
        criteria=ever.str.split(";").map(lambda names: ";".join(sorted(set(names)))),
        since=cases[["since", "since_now"]].min(axis=1),
        evidence=cases["evidence_now"].fillna(cases["evidence"]),
    )


def _opened(rows: pd.DataFrame, valid: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return a new case for each proposal with a criterion that no closing covers."""
    closed = valid.assign(criterion=valid["criteria"].str.split(";")).explode("criterion")
    last = closed.groupby(["proposal_id", "criterion"])["closed_on"].max()
    covered_until = pd.MultiIndex.from_frame(rows[["proposal_id", "criterion"]]).map(last.to_dict())
    rows = rows[~(rows["since"].to_numpy() <= pd.to_datetime(covered_until).to_numpy())]
    cases = _summed_up(rows)
    earlier = valid.groupby("proposal_id")["occurrence"].max().reindex(cases["proposal_id"])
    return cases.assign(
        occurrence=earlier.fillna(0).to_numpy() + 1,
        opened_on=pd.Timestamp(as_of),
        met_now=cases["criteria"],
        standing=str(Standing.NEW),
    )


def _summed_up(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a proposal: the criteria it meets joined, since when, all evidence."""
    ordered = rows.sort_values(["proposal_id", "criterion"])
    grouped = ordered.groupby("proposal_id").agg({"criterion": ";".join, "since": "min", "evidence": "；".join})
    plain = {"criterion": "str", "evidence": "str", "since": "datetime64[s]"}  # what no rows would leave untyped
    return grouped.astype(plain).rename(columns={"criterion": "criteria"}).reset_index()
