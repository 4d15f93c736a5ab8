"""Rows that contradict one another are kept out, each with its reason."""

from __future__ import annotations

import pandas as pd

from tasks.domain.frames import (
    ASSIGNMENTS,
    CONTACTS,
    EVENTS,
    PROPOSALS,
    REPLY_TEXTS,
    UNITS,
    Facts,
    FrameSpec,
    Role,
)
from tasks.domain.intake import Findings
from tasks.domain.matching import places

# An event somewhat earlier than the filing is how offices work; half a year earlier is a mistyped year.
BEFORE_FILING = pd.Timedelta(days=180)
NO_PROPOSAL, NO_UNIT = "建议提案不存在或已隔离", "承办单位不存在或已隔离"
ROLE_ORDER = {Role.LEAD: 0, Role.SOLE: 0, Role.SEPARATE: 1, Role.CO_ORGANISING: 2}


def consistent(facts: Facts, findings: Findings) -> Facts:
    """Return the facts whose references hold; what was kept out or emptied goes into ``findings``."""
    units = _known_or_empty(UNITS, facts.units, "parent_id", "上级单位不存在，已留空", findings)
    proposals = _known_or_empty(PROPOSALS, facts.proposals, "merged_into", "所并入的建议提案不存在，已留空", findings)
    proposals = _known_or_empty(PROPOSALS, proposals, "repeats", "所指往届建议提案不存在，已留空", findings)
    contacts = _referring(CONTACTS, facts.contacts, "unit_id", units, "承办单位不存在", findings)
    assignments = _of_proposals(ASSIGNMENTS, facts.assignments, proposals, units, findings)
    assignments = _without_overlaps(assignments, findings)
    events = _after_filing(facts.events, proposals, units, findings)
    reply_texts = _referring(REPLY_TEXTS, facts.reply_texts, "event_id", events, "办理记录不存在或已隔离", findings)
    return Facts(units, contacts, proposals, assignments, events, reply_texts)


def _known_or_empty(spec: FrameSpec, frame: pd.DataFrame, column: str, reason: str, findings: Findings) -> pd.DataFrame:
    nowhere = _nowhere(frame[column], frame[spec.key[0]])
    findings.note(spec, frame[nowhere], column, reason)
    return frame.assign(**{column: frame[column].mask(nowhere)})


def _nowhere(values: pd.Series, known: pd.Series) -> pd.Series:
    """Return where there is a value that is not among the distinct ``known``."""
    return values.notna() & (places(values, known) < 0)


def _referring(
    spec: FrameSpec, frame: pd.DataFrame, column: str, to: pd.DataFrame, reason: str, findings: Findings
) -> pd.DataFrame:
    """Return the rows whose ``column`` is empty or found in ``to``."""
    nowhere = _nowhere(frame[column], to[column])
    return findings.keep_out(spec, frame, nowhere, column, reason).reset_index(drop=True)


def _of_proposals(
    spec: FrameSpec, frame: pd.DataFrame, proposals: pd.DataFrame, units: pd.DataFrame, findings: Findings
) -> pd.DataFrame:
    frame = _referring(spec, frame, "proposal_id", proposals, NO_PROPOSAL, findings)
    return _referring(spec, frame, "unit_id", units, NO_UNIT, findings)


def _without_overlaps(assignments: pd.DataFrame, findings: Findings) -> pd.DataFrame:
    """Keep one of several assignments of a unit to a proposal at the same time: lead before co-unit, then the earlier."""
    doubled = assignments[assignments.duplicated(["proposal_id", "unit_id"], keep=False)]
    if doubled.empty:
        return assignments
    ordered = doubled.assign(order=doubled["role"].map(ROLE_ORDER))
    ordered = ordered.sort_values(["order", "assigned_on", "assignment_id"]).assign(order=range(len(ordered)))
    pairs = ordered.merge(ordered, on=["proposal_id", "unit_id"], suffixes=("", "_kept"))
    overlapping = pairs[(pairs["order_kept"] < pairs["order"]) & _overlap(pairs)]
    dropped = _dominated(overlapping)
    wrong = assignments["assignment_id"].isin(dropped)
    return findings.keep_out(
        ASSIGNMENTS, assignments, wrong, "unit_id", "同一单位同期重复交办，保留主办或较早的一条"
    ).reset_index(drop=True)


def _overlap(pairs: pd.DataFrame) -> pd.Series:
    """Return whether two spans share a day; the day an assignment ends no longer belongs to it."""
    starts_before = pairs["ended_on_kept"].isna() | (pairs["assigned_on"] < pairs["ended_on_kept"])
    ends_after = pairs["ended_on"].isna() | (pairs["assigned_on_kept"] < pairs["ended_on"])
    return starts_before & ends_after


def _dominated(pairs: pd.DataFrame) -> set[str]:
    """Return the assignments that overlap a kept one; an assignment dropped itself drops no other."""
    dropped: set[str] = set()
    for row in pairs.sort_values(["order", "order_kept"]).itertuples(index=False):
        if row.assignment_id_kept not in dropped:
            dropped.add(str(row.assignment_id))
    return dropped


def _after_filing(
    events: pd.DataFrame, proposals: pd.DataFrame, units: pd.DataFrame, findings: Findings
) -> pd.DataFrame:
    """Return the events whose proposal and unit are known and that do not come long before the filing."""
    place = pd.Series(places(events["proposal_id"], proposals["proposal_id"]), index=events.index)
    events = findings.keep_out(EVENTS, events, place < 0, "proposal_id", NO_PROPOSAL)
    nowhere = _nowhere(events["unit_id"], units["unit_id"])
    events = findings.keep_out(EVENTS, events, nowhere, "unit_id", NO_UNIT)
    first = (proposals["filed_on"] - BEFORE_FILING).to_numpy()[place[events.index]]
    early = events["happened_on"] < first
    return findings.keep_out(
        EVENTS, events, early, "happened_on", f"早于立案日期 {BEFORE_FILING.days} 天以上"
    ).reset_index(drop=True)
