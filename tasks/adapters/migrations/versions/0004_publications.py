"""Publications of the site, the duties that they met, and which of them an assessment counted."""

import sqlalchemy as sa
from alembic import op

from tasks.adapters.ledger.tables import Timestamp

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publications",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("shown_at", Timestamp, nullable=False),
        sa.PrimaryKeyConstraint("jurisdiction", "number", name=op.f("pk_publications")),
        sa.UniqueConstraint("jurisdiction", "version", name=op.f("uq_publications_jurisdiction_version")),
    )
    op.create_table(
        "publication_duties",
        sa.Column("jurisdiction", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "jurisdiction", "number", "proposal_id", "unit_id", "round", name=op.f("pk_publication_duties")
        ),
        sa.ForeignKeyConstraint(
            ["jurisdiction", "number"],
            ["publications.jurisdiction", "publications.number"],
            name=op.f("fk_publication_duties_jurisdiction_number"),
            ondelete="CASCADE",
        ),
    )
    op.add_column("assessments", sa.Column("publications", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("assessments", "publications")
    op.drop_table("publication_duties")
    op.drop_table("publications")
