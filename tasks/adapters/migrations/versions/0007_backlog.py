"""Backlog: reviews, cases, dossiers, closings, joint inspections and what they found."""

import sqlalchemy as sa
from alembic import op

from tasks.adapters.ledger.tables import Json, Timestamp

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# What a case was, what closed it and what was found about it is added and never changed or removed.
GUARDED = ("backlog_cases", "backlog_closings", "inspection_findings")


def upgrade() -> None:
    op.create_table(
        "inspections",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("leader", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("report_by", sa.Date(), nullable=False),
        sa.Column("opened_at", Timestamp, nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("reported_by", sa.Text(), nullable=True),
        sa.Column("report_files", Json, nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"], name=op.f("fk_inspections_document_id")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_inspections")),
    )
    op.create_index("ix_inspections_jurisdiction", "inspections", ["jurisdiction"], unique=False)
    op.create_table(
        "backlog_reviews",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("criteria_version", sa.Text(), nullable=False),
        sa.Column("previous_id", sa.Text(), nullable=True),
        sa.Column("is_past", sa.Boolean(), nullable=False),
        sa.Column("review_hash", sa.Text(), nullable=False),
        sa.Column("counts", Json, nullable=False),
        sa.Column("reviewed_at", Timestamp, nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.assessment_id"], name=op.f("fk_backlog_reviews_assessment_id")
        ),
        sa.ForeignKeyConstraint(
            ["previous_id"], ["backlog_reviews.review_id"], name=op.f("fk_backlog_reviews_previous_id")
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_backlog_reviews")),
    )
    op.create_index("ix_backlog_reviews_day", "backlog_reviews", ["jurisdiction", "as_of", "reviewed_at"], unique=False)
    op.create_table(
        "backlog_cases",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["backlog_reviews.review_id"], name=op.f("fk_backlog_cases_review_id")),
        sa.PrimaryKeyConstraint("jurisdiction", "proposal_id", "occurrence", name=op.f("pk_backlog_cases")),
        sa.UniqueConstraint("jurisdiction", "year", "serial", name=op.f("uq_backlog_cases_jurisdiction_year_serial")),
    )
    op.create_table(
        "backlog_dossiers",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("files", Json, nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["backlog_reviews.review_id"], name=op.f("fk_backlog_dossiers_review_id")
        ),
        sa.PrimaryKeyConstraint("review_id", "proposal_id", "occurrence", name=op.f("pk_backlog_dossiers")),
    )
    op.create_table(
        "backlog_closings",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("proof", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Text(), nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("closed_at", Timestamp, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.document_id"], name=op.f("fk_backlog_closings_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction", "proposal_id", "occurrence"],
            ["backlog_cases.jurisdiction", "backlog_cases.proposal_id", "backlog_cases.occurrence"],
            name=op.f("fk_backlog_closings_jurisdiction_proposal_id_occurrence"),
        ),
        sa.PrimaryKeyConstraint("jurisdiction", "proposal_id", "occurrence", name=op.f("pk_backlog_closings")),
    )
    op.create_table(
        "inspection_cases",
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["inspections.document_id"], name=op.f("fk_inspection_cases_document_id")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction", "proposal_id", "occurrence"],
            ["backlog_cases.jurisdiction", "backlog_cases.proposal_id", "backlog_cases.occurrence"],
            name=op.f("fk_inspection_cases_jurisdiction_proposal_id_occurrence"),
        ),
        sa.PrimaryKeyConstraint("document_id", "proposal_id", "occurrence", name=op.f("pk_inspection_cases")),
    )
    op.create_table(
        "inspection_findings",
        sa.Column("finding_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("document_id", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("recorded_at", Timestamp, nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id", "proposal_id", "occurrence"],
            ["inspection_cases.document_id", "inspection_cases.proposal_id", "inspection_cases.occurrence"],
            name=op.f("fk_inspection_findings_document_id_proposal_id_occurrence"),
        ),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_inspection_findings")),
    )
    for table in GUARDED:
        _guard(table)


def _guard(table: str) -> None:
    if op.get_bind().dialect.name != "postgresql":
        for act in ("update", "delete"):
            refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
            op.execute(f"CREATE TRIGGER {table}_no_{act} BEFORE {act} ON {table} BEGIN {refuse}; END")
        return
    refuse = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME"
    name = f"refuse_{table}_change"
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {refuse}; END $$")
    op.execute(
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def downgrade() -> None:
    op.drop_table("inspection_findings")
    op.drop_table("inspection_cases")
    op.drop_table("backlog_closings")
    op.drop_table("backlog_dossiers")
    op.drop_table("backlog_cases")
    op.drop_index("ix_backlog_reviews_day", table_name="backlog_reviews")
    op.drop_table("backlog_reviews")
    op.drop_index("ix_inspections_jurisdiction", table_name="inspections")
    op.drop_table("inspections")
    if op.get_bind().dialect.name == "postgresql":
        for table in GUARDED:
            op.execute(f"DROP FUNCTION refuse_{table}_change()")
