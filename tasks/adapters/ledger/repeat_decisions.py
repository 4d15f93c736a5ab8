"""Repeated matters in the ledger: who said when that two proposals are, or are not, the same matter. Nothing is deleted."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger import audit
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.judgement_tables import repeat_decisions as table
from tasks.domain.errors import ConfigurationError, LedgerError
from tasks.domain.frames import Facts
from tasks.domain.repeat_decisions import DECISION_LABELS, REPEAT_DECISIONS, Decision, refused


def decisions(ledger: Ledger, jurisdiction: str) -> pd.DataFrame:
    """Return every decision ever made: ``REPEAT_DECISIONS``, oldest first."""
    with ledger.connect() as connection:
        return _decisions(connection, jurisdiction)


def decide(
    ledger: Ledger,
    jurisdiction: str,
    pair: tuple[str, str],
    decision: Decision,
    name: str,
    reason: str,
    now: datetime,
    *,
    facts: Facts,
    likeness: tuple[float, str] | None = None,
) -> None:
    """Record what a person says of (proposal, earlier proposal), with the score and the fragments that were shown.

    ``facts`` are the source's own. Raises ``ConfigurationError`` without a name or a reason, ``LedgerError`` for a pair of
    which this cannot be said.
    """
    if not name.strip() or not reason.strip():
        raise ConfigurationError("往届同题", "没有写明认定人或理由", "请写明 --by 和 --why。")
    with ledger.begin() as connection:
        if connection.dialect.name == "postgresql":
            lock = sa.text("select pg_advisory_xact_lock(hashtext(:name))")
            connection.execute(lock, {"name": f"repeats/{jurisdiction}"})
        told = refused(*pair, decision, facts, _decisions(connection, jurisdiction))
        if told:
            raise LedgerError(f"{pair[0]} 与 {pair[1]}", told, "请用 repeats candidates 或 repeats list 核对编号。")
        said = {"name": name.strip(), "reason": reason.strip(), "at": now}
        score, fragments = likeness or (None, None)
        values = {"proposal_id": pair[0], "earlier_id": pair[1], "decision": str(decision), **said}
        connection.execute(table.insert().values(jurisdiction=jurisdiction, score=score, fragments=fragments, **values))
        subject = f"repeat/{pair[0]}/{pair[1]}"
        audit.enter(
            connection, jurisdiction, name.strip(), DECISION_LABELS[decision], subject, now, reason=reason.strip()
        )


def _decisions(connection: sa.Connection, jurisdiction: str) -> pd.DataFrame:
    query = sa.select(*(table.c[name] for name in REPEAT_DECISIONS.names)).where(table.c.jurisdiction == jurisdiction)
    rows = connection.execute(query.order_by(table.c.decision_id)).mappings()
    return REPEAT_DECISIONS.of(list(map(dict, rows)))
