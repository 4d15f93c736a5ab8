"""Writing the mails of a night: one for each notice, of the steps that enter the outbox with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tasks.adapters.archive import Archive
from tasks.adapters.ledger.outbox_tables import NOTICE_KEY
from tasks.adapters.ledger.stored_mail import document_hash, notice_to_json, put_mail
from tasks.domain.delivery import MessageState
from tasks.domain.escalation import NoticePlan, PlannedNotice
from tasks.domain.notices import MailDraft, Notice


@dataclass(frozen=True, slots=True)
class Composed:
    """A notice as mail, and the version of the templates that say it."""

    draft: MailDraft
    template_version: str


Compose = Callable[[Notice, str], Composed]


Key = tuple[Any, ...]
Entered = Mapping[Key, tuple[int, int]]
"""Steps by key: notice_id and generation."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A row of the outbox, and the ids of the steps that it tells."""

    values: dict[str, Any]
    notice_ids: list[int]


def key_of(row: Mapping[str, Any]) -> Key:
    """Return the key of a step's row."""
    return tuple(row[name] for name in NOTICE_KEY)


def write_mails(
    archive: Archive,
    plan: NoticePlan,
    new: list[dict[str, Any]],
    entered: Entered,
    compose: Compose,
    texts: Mapping[str, dict[str, Any]],
) -> list[Mail]:
    """Return one mail for every notice of which at least one step entered, in the plan's order; ``texts`` by mail id."""
    by_notice: dict[int, list[dict[str, Any]]] = {}
    for row in new:
        by_notice.setdefault(row["notice"], []).append(row)
    return [
        _mail(archive, position, _only(plan.notices[position], own), own, entered, compose, texts)
        for position, own in sorted(by_notice.items())
    ]


def _only(planned: PlannedNotice, own: list[dict[str, Any]]) -> PlannedNotice:
    items = tuple(planned.notice.items[row["place"]] for row in own)
    return replace(planned, notice=replace(planned.notice, items=items))


def _mail(
    archive: Archive,
    position: int,
    planned: PlannedNotice,
    own: list[dict[str, Any]],
    entered: Entered,
    compose: Compose,
    texts: Mapping[str, dict[str, Any]],
) -> Mail:
    notice = planned.notice
    message_id = mail_id(notice.jurisdiction, [(key_of(row), entered[key_of(row)][1]) for row in own])
    notice_ids = [entered[key_of(row)][0] for row in own]
    if message_id in texts:
        return Mail(texts[message_id], notice_ids)
    state = MessageState.AWAITING_SIGN_OFF if planned.needs_sign_off else MessageState.QUEUED
    fixed = {"message_id": message_id, "position": position, "state": str(state), "attempts": 0, "refused": {}}
    about: dict[str, Any] = {"level": str(notice.level), "form": str(planned.form), "unit_id": notice.unit_id}
    about["needs_sign_off"] = planned.needs_sign_off
    return Mail({**fixed, **about, **written(archive, notice, compose(notice, message_id))}, notice_ids)


def written(archive: Archive, notice: Notice, composed: Composed) -> dict[str, Any]:
    """Return the columns of a mail that change with its content; its parts are in the archive."""
    mail = put_mail(archive, composed.draft)
    return {
        "recipients": [{**who, "kind": kind} for kind in ("to", "cc") for who in mail[kind]],
        "subject": mail["subject"],
        "notice": notice_to_json(notice),
        "mail": mail,
        "document_hash": document_hash(mail),
        "template_version": composed.template_version,
    }


def mail_id(jurisdiction: str, keys: list[tuple[Key, int]]) -> str:
    """Return the id of the mail that tells these steps: the same steps, the same id."""
    digest = hashlib.sha256(json.dumps(sorted(keys), ensure_ascii=False).encode()).hexdigest()
    return f"{jurisdiction}-{digest[:24]}"
