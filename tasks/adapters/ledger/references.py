"""What the ledger's own rows refer to: assessments, snapshots, and content in the archive."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

import sqlalchemy as sa

# Every table must stand in the metadata: one that does not would keep nothing.
from tasks.adapters.ledger import backlog_tables, judgement_tables, publication_tables  # noqa: F401
from tasks.adapters.ledger.document_tables import document_versions, documents, sign_offs
from tasks.adapters.ledger.outbox_tables import messages, plans
from tasks.adapters.ledger.tables import VERSIONS, assessments, audit_log, metadata, quarantine, snapshots

LABELS: Mapping[str, str] = {
    "rankings": "排名",
    "backlog_reviews": "积案核定",
    "finding_reviews": "办理质量核查",
    "plans": "通知和邮件",
}
DOCUMENTS = "公文"
NAMES = ("assessment_id", "snapshot_id")
CHUNK = 1_000


def referred_to(connection: sa.Connection) -> dict[str, set[str]]:
    """Return the ids of assessments and snapshots that rows of each kind refer to, by the kind in Chinese.

    Every column called ``assessment_id`` or ``snapshot_id`` counts, also of a table that is added one day; those of a night's
    plan only if the night has mails. Of documents, any text in ``made_from`` may be an id.
    """
    found = {DOCUMENTS: set(_texts(connection.execute(_made_from()).scalars()))}
    for _, table in sorted(metadata.tables.items()):
        if table in (assessments, snapshots, quarantine):
            continue
        for name in NAMES:
            if name in table.c:
                ids = connection.execute(sa.select(table.c[name]).where(_counts(table)).distinct()).scalars()
                found.setdefault(LABELS.get(table.name, table.name), set()).update(ids)
    return found


def named_content(connection: sa.Connection, digests: Collection[str]) -> set[str]:
    """Return those of the archive's hashes that any row names, of any jurisdiction: they share one archive.

    Assessments that were pruned name nothing, and the audit log tells of hashes without needing them.
    """
    wanted, found = sorted(digests), set[str]()
    if not wanted:
        return found
    for table in metadata.tables.values():
        if table in VERSIONS.values() or table is audit_log:
            continue
        for column in table.c:
            if isinstance(column.type, sa.JSON):
                found |= set(_texts(connection.execute(sa.select(column)).scalars())).intersection(wanted)
            elif column.name.endswith("_hash"):
                found |= _named_in(connection, table, column, wanted)
    return found


def _named_in(connection: sa.Connection, table: sa.Table, column: sa.Column[Any], wanted: list[str]) -> set[str]:
    whole = assessments.c.pruned_at.is_(None) if table is assessments else sa.true()
    found = set[str]()
    for start in range(0, len(wanted), CHUNK):
        among = column.in_(wanted[start : start + CHUNK])
        found.update(connection.execute(sa.select(column).where(among, whole)).scalars())
    return found


def _made_from() -> sa.Select[tuple[Any]]:
    """Select what documents rest on: each one's last text, and every text on which somebody has acted.

    An earlier draft that nobody acted on was only written over; a site that waits for its signature is, every night.
    """
    last = sa.exists().where(
        documents.c.document_id == document_versions.c.document_id, documents.c.version == document_versions.c.version
    )
    acted = sa.exists().where(
        sign_offs.c.document_id == document_versions.c.document_id,
        sign_offs.c.document_hash == document_versions.c.document_hash,
    )
    return sa.select(document_versions.c.made_from).where(last | acted)


def _counts(table: sa.Table) -> sa.ColumnElement[bool]:
    return sa.exists().where(messages.c.plan_id == plans.c.plan_id) if table is plans else sa.true()


def _texts(values: Any) -> Iterator[str]:
    """Yield every text in JSON values, however deep, keys too."""
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for key, value in values.items():
            yield key
            yield from _texts(value)
    elif values is not None and not isinstance(values, int | float):
        for value in values:
            yield from _texts(value)
