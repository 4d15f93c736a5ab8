"""A register of backlog cases in a ledger: reviews of hand-made findings, and closings without the papers."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pandas as pd

from tasks.adapters.ledger import backlog_cases, backlog_reviews
from tasks.adapters.ledger.backlog_reviews import Found
from tasks.adapters.ledger.document_tables import documents
from tasks.adapters.ledger.tables import assessments, snapshots
from tasks.domain.frames import BACKLOG

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
ASSESSMENT, PAPER = "demo-a", "demo-closing-2026-001"


def prepared(ledger):
    """Enter what reviews and closings refer to."""
    day = date(2026, 1, 1)
    with ledger.begin() as connection:
        snapshot = {"snapshot_id": "s", "jurisdiction": "demo", "sequence": 1, "taken_at": NOW, "content_hash": "h"}
        connection.execute(snapshots.insert().values(snapshot | {"row_counts": {}, "changed_rows": 0}))
        versions = dict.fromkeys(("rule_version", "calendar_version", "code_version", "obligations_hash"), "v")
        assessment = {"assessment_id": ASSESSMENT, "jurisdiction": "demo", "as_of": day, "snapshot_id": "s"}
        connection.execute(assessments.insert().values(assessment | versions | {"purpose": "daily", "made_at": NOW}))
        paper = {"document_id": PAPER, "jurisdiction": "demo", "kind": "closing", "year": 2026, "serial": 1}
        about = {"subject": "甲", "title": "甲", "as_of": day, "dated_on": day, "state": "signed", "version": 1}
        connection.execute(documents.insert().values(paper | about | {"opened_at": NOW}))
    return ledger


def current(*rows):
    """Return a backlog of (proposal, criterion, since)."""
    names = ["proposal_id", "criterion", "since"]
    frame = pd.DataFrame(list(rows), columns=names).assign(evidence="依据")
    return BACKLOG.typed(frame.assign(since=pd.to_datetime(frame["since"])))


def reviewed(ledger, archive, as_of, *rows, now=NOW):
    """Store the review of a day on which these met their criteria."""
    found = Found(as_of, ASSESSMENT, "c1", current(*rows))
    return backlog_reviews.record_review(ledger, archive, "demo", found, now)


def standings(archive, made):
    """Return how each case stands after a review."""
    frame = backlog_reviews.review_frame(archive, made)
    return dict(zip(zip(frame["proposal_id"], frame["occurrence"], strict=True), frame["standing"], strict=True))


def close(ledger, proposal_id, closed_on, occurrence=1, proof="竣工验收意见书", signed_by="王志远"):
    """Enter a closing of a case."""
    values = {"proposal_id": proposal_id, "occurrence": occurrence, "closed_on": closed_on, "proof": proof}
    values |= {"criteria": "reply_overdue", "signed_by": signed_by, "document_id": PAPER}
    with ledger.begin() as connection:
        backlog_cases.close_case(connection, "demo", values, NOW)
