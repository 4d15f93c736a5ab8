"""The ledger's core tables: snapshots and their row versions, assessments, runs, the audit log."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from tasks.domain.frames import CANONICAL, Column, FrameSpec

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


class Timestamp(sa.types.TypeDecorator[datetime]):
    """A moment, kept in UTC. Naive values are refused: a moment without a zone is a guess."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return ``value`` in UTC; raise ``ValueError`` if it has no zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Return the stored moment with its zone, UTC."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


# On PostgreSQL JSON is stored as JSONB so that it can be compared and indexed.
Json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

SQL_TYPES: dict[str, Any] = {
    "text": sa.Text,
    "category": sa.Text,
    "date": sa.Date,
    "timestamp": Timestamp,
    "integer": sa.BigInteger,
    "number": sa.Float,
    "boolean": sa.Boolean,
}

snapshots = sa.Table(
    "snapshots",
    metadata,
    sa.Column("snapshot_id", sa.Text, primary_key=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("taken_at", Timestamp, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("row_counts", Json, nullable=False),
    sa.Column("changed_rows", sa.Integer, nullable=False),
    # When what it knew was pruned (see pruning); the row stays.
    sa.Column("pruned_at", Timestamp),
    sa.UniqueConstraint("jurisdiction", "sequence"),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("snapshot_id", sa.Text, sa.ForeignKey("snapshots.snapshot_id", ondelete="CASCADE"), nullable=False),
    sa.Column("frame", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("column", sa.Text),
    sa.Column("value", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Index("ix_quarantine_snapshot_id", "snapshot_id"),
)


def _sql_column(column: Column) -> sa.Column[Any]:
    return sa.Column(column.name, SQL_TYPES[column.type])


def _versions_table(spec: FrameSpec) -> sa.Table:
    return sa.Table(
        f"{spec.name}_versions",
        metadata,
        sa.Column("jurisdiction", sa.Text, nullable=False),
        sa.Column("row_key", sa.Text, nullable=False),
        sa.Column("row_hash", sa.BigInteger, nullable=False),
        sa.Column("from_sequence", sa.Integer, nullable=False),
        sa.Column("to_sequence", sa.Integer),
        *(_sql_column(column) for column in spec.columns),
        sa.PrimaryKeyConstraint("jurisdiction", "row_key", "from_sequence"),
        sa.Index(f"ix_{spec.name}_versions_validity", "jurisdiction", "from_sequence", "to_sequence"),
    )


VERSIONS: dict[str, sa.Table] = {spec.name: _versions_table(spec) for spec in CANONICAL}

assessments = sa.Table(
    "assessments",
    metadata,
    sa.Column("assessment_id", sa.Text, primary_key=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("known_at", Timestamp),
    sa.Column("snapshot_id", sa.Text, sa.ForeignKey("snapshots.snapshot_id"), nullable=False),
    sa.Column("rule_version", sa.Text, nullable=False),
    sa.Column("calendar_version", sa.Text, nullable=False),
    sa.Column("code_version", sa.Text, nullable=False),
    sa.Column("purpose", sa.Text, nullable=False),
    sa.Column("obligations_hash", sa.Text, nullable=False),
    sa.Column("made_at", Timestamp, nullable=False),
    # The last publication by the office that counted (see publication_tables); 0 for none.
    sa.Column("publications", sa.Integer, nullable=False, server_default="0"),
    # When its obligations were pruned (see pruning); the row stays.
    sa.Column("pruned_at", Timestamp),
    sa.Index("ix_assessments_day", "jurisdiction", "as_of", "made_at"),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("flow", sa.Text, nullable=False),
    sa.Column("as_of", sa.Date, nullable=False),
    sa.Column("started_at", Timestamp, nullable=False),
    sa.Column("finished_at", Timestamp),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("summary", Json, nullable=False),
    sa.Column("error", sa.Text),
    sa.Index("ix_runs_day", "jurisdiction", "flow", "as_of"),
)

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("entry_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("at", Timestamp, nullable=False),
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("act", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("details", Json, nullable=False),
)
