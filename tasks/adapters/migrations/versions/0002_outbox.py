"""Outbox: plans, messages, notices; silences, explanations, contact faults."""

import sqlalchemy as sa
from alembic import op

from tasks.adapters.ledger.tables import Json, Timestamp

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_faults",
        sa.Column("fault_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("found_at", Timestamp, nullable=False),
        sa.Column("cleared_at", Timestamp, nullable=True),
        sa.Column("cleared_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("fault_id", name=op.f("pk_contact_faults")),
    )
    op.create_index("ix_contact_faults_email", "contact_faults", ["jurisdiction", "email"], unique=False)
    op.create_table(
        "explanations",
        sa.Column("explanation_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=True),
        sa.Column("explained_on", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("added_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("explanation_id", name=op.f("pk_explanations")),
    )
    op.create_index("ix_explanations_jurisdiction", "explanations", ["jurisdiction"], unique=False)
    op.create_table(
        "plans",
        sa.Column("plan_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("planned_at", Timestamp, nullable=False),
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("snapshot_id", sa.Text(), nullable=False),
        sa.Column("rule_version", sa.Text(), nullable=False),
        sa.Column("calendar_version", sa.Text(), nullable=False),
        sa.Column("ladder_version", sa.Text(), nullable=False),
        sa.Column("code_version", sa.Text(), nullable=False),
        sa.Column("steps_hash", sa.Text(), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.PrimaryKeyConstraint("plan_id", name=op.f("pk_plans")),
    )
    op.create_index("ix_plans_day", "plans", ["jurisdiction", "as_of"], unique=False)
    op.create_table(
        "silences",
        sa.Column("silence_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=True),
        sa.Column("proposal_id", sa.Text(), nullable=True),
        sa.Column("duty", sa.Text(), nullable=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("added_at", Timestamp, nullable=False),
        sa.Column("ended_at", Timestamp, nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("silence_id", name=op.f("pk_silences")),
    )
    op.create_index("ix_silences_jurisdiction", "silences", ["jurisdiction"], unique=False)
    op.create_table(
        "messages",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("recipients", Json, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("notice", Json, nullable=False),
        sa.Column("mail", Json, nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Text(), nullable=False),
        sa.Column("needs_sign_off", sa.Boolean(), nullable=False),
        sa.Column("signed_hash", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("queued_at", Timestamp, nullable=False),
        sa.Column("next_try_at", Timestamp, nullable=True),
        sa.Column("claimed_at", Timestamp, nullable=True),
        sa.Column("claimed_by", sa.Text(), nullable=True),
        sa.Column("finished_at", Timestamp, nullable=True),
        sa.Column("smtp_answer", sa.Text(), nullable=True),
        sa.Column("refused", Json, nullable=False),
        sa.Column("eml_hash", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.plan_id"], name=op.f("fk_messages_plan_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_due", "messages", ["state", "jurisdiction", "next_try_at"], unique=False)
    op.create_index("ix_messages_plan", "messages", ["plan_id", "position"], unique=False)
    op.create_table(
        "notices",
        sa.Column("notice_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("fell_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("extended_to", sa.Date(), nullable=True),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("cancelled_at", Timestamp, nullable=True),
        sa.Column("cancelled_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name=op.f("fk_notices_message_id")),
        sa.PrimaryKeyConstraint("notice_id", name=op.f("pk_notices")),
        sa.UniqueConstraint(
            "jurisdiction",
            "proposal_id",
            "unit_id",
            "duty",
            "round",
            "level",
            "occurrence",
            name=op.f("uq_notices_jurisdiction_proposal_id_unit_id_duty_round_level_occurrence"),
        ),
    )
    op.create_index("ix_notices_message_id", "notices", ["message_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_notices_message_id", table_name="notices")
    op.drop_table("notices")
    op.drop_index("ix_messages_plan", table_name="messages")
    op.drop_index("ix_messages_due", table_name="messages")
    op.drop_table("messages")
    op.drop_index("ix_silences_jurisdiction", table_name="silences")
    op.drop_table("silences")
    op.drop_index("ix_plans_day", table_name="plans")
    op.drop_table("plans")
    op.drop_index("ix_explanations_jurisdiction", table_name="explanations")
    op.drop_table("explanations")
    op.drop_index("ix_contact_faults_email", table_name="contact_faults")
    op.drop_table("contact_faults")
