"""Draft the annual summary and put it before those who sign; rebuild it from what it was made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.circular_content import Correction
from reports.overviews import Row
from reports.summaries import annual_summary
from reports.summary_building import Issuer, SummaryFrames, summary_content
from reports.summary_changes import summary_differences
from reports.summary_content import SummaryContent
from reports.workbooks import Sheet, workbook_bytes
from tasks.adapters.kept_config import as_configured, packed
from tasks.adapters.ledger import documents, snapshots
from tasks.adapters.ledger.documents import Document, Heading
from tasks.adapters.summary_files import load_summary
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import Assessed, load_assessed
from tasks.contents import content_bytes, content_from
from tasks.domain.documents import DocumentKind
from tasks.domain.errors import ConfigurationError, DocumentError
from tasks.domain.frames import BACKLOG, Column
from tasks.domain.obligations import obligations
from tasks.domain.ranking import percentage
from tasks.domain.summary import SECTIONS, YEAR_SUMMARY, Before, summed_up, year_summary
from tasks.domain.summary_breakdown import BREAKDOWN, year_breakdown
from tasks.escalate import backlog_of
from tasks.papers import Part, Written, fonts_of, put_forward, show_draft, written
from tasks.record import Day
from tasks.review import publish_table

BY_LABELS = {"kind": "类别", "topic": "内容", "unit": "承办单位"}


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a summary is about: its cut-off day, its year (None: the latest that can be summed up), and what it corrects."""

    as_of: date
    year: int | None = None
    corrects: str | None = None


def summary_occasion(jurisdiction: str, day: Day, year: int | None, corrects: int | None) -> Occasion:
    """Return what the summary is about: a correction has the day and the year of the issued one that it corrects."""
    if corrects is None:
        return Occasion(day.as_of, year)
    workplace = open_workplace(jurisdiction)
    wrong = documents.issued(workplace.ledger, jurisdiction, DocumentKind.SUMMARY, corrects, day.as_of.year)
    if year not in (None, wrong.made_from["year"]):
        what = f"{wrong.number}总结的是 {wrong.made_from['year']} 年，不是 {year} 年"
        raise ConfigurationError("更正年度总结", what, "更正不改年份：请去掉 --year，或另拟一期总结。")
    return Occasion(wrong.as_of, wrong.made_from["year"], wrong.document_id)


@task(name="拟年度总结", task_run_name="年度总结 {assessment_id}", cache_policy=NO_CACHE)
def summarise(jurisdiction: str, assessment_id: str, day: Day, occasion: Occasion, reason: str = "") -> str:
    """Store the summary as a draft and return the document's id; the same summary again keeps its number."""
    workplace = open_workplace(jurisdiction)
    document, files = draft_summary(workplace, load_assessed(workplace, assessment_id), day, occasion, reason)
    for warning in files.warnings:
        get_run_logger().warning("%s", warning)
    return document.document_id


@task(name="送审", task_run_name="送审 {document_id}", cache_policy=NO_CACHE)
def submit_summary(jurisdiction: str, document_id: str) -> dict[str, str | int]:
    """Put the draft before those who sign, with the year's figures as a table; return what to sign."""
    workplace = open_workplace(jurisdiction)
    document = documents.by_id(workplace.ledger, jurisdiction, document_id)
    assessed = load_assessed(workplace, document.made_from["assessment_id"])
    frames = frames_of(workplace, assessed, document.made_from["year"])
    publish_table(f"{jurisdiction}-year", f"{frames.year}年度数据", _shown(frames.summary))
    return show_draft(workplace, document)


def draft_summary(
    workplace: Workplace, assessed: Assessed, day: Day, occasion: Occasion, reason: str = ""
) -> tuple[Document, Written]:
    """Return the stored draft and its files."""
    about = assessed.record
    wrong = documents.by_id(workplace.ledger, workplace.name, occasion.corrects) if occasion.corrects else None
    corrected = f"（更正{wrong.number}）" if wrong else ""
    chosen = occasion.year or summed_up(assessed.facts, assessed.obligations, about.as_of)
    heading = Heading(
        kind=DocumentKind.SUMMARY,
        subject=f"{chosen}年度总结，截至{about.as_of}{corrected}",
        title=f"关于{chosen}年度人大代表建议和政协提案办理情况的总结{corrected}",
        as_of=about.as_of,
        dated_on=day.as_of,
        corrects=occasion.corrects,
    )
    made_from: dict[str, Any] = {
        "year": chosen,
        "assessment_id": about.assessment_id,
        "snapshot_id": about.snapshot_id,
        "rule_version": about.rule_version,
        "calendar_version": about.calendar_version,
        "code_version": about.code_version,
        "configuration": workplace.archive.put(packed(workplace)),
        "corrects": occasion.corrects,
        "reason": reason,
    }
    frames = frames_of(workplace, assessed, chosen)

    def write(document: Document) -> Written:
        return _written(workplace, document, assessed, frames, wrong, reason)

    return put_forward(workplace, heading, write, made_from, day.now)


def summary_again(workplace: Workplace, document: Document) -> Written:
    """Return the summary's files from its assessment, with the workplace's configuration."""
    made = document.made_from
    assessed = load_assessed(workplace, made["assessment_id"])
    corrects = made.get("corrects")
    wrong = documents.by_id(workplace.ledger, workplace.name, corrects) if corrects else None
    frames = frames_of(workplace, assessed, made["year"])
    return _written(workplace, document, assessed, frames, wrong, made.get("reason", ""))


def frames_of(workplace: Workplace, assessed: Assessed, year: int) -> SummaryFrames:
    """Return the frames that the summary of ``year`` is read off."""
    facts, owed, as_of = assessed.facts, assessed.obligations, assessed.record.as_of
    found, before = backlog_of(workplace, facts, owed, as_of), a_year_before(workplace, assessed)
    return SummaryFrames(
        facts=facts,
        obligations=owed,
        summary=year_summary(facts, owed, year, as_of, before),
        breakdown=year_breakdown(facts, owed, year, as_of, before),
        backlog=BACKLOG.empty() if found is None else found.drop_duplicates("proposal_id"),
        year=year,
        as_of=as_of,
    )


def a_year_before(workplace: Workplace, assessed: Assessed) -> Before:
    """Return the obligations of the same day a year earlier, by the calendar known when the assessment was made."""
    about, jurisdiction = assessed.record, workplace.jurisdiction
    day = (pd.Timestamp(about.as_of) - pd.DateOffset(years=1)).date()
    calendar = workplace.calendar(about.made_at.astimezone(jurisdiction.zone).date())
    return Before(obligations(assessed.facts, jurisdiction.rules, calendar, day), day)


def _written(
    workplace: Workplace,
    document: Document,
    assessed: Assessed,
    frames: SummaryFrames,
    wrong: Document | None,
    reason: str,
) -> Written:
    content = _content(workplace, document, assessed, frames)
    if wrong is not None:
        content = replace(content, correction=_correction(workplace, wrong, content, reason))
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    name = f"{frames.year}年度建议提案办理总结{'（更正）' if wrong else ''}"
    data = workbook_bytes(_sheets(frames), workplace.opening(document.dated_on))
    made = written(workplace, annual_summary(content, templates), name, {"data": Part(f"{name}（数据）.xlsx", data)})
    # Its figures: a correction says what it changes of what was printed, not of what is computed today.
    said = Part(f"{name}.json", content_bytes(replace(content, charts=())))
    return replace(made, parts={**made.parts, "content": said})


def _content(workplace: Workplace, document: Document, assessed: Assessed, frames: SummaryFrames) -> SummaryContent:
    jurisdiction, about = workplace.jurisdiction, assessed.record
    snapshot = snapshots.snapshot_by_id(workplace.ledger, about.snapshot_id)
    trace = f"数据 {snapshot.content_hash[:12]}，规则 {about.rule_version}，日历 {about.calendar_version}"
    terms = load_summary(jurisdiction.folder / "summary.yaml")
    issuer = Issuer(jurisdiction.office.name, jurisdiction.title[-1], terms, trace)
    return summary_content(frames, issuer, document.serial, document.dated_on, fonts_of(workplace))


def _correction(workplace: Workplace, wrong: Document, content: SummaryContent, reason: str) -> Correction:
    """Return what the correction changes; ``DocumentError`` if nothing would."""
    found = summary_differences(_printed(workplace, wrong), content)
    if not found:
        raise DocumentError(wrong.number, "按现有数据重算，没有任何数字需要更正", "请确认来源已经改好，再重新运行。")
    return Correction(wrong.serial, wrong.dated_on, reason or "来源数据有更正", found)


def _printed(workplace: Workplace, document: Document) -> SummaryContent:
    """Return what an issued summary says; one from before its figures were kept is worked out as of its day."""
    if "content" in document.contents:
        return content_from(SummaryContent, workplace.archive.get(document.contents["content"].content))
    made = document.made_from
    with as_configured(workplace, workplace.archive.get(made["configuration"])) as then:
        assessed = load_assessed(then, made["assessment_id"])
        return _content(then, document, assessed, frames_of(then, assessed, made["year"]))


def _sheets(frames: SummaryFrames) -> list[Sheet]:
    """Return the year's figures, and the handling by kind, topic and unit, as sheets."""
    shares = (Column("share", "text", "本年占比"), Column("last_share", "text", "上年占比"))
    columns = (Column("section", "text", "项目"), *YEAR_SUMMARY.columns[2:], *shares)
    named = frames.summary.assign(
        section=frames.summary["section"].map(SECTIONS),
        share=_shares(frames.summary, "count", "total"),
        last_share=_shares(frames.summary, "last_count", "last_total"),
    )
    widths = {"section": 46, "name": 34}
    return [
        Sheet(f"{frames.year}年度数据", columns, named, widths),
        *(
            Sheet(
                f"按{label}",
                (Column("name", "text", label), *BREAKDOWN.columns[3:]),
                frames.breakdown[frames.breakdown["by"] == by],
                {"name": 30},
            )
            for by, label in BY_LABELS.items()
        ),
    ]


def _shares(frame: pd.DataFrame, count: str, total: str) -> list[str | None]:
    shares = (percentage(int(part), int(whole)) for part, whole in zip(frame[count], frame[total], strict=True))
    return [None if share is None else f"{share}%" for share in shares]


def _shown(summary: pd.DataFrame) -> list[Row]:
    rows = zip(*(summary[name] for name in ("section", "name", "count", "last_count")), strict=True)
    return [
        {"项目": SECTIONS[section], "分项": name, "本年": int(count), "上年": int(last)}
        for section, name, count, last in rows
    ]
