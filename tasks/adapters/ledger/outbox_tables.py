"""Tables of the outbox: nights planned, notices (one a step, unique), mails that carry them, silences, explanations, faults."""

from __future__ import annotations

import sqlalchemy as sa

from tasks.adapters.ledger.tables import Json, Timestamp, metadata

NOTICE_KEY = ("jurisdiction", "proposal_id", "unit_id", "duty", "round", "level", "occurrence")

plans = sa.Table(
    "plans",
    metadata,
    sa.Column("plan_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("planned_at", Timestamp, nullable=False),
    # "night", or "document": the mails of a document that was issued.
    sa.Column("kind", sa.Text, nullable=False, server_default="night"),
    sa.Column("assessment_id", sa.Text, nullable=False),
    sa.Column("snapshot_id", sa.Text, nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("calendar_version", sa.Text, nullable=False),
    sa.Column("ladder_version", sa.Text, nullable=False),
    sa.Column("code_version", sa.Text, nullable=False),
    sa.Column("steps_hash", sa.Text, nullable=False),
    sa.Column("counts", Json, nullable=False),
    sa.Index("ix_plans_day", "jurisdiction", "as_of"),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("message_id", sa.Text, primary_key=True),
    sa.Column("plan_id", sa.Integer, sa.ForeignKey("plans.plan_id"), nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("form", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("recipients", Json, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("notice", Json, nullable=False),
    sa.Column("mail", Json, nullable=False),
    sa.Column("document_hash", sa.Text, nullable=False),
    sa.Column("template_version", sa.Text, nullable=False),
    sa.Column("needs_sign_off", sa.Boolean, nullable=False),
    sa.Column("signed_hash", sa.Text),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, default=0),
    sa.Column("queued_at", Timestamp, nullable=False),
    sa.Column("next_try_at", Timestamp),
    sa.Column("claimed_at", Timestamp),
    sa.Column("claimed_by", sa.Text),
    sa.Column("finished_at", Timestamp),
    sa.Column("smtp_answer", sa.Text),
    sa.Column("refused", Json, nullable=False, default=dict),
    sa.Column("eml_hash", sa.Text),
    sa.Index("ix_messages_due", "state", "jurisdiction", "next_try_at"),
    sa.Index("ix_messages_plan", "plan_id", "position"),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("notice_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("proposal_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("duty", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("level", sa.Text, nullable=False),
    sa.Column("occurrence", sa.Integer, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("fell_due_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("extended_to", sa.Date),
    sa.Column("message_id", sa.Text, sa.ForeignKey("messages.message_id")),
    sa.Column("cancelled_at", Timestamp),
    sa.Column("cancelled_why", sa.Text),
    # The one thing that keeps a notice single: whatever runs twice, or at once, meets it.
    sa.UniqueConstraint(*NOTICE_KEY),
    sa.Index("ix_notices_message_id", "message_id"),
)

silences = sa.Table(
    "silences",
    metadata,
    sa.Column("silence_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text),
    sa.Column("proposal_id", sa.Text),
    sa.Column("duty", sa.Text),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("added_at", Timestamp, nullable=False),
    sa.Column("ended_at", Timestamp),
    sa.Column("ended_by", sa.Text),
    sa.Index("ix_silences_jurisdiction", "jurisdiction"),
)

explanations = sa.Table(
    "explanations",
    metadata,
    sa.Column("explanation_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("proposal_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("duty", sa.Text),
    sa.Column("explained_on", sa.Date, nullable=False),
    sa.Column("until", sa.Date),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("by", sa.Text, nullable=False),
    sa.Column("added_at", Timestamp, nullable=False),
    sa.Index("ix_explanations_jurisdiction", "jurisdiction"),
)

contact_faults = sa.Table(
    "contact_faults",
    metadata,
    sa.Column("fault_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("email", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("message_id", sa.Text),
    sa.Column("found_at", Timestamp, nullable=False),
    sa.Column("cleared_at", Timestamp),
    sa.Column("cleared_by", sa.Text),
    sa.Index("ix_contact_faults_email", "jurisdiction", "email"),
)

TABLES = (plans, messages, notices, silences, explanations, contact_faults)
