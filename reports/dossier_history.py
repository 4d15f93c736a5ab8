"""What happened in a backlog case: its history, promises, notices, explanations, and the same matter in other years."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reports.dossier_words import Matter, Words, matter_of, noted, short_day, shown_text, unit_of
from reports.dossiers import EarlierProposal, Event, Promise, SentNotice
from tasks.domain.dossiers import Shelf
from tasks.domain.frames import LABELS, EventKind, State, label
from tasks.domain.records import ANSWERING


def history_of(shelf: Shelf, proposal_id: str, matter: Matter, words: Words) -> tuple[Event, ...]:
    """Return what happened, oldest first; explanations have a list of their own."""
    rows = shelf.of("events", proposal_id).sort_values(["happened_on", "event_id"], kind="stable")
    return tuple(
        Event(
            row["happened_on"].date(),
            "" if pd.isna(row["unit_id"]) else unit_of(shelf, row["unit_id"]),
            _said(row, words),
            noted(row["note"], matter),
        )
        for row in rows.to_dict("records")
        if row["kind"] != EventKind.EXPLAINED
    )


def _said(row: Mapping[str, object], words: Words) -> str:
    text = label("event", row["kind"])
    if not pd.isna(row["value"]):
        grades = {**LABELS["grade"], **LABELS["look_back"], **LABELS["method"]}
        is_reply = row["kind"] == EventKind.REPLY_ISSUED
        parts = str(row["value"]).split("/")
        text += "：" + "/".join(words.outcome(part) if is_reply else grades.get(part, part) for part in parts)
    until = row["until"]
    return text + (f"（至{short_day(until)}）" if isinstance(until, pd.Timestamp) and not pd.isna(until) else "")


def promises_of(shelf: Shelf, proposal_id: str, matter: Matter) -> tuple[Promise, ...]:
    """Return the promises with what became of each; of a confidential case without their words."""
    rows = shelf.of("promises", proposal_id).sort_values(["made_on", "unit_id"], kind="stable")
    return tuple(
        Promise(
            str(row["unit"]),
            row["made_on"].date(),
            None if pd.isna(row["due_on"]) else row["due_on"].date(),
            noted(row["promise"], matter) or "（未写明内容）",
            _kept(row),
        )
        for row in rows.to_dict("records")
    )


def _kept(row: Mapping[str, object]) -> str:
    kept, late = row["kept_on"], row["days_late"]
    if isinstance(kept, pd.Timestamp) and not pd.isna(kept):
        return f"{short_day(kept)}兑现" + (f"，迟{late}天" if late and not pd.isna(late) else "")
    if row["state"] == State.OVERDUE:
        return f"到期未兑现，逾期{late}天"
    return "未到期" if row["state"] in (State.OPEN, State.DUE_SOON) else label("state", row["state"])


def notices_of(shelf: Shelf, proposal_id: str) -> tuple[SentNotice, ...]:
    """Return what was sent about the case, with the day on which it left."""
    rows = shelf.of("notices", proposal_id).to_dict("records")
    told = [(row["sent_at"].date(), row) for row in rows]
    return tuple(
        SentNotice(label("level", row["level"]), day, _to(shelf, row), shown_text(row["document_no"]))
        for day, row in told
    )


def _to(shelf: Shelf, row: Mapping[str, object]) -> str:
    return f"{unit_of(shelf, row['unit_id'])}（{row['to_names']}）"


def explanations_of(shelf: Shelf, proposal_id: str, matter: Matter) -> tuple[Event, ...]:
    """Return what the units explained; of a confidential case only that they did."""
    rows = shelf.of("explanations", proposal_id)
    return tuple(
        Event(
            row["explained_on"].date(),
            "" if pd.isna(row["unit_id"]) else unit_of(shelf, row["unit_id"]),
            "情况说明",
            noted(row["text"], matter),
        )
        for row in rows.to_dict("records")
    )


def same_matter_of(shelf: Shelf, proposal_id: str, words: Words) -> tuple[EarlierProposal, ...]:
    """Return the other proposals of the confirmed chain, earlier and later ones, with what became of them."""
    rows = shelf.same_matter(proposal_id)
    return tuple(_told_of(shelf, str(row["proposal_id"]), row["year"], words) for row in rows.to_dict("records"))


def _told_of(shelf: Shelf, proposal_id: str, year: object, words: Words) -> EarlierProposal:
    matter = matter_of(shelf, proposal_id)
    assigned = shelf.of("assignments", proposal_id)
    answering = assigned[assigned["role"].isin(list(map(str, ANSWERING)))]
    units = "、".join(dict.fromkeys(unit_of(shelf, unit) for unit in answering["unit_id"]))
    replies = shelf.of("events", proposal_id).query(f"kind == '{EventKind.REPLY_ISSUED}'").sort_values("happened_on")
    last = replies.iloc[-1] if len(replies) else None
    outcome = "未答复" if last is None else f"{words.outcome(last['value'])}（{short_day(last['happened_on'])}）"
    name = matter.name.removeprefix(f"{year}年")
    return EarlierProposal("—" if pd.isna(year) else str(year), name, matter.title or "（题目不列）", units, outcome)
