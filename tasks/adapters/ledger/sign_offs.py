"""Signatures on documents: rows with name, time and the hash of what was read; and the mails that wait for one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tasks.adapters.ledger import audit, documents
from tasks.adapters.ledger.document_tables import sign_offs
from tasks.adapters.ledger.documents import Document
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_tables import messages
from tasks.domain.delivery import MessageState
from tasks.domain.documents import (
    ACT_LABELS,
    STATE_AFTER,
    Act,
    DocumentState,
    Signature,
    SignOffPolicy,
    Wanted,
    needs_review,
    refusal,
)
from tasks.domain.errors import DocumentError

SYSTEM = "系统"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits for review or signature."""

    message_id: str
    subject: str
    recipients: tuple[str, ...]
    document_hash: str
    state: DocumentState


def signed_off(ledger: Ledger, document_id: str) -> list[dict[str, Any]]:
    """Return every act on a document, oldest first: act, name, at, document_hash, comment."""
    columns = (sign_offs.c[name] for name in ("act", "name", "at", "document_hash", "comment"))
    query = sa.select(*columns).where(sign_offs.c.document_id == document_id).order_by(sign_offs.c.sign_off_id)
    with ledger.connect() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def sign_document(
    ledger: Ledger, jurisdiction: str, document_id: str, wanted: Wanted, policy: SignOffPolicy, now: datetime
) -> Document:
    """Record the act and return the document as it stands after it; ``DocumentError`` says why it cannot be done.

    Signing a correction supersedes the document that it corrects.
    """
    with ledger.begin() as connection:
        document = documents.find(connection, jurisdiction, document_id, lock=True)
        if document is None or not document.version:
            raise DocumentError("文件", f"没有编号为 {document_id!r} 的送审稿", "请用 sign-off list 查看编号。")
        given = _given(connection, document_id)
        _refuse(document.number, refusal(policy, document.state, document.document_hash, given, wanted))
        _enter(connection, jurisdiction, document_id, document.document_hash, wanted, now)
        documents.set_state(connection, document, STATE_AFTER[wanted.act])
        if wanted.act is Act.SIGNED and document.corrects:
            corrected = documents.find(connection, jurisdiction, document.corrects)
            assert corrected is not None, "a foreign key holds it"
            documents.set_state(connection, corrected, DocumentState.SUPERSEDED)
    return documents.by_id(ledger, jurisdiction, document_id)


def withdraw(ledger: Ledger, jurisdiction: str, document_id: str, why: str, now: datetime) -> bool:
    """Return an open document on the system's own account, whatever it had been given; return whether it was open.

    What is withdrawn can only be drafted anew.
    """
    with ledger.begin() as connection:
        document = documents.find(connection, jurisdiction, document_id, lock=True)
        if document is None or document.state not in (DocumentState.DRAFT, DocumentState.REVIEWED):
            return False
        wanted = Wanted(Act.RETURNED, SYSTEM, comment=why)
        _enter(connection, jurisdiction, document_id, document.document_hash, wanted, now)
        documents.set_state(connection, document, DocumentState.RETURNED)
    return True


def waiting_mails(ledger: Ledger, jurisdiction: str) -> list[Waiting]:
    """Return the mails that await sign-off, oldest first; one whose text was reviewed waits for its signature."""
    columns = (messages.c[name] for name in ("message_id", "subject", "recipients", "document_hash"))
    mine = (messages.c.jurisdiction == jurisdiction, messages.c.state == MessageState.AWAITING_SIGN_OFF)
    query = sa.select(*columns).where(*mine).order_by(messages.c.plan_id, messages.c.position)
    with ledger.connect() as connection:
        rows = connection.execute(query).mappings().all()
        return [_waiting(row, audit.entries(connection, row["message_id"])) for row in rows]


def _waiting(row: Any, entries: list[dict[str, Any]]) -> Waiting:
    to = tuple(who["name"] for who in row["recipients"] if who["kind"] == "to")
    given = [
        Signature(Act(entry["act"]), entry["actor"], entry["details"]["document_hash"])
        for entry in entries
        if entry["act"] in set(Act)
    ]
    state = DocumentState.DRAFT if needs_review(row["document_hash"], given) else DocumentState.REVIEWED
    return Waiting(row["message_id"], row["subject"], to, row["document_hash"], state)


def _given(connection: sa.Connection, document_id: str) -> list[Signature]:
    query = sa.select(sign_offs.c.act, sign_offs.c.name, sign_offs.c.document_hash)
    rows = connection.execute(query.where(sign_offs.c.document_id == document_id).order_by(sign_offs.c.sign_off_id))
    return [Signature(Act(act), name, document_hash) for act, name, document_hash in rows]


def _enter(
    connection: sa.Connection, jurisdiction: str, document_id: str, document_hash: str, wanted: Wanted, now: datetime
) -> None:
    values = {"jurisdiction": jurisdiction, "document_id": document_id, "act": str(wanted.act), "name": wanted.name}
    values |= {"document_hash": document_hash, "comment": wanted.comment}
    connection.execute(sign_offs.insert().values(**values, at=now))
    act = ACT_LABELS[wanted.act]
    audit.enter(
        connection,
        jurisdiction,
        wanted.name,
        act,
        document_id,
        now,
        document_hash=document_hash,
        comment=wanted.comment,
    )


def _refuse(where: str, why: str | None) -> None:
    if why:
        raise DocumentError(where, why, "请核对后再试；已有的记录没有改变。")
