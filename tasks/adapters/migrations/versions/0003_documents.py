"""Documents: rankings, numbered documents and their texts, sign-offs, the mails that carry them."""

import sqlalchemy as sa
from alembic import op

from tasks.adapters.ledger.tables import Json, Timestamp

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rankings",
        sa.Column("ranking_id", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("scheme_version", sa.Text(), nullable=False),
        sa.Column("criticisms", Json, nullable=False),
        sa.Column("ranking_hash", sa.Text(), nullable=False),
        sa.Column("made_at", Timestamp, nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.assessment_id"], name=op.f("fk_rankings_assessment_id")
        ),
        sa.PrimaryKeyConstraint("ranking_id", name=op.f("pk_rankings")),
    )
    op.create_index("ix_rankings_day", "rankings", ["jurisdiction", "as_of"], unique=False)
    op.create_table(
        "documents",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("corrects", sa.Text(), nullable=True),
        sa.Column("opened_at", Timestamp, nullable=False),
        sa.ForeignKeyConstraint(["corrects"], ["documents.document_id"], name=op.f("fk_documents_corrects")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_documents")),
        sa.UniqueConstraint(
            "jurisdiction", "kind", "year", "serial", name=op.f("uq_documents_jurisdiction_kind_year_serial")
        ),
    )
    op.create_table(
        "document_versions",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=False),
        sa.Column("contents", Json, nullable=False),
        sa.Column("made_from", Json, nullable=False),
        sa.Column("drafted_at", Timestamp, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.document_id"], name=op.f("fk_document_versions_document_id")
        ),
        sa.PrimaryKeyConstraint("document_id", "version", name=op.f("pk_document_versions")),
    )
    op.create_table(
        "sign_offs",
        sa.Column("sign_off_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("act", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Timestamp, nullable=False),
        sa.Column("document_hash", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], name=op.f("fk_sign_offs_document_id")),
        sa.PrimaryKeyConstraint("sign_off_id", name=op.f("pk_sign_offs")),
    )
    op.create_index("ix_sign_offs_document_id", "sign_offs", ["document_id"], unique=False)
    op.create_table(
        "document_mails",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], name=op.f("fk_document_mails_document_id")),
        sa.ForeignKeyConstraint(["message_id"], ["messages.message_id"], name=op.f("fk_document_mails_message_id")),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_document_mails")),
    )
    op.create_index("ix_document_mails_document_id", "document_mails", ["document_id"], unique=False)
    # What a plan is of: a night's notices, or the issue of a document.
    op.add_column("plans", sa.Column("kind", sa.Text(), nullable=False, server_default="night"))


def downgrade() -> None:
    op.drop_column("plans", "kind")
    op.drop_index("ix_document_mails_document_id", table_name="document_mails")
    op.drop_table("document_mails")
    op.drop_index("ix_sign_offs_document_id", table_name="sign_offs")
    op.drop_table("sign_offs")
    op.drop_table("document_versions")
    op.drop_table("documents")
    op.drop_index("ix_rankings_day", table_name="rankings")
    op.drop_table("rankings")
