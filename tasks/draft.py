"""Draft a circular and put it before those who sign; write any circular again from what it was made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.circular_building import ranking_differences
from reports.circular_content import CircularContent, Correction
from reports.circular_words import period_covered
from tasks.adapters.frame_files import frame_of
from tasks.adapters.ledger import documents, rankings
from tasks.adapters.ledger.documents import Document, Heading
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.compose_circular import content_of, files_of, frames_of, scope_of, stored_content
from tasks.domain.documents import DocumentKind
from tasks.domain.errors import DocumentError
from tasks.domain.ranking import with_types
from tasks.domain.ranking_changes import differences
from tasks.evidence import Held, held_now, held_then, keep
from tasks.papers import Written, put_forward, show_draft
from tasks.rank import Ranked, load_ranked
from tasks.record import Day
from tasks.review import publish_table

SHOWN = {"rank": "名次", "name": "单位", "caseload": "承办件数", "points": "加减分", "score": "得分"}


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a circular is about: its cut-off day, its scheme (None: the default), and the issued one that it corrects."""

    as_of: date
    scheme: str | None
    corrects: str | None


def occasion(jurisdiction: str, day: Day, scheme: str | None, corrects: int | None, monthly: bool = False) -> Occasion:
    """Return what the circular is about: a correction has the day and, unless told otherwise, the scheme it corrects.

    A monthly one is cut off at the end of the month before.
    """
    if corrects is None:
        return Occasion(day.as_of.replace(day=1) - timedelta(days=1) if monthly else day.as_of, scheme, None)
    workplace = open_workplace(jurisdiction)
    wrong = documents.issued(workplace.ledger, jurisdiction, DocumentKind.CIRCULAR, corrects, day.as_of.year)
    return Occasion(wrong.as_of, scheme or wrong.made_from["scheme"], wrong.document_id)


def is_first_workday(jurisdiction: str, day: date) -> bool:
    """Return whether ``day`` is the first workday of its month."""
    calendar = open_workplace(jurisdiction).calendar()
    month = np.arange(np.datetime64(day.replace(day=1)), np.datetime64(day))
    return calendar.is_workday(day) and not np.any(calendar.is_workday(month))


def monthly_is_due(jurisdiction: str, day: date) -> bool:
    """Return whether last month's circular is to be drafted on ``day``: a workday, and nobody has drafted it yet."""
    workplace = open_workplace(jurisdiction)
    month_end = day.replace(day=1) - timedelta(days=1)
    known = documents.listing(workplace.ledger, jurisdiction)
    drafted = any(one.kind is DocumentKind.CIRCULAR and one.as_of == month_end and one.version for one in known)
    return bool(workplace.calendar().is_workday(day)) and not drafted


@task(name="拟稿", task_run_name="拟稿 {ranking_id}", cache_policy=NO_CACHE)
def draft(jurisdiction: str, ranking_id: str, day: Day, corrects: str | None = None, reason: str = "") -> str:
    """Store the circular of a ranking as a draft and return the document's id; the same circular again keeps its number."""
    workplace = open_workplace(jurisdiction)
    document, files = draft_circular(workplace, load_ranked(workplace, ranking_id), day, corrects, reason)
    for warning in files.warnings:
        get_run_logger().warning("%s", warning)
    return document.document_id


def draft_circular(
    workplace: Workplace, ranked: Ranked, day: Day, corrects: str | None, reason: str
) -> tuple[Document, Written]:
    """Return the stored draft and its files."""
    wrong = documents.by_id(workplace.ledger, workplace.name, corrects) if corrects else None
    last, held = comparable(workplace, ranked), held_now(workplace, ranked.assessed)

    def write(document: Document) -> Written:
        return _written(workplace, document, ranked, held, last, wrong, reason)

    made_from = _made_from(ranked, last, wrong, reason) | keep(workplace, held)
    return put_forward(workplace, _heading(ranked, day, wrong), write, made_from, day.now)


def written_again(workplace: Workplace, document: Document) -> Written:
    """Return a circular's files from its ranking, snapshot and evidence, with the workplace's configuration."""
    made = document.made_from
    ranked = load_ranked(workplace, made["ranking_id"])
    last, wrong = (
        documents.by_id(workplace.ledger, workplace.name, made[other]) if made[other] else None
        for other in ("compared_with", "corrects")
    )
    return _written(workplace, document, ranked, held_then(workplace, made), last, wrong, made["reason"])


def _written(
    workplace: Workplace,
    document: Document,
    ranked: Ranked,
    held: Held,
    last: Document | None,
    wrong: Document | None,
    reason: str,
) -> Written:
    """Return the circular's files."""
    frames = frames_of(ranked, held, ranking_behind(workplace, last) if last else None)
    before = stored_content(workplace, last) if last else None
    content = content_of(workplace, ranked, frames, document.serial, document.dated_on, before)
    if wrong is not None:
        content = replace(content, correction=_correction(workplace, wrong, ranked, content, reason))
    return files_of(workplace, content, frames)


def comparable(workplace: Workplace, ranked: Ranked) -> Document | None:
    """Return the last circular issued for an earlier day, if it counted the same sessions by the same rules of ranking.

    Of a new session hardly anything has been answered yet: beside the old one every unit would seem to have fallen back.
    """
    about = ranked.record
    last = documents.last_issued(workplace.ledger, workplace.name, DocumentKind.CIRCULAR, about.as_of)
    if last is None or last.made_from["scheme_version"] != about.scheme_version:
        return None
    scope = scope_of(workplace, ranked)
    same = stored_content(workplace, last).scope == scope if scope else last.as_of.year == about.as_of.year
    return last if same else None


def ranking_behind(workplace: Workplace, document: Document) -> pd.DataFrame:
    """Return the ranking that an issued circular printed."""
    record = rankings.by_id(workplace.ledger, document.made_from["ranking_id"])
    return with_types(frame_of(workplace.archive.get(record.ranking_hash)))


def _heading(ranked: Ranked, day: Day, wrong: Document | None) -> Heading:
    as_of = ranked.record.as_of
    corrected = f"（更正{wrong.number}）" if wrong else ""
    return Heading(
        kind=DocumentKind.CIRCULAR,
        subject=f"截至{as_of}的办理情况{corrected}",
        title=f"关于{period_covered(as_of)}人大代表建议和政协提案办理情况的通报{corrected}",
        as_of=as_of,
        dated_on=day.as_of,
        corrects=wrong.document_id if wrong else None,
    )


def _correction(
    workplace: Workplace, wrong: Document, ranked: Ranked, content: CircularContent, reason: str
) -> Correction:
    """Return what the correction changes; ``DocumentError`` if nothing would."""
    before, old = stored_content(workplace, wrong), ranking_behind(workplace, wrong)
    found = ranking_differences(differences(old, ranked.frame), before, content)
    if not found:
        raise DocumentError(wrong.number, "按现有数据重算，没有任何数字需要更正", "请确认来源已经改好，再重新运行。")
    return Correction(wrong.serial, wrong.dated_on, reason or "来源数据有更正", found)


def _made_from(ranked: Ranked, last: Document | None, wrong: Document | None, reason: str) -> dict[str, str | None]:
    about, made = ranked.assessed.record, ranked.record
    return {
        "ranking_id": made.ranking_id,
        "scheme": made.scheme,
        "scheme_version": made.scheme_version,
        "assessment_id": about.assessment_id,
        "snapshot_id": about.snapshot_id,
        "rule_version": about.rule_version,
        "calendar_version": about.calendar_version,
        "code_version": about.code_version,
        "compared_with": last.document_id if last else None,
        "corrects": wrong.document_id if wrong else None,
        "reason": reason,
    }


@task(name="送审", task_run_name="送审 {document_id}", cache_policy=NO_CACHE)
def submit(jurisdiction: str, document_id: str) -> dict[str, str | int]:
    """Put the draft before those who sign: files in a folder, the text and the ranking as artifacts; return what to sign."""
    workplace = open_workplace(jurisdiction)
    document = documents.by_id(workplace.ledger, jurisdiction, document_id)
    ranked = rankings.by_id(workplace.ledger, document.made_from["ranking_id"])
    frame = frame_of(workplace.archive.get(ranked.ranking_hash))
    shown = frame[list(SHOWN)].astype("object").where(frame[list(SHOWN)].notna(), "—").astype(str)
    publish_table(f"{jurisdiction}-ranking", f"{document.number}排名", shown.rename(columns=SHOWN).to_dict("records"))
    return show_draft(workplace, document)
