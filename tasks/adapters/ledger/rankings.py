"""Rankings in the ledger: which assessment and which version of the scheme each was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa

from tasks.adapters.ledger.document_tables import rankings
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_tables import messages, notices
from tasks.domain.delivery import MessageState
from tasks.domain.errors import LedgerError
from tasks.domain.frames import Level


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a ranking was made from, and the archive's hash of its frame (Parquet)."""

    ranking_id: str
    jurisdiction: str
    assessment_id: str
    as_of: date
    scheme: str
    scheme_version: str
    criticisms: Mapping[str, int]
    ranking_hash: str
    made_at: datetime


def ranking_id(assessment_id: str, scheme_version: str, criticisms: Mapping[str, int]) -> str:
    """Return the id of a ranking: the same inputs have the same id."""
    parts = json.dumps([scheme_version, criticisms], sort_keys=True, ensure_ascii=False)
    return f"{assessment_id}-{hashlib.sha256(parts.encode()).hexdigest()[:8]}"


def record(ledger: Ledger, made: Ranking) -> Ranking:
    """Store a ranking; the same id again must have the same content, or else ``LedgerError``."""
    with ledger.begin() as connection:
        found = _one(connection, made.ranking_id)
        if found is None:
            connection.execute(rankings.insert(), asdict(made))
            return made
    if found.ranking_hash != made.ranking_hash:
        raise LedgerError(
            f"排名 {made.ranking_id}", "同样的核定结果和方案得出了不同的排名", "请保留现场并报告：这是程序错误。"
        )
    return found


def by_id(ledger: Ledger, key: str) -> Ranking:
    """Return that ranking; ``LedgerError`` if there is none."""
    with ledger.connect() as connection:
        found = _one(connection, key)
    if found is None:
        raise LedgerError("台账", f"没有排名 {key!r}", "请先运行 ranking-circular。")
    return found


def sent_criticisms(ledger: Ledger, jurisdiction: str, as_of: date) -> list[tuple[str, str]]:
    """Return (proposal_id, unit_id) of every criticism that was sent and whose day had come by ``as_of``."""
    mine = (notices.c.jurisdiction == jurisdiction, notices.c.cancelled_at.is_(None), notices.c.fell_due_on <= as_of)
    sent = (notices.c.level == Level.CRITICISM, messages.c.state == MessageState.SENT)
    query = sa.select(notices.c.proposal_id, notices.c.unit_id).join(messages).where(*mine, *sent)
    with ledger.connect() as connection:
        return [(proposal, unit) for proposal, unit in connection.execute(query.order_by(notices.c.notice_id))]


def _one(connection: sa.Connection, key: str) -> Ranking | None:
    row = connection.execute(sa.select(rankings).where(rankings.c.ranking_id == key)).mappings().first()
    return Ranking(**row) if row else None
