"""Tables of the backlog: reviews, the cases they opened, their dossiers, what closed them, and joint inspections.

Cases are added and never changed or deleted: a case is open as long as no closing names it.
"""

from __future__ import annotations

import sqlalchemy as sa

# The documents' tables must stand in the metadata before a key refers to them.
from tasks.adapters.ledger import document_tables
from tasks.adapters.ledger.tables import Json, Timestamp, metadata

DOCUMENT = document_tables.documents.c.document_id
CASE = ("jurisdiction", "proposal_id", "occurrence")

backlog_reviews = sa.Table(
    "backlog_reviews",
    metadata,
    sa.Column("review_id", sa.Text, primary_key=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("assessment_id", sa.Text, sa.ForeignKey("assessments.assessment_id"), nullable=False),
    sa.Column("criteria_version", sa.Text, nullable=False),
    # The review whose open cases this one took over.
    sa.Column("previous_id", sa.Text, sa.ForeignKey("backlog_reviews.review_id")),
    # Looks back at a day before the last review: opens and ends nothing.
    sa.Column("is_past", sa.Boolean, nullable=False),
    sa.Column("review_hash", sa.Text, nullable=False),
    sa.Column("counts", Json, nullable=False),
    sa.Column("reviewed_at", Timestamp, nullable=False),
    sa.Index("ix_backlog_reviews_day", "jurisdiction", "as_of", "reviewed_at"),
)

backlog_cases = sa.Table(
    "backlog_cases",
    metadata,
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("proposal_id", sa.Text, nullable=False),
    sa.Column("occurrence", sa.Integer, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("serial", sa.Integer, nullable=False),
    sa.Column("opened_on", sa.Date, nullable=False),
    sa.Column("review_id", sa.Text, sa.ForeignKey("backlog_reviews.review_id"), nullable=False),
    sa.Column("criteria", sa.Text, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("evidence", sa.Text, nullable=False),
    sa.PrimaryKeyConstraint(*CASE),
    # A case keeps its number for life, whatever year it is followed in.
    sa.UniqueConstraint("jurisdiction", "year", "serial"),
)

backlog_dossiers = sa.Table(
    "backlog_dossiers",
    metadata,
    sa.Column("review_id", sa.Text, sa.ForeignKey("backlog_reviews.review_id"), primary_key=True),
    sa.Column("proposal_id", sa.Text, primary_key=True),
    sa.Column("occurrence", sa.Integer, primary_key=True),
    sa.Column("files", Json, nullable=False),
)

backlog_closings = sa.Table(
    "backlog_closings",
    metadata,
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("proposal_id", sa.Text, nullable=False),
    sa.Column("occurrence", sa.Integer, nullable=False),
    sa.Column("closed_on", sa.Date, nullable=False),
    sa.Column("criteria", sa.Text, nullable=False),
    sa.Column("proof", sa.Text, nullable=False),
    sa.Column("signed_by", sa.Text, nullable=False),
    sa.Column("document_id", sa.Text, sa.ForeignKey(DOCUMENT), nullable=False),
    sa.Column("closed_at", Timestamp, nullable=False),
    # A case ends once.
    sa.PrimaryKeyConstraint(*CASE),
    sa.ForeignKeyConstraint(CASE, [f"backlog_cases.{name}" for name in CASE]),
)

inspections = sa.Table(
    "inspections",
    metadata,
    sa.Column("document_id", sa.Text, sa.ForeignKey(DOCUMENT), primary_key=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("leader", sa.Text, nullable=False),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("report_by", sa.Date, nullable=False),
    sa.Column("opened_at", Timestamp, nullable=False),
    sa.Column("reported_on", sa.Date),
    sa.Column("report", sa.Text),
    sa.Column("reported_by", sa.Text),
    sa.Column("report_files", Json, nullable=False),
    sa.Index("ix_inspections_jurisdiction", "jurisdiction"),
)

inspection_cases = sa.Table(
    "inspection_cases",
    metadata,
    sa.Column("document_id", sa.Text, sa.ForeignKey("inspections.document_id"), primary_key=True),
    sa.Column("proposal_id", sa.Text, primary_key=True),
    sa.Column("occurrence", sa.Integer, primary_key=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(CASE, [f"backlog_cases.{name}" for name in CASE]),
)

inspection_findings = sa.Table(
    "inspection_findings",
    metadata,
    sa.Column("finding_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("document_id", sa.Text, nullable=False),
    sa.Column("proposal_id", sa.Text, nullable=False),
    sa.Column("occurrence", sa.Integer, nullable=False),
    sa.Column("found_on", sa.Date, nullable=False),
    sa.Column("found", sa.Text, nullable=False),
    sa.Column("deadline", sa.Date),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("recorded_at", Timestamp, nullable=False),
    sa.ForeignKeyConstraint(
        ["document_id", "proposal_id", "occurrence"],
        [f"inspection_cases.{name}" for name in ("document_id", "proposal_id", "occurrence")],
    ),
)

TABLES = (
    backlog_reviews,
    backlog_cases,
    backlog_dossiers,
    backlog_closings,
    inspections,
    inspection_cases,
    inspection_findings,
)
