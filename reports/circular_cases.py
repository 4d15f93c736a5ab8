"""The cases that a circular lists one by one."""

from __future__ import annotations

import pandas as pd

from reports.circular_content import OverdueCase
from reports.circular_facts import DayFrames
from tasks.domain.frames import Kind, State


def overdue_cases(frames: DayFrames) -> tuple[OverdueCase, ...]:
    """Return the replies that are overdue, the longest first, one line for each unit that owes one."""
    rows = frames.replies()
    rows = rows[rows["state"] == State.OVERDUE].sort_values(
        ["days_late", "proposal_id", "unit_id"], ascending=[False, True, True]
    )
    proposals = frames.facts.proposals.set_index("proposal_id").loc[rows["proposal_id"]]
    shown = proposals["title"].mask(proposals["is_confidential"].fillna(False).astype(bool))
    handler = rows["assignment_id"].map(frames.facts.assignments.set_index("assignment_id")["handler"]).fillna("—")
    stage = rows["proposal_id"].map(frames.cases.set_index("proposal_id")["stage"])
    told = _explanations(frames, rows)
    columns = (
        rows["proposal_id"],
        shown,
        frames.unit_name(rows["unit_id"]),
        handler,
        rows["last_on"],
        rows["days_late"],
        stage,
        told,
        rows["unit_id"],
    )
    names = _case_names(proposals)
    return tuple(
        OverdueCase(name, None if pd.isna(title) else title, unit, who, last.date(), int(days), at, why, unit_id)
        for name, (_, title, unit, who, last, days, at, why, unit_id) in zip(
            names, zip(*columns, strict=True), strict=True
        )
    )


def _case_names(proposals: pd.DataFrame) -> list[str]:
    short = {str(Kind.DEPUTY_SUGGESTION): "建议", str(Kind.CPPCC_PROPOSAL): "提案"}
    return [
        f"{short[kind]}第{number}号" if pd.notna(number) else str(key)
        for key, kind, number in zip(proposals.index, proposals["kind"], proposals["number"], strict=True)
    ]


def _explanations(frames: DayFrames, rows: pd.DataFrame) -> list[str]:
    """Return each row's latest explanation; of a confidential case only that there is one."""
    given = frames.explanations.dropna(subset=["proposal_id", "unit_id"]).sort_values("explained_on", kind="stable")
    latest = given.drop_duplicates(["proposal_id", "unit_id"], keep="last").set_index(["proposal_id", "unit_id"])[
        "text"
    ]
    confidential = frames.facts.proposals.loc[
        frames.facts.proposals["is_confidential"].fillna(False).astype(bool), "proposal_id"
    ]
    keys = pd.MultiIndex.from_frame(rows[["proposal_id", "unit_id"]])
    hidden = rows["proposal_id"].isin(confidential)
    return [
        "" if pd.isna(text) else "已收到情况说明（内容不列）" if is_hidden else str(text)
        for text, is_hidden in zip(latest.reindex(keys), hidden, strict=True)
    ]
