"""Draft the briefs on key proposals, one a leader, and put them before those who sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.leader_brief_content import BriefContent, key_cases
from reports.leader_briefs import leader_brief
from reports.overviews import Row
from tasks.adapters.config_files import file_of
from tasks.adapters.kept_config import packed
from tasks.adapters.key_files import load_key_terms
from tasks.adapters.ledger import documents
from tasks.adapters.ledger.documents import Document, Heading
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import Assessed, load_assessed
from tasks.domain.cases import cases
from tasks.domain.documents import DocumentKind
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import LABELS, State
from tasks.domain.key_proposals import KeyTerms, brief_due, key_duties, key_proposals
from tasks.domain.records import unit_names
from tasks.papers import Written, put_forward, show_draft, written
from tasks.record import Day
from tasks.review import publish_table

NOT_LISTED = "（题目不列）"
NO_LEADER = "未明确领办领导"


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose briefs are drafted: of one leader or of all; ``scheduled``: only of those whose day has come."""

    leader: str | None = None
    scheduled: bool = False


@task(name="拟领办专报", task_run_name="领办专报 {assessment_id}", cache_policy=NO_CACHE)
def brief(jurisdiction: str, assessment_id: str, day: Day, asked: Asked) -> list[str]:
    """Store a draft for each leader asked for and return the documents' ids; nobody's day has come: none."""
    workplace = open_workplace(jurisdiction)
    made = draft_briefs(workplace, load_assessed(workplace, assessment_id), day, asked)
    for document, files in made:
        for warning in files.warnings:
            get_run_logger().warning("%s：%s", document.number, warning)
    return [document.document_id for document, _ in made]


@task(name="送审", cache_policy=NO_CACHE)
def submit_briefs(jurisdiction: str, assessment_id: str, document_ids: Sequence[str]) -> dict[str, Any]:
    """Show the drafts to those who sign, and all key proposals to the office; return what to sign."""
    workplace = open_workplace(jurisdiction)
    assessed = load_assessed(workplace, assessment_id)
    publish_table(f"{jurisdiction}-key-proposals", "重点建议提案", _shown(workplace, assessed))
    shown = [show_draft(workplace, documents.by_id(workplace.ledger, jurisdiction, each)) for each in document_ids]
    return {"documents": shown}


def terms_of(workplace: Workplace) -> KeyTerms:
    """Return the terms of the briefs; ``ConfigurationError`` where the jurisdiction has not said them."""
    path: Path | None = file_of(workplace.jurisdiction, "key_proposals.yaml")
    if path is None:
        raise ConfigurationError(
            f"地区 {workplace.name}",
            "没有 key_proposals.yaml，不出领办专报",
            "可从 config/jurisdictions/demo 复制一份再改。",
        )
    return load_key_terms(path, workplace.jurisdiction.rules.duties)


def draft_briefs(workplace: Workplace, assessed: Assessed, day: Day, asked: Asked) -> list[tuple[Document, Written]]:
    """Return the stored drafts and their files, one a leader who leads something."""
    terms = terms_of(workplace)
    rows = key_rows(assessed, terms)
    leaders = rows["led_by"].dropna().drop_duplicates().tolist()
    if asked.leader is not None and asked.leader not in leaders:
        raise ConfigurationError(
            "领办领导", f"{asked.leader!r} 没有在办的领办件", f"有领办件的：{'、'.join(leaders) or '无'}。"
        )
    chosen = [leader for leader in leaders if asked.leader in (None, leader)]
    due = {leader: _subject(workplace, terms, leader, day, asked) for leader in chosen}
    return [
        _draft(workplace, assessed, terms, leader, subject, rows[rows["led_by"] == leader], day)
        for leader, subject in due.items()
        if subject is not None
    ]


def key_rows(assessed: Assessed, terms: KeyTerms) -> pd.DataFrame:
    """Return the key proposals of an assessed day, as far as leaders are told of them."""
    facts, owed, about = assessed.facts, assessed.obligations, assessed.record
    standing = cases(facts, owed, about.as_of, about.known_at)
    return key_proposals(facts, owed, standing, about.as_of, terms.duties)


def _subject(workplace: Workplace, terms: KeyTerms, leader: str, day: Day, asked: Asked) -> str | None:
    """Return what the brief is about; None where it was scheduled and its day has not come, or it was drafted then."""
    if not asked.scheduled:
        return f"{leader}，截至{day.as_of}"
    due = brief_due(terms.cadence_of(leader), workplace.calendar(), day.as_of)
    subject = f"{leader}，{due}应报"
    known = {each.subject for each in documents.listing(workplace.ledger, workplace.name)}
    return None if due is None or subject in known else subject


def _draft(
    workplace: Workplace,
    assessed: Assessed,
    terms: KeyTerms,
    leader: str,
    subject: str,
    rows: pd.DataFrame,
    day: Day,
) -> tuple[Document, Written]:
    about, office = assessed.record, terms.office_of(leader)
    heading = Heading(
        kind=DocumentKind.LEADER_BRIEF,
        subject=subject,
        title=f"关于{office.salutation}领办重点建议提案办理情况的专报",
        as_of=about.as_of,
        dated_on=day.as_of,
    )
    made_from = {
        "leader": leader,
        "office": {"name": office.name, "email": office.email} if office.email else None,
        "assessment_id": about.assessment_id,
        "snapshot_id": about.snapshot_id,
        "rule_version": about.rule_version,
        "calendar_version": about.calendar_version,
        "code_version": about.code_version,
        "configuration": workplace.archive.put(packed(workplace)),
    }

    def write(document: Document) -> Written:
        return _written(workplace, assessed, terms, rows, document, office.salutation)

    return put_forward(workplace, heading, write, made_from, day.now)


def brief_again(workplace: Workplace, document: Document) -> Written:
    """Return the brief's files from its assessment, with the workplace's configuration."""
    assessed, terms = load_assessed(workplace, document.made_from["assessment_id"]), terms_of(workplace)
    leader, rows = document.made_from["leader"], key_rows(assessed, terms)
    salutation = terms.office_of(leader).salutation
    return _written(workplace, assessed, terms, rows[rows["led_by"] == leader], document, salutation)


def _written(
    workplace: Workplace,
    assessed: Assessed,
    terms: KeyTerms,
    rows: pd.DataFrame,
    document: Document,
    salutation: str,
) -> Written:
    as_of, labels = assessed.record.as_of, workplace.jurisdiction.rules.labels
    duties = key_duties(assessed.obligations, rows["proposal_id"], terms.duties)
    owing = rows["plan_state"].notna() & (rows["plan_state"] != State.EXCUSED)
    content = BriefContent(
        masthead=terms.masthead,
        issuer=workplace.jurisdiction.office.name,
        salutation=salutation,
        serial_no=document.serial,
        as_of=as_of,
        dated_on=document.dated_on,
        ahead_days=terms.ahead_days,
        cases=key_cases(rows, duties, assessed.facts, labels, as_of, terms.ahead_days),
        with_plan=int((owing & rows["planned_on"].notna()).sum()),
        owing_plan=int(owing.sum()),
    )
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    name = f"{terms.masthead}第{document.serial}期（{salutation}）"
    return written(workplace, leader_brief(content, templates), name, {})


def _shown(workplace: Workplace, assessed: Assessed) -> list[Row]:
    """Return one row a key proposal for the office, those without a leader last."""
    rows, labels = key_rows(assessed, terms_of(workplace)), workplace.jurisdiction.rules.labels
    proposals = assessed.facts.proposals
    secret = set(proposals.loc[proposals["is_confidential"].fillna(False).astype(bool), "proposal_id"])
    units = unit_names(assessed.facts.units, rows["lead_unit_id"].fillna(""))
    return [
        {
            "编号": row["proposal_id"],
            "题目": NOT_LISTED if row["proposal_id"] in secret else row["title"],
            "领办领导": row["led_by"] if pd.notna(row["led_by"]) else NO_LEADER,
            "主办单位": unit,
            "办理环节": row["stage"],
            "办理方案": LABELS["state"].get(row["plan_state"], "不需要") if pd.notna(row["plan_state"]) else "不需要",
            "下一步": f"{labels[row['next_duty']]}（{row['next_on']:%Y-%m-%d}）" if pd.notna(row["next_on"]) else "",
            "逾期事项": int(row["late"]),
        }
        for row, unit in zip(rows.to_dict("records"), units, strict=True)
    ]
