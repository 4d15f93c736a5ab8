"""What the office judges: findings with their sightings and verdicts, and repeated matters."""

import sqlalchemy as sa
from alembic import op

from tasks.adapters.ledger.tables import Timestamp

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "finding_reviews",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("assessment_id", sa.Text(), nullable=False),
        sa.Column("rules_version", sa.Text(), nullable=False),
        sa.Column("made_at", Timestamp, nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"], ["assessments.assessment_id"], name=op.f("fk_finding_reviews_assessment_id")
        ),
        sa.PrimaryKeyConstraint("review_id", name=op.f("pk_finding_reviews")),
    )
    op.create_index("ix_finding_reviews_day", "finding_reviews", ["jurisdiction", "as_of", "made_at"], unique=False)
    op.create_table(
        "findings",
        sa.Column("finding_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("evidence_hash", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("confidence", sa.Text(), nullable=False),
        sa.Column("found_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("finding_id", name=op.f("pk_findings")),
        sa.UniqueConstraint(
            "jurisdiction", "rule", "subject", "unit_id", "year", "evidence_hash", name="uq_findings_edition"
        ),
    )
    op.create_table(
        "finding_sightings",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["review_id"], ["finding_reviews.review_id"], name=op.f("fk_finding_sightings_review_id")
        ),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.finding_id"], name=op.f("fk_finding_sightings_finding_id")),
        sa.PrimaryKeyConstraint("review_id", "finding_id", name=op.f("pk_finding_sightings")),
    )
    op.create_table(
        "finding_verdicts",
        sa.Column("verdict_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("finding_id", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Timestamp, nullable=False),
        sa.ForeignKeyConstraint(["finding_id"], ["findings.finding_id"], name=op.f("fk_finding_verdicts_finding_id")),
        sa.PrimaryKeyConstraint("verdict_id", name=op.f("pk_finding_verdicts")),
    )
    op.create_index("ix_finding_verdicts_finding_id", "finding_verdicts", ["finding_id"], unique=False)
    op.create_table(
        "repeat_decisions",
        sa.Column("decision_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("earlier_id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("fragments", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_repeat_decisions")),
    )
    op.create_index(
        "ix_repeat_decisions_pair", "repeat_decisions", ["jurisdiction", "proposal_id", "earlier_id"], unique=False
    )


def downgrade() -> None:
    op.drop_index("ix_repeat_decisions_pair", table_name="repeat_decisions")
    op.drop_table("repeat_decisions")
    op.drop_index("ix_finding_verdicts_finding_id", table_name="finding_verdicts")
    op.drop_table("finding_verdicts")
    op.drop_table("finding_sightings")
    op.drop_table("findings")
    op.drop_index("ix_finding_reviews_day", table_name="finding_reviews")
    op.drop_table("finding_reviews")
