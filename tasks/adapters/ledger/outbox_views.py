"""Looking at the outbox: the list with each mail's next act, and one mail with all its evidence."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger import audit
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_tables import messages, notices, plans
from tasks.domain.delivery import NEXT_ACT, MessageState
from tasks.domain.dossiers import SENT_NOTICES
from tasks.domain.errors import DeliveryError

LISTED = ["message_id", "as_of", "level", "form", "unit_id", "subject", "recipients", "state", "attempts"]
LISTED += ["queued_at", "next_try_at", "finished_at", "smtp_answer"]


def list_mails(
    ledger: Ledger, jurisdiction: str, states: Collection[MessageState] = (), limit: int | None = None
) -> list[dict[str, Any]]:
    """Return the mails in these states (all states if none is named), the newest first, each with its ``next_act``."""
    query = sa.select(*(messages.c[name] for name in LISTED)).where(messages.c.jurisdiction == jurisdiction)
    if states:
        query = query.where(messages.c.state.in_([str(state) for state in states]))
    order = (messages.c.plan_id.desc(), messages.c.position)
    with ledger.connect() as connection:
        rows = connection.execute(query.order_by(*order).limit(limit)).mappings().all()
    return [{**row, "next_act": NEXT_ACT[MessageState(row["state"])]} for row in rows]


def count_states(ledger: Ledger, jurisdiction: str) -> dict[str, int]:
    """Return how many mails are in each state; every state is named."""
    query = sa.select(messages.c.state, sa.func.count()).where(messages.c.jurisdiction == jurisdiction)
    with ledger.connect() as connection:
        found = {str(state): count for state, count in connection.execute(query.group_by(messages.c.state))}
    return {str(state): found.get(str(state), 0) for state in MessageState}


def show_mail(ledger: Ledger, jurisdiction: str, message_id: str) -> dict[str, Any]:
    """Return one mail with its evidence.

    All columns of the mail, ``next_act``, ``steps`` (the notices it tells, also those taken back), ``plan`` (snapshot, rule,
    calendar, ladder and code version, assessment) and ``audit`` (what people and the system did with it).
    """
    mine = (messages.c.message_id == message_id, messages.c.jurisdiction == jurisdiction)
    with ledger.connect() as connection:
        row = connection.execute(sa.select(messages).where(*mine)).mappings().one_or_none()
        if row is None:
            raise DeliveryError(f"邮件 {message_id}", "没有这封邮件", "请用 outbox list 查看编号。")
        told = sa.select(notices).where(notices.c.message_id == message_id).order_by(notices.c.notice_id)
        steps = [dict(step) for step in connection.execute(told).mappings()]
        plan = connection.execute(sa.select(plans).where(plans.c.plan_id == row["plan_id"])).mappings().one()
        log = audit.entries(connection, message_id)
    return {**row, "next_act": NEXT_ACT[MessageState(row["state"])], "steps": steps, "plan": dict(plan), "audit": log}


def sent_notices(ledger: Ledger, jurisdiction: str) -> pd.DataFrame:
    """Return every step that a sent mail told, oldest first (``SENT_NOTICES``); ``sent_at`` is when it left."""
    wanted = [notices.c[name] for name in ("proposal_id", "unit_id", "level", "notice_id")]
    query = sa.select(*wanted, messages.c.finished_at, messages.c.recipients, messages.c.notice).join(messages)
    mine = (notices.c.jurisdiction == jurisdiction, notices.c.cancelled_at.is_(None))
    with ledger.connect() as connection:
        found = query.where(*mine, messages.c.state == MessageState.SENT).order_by(messages.c.finished_at)
        rows = connection.execute(found).mappings().all()
    told = [
        {
            **row,
            "sent_at": row["finished_at"],
            "to_names": "、".join(who["name"] for who in row["recipients"] if who["kind"] == "to"),
            "document_no": (row["notice"] or {}).get("document_no"),
        }
        for row in rows
    ]
    return SENT_NOTICES.typed(pd.DataFrame(told, columns=SENT_NOTICES.names))
