"""Tables of documents: rankings they rest on, their numbers and texts, and who reviewed, signed or returned them."""

from __future__ import annotations

import sqlalchemy as sa

# The outbox's tables must stand in the metadata before a key refers to them.
from tasks.adapters.ledger import outbox_tables
from tasks.adapters.ledger.tables import Json, Timestamp, metadata

rankings = sa.Table(
    "rankings",
    metadata,
    sa.Column("ranking_id", sa.Text, primary_key=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("assessment_id", sa.Text, sa.ForeignKey("assessments.assessment_id"), nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("scheme", sa.Text, nullable=False),
    sa.Column("scheme_version", sa.Text, nullable=False),
    sa.Column("criticisms", Json, nullable=False),
    sa.Column("ranking_hash", sa.Text, nullable=False),
    sa.Column("made_at", Timestamp, nullable=False),
    sa.Index("ix_rankings_day", "jurisdiction", "as_of"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("document_id", sa.Text, primary_key=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("year", sa.Integer, nullable=False),
    sa.Column("serial", sa.Integer, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("dated_on", sa.Date, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("corrects", sa.Text, sa.ForeignKey("documents.document_id")),
    sa.Column("opened_at", Timestamp, nullable=False),
    # The one thing that keeps a number single, whatever runs twice or at once.
    sa.UniqueConstraint("jurisdiction", "kind", "year", "serial"),
)

document_versions = sa.Table(
    "document_versions",
    metadata,
    sa.Column("document_id", sa.Text, sa.ForeignKey("documents.document_id"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("document_hash", sa.Text, nullable=False),
    sa.Column("contents", Json, nullable=False),
    sa.Column("made_from", Json, nullable=False),
    sa.Column("drafted_at", Timestamp, nullable=False),
)

sign_offs = sa.Table(
    "sign_offs",
    metadata,
    sa.Column("sign_off_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("document_id", sa.Text, sa.ForeignKey("documents.document_id"), nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("at", Timestamp, nullable=False),
    sa.Column("document_hash", sa.Text, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Index("ix_sign_offs_document_id", "document_id"),
)

document_mails = sa.Table(
    "document_mails",
    metadata,
    sa.Column("message_id", sa.Text, sa.ForeignKey(outbox_tables.messages.c.message_id), primary_key=True),
    sa.Column("document_id", sa.Text, sa.ForeignKey("documents.document_id"), nullable=False),
    sa.Index("ix_document_mails_document_id", "document_id"),
)

TABLES = (rankings, documents, document_versions, sign_offs, document_mails)
