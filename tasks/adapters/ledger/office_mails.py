"""Mails to the office itself, or in its name without a signature: queued once for each key, whoever tries again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from tasks.adapters.archive import Archive
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_tables import messages, plans
from tasks.adapters.ledger.stored_mail import document_hash, put_mail
from tasks.domain.delivery import MessageState
from tasks.domain.notices import MailDraft

FORM = "reminder"
MADE_FROM = ("assessment_id", "snapshot_id", "rule_version", "calendar_version", "code_version")


@dataclass(frozen=True, slots=True)
class About:
    """What a mail is about: its kind in words, the day it speaks for, and what it rests on (by name as in ``MADE_FROM``)."""

    jurisdiction: str
    kind: str
    as_of: date
    made_from: Mapping[str, Any]


def mail_id(jurisdiction: str, key: str) -> str:
    """Return the id of the mail of that key: the same key, the same id."""
    return f"{jurisdiction}-{hashlib.sha256(f'{FORM}|{jurisdiction}|{key}'.encode()).hexdigest()[:24]}"


def queue_once(ledger: Ledger, archive: Archive, key: str, draft: MailDraft, about: About, now: datetime) -> bool:
    """Put the mail into the outbox unless one of that key is there; return whether it was put there now."""
    message_id, mail = mail_id(about.jurisdiction, key), put_mail(archive, draft)
    with ledger.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("select pg_advisory_xact_lock(hashtext(:key))"), {"key": message_id})
        there = sa.select(messages.c.message_id).where(messages.c.message_id == message_id)
        if connection.execute(there).first() is not None:
            return False
        plan_id = _plan(connection, about, document_hash(mail), now)
        connection.execute(messages.insert().values(_row(message_id, plan_id, mail, about, now)))
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
        "unit_id": "office",
        "recipients": [{**who, "kind": kind} for kind in ("to", "cc") for who in mail[kind]],
        "subject": mail["subject"],
        "notice": {},
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
