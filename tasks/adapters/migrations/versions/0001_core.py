"""Core tables: snapshots and row versions, quarantine, assessments, runs, audit log."""

import sqlalchemy as sa
from alembic import op

from tasks.adapters.ledger.tables import Json, Timestamp

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:

    op.create_table(
        "assignments_versions",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("from_sequence", sa.Integer(), nullable=False),
        sa.Column("to_sequence", sa.Integer(), nullable=True),
        sa.Column("assignment_id", sa.Text(), nullable=True),
        sa.Column("proposal_id", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("assigned_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("leader", sa.Text(), nullable=True),
        sa.Column("section", sa.Text(), nullable=True),
        sa.Column("handler", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("jurisdiction", "row_key", "from_sequence", name=op.f("pk_assignments_versions")),
    )
    op.create_index(
        "ix_assignments_versions_validity",
        "assignments_versions",
        ["jurisdiction", "from_sequence", "to_sequence"],
        unique=False,
    )
    op.create_table(
        "audit_log",
        sa.Column("entry_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", Timestamp, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", Json, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_log")),
    )
    op.create_table(
        "contacts_versions",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("from_sequence", sa.Integer(), nullable=False),
        sa.Column("to_sequence", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("jurisdiction", "row_key", "from_sequence", name=op.f("pk_contacts_versions")),
    )
    op.create_index(
        "ix_contacts_versions_validity",
        "contacts_versions",
        ["jurisdiction", "from_sequence", "to_sequence"],
        unique=False,
    )
    op.create_table(
        "events_versions",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("from_sequence", sa.Integer(), nullable=False),
        sa.Column("to_sequence", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("proposal_id", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", Timestamp, nullable=True),
        sa.Column("round", sa.BigInteger(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("jurisdiction", "row_key", "from_sequence", name=op.f("pk_events_versions")),
    )
    op.create_index(
        "ix_events_versions_validity", "events_versions", ["jurisdiction", "from_sequence", "to_sequence"], unique=False
    )
    op.create_table(
        "proposals_versions",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("from_sequence", sa.Integer(), nullable=False),
        sa.Column("to_sequence", sa.Integer(), nullable=True),
        sa.Column("proposal_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("term", sa.BigInteger(), nullable=True),
        sa.Column("session", sa.BigInteger(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("topic", sa.Text(), nullable=True),
        sa.Column("raised_in", sa.Text(), nullable=True),
        sa.Column("submitted_by", sa.Text(), nullable=True),
        sa.Column("lead_proposer", sa.Text(), nullable=True),
        sa.Column("co_signer_count", sa.BigInteger(), nullable=True),
        sa.Column("is_key", sa.Boolean(), nullable=True),
        sa.Column("led_by", sa.Text(), nullable=True),
        sa.Column("filed_on", sa.Date(), nullable=True),
        sa.Column("needs_reply", sa.Boolean(), nullable=True),
        sa.Column("disclosure", sa.Text(), nullable=True),
        sa.Column("is_confidential", sa.Boolean(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.Column("repeats", sa.Text(), nullable=True),
        sa.Column("fixed_due_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("jurisdiction", "row_key", "from_sequence", name=op.f("pk_proposals_versions")),
    )
    op.create_index(
        "ix_proposals_versions_validity",
        "proposals_versions",
        ["jurisdiction", "from_sequence", "to_sequence"],
        unique=False,
    )
    op.create_table(
        "reply_texts_versions",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("from_sequence", sa.Integer(), nullable=False),
        sa.Column("to_sequence", sa.Integer(), nullable=True),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("attachments", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("jurisdiction", "row_key", "from_sequence", name=op.f("pk_reply_texts_versions")),
    )
    op.create_index(
        "ix_reply_texts_versions_validity",
        "reply_texts_versions",
        ["jurisdiction", "from_sequence", "to_sequence"],
        unique=False,
    )
    op.create_table(
        "runs",
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("started_at", Timestamp, nullable=False),
        sa.Column("finished_at", Timestamp, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("summary", Json, nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_runs")),
    )
    op.create_index("ix_runs_day", "runs", ["jurisdiction", "flow", "as_of"], unique=False)
    op.create_table(
        "snapshots",
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("taken_at", Timestamp, nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("row_counts", Json, nullable=False),
        sa.Column("changed_rows", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_snapshots")),
        sa.UniqueConstraint("jurisdiction", "sequence", name=op.f("uq_snapshots_jurisdiction_sequence")),
    )
    op.create_table(
        "units_versions",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("row_hash", sa.BigInteger(), nullable=False),
        sa.Column("from_sequence", sa.Integer(), nullable=False),
        sa.Column("to_sequence", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("group", sa.Text(), nullable=True),
        sa.Column("parent_id", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("former_names", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("jurisdiction", "row_key", "from_sequence", name=op.f("pk_units_versions")),
    )
    op.create_index(
        "ix_units_versions_validity", "units_versions", ["jurisdiction", "from_sequence", "to_sequence"], unique=False
    )
    op.create_table(
        "assessments",
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("known_at", Timestamp, nullable=True),
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("obligations_hash", sa.Text(), nullable=False),
        sa.Column("made_at", Timestamp, nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_assessments_snapshot_id")),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_assessments")),
    )
    op.create_index("ix_assessments_day", "assessments", ["jurisdiction", "as_of", "made_at"], unique=False)
    op.create_table(
        "quarantine",
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("frame", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("column", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["snapshot_id"], ["snapshots.snapshot_id"], name=op.f("fk_quarantine_snapshot_id"), ondelete="CASCADE"
        ),
    )
    op.create_index("ix_quarantine_snapshot_id", "quarantine", ["snapshot_id"], unique=False)


def downgrade() -> None:

    op.drop_index("ix_quarantine_snapshot_id", table_name="quarantine")
    op.drop_table("quarantine")
    op.drop_index("ix_assessments_day", table_name="assessments")
    op.drop_table("assessments")
    op.drop_index("ix_units_versions_validity", table_name="units_versions")
    op.drop_table("units_versions")
    op.drop_table("snapshots")
    op.drop_index("ix_runs_day", table_name="runs")
    op.drop_table("runs")
    op.drop_index("ix_reply_texts_versions_validity", table_name="reply_texts_versions")
    op.drop_table("reply_texts_versions")
    op.drop_index("ix_proposals_versions_validity", table_name="proposals_versions")
    op.drop_table("proposals_versions")
    op.drop_index("ix_events_versions_validity", table_name="events_versions")
    op.drop_table("events_versions")
    op.drop_index("ix_contacts_versions_validity", table_name="contacts_versions")
    op.drop_table("contacts_versions")
    op.drop_table("audit_log")
    op.drop_index("ix_assignments_versions_validity", table_name="assignments_versions")
    op.drop_table("assignments_versions")
