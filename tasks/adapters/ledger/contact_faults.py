"""Addresses that failed: refused by the server, or bounced later. The next notice goes to the next role up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import sqlalchemy as sa

from tasks.adapters.ledger import audit
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_tables import contact_faults as table
from tasks.adapters.ledger.outbox_tables import messages
from tasks.domain.delivery import MessageState
from tasks.domain.errors import DeliveryError


@dataclass(frozen=True, slots=True)
class Bounce:
    """What a delivery status notification says: the addresses that failed for good, and of which mail (its Message-ID)."""

    failed: dict[str, str]
    message_id: str | None


def failing(ledger: Ledger, jurisdiction: str) -> frozenset[str]:
    """Return the addresses marked as failing and not cleared, in lower case."""
    query = sa.select(table.c.email).where(table.c.jurisdiction == jurisdiction, table.c.cleared_at.is_(None))
    with ledger.connect() as connection:
        return frozenset(connection.scalars(query))


def mark(
    connection: sa.Connection, jurisdiction: str, email: str, answer: str, message_id: str | None, now: datetime
) -> None:
    """Mark an address as failing, in the caller's transaction; one that is marked already stays as it is."""
    address = email.lower()
    known = sa.select(table.c.fault_id).where(
        table.c.jurisdiction == jurisdiction, table.c.email == address, table.c.cleared_at.is_(None)
    )
    if connection.scalar(known) is None:
        values = {"jurisdiction": jurisdiction, "email": address, "answer": answer, "message_id": message_id}
        connection.execute(table.insert().values(**values, found_at=now))


def clear(ledger: Ledger, jurisdiction: str, email: str, by: str, now: datetime) -> int:
    """Trust an address again; return how many faults that clears."""
    mine = (table.c.jurisdiction == jurisdiction, table.c.email == email.lower(), table.c.cleared_at.is_(None))
    with ledger.begin() as connection:
        found = connection.execute(table.update().where(*mine).values(cleared_at=now, cleared_by=by)).rowcount
        audit.enter(connection, jurisdiction, by, "恢复邮箱", email.lower(), now)
    return found


def take_bounce(ledger: Ledger, jurisdiction: str, content: bytes, now: datetime) -> Bounce:
    """Mark the addresses that a bounced mail (.eml) names, and the mail as rejected if it reached none of its addressees.

    Raises ``DeliveryError`` if ``content`` is no delivery status notification or names no address that failed for good.
    """
    bounce = read_bounce(content)
    with ledger.begin() as connection:
        row = _bounced_mail(connection, jurisdiction, bounce.message_id)
        for address, answer in bounce.failed.items():
            mark(connection, jurisdiction, address, answer, row["message_id"] if row else None, now)
        if row:
            _note_on_mail(connection, row, bounce)
    return bounce


def read_bounce(content: bytes) -> Bounce:
    """Return what a delivery status notification (RFC 3464) says."""
    mail = message_from_bytes(content, policy=default)
    report = next((part for part in mail.walk() if part.get_content_type() == "message/delivery-status"), None)
    failed = {}
    blocks: Any = report.get_payload() if report is not None else ()
    for block in blocks:
        if str(block.get("Action", "")).strip().lower() == "failed":
            address = re.sub(r"^\s*rfc822\s*;", "", str(block.get("Final-Recipient", "")), flags=re.IGNORECASE)
            answer = re.sub(r"^\s*\w+\s*;", "", str(block.get("Diagnostic-Code") or block.get("Status", "")))
            failed[address.strip().strip("<>").lower()] = " ".join(answer.split())
    if not failed:
        raise DeliveryError("退信", "不是退信通知(DSN),或没有列明投递失败的地址", "请给出完整的退信 .eml 文件。")
    return Bounce(failed, _original_id(mail))


def _original_id(mail: Message) -> str | None:
    """Return the Message-ID of the mail that came back: from the copy that the bounce carries, else from its references."""
    for part in mail.walk():
        if part.get_content_type() == "message/rfc822":
            inner: Any = part.get_payload(0)
            return str(inner.get("Message-ID", "")).strip() or None
        if part.get_content_type() == "text/rfc822-headers":
            found = re.search(r"(?im)^Message-ID:\s*(<[^>]+>)", str(part.get_payload()))
            return found[1] if found else None
    return str(mail.get("In-Reply-To", "")).strip() or None


def _bounced_mail(connection: sa.Connection, jurisdiction: str, header: str | None) -> Any:
    if header is None:
        return None
    name = header.strip("<>").split("@")[0]
    mine = (messages.c.jurisdiction == jurisdiction, messages.c.message_id == name)
    return connection.execute(sa.select(messages).where(*mine).with_for_update()).mappings().one_or_none()


def _note_on_mail(connection: sa.Connection, row: Any, bounce: Bounce) -> None:
    refused = {**row["refused"], **{address: [0, f"退信:{answer}"] for address, answer in bounce.failed.items()}}
    to = {who["email"].lower() for who in row["recipients"] if who["kind"] == "to"}
    reached_nobody = row["state"] == MessageState.SENT and to <= {address.lower() for address in refused}
    state = MessageState.REJECTED if reached_nobody else row["state"]
    mine = messages.c.message_id == row["message_id"]
    connection.execute(messages.update().where(mine).values(refused=refused, state=state))
