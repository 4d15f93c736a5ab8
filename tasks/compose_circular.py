"""Compose a circular: its content from a ranking's evidence, its files from the content, and both again at any time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from reports.circular_building import Evidence, Publisher, circular_content
from reports.circular_content import CircularContent
from reports.circular_facts import DayFrames
from reports.circular_words import sessions_covered
from reports.circular_workbooks import circular_ledger, ranking_workbook
from reports.circulars import circular
from tasks.adapters.ledger import snapshots
from tasks.adapters.ledger.documents import Document
from tasks.adapters.workplace import Workplace
from tasks.contents import content_bytes, content_from
from tasks.domain.cases import cases
from tasks.domain.commendation import commended
from tasks.domain.ranking_measures import counted_items, excused_items
from tasks.evidence import Held
from tasks.papers import Part, Written, fonts_of, written
from tasks.rank import Ranked, schemes_of


def frames_of(ranked: Ranked, held: Held, earlier: pd.DataFrame | None) -> DayFrames:
    """Return the day's frames that a circular is read off; ``earlier`` is the ranking of the last one."""
    assessed, as_of = ranked.assessed, ranked.record.as_of
    facts, owed = assessed.facts, assessed.obligations
    return DayFrames(
        facts=facts,
        obligations=owed,
        cases=cases(facts, owed, as_of, backlog=held.backlog),
        backlog=held.backlog,
        explanations=held.explanations,
        items=counted_items(facts, owed, ranked.scheme, as_of, assessed.record.known_at),
        ranked=ranked.frame,
        earlier=earlier,
        lists=commended(ranked.frame, ranked.scheme),
        scheme=ranked.scheme,
        as_of=as_of,
    )


def content_of(
    workplace: Workplace,
    ranked: Ranked,
    frames: DayFrames,
    serial_no: int,
    dated_on: date,
    last: CircularContent | None = None,
) -> CircularContent:
    """Return what the circular of that number and day says, compared with the ``last`` one if that can be compared.

    It is without a correction's list of differences.
    """
    about, jurisdiction = ranked.assessed.record, workplace.jurisdiction
    publisher = Publisher(
        jurisdiction.office.name, jurisdiction.title[-1], jurisdiction.groups, schemes_of(workplace).circular
    )
    excused = excused_items(frames.facts, frames.obligations, frames.scheme, frames.as_of)
    snapshot = snapshots.snapshot_by_id(workplace.ledger, about.snapshot_id)
    evidence = Evidence(snapshot.content_hash, about.rule_version, about.calendar_version, excused)
    # As published on its day: a later notice of holidays moves no deadline that was printed.
    calendar = workplace.calendar(dated_on)
    return circular_content(frames, publisher, evidence, serial_no, dated_on, calendar, fonts_of(workplace), last)


def scope_of(workplace: Workplace, ranked: Ranked) -> str:
    """Return since which sessions the ranking counts, as the circular says it."""
    place = workplace.jurisdiction.title[-1]
    return sessions_covered(ranked.assessed.facts, ranked.scheme, ranked.record.as_of, place)


def files_of(workplace: Workplace, content: CircularContent, frames: DayFrames) -> Written:
    """Return the circular's files; the same content and frames give the same bytes."""
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    name = f"{content.masthead}第{content.serial_no}期"
    jurisdiction, created = workplace.jurisdiction, workplace.opening(content.dated_on)
    ranking = ranking_workbook(frames, jurisdiction.groups, jurisdiction.rules.labels, created)
    annexes = {
        "ranking": Part(f"{name}（排名）.xlsx", ranking),
        "ledger": Part(f"{name}（台账）.xlsx", circular_ledger(frames, created)),
    }
    made = written(workplace, circular(content, templates), name, annexes)
    return replace(made, parts={**made.parts, "content": Part(f"{name}.json", content_bytes(content))})


def stored_content(workplace: Workplace, document: Document) -> CircularContent:
    """Return what a stored circular says."""
    return content_from(CircularContent, workplace.archive.get(document.contents["content"].content))
