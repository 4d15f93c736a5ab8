"""When the content of a snapshot or an assessment was pruned; the row itself stays and says so."""

import sqlalchemy as sa
from alembic import op

from tasks.adapters.ledger.tables import Timestamp

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("snapshots", "assessments"):
        op.add_column(table, sa.Column("pruned_at", Timestamp, nullable=True))


def downgrade() -> None:
    # Older code would take a row without its content for a whole one.
    for table in ("assessments", "snapshots"):
        op.execute(f"DELETE FROM {table} WHERE pruned_at IS NOT NULL")
        op.drop_column(table, "pruned_at")
