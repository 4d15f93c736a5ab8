"""Mails that carry a signed document: queued once, all of them or none, and only for the text that was signed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tasks.adapters.archive import Archive
from tasks.adapters.ledger import audit, documents
from tasks.adapters.ledger.document_tables import document_mails, sign_offs
from tasks.adapters.ledger.documents import Document
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_tables import messages, plans
from tasks.adapters.ledger.stored_mail import document_hash, put_mail
from tasks.domain.delivery import MessageState
from tasks.domain.documents import KIND_LABELS, Act, DocumentState, without_signature
from tasks.domain.errors import DeliveryError
from tasks.domain.notices import MailDraft

SYSTEM = "系统"
FORM = "document"


def mail_id(document: Document, unit_id: str) -> str:
    """Return the id of the mail that carries this text of the document to a unit: the same text, the same id."""
    digest = hashlib.sha256(f"{document.document_id}|{document.document_hash}|{unit_id}".encode()).hexdigest()
    return f"{document.jurisdiction}-{digest[:24]}"


def queue_document(
    ledger: Ledger, archive: Archive, document: Document, drafts: Mapping[str, MailDraft], now: datetime
) -> int:
    """Put a signed document's mails (by recipient) into the outbox, mark it as sent, and return how many; 0 if it was.

    A document with mails names in ``made_from`` the assessment, snapshot, rules, calendar and code that it rests on.

    Raises ``DeliveryError`` when the document is not signed, or is not the text that was signed; one that stays in the office
    needs no signature.
    """
    stored = {unit: put_mail(archive, draft) for unit, draft in drafts.items()}
    with ledger.begin() as connection:
        current = documents.find(connection, document.jurisdiction, document.document_id, lock=True)
        if current is not None and current.state in (DocumentState.SENT, DocumentState.SUPERSEDED):
            return 0
        (_require_drafted if without_signature(document.kind) else _require_signed)(connection, current, document)
        if stored:
            _insert(connection, document, stored, now)
        documents.set_state(connection, document, DocumentState.SENT)
        audit.enter(connection, document.jurisdiction, SYSTEM, "印发", document.document_id, now, mails=len(stored))
    return len(stored)


def reached(ledger: Ledger, document_id: str) -> dict[str, list[dict[str, str]]]:
    """Return to whom the document's mails went or are to go, by unit; each with name, email, role and kind (to, cc).

    A mail that was refused reached nobody.
    """
    columns = (messages.c.unit_id, messages.c.recipients)
    mine = (document_mails.c.document_id == document_id, messages.c.state != MessageState.REJECTED)
    query = sa.select(*columns).join(document_mails).where(*mine).order_by(messages.c.position)
    with ledger.connect() as connection:
        return {row.unit_id: row.recipients for row in connection.execute(query)}


def mail_states(ledger: Ledger, document_id: str) -> dict[str, int]:
    """Return how many of the document's mails are in each state."""
    query = sa.select(messages.c.state, sa.func.count()).join(document_mails)
    mine = query.where(document_mails.c.document_id == document_id).group_by(messages.c.state)
    with ledger.connect() as connection:
        return {str(state): count for state, count in connection.execute(mine)}


def _require_signed(connection: sa.Connection, current: Document | None, document: Document) -> None:
    if current is None or current.state is not DocumentState.SIGNED:
        raise DeliveryError(document.number, "还没有签发，不能发出", "请先审核、签发。")
    signed = sa.select(sign_offs.c.document_hash).where(
        sign_offs.c.document_id == document.document_id, sign_offs.c.act == str(Act.SIGNED)
    )
    signed_hashes = set(connection.scalars(signed))
    if current.document_hash != document.document_hash or document.document_hash not in signed_hashes:
        raise DeliveryError(document.number, "内容与所签发的不是同一稿", "请重新审核、签发。")


def _require_drafted(connection: sa.Connection, current: Document | None, document: Document) -> None:
    """An internal document leaves as it was last written."""
    if current is None or current.document_hash != document.document_hash:
        raise DeliveryError(document.number, "内容与存档的不是同一稿", "请重新运行。")


def _insert(connection: sa.Connection, document: Document, stored: Mapping[str, dict[str, Any]], now: datetime) -> None:
    plan_id = _plan(connection, document, len(stored), now)
    rows = [_row(document, unit, mail, plan_id, place, now) for place, (unit, mail) in enumerate(stored.items())]
    connection.execute(messages.insert(), rows)
    carried = [{"message_id": row["message_id"], "document_id": document.document_id} for row in rows]
    connection.execute(document_mails.insert(), carried)


def _plan(connection: sa.Connection, document: Document, mails: int, now: datetime) -> int:
    """Enter what the mails are evidence of; a document plans no night."""
    made = document.made_from
    values = {
        "jurisdiction": document.jurisdiction,
        "as_of": document.dated_on,
        "planned_at": now,
        "kind": FORM,
        **{name: made[name] for name in ("assessment_id", "snapshot_id", "rule_version", "calendar_version")},
        "ladder_version": made.get("scheme_version", ""),
        "code_version": made["code_version"],
        "steps_hash": document.document_hash,
        "counts": {"mails": mails},
    }
    return connection.execute(plans.insert().values(values).returning(plans.c.plan_id)).scalar_one()


def _row(
    document: Document, unit_id: str, mail: dict[str, Any], plan_id: int, place: int, now: datetime
) -> dict[str, Any]:
    return {
        "message_id": mail_id(document, unit_id),
        "plan_id": plan_id,
        "position": place,
        "jurisdiction": document.jurisdiction,
        "as_of": document.dated_on,
        "level": KIND_LABELS[document.kind],
        "form": FORM,
        "unit_id": unit_id,
        "recipients": [{**who, "kind": kind} for kind in ("to", "cc") for who in mail[kind]],
        "subject": mail["subject"],
        "notice": {},
        "mail": mail,
        "document_hash": document_hash(mail),
        "template_version": document.document_hash,
        # Signed is the document; its mail may leave only as it was written from it.
        "needs_sign_off": not without_signature(document.kind),
        "signed_hash": None if without_signature(document.kind) else document_hash(mail),
        "state": str(MessageState.QUEUED),
        "attempts": 0,
        "refused": {},
        "queued_at": now,
    }
