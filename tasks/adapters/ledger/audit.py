"""The audit log: who did what to what, and when. Entries are written in the transaction of the act itself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tasks.adapters.ledger.tables import audit_log


def enter(
    connection: sa.Connection, jurisdiction: str, actor: str, act: str, subject: str, now: datetime, **details: Any
) -> None:
    """Add an entry; it becomes final with the caller's transaction."""
    values = {"jurisdiction": jurisdiction, "actor": actor, "act": act, "subject": subject, "at": now}
    connection.execute(audit_log.insert().values(**values, details=details))


def entries(connection: sa.Connection, subject: str) -> list[dict[str, Any]]:
    """Return the entries about ``subject``, oldest first."""
    query = sa.select(audit_log).where(audit_log.c.subject == subject).order_by(audit_log.c.entry_id)
    return [dict(row) for row in connection.execute(query).mappings()]
