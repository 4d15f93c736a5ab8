"""A dossier filled from the day's frames: one case, its matter through the years, and what was done about it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reports.dossier_history import explanations_of, history_of, notices_of, promises_of, same_matter_of
from reports.dossier_words import Matter, Words, case_number, matter_of, short_day, shown_text, unit_of
from reports.dossiers import (
    Dossier,
    DutyRecord,
    Inspection,
    Reason,
    UnitRecord,
)
from reports.official import chinese_date
from tasks.domain.backlog import STANDING_LABELS, Standing
from tasks.domain.backlog_criteria import CRITERION_LABELS, Criterion
from tasks.domain.dossiers import Shelf
from tasks.domain.frames import State, label
from tasks.domain.records import ANSWERING

# What a dossier need not list: it is done, in time, and stands in the history.
SETTLED = (State.MET, State.EXCUSED)


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
        history=history_of(shelf, proposal_id, matter, words),
        promises=promises_of(shelf, proposal_id, matter),
        notices=notices_of(shelf, proposal_id),
        explanations=explanations_of(shelf, proposal_id, matter),
        earlier=same_matter_of(shelf, proposal_id, words),
        inspection=plan,
    )


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
        ("主题分类", shown_text(row["topic"])),
        ("提出者", "（不列）" if matter.is_confidential else _proposers(row)),
        ("立案日期", chinese_date(row["filed_on"].date()) if not pd.isna(row["filed_on"]) else ""),
        ("领办领导", shown_text(row["led_by"])),
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
    return shown_text(row["lead_proposer"]) + joined


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
            unit_of(shelf, row["unit_id"]),
            label("role", row["role"]),
            row["assigned_on"].date(),
            "" if pd.isna(row["ended_on"]) else f"{short_day(row['ended_on'])}{_ended(row['end_reason'])}",
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
            unit_of(shelf, row["unit_id"]),
            words.duty_labels.get(str(row["duty"]), str(row["duty"]))
            + (f"（第{row['round']}次）" if row["round"] > 1 else ""),
            (row["due_on"] if pd.isna(row["extended_to"]) else row["extended_to"]).date(),
            label("state", row["state"]) + (f"{row['days_late']}天" if row["days_late"] else ""),
            str(row["article"]),
        )
        for row in rows.to_dict("records")
    )
