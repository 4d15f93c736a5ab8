"""Tables of the public site: which version was shown when, and whose duty to publish it met."""

from __future__ import annotations

import sqlalchemy as sa

from tasks.adapters.ledger.tables import Timestamp, metadata

publications = sa.Table(
    "publications",
    metadata,
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("version", sa.Text, nullable=False),
    sa.Column("shown_on", sa.Date, nullable=False),
    sa.Column("shown_at", Timestamp, nullable=False),
    sa.PrimaryKeyConstraint("jurisdiction", "number"),
    # A version shown again is the same publication.
    sa.UniqueConstraint("jurisdiction", "version"),
)

publication_duties = sa.Table(
    "publication_duties",
    metadata,
    sa.Column("jurisdiction", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("proposal_id", sa.Text, nullable=False),
    sa.Column("unit_id", sa.Text, nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.PrimaryKeyConstraint("jurisdiction", "number", "proposal_id", "unit_id", "round"),
    sa.ForeignKeyConstraint(
        ["jurisdiction", "number"], ["publications.jurisdiction", "publications.number"], ondelete="CASCADE"
    ),
)

TABLES = (publications, publication_duties)
