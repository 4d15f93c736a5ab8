"""Everything that dossiers, reports and plans of one backlog review are read off, from the ledger and the archive."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from reports.backlog_lines import CaseLine, case_lines
from reports.dossier_words import Words
from tasks.adapters.config_files import file_of
from tasks.adapters.inspection_files import load_inspection
from tasks.adapters.ledger import backlog_cases, backlog_reviews, documents, inspections, outbox_views, silences
from tasks.adapters.ledger.backlog_reviews import BacklogReview
from tasks.adapters.workplace import Workplace
from tasks.assess import Assessed, load_assessed
from tasks.domain.commitments import promises, with_implied_promises
from tasks.domain.documents import DocumentKind, DocumentState
from tasks.domain.dossiers import Shelf
from tasks.domain.escalation_record import explanations
from tasks.domain.frames import BACKLOG
from tasks.domain.inspections import InspectionTerms, Key, running, under_inspection
from tasks.escalate import backlog_of

WAITING = (DocumentState.DRAFT, DocumentState.REVIEWED)


@dataclass(frozen=True)
class Reviewed:
    """A stored review with all that is known about its cases; ``register`` holds every case ever opened."""

    record: BacklogReview
    assessed: Assessed
    shelf: Shelf
    lines: tuple[CaseLine, ...]
    register: pd.DataFrame
    inspected: pd.DataFrame

    def line(self, key: Key) -> CaseLine:
        """Return the case of that key; ``KeyError`` if the review does not have it."""
        return {line.key: line for line in self.lines}[key]


def reviewed_cases(workplace: Workplace, review_id: str) -> Reviewed:
    """Return a stored review with the frames of its day."""
    record = backlog_reviews.by_id(workplace.ledger, review_id)
    assessed = load_assessed(workplace, record.assessment_id)
    register = backlog_cases.register(workplace.ledger, workplace.name)
    shelf = _shelf(workplace, record, assessed, register)
    inspected = inspections.inspected(workplace.ledger, workplace.name)
    return Reviewed(record, assessed, shelf, case_lines(shelf), register, inspected)


def _shelf(workplace: Workplace, record: BacklogReview, assessed: Assessed, register: pd.DataFrame) -> Shelf:
    as_of, owed = record.as_of, assessed.obligations
    facts = with_implied_promises(assessed.facts, as_of)
    found = backlog_of(workplace, assessed.facts, owed, as_of)
    numbers = register[["proposal_id", "occurrence", "case_no"]]
    reviewed = backlog_reviews.review_frame(workplace.archive, record)
    notices = outbox_views.sent_notices(workplace.ledger, workplace.name)
    recorded = silences.recorded_explanations(workplace.ledger, workplace.name)
    local = notices["sent_at"].dt.tz_convert(workplace.jurisdiction.zone)
    return Shelf(
        facts=facts,
        obligations=owed,
        reviewed=reviewed.merge(numbers, on=["proposal_id", "occurrence"], how="left", validate="1:1"),
        backlog=BACKLOG.empty() if found is None else found,
        promises=promises(facts, owed, as_of),
        notices=notices.assign(sent_at=local)[local.dt.date <= as_of],
        explanations=explanations(assessed.facts, recorded, as_of),
        as_of=as_of,
    )


def words_of(workplace: Workplace) -> Words:
    """Return what the office calls things."""
    jurisdiction = workplace.jurisdiction
    return Words(jurisdiction.office.name, jurisdiction.rules.labels, jurisdiction.outcome_labels)


def inspection_terms(workplace: Workplace) -> InspectionTerms | None:
    """Return how the jurisdiction inspects; None where it has not said so."""
    path = file_of(workplace.jurisdiction, "inspection.yaml")
    return load_inspection(path) if path else None


def busy_cases(workplace: Workplace, reviewed: Reviewed, subject: str) -> set[Key]:
    """Return the cases that are in an inspection already, or in another plan than ``subject`` that waits for a signature."""
    waiting = [
        (str(proposal), int(occurrence))
        for document in documents.listing(workplace.ledger, workplace.name, WAITING)
        if document.kind is DocumentKind.INSPECTION and document.subject != subject
        for proposal, occurrence in document.made_from.get("cases", ())
    ]
    in_source = under_inspection(reviewed.shelf.now.events)
    of_source = {line.key for line in reviewed.lines if line.key[0] in in_source}
    inspected = inspections.inspected(workplace.ledger, workplace.name)
    return {*waiting, *running(inspected), *of_source}


def inspected_by(reviewed: Reviewed) -> Mapping[Key, str]:
    """Return in words by which inspection each case was last inspected, and how far it is."""
    rows = reviewed.inspected.to_dict("records")
    return {(row["proposal_id"], row["occurrence"]): _told(row) for row in rows}


def _told(row: Mapping[str, object]) -> str:
    found, deadline = row["found"], row["deadline"]
    told = f"{row['leader']}牵头（{row['document_id']}）"
    if not pd.isna(found):
        told += f"：{found}"
    return told + (f"；限{deadline:%Y-%m-%d}前" if isinstance(deadline, pd.Timestamp) else "")
