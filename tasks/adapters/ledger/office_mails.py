"""Mails to the office itself, or in its name without a signature: queued once for each key, whoever tries again.

One that told nobody, because it was taken back or refused, may be followed by another of its key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from tasks.adapters.archive import Archive
from tasks.adapters.ledger import audit
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_tables import messages, plans
from tasks.adapters.ledger.stored_mail import document_hash, put_mail
from tasks.domain.delivery import NOT_GONE, MessageState
from tasks.domain.notices import MailDraft

SYSTEM = "系统"
FORM = "reminder"
MADE_FROM = ("assessment_id", "snapshot_id", "rule_version", "calendar_version", "code_version")


@dataclass(frozen=True, slots=True)
class About:
    """What a mail is about: its kind in words, the day it speaks for, and what it rests on (by name as in ``MADE_FROM``).

    ``unit_id`` is whom it goes to; ``told`` what it says, for whoever asks later whether that still holds.
    """

    jurisdiction: str
    kind: str
    as_of: date
    made_from: Mapping[str, Any]
    unit_id: str = "office"
    told: Mapping[str, Any] = field(default_factory=dict)


def mail_id(jurisdiction: str, key: str, turn: int = 1) -> str:
    """Return the id of the mail of that key: the same key, the same id. ``turn`` counts those that told nobody."""
    whole = f"{FORM}|{jurisdiction}|{key}" + (f"|{turn}" if turn > 1 else "")
    return f"{jurisdiction}-{hashlib.sha256(whole.encode()).hexdigest()[:24]}"


def queue_once(ledger: Ledger, archive: Archive, key: str, draft: MailDraft, about: About, now: datetime) -> bool:
    """Put the mail into the outbox unless one of that key told somebody or may do so yet; return whether it was put there now.

    The draft gets its Message-ID here.
    """
    stored = put_mail(archive, draft)
    with ledger.begin() as connection:
        if connection.dialect.name == "postgresql":
            first = mail_id(about.jurisdiction, key)
            connection.execute(sa.text("select pg_advisory_xact_lock(hashtext(:key))"), {"key": first})
        message_id = _free_id(connection, about.jurisdiction, key, {who.email for who in draft.to})
        if message_id is None:
            return False
        domain = draft.sender.email.rpartition("@")[2]
        mail = {**stored, "message_id": f"<{message_id}@{domain}>"}
        plan_id = _plan(connection, about, document_hash(mail), now)
        connection.execute(messages.insert().values(_row(message_id, plan_id, mail, about, now)))
    return True


def _free_id(connection: sa.Connection, jurisdiction: str, key: str, to: set[str]) -> str | None:
    """Return the id under which a mail of that key may go out; None if one has told somebody, or may do so yet."""
    turn = 1
    while True:
        message_id = mail_id(jurisdiction, key, turn)
        query = sa.select(messages.c.state, messages.c.recipients).where(messages.c.message_id == message_id)
        row = connection.execute(query).mappings().first()
        if row is None:
            return message_id
        refused = {who["email"] for who in row["recipients"] if who["kind"] == "to"}
        is_elsewhere = row["state"] == MessageState.REJECTED and not refused & to
        if row["state"] != MessageState.CANCELLED and not is_elsewhere:
            return None
        turn += 1


def told_mails(ledger: Ledger, jurisdiction: str) -> list[dict[str, Any]]:
    """Return the mails that keep what they told, oldest first: message_id, unit_id, as_of, state, is_gone, and what."""
    columns = ("message_id", "unit_id", "as_of", "state", "notice", "finished_at")
    query = sa.select(*(messages.c[name] for name in columns)).where(
        messages.c.jurisdiction == jurisdiction, messages.c.form == FORM, messages.c.unit_id != "office"
    )
    with ledger.connect() as connection:
        rows = connection.execute(query.order_by(messages.c.plan_id)).mappings().all()
    return [
        {**row["notice"], **row, "is_gone": row["state"] not in NOT_GONE or bool(row["finished_at"])} for row in rows
    ]


def take_back(ledger: Ledger, jurisdiction: str, message_id: str, why: str, now: datetime) -> bool:
    """Take a mail back that has never left; return whether it could be: one that was claimed meanwhile is left alone."""
    mine = (messages.c.message_id == message_id, messages.c.jurisdiction == jurisdiction)
    waits = (messages.c.state.in_([str(state) for state in NOT_GONE]), messages.c.finished_at.is_(None))
    values = {"state": str(MessageState.CANCELLED), "smtp_answer": why, "finished_at": now}
    with ledger.begin() as connection:
        if not connection.execute(messages.update().where(*mine, *waits).values(values)).rowcount:
            return False
        audit.enter(connection, jurisdiction, SYSTEM, "撤回通知", message_id, now, why=why, steps=1)
    return True


def _plan(connection: sa.Connection, about: About, text_hash: str, now: datetime) -> int:
    """Enter what the mail is evidence of; it plans no night."""
    values = {"jurisdiction": about.jurisdiction, "as_of": about.as_of, "planned_at": now, "kind": FORM}
    values |= {name: str(about.made_from[name]) for name in MADE_FROM}
    values |= {"ladder_version": "", "steps_hash": text_hash, "counts": {"mails": 1}}
    return connection.execute(plans.insert().values(values).returning(plans.c.plan_id)).scalar_one()


def _row(message_id: str, plan_id: int, mail: dict[str, Any], about: About, now: datetime) -> dict[str, Any]:
    return {
        "message_id": message_id,
        "plan_id": plan_id,
        "position": 0,
        "jurisdiction": about.jurisdiction,
        "as_of": about.as_of,
        "level": about.kind,
        "form": FORM,
        "unit_id": about.unit_id,
        "recipients": [{**who, "kind": kind} for kind in ("to", "cc") for who in mail[kind]],
        "subject": mail["subject"],
        "notice": dict(about.told),
        "mail": mail,
        "document_hash": document_hash(mail),
        "template_version": "",
        "needs_sign_off": False,
        "signed_hash": None,
        "state": str(MessageState.QUEUED),
        "attempts": 0,
        "refused": {},
        "queued_at": now,
    }
