"""A dossier filled from the day's frames: one case, its matter through the years, and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from reports.dossiers import (
    Dossier,
    DutyRecord,
    EarlierProposal,
    Event,
    Inspection,
    Promise,
    Reason,
    SentNotice,
    UnitRecord,
)
from reports.official import chinese_date
from reports.wording import legible
from tasks.domain.backlog import STANDING_LABELS, Standing
from tasks.domain.backlog_criteria import CRITERION_LABELS, Criterion
from tasks.domain.dossiers import Shelf
from tasks.domain.frames import LABELS, EventKind, State, label
from tasks.domain.records import ANSWERING

UNSHOWN = "（内容不列）"
LONGEST_NOTE = 200
# What a dossier need not list: it is done, in time, and stands in the history.
SETTLED = (State.MET, State.EXCUSED)


@dataclass(frozen=True, slots=True)
class Words:
    """What the office calls things: itself, its duties, the classes of replies."""

    issuer: str
    duty_labels: Mapping[str, str]
    outcome_labels: Mapping[str, str]

    def outcome(self, value: object) -> str:
        """Return a reply's class in the office's words."""
        return self.outcome_labels.get(str(value), label("outcome", value))


@dataclass(frozen=True, slots=True)
class Matter:
    """A proposal as documents name it across years; a confidential one has no title."""

    name: str
    title: str | None
    is_confidential: bool


def matter_of(shelf: Shelf, proposal_id: str) -> Matter:
    """Return how documents name the proposal; one that left the source keeps its id."""
    found = shelf.of("proposals", proposal_id)
    if found.empty:
        return Matter(f"{proposal_id}（来源中已没有这一件）", None, False)
    row = found.iloc[0]
    year = shelf.chain.loc[shelf.chain["proposal_id"] == proposal_id, "year"].iloc[0]
    secret = bool(row["is_confidential"]) if not pd.isna(row["is_confidential"]) else False
    name = f"{'' if pd.isna(year) else f'{year}年'}{label('kind', row['kind'])}{_numbered(row['number'], proposal_id)}"
    return Matter(name, None if secret else legible(str(row["title"])), secret)


def _numbered(number: object, proposal_id: str) -> str:
    if pd.isna(number):
        return proposal_id
    text = str(number)
    return f"第{text}号" if text.isdigit() else f"{text.removesuffix('号')}号"


def case_dossier(
    shelf: Shelf, proposal_id: str, occurrence: int, words: Words, plan: Inspection | None = None
) -> Dossier:
    """Return the dossier of one case; ``plan`` is the joint inspection that is proposed for it.

    A confidential case is named by its number; its persons, notes and promises are not listed.
    """
    mine = (shelf.reviewed["proposal_id"] == proposal_id) & (shelf.reviewed["occurrence"] == occurrence)
    case, matter = shelf.reviewed[mine].iloc[0], matter_of(shelf, proposal_id)
    return Dossier(
        issuer=words.issuer,
        case_no=f"积案{case_number(case)}",
        name=matter.name,
        title=matter.title,
        as_of=shelf.as_of,
        facts=_facts(shelf, case, matter),
        reasons=_reasons(shelf, case),
        units=_units(shelf, proposal_id, matter),
        duties=_duties(shelf, proposal_id, words),
        history=_history(shelf, proposal_id, matter, words),
        promises=_promises(shelf, proposal_id, matter),
        notices=_notices(shelf, proposal_id),
        explanations=_explanations(shelf, proposal_id, matter),
        earlier=_same_matter(shelf, proposal_id, words),
        inspection=plan,
    )


def case_number(case: pd.Series) -> str:
    """Return the number that a case keeps for life, and how often it was listed if more than once."""
    number = "未编号" if pd.isna(case["case_no"]) else str(case["case_no"])
    return f"{number}（第{case['occurrence']}次列入）" if case["occurrence"] > 1 else number


def _facts(shelf: Shelf, case: pd.Series, matter: Matter) -> tuple[tuple[str, str], ...]:
    standing = Standing(str(case["standing"]))
    own = (
        ("积案编号", case_number(case)),
        ("列入日期", chinese_date(case["opened_on"].date())),
        ("目前状态", _stands(case, standing)),
    )
    found = shelf.of("proposals", case["proposal_id"])
    if found.empty:
        return own
    row = found.iloc[0]
    told = (
        ("编号", str(row["proposal_id"])),
        ("题目", matter.title or "（题目不列）"),
        ("主题分类", _text(row["topic"])),
        ("提出者", "（不列）" if matter.is_confidential else _proposers(row)),
        ("立案日期", chinese_date(row["filed_on"].date()) if not pd.isna(row["filed_on"]) else ""),
        ("领办领导", _text(row["led_by"])),
    )
    return own + tuple((name, value) for name, value in told if value)


def _stands(case: pd.Series, standing: Standing) -> str:
    if standing is Standing.CLOSED:
        return f"{chinese_date(case['closed_on'].date())}销号，依据：{case['proof']}（签批人{case['signed_by']}）"
    if standing is Standing.TO_CLOSE:
        return "现已不符合认定情形，待凭据销号"
    return STANDING_LABELS[standing]


def _proposers(row: pd.Series) -> str:
    others = row["co_signer_count"]
    joined = f"等{int(others) + 1}人" if not pd.isna(others) and others > 0 else ""
    return _text(row["lead_proposer"]) + joined


def _text(value: object) -> str:
    return "" if pd.isna(value) else legible(str(value), LONGEST_NOTE)


def _reasons(shelf: Shelf, case: pd.Series) -> tuple[Reason, ...]:
    """Return what the case meets now; a case that meets nothing any more, what it met when it last did."""
    now = shelf.of("backlog", case["proposal_id"]).sort_values(["since", "criterion"], kind="stable")
    if now.empty:
        named = "、".join(_criterion(name) for name in str(case["criteria"]).split(";"))
        return (Reason(f"曾符合：{named}", case["since"].date(), str(case["evidence"])),)
    return tuple(
        Reason(_criterion(row["criterion"]), row["since"].date(), str(row["evidence"]))
        for row in now.to_dict("records")
    )


def _criterion(name: str) -> str:
    return CRITERION_LABELS[Criterion(name)]


def _units(shelf: Shelf, proposal_id: str, matter: Matter) -> tuple[UnitRecord, ...]:
    rows = shelf.of("assignments", proposal_id).sort_values(["assigned_on", "assignment_id"], kind="stable")
    order = sorted(rows.to_dict("records"), key=lambda row: row["role"] not in ANSWERING)
    return tuple(
        UnitRecord(
            _unit(shelf, row["unit_id"]),
            label("role", row["role"]),
            row["assigned_on"].date(),
            "" if pd.isna(row["ended_on"]) else f"{_short(row['ended_on'])}{_ended(row['end_reason'])}",
            "（不列）" if matter.is_confidential else _responsible(row),
        )
        for row in order
    )


def _ended(reason: object) -> str:
    return "终止" if pd.isna(reason) else label("end_reason", reason)


def _responsible(row: Mapping[str, object]) -> str:
    named = (("主管领导", "leader"), ("科室", "section"), ("经办", "handler"))
    return "，".join(f"{word}{row[name]}" for word, name in named if not pd.isna(row[name]) and row[name])


def _duties(shelf: Shelf, proposal_id: str, words: Words) -> tuple[DutyRecord, ...]:
    rows = shelf.of("obligations", proposal_id)
    rows = rows[~rows["state"].isin(list(map(str, SETTLED)))]
    return tuple(
        DutyRecord(
            _unit(shelf, row["unit_id"]),
            words.duty_labels.get(str(row["duty"]), str(row["duty"]))
            + (f"（第{row['round']}次）" if row["round"] > 1 else ""),
            (row["due_on"] if pd.isna(row["extended_to"]) else row["extended_to"]).date(),
            label("state", row["state"]) + (f"{row['days_late']}天" if row["days_late"] else ""),
            str(row["article"]),
        )
        for row in rows.to_dict("records")
    )


def _history(shelf: Shelf, proposal_id: str, matter: Matter, words: Words) -> tuple[Event, ...]:
    rows = shelf.of("events", proposal_id).sort_values(["happened_on", "event_id"], kind="stable")
    return tuple(
        Event(
            row["happened_on"].date(),
            "" if pd.isna(row["unit_id"]) else _unit(shelf, row["unit_id"]),
            _said(row, words),
            _noted(row["note"], matter),
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
    return text + (f"（至{_short(until)}）" if isinstance(until, pd.Timestamp) and not pd.isna(until) else "")


def _noted(note: object, matter: Matter) -> str:
    text = _text(note)
    return UNSHOWN if text and matter.is_confidential else text


def _promises(shelf: Shelf, proposal_id: str, matter: Matter) -> tuple[Promise, ...]:
    rows = shelf.of("promises", proposal_id).sort_values(["made_on", "unit_id"], kind="stable")
    return tuple(
        Promise(
            str(row["unit"]),
            row["made_on"].date(),
            None if pd.isna(row["due_on"]) else row["due_on"].date(),
            _noted(row["promise"], matter) or "（未写明内容）",
            _kept(row),
        )
        for row in rows.to_dict("records")
    )


def _kept(row: Mapping[str, object]) -> str:
    kept, late = row["kept_on"], row["days_late"]
    if isinstance(kept, pd.Timestamp) and not pd.isna(kept):
        return f"{_short(kept)}兑现" + (f"，迟{late}天" if late and not pd.isna(late) else "")
    if row["state"] == State.OVERDUE:
        return f"到期未兑现，逾期{late}天"
    return "未到期" if row["state"] in (State.OPEN, State.DUE_SOON) else label("state", row["state"])


def _notices(shelf: Shelf, proposal_id: str) -> tuple[SentNotice, ...]:
    rows = shelf.of("notices", proposal_id).to_dict("records")
    told = [(row["sent_at"].date(), row) for row in rows]
    return tuple(
        SentNotice(label("level", row["level"]), day, _to(shelf, row), _text(row["document_no"])) for day, row in told
    )


def _to(shelf: Shelf, row: Mapping[str, object]) -> str:
    return f"{_unit(shelf, row['unit_id'])}（{row['to_names']}）"


def _explanations(shelf: Shelf, proposal_id: str, matter: Matter) -> tuple[Event, ...]:
    rows = shelf.of("explanations", proposal_id)
    return tuple(
        Event(
            row["explained_on"].date(),
            "" if pd.isna(row["unit_id"]) else _unit(shelf, row["unit_id"]),
            "情况说明",
            _noted(row["text"], matter),
        )
        for row in rows.to_dict("records")
    )


def _same_matter(shelf: Shelf, proposal_id: str, words: Words) -> tuple[EarlierProposal, ...]:
    rows = shelf.same_matter(proposal_id)
    return tuple(_told_of(shelf, str(row["proposal_id"]), row["year"], words) for row in rows.to_dict("records"))


def _told_of(shelf: Shelf, proposal_id: str, year: object, words: Words) -> EarlierProposal:
    matter = matter_of(shelf, proposal_id)
    assigned = shelf.of("assignments", proposal_id)
    answering = assigned[assigned["role"].isin(list(map(str, ANSWERING)))]
    units = "、".join(dict.fromkeys(_unit(shelf, unit) for unit in answering["unit_id"]))
    replies = shelf.of("events", proposal_id).query(f"kind == '{EventKind.REPLY_ISSUED}'").sort_values("happened_on")
    last = replies.iloc[-1] if len(replies) else None
    outcome = "未答复" if last is None else f"{words.outcome(last['value'])}（{_short(last['happened_on'])}）"
    name = matter.name.removeprefix(f"{year}年")
    return EarlierProposal("—" if pd.isna(year) else str(year), name, matter.title or "（题目不列）", units, outcome)


def _unit(shelf: Shelf, unit_id: object) -> str:
    return shelf.unit_name.get(str(unit_id), str(unit_id))


def _short(day: pd.Timestamp | date) -> str:
    return f"{day.year}.{day.month}.{day.day}"
