"""Backlog cases in the ledger: the register of all that were ever listed, and what closed them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger import audit
from tasks.adapters.ledger.backlog_tables import backlog_cases, backlog_closings
from tasks.adapters.ledger.engine import Ledger
from tasks.domain.backlog import BACKLOG_CASES, CLOSINGS
from tasks.domain.errors import LedgerError
from tasks.domain.frames import Column, FrameSpec

REGISTER = FrameSpec(
    "backlog_register",
    "积案台账",
    ("proposal_id", "occurrence"),
    (
        Column("case_no", "text", "积案编号", required=True),
        *BACKLOG_CASES.columns,
        Column("closed_on", "date", "销号日期"),
        Column("proof", "text", "销号依据"),
        Column("signed_by", "text", "签批人"),
        Column("document_id", "text", "审批表"),
    ),
)


def register(ledger: Ledger, jurisdiction: str) -> pd.DataFrame:
    """Return every case ever opened with its number and, where it has one, its closing (``REGISTER``), oldest first."""
    with ledger.connect() as connection:
        return registered(connection, jurisdiction)


def registered(connection: sa.Connection, jurisdiction: str) -> pd.DataFrame:
    """Return the register as the connection sees it; see ``register``."""
    ended = [backlog_closings.c[name] for name in ("closed_on", "proof", "signed_by", "document_id")]
    query = (
        sa.select(backlog_cases, *ended)
        .outerjoin(backlog_closings)
        .where(backlog_cases.c.jurisdiction == jurisdiction)
        .order_by(backlog_cases.c.year, backlog_cases.c.serial)
    )
    rows = connection.execute(query).mappings().all()
    named = [{**row, "case_no": case_no(row["year"], row["serial"])} for row in rows]
    return REGISTER.typed(_dated(pd.DataFrame(named, columns=REGISTER.names)))


def case_no(year: int, serial: int) -> str:
    """Return a case's number, which it keeps for life: the year in which it was first listed, and its place in it."""
    return f"{year}-{serial:03d}"


def close_case(connection: sa.Connection, jurisdiction: str, values: Mapping[str, Any], now: datetime) -> None:
    """Enter a closing in the caller's transaction; one that is there already stays.

    ``values`` are proposal_id, occurrence, closed_on, criteria, proof, signed_by and document_id. Proof and signature must
    be there: ``LedgerError`` otherwise.
    """
    if not values["proof"].strip() or not values["signed_by"].strip():
        raise LedgerError(
            f"积案 {values['proposal_id']}", "没有销号依据或签批人，不能销号", "请在审批表写明依据并由有权人签发。"
        )
    key = [backlog_closings.c[name] == values[name] for name in ("proposal_id", "occurrence")]
    query = sa.select(backlog_closings).where(backlog_closings.c.jurisdiction == jurisdiction, *key)
    if connection.execute(query).first() is None:
        row = {"jurisdiction": jurisdiction, **values, "closed_at": now}
        connection.execute(backlog_closings.insert().values(row))
        said = {name: str(values[name]) for name in ("occurrence", "closed_on", "proof", "document_id")}
        audit.enter(connection, jurisdiction, values["signed_by"], "积案销号", values["proposal_id"], now, **said)


def closings(connection: sa.Connection, jurisdiction: str) -> pd.DataFrame:
    """Return every closing ever entered (``CLOSINGS``)."""
    query = sa.select(backlog_closings).where(backlog_closings.c.jurisdiction == jurisdiction)
    rows = connection.execute(query.order_by(backlog_closings.c.proposal_id, backlog_closings.c.occurrence)).mappings()
    return CLOSINGS.typed(_dated(pd.DataFrame([dict(row) for row in rows], columns=CLOSINGS.names)))


def _dated(frame: pd.DataFrame) -> pd.DataFrame:
    days = [name for name in ("opened_on", "since", "closed_on") if name in frame]
    return frame.assign(**{name: pd.to_datetime(frame[name]) for name in days})
