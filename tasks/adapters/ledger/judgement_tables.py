"""Tables of what the office judges: findings with every sighting and verdict, and which proposals repeat earlier ones."""

from __future__ import annotations

import sqlalchemy as sa

from tasks.adapters.ledger.tables import Timestamp, metadata

finding_reviews = sa.Table(
    "finding_reviews",
    metadata,
    sa.Column("review_id", sa.Text, primary_key=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("assessment_id", sa.Text, sa.ForeignKey("assessments.assessment_id"), nullable=False),
    sa.Column("rules_version", sa.Text, nullable=False),
    sa.Column("made_at", Timestamp, nullable=False),
    sa.Index("ix_finding_reviews_day", "jurisdiction", "as_of", "made_at"),
)

findings = sa.Table(
    "findings",
    metadata,
    sa.Column("finding_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    # Evidence may be longer than an index takes.
    sa.Column("evidence_hash", sa.Text, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.Column("confidence", sa.Text, nullable=False),
    sa.Column("found_on", sa.Date, nullable=False),
    # What was judged does not come back as new: the same finding on the same evidence is the same row.
    sa.UniqueConstraint(
        "jurisdiction", "rule", "subject", "unit_id", "year", "evidence_hash", name="uq_findings_edition"
    ),
)

finding_sightings = sa.Table(
    "finding_sightings",
    metadata,
    sa.Column("review_id", sa.Text, sa.ForeignKey("finding_reviews.review_id"), primary_key=True),
    sa.Column("finding_id", sa.Integer, sa.ForeignKey("findings.finding_id"), primary_key=True),
)

finding_verdicts = sa.Table(
    "finding_verdicts",
    metadata,
    sa.Column("verdict_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("finding_id", sa.Integer, sa.ForeignKey("findings.finding_id"), nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Timestamp, nullable=False),
    sa.Index("ix_finding_verdicts_finding_id", "finding_id"),
)

repeat_decisions = sa.Table(
    "repeat_decisions",
    metadata,
    sa.Column("decision_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("proposal_id", sa.Text, nullable=False),
    sa.Column("earlier_id", sa.Text, nullable=False),
    sa.Column("decision", sa.Text, nullable=False),
    sa.Column("score", sa.Float),
    sa.Column("fragments", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("at", Timestamp, nullable=False),
    sa.Index("ix_repeat_decisions_pair", "jurisdiction", "proposal_id", "earlier_id"),
)
