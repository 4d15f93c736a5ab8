"""Silences and explanations: what holds a step for a while, by whom, until when and why. Both expire; neither is deleted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger import audit
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_tables import explanations, silences
from tasks.domain.errors import ConfigurationError, LedgerError
from tasks.domain.escalation_record import EXPLANATIONS, SILENCES, framed


def add_silence(
    ledger: Ledger,
    jurisdiction: str,
    *,
    until: date,
    why: str,
    by: str,
    now: datetime,
    unit_id: str | None = None,
    proposal_id: str | None = None,
    duty: str | None = None,
) -> int:
    """Hold every step that the scope covers through ``until``, and return the silence's number.

    ``now`` is in the jurisdiction's zone: its day decides whether ``until`` has passed.

    Raises ``ConfigurationError`` if it names neither a unit nor a proposal, no reason, or a day that has passed.
    """
    if unit_id is None and proposal_id is None:
        raise ConfigurationError("静默", "没有写明单位或编号", "请写明单位(--unit)、编号(--proposal)或两者。")
    if not why.strip() or not by.strip():
        raise ConfigurationError("静默", "没有写明理由或登记人", "请写明 --why 和 --by。")
    if until < now.date():
        raise ConfigurationError("静默", f"截止日期 {until} 已过", "请写一个今天或以后的日期。")
    scope = {"unit_id": unit_id, "proposal_id": proposal_id, "duty": duty}
    values = {"jurisdiction": jurisdiction, **scope, "until": until, "why": why.strip(), "by": by.strip()}
    with ledger.begin() as connection:
        made = silences.insert().values(**values, added_at=now).returning(silences.c.silence_id)
        number = connection.execute(made).scalar_one()
        audit.enter(
            connection, jurisdiction, by, "添加静默", f"silence/{number}", now, **scope, until=str(until), why=why
        )
    return number


def end_silence(ledger: Ledger, jurisdiction: str, number: int, by: str, now: datetime) -> None:
    """End a silence before its day; ``LedgerError`` if there is none of that number still running."""
    mine = (silences.c.silence_id == number, silences.c.jurisdiction == jurisdiction, silences.c.ended_at.is_(None))
    with ledger.begin() as connection:
        if not connection.execute(silences.update().where(*mine).values(ended_at=now, ended_by=by)).rowcount:
            raise LedgerError(f"静默 {number}", "没有这条静默,或已经结束", "请用 silence list 查看编号。")
        audit.enter(connection, jurisdiction, by, "结束静默", f"silence/{number}", now)


def list_silences(ledger: Ledger, jurisdiction: str) -> list[dict[str, Any]]:
    """Return all silences, ended and expired ones too, the newest first."""
    query = sa.select(silences).where(silences.c.jurisdiction == jurisdiction)
    with ledger.connect() as connection:
        rows = connection.execute(query.order_by(silences.c.silence_id.desc())).mappings()
        return [dict(row) for row in rows]


def active_silences(ledger: Ledger, jurisdiction: str) -> pd.DataFrame:
    """Return the silences that nobody ended, as the ladder reads them; it looks at their last day itself."""
    running = [row for row in list_silences(ledger, jurisdiction) if row["ended_at"] is None]
    return framed(running, SILENCES)


def add_explanation(
    ledger: Ledger,
    jurisdiction: str,
    proposal_id: str,
    unit_id: str,
    text: str,
    *,
    explained_on: date,
    by: str,
    now: datetime,
    until: date | None = None,
    duty: str | None = None,
) -> int:
    """Record a unit's explanation and return its number; with ``until`` it holds the next level through that day."""
    if not text.strip():
        raise ConfigurationError("情况说明", "没有内容", "请写明单位说明的情况。")
    scope = {"proposal_id": proposal_id, "unit_id": unit_id, "duty": duty}
    values = {"jurisdiction": jurisdiction, **scope, "explained_on": explained_on, "until": until}
    with ledger.begin() as connection:
        made = explanations.insert().values(**values, text=text.strip(), by=by, added_at=now)
        number = connection.execute(made.returning(explanations.c.explanation_id)).scalar_one()
        audit.enter(connection, jurisdiction, by, "登记情况说明", f"explanation/{number}", now, **scope)
    return number


def recorded_explanations(ledger: Ledger, jurisdiction: str) -> pd.DataFrame:
    """Return the explanations recorded with the office, as the ladder reads them."""
    query = sa.select(explanations).where(explanations.c.jurisdiction == jurisdiction)
    with ledger.connect() as connection:
        rows = connection.execute(query.order_by(explanations.c.explanation_id)).mappings()
        return framed([dict(row) for row in rows], EXPLANATIONS)
