"""What is decided about a mail after it was queued: withdrawn, signed off, resolved, sent again. Each is an audit entry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.archive import Archive
from tasks.adapters.ledger import audit
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_mails import Compose, written
from tasks.adapters.ledger.outbox_tables import messages, notices
from tasks.adapters.ledger.stored_mail import notice_from_json
from tasks.domain.delivery import NEXT_ACT, NOT_GONE, Decision, MessageState
from tasks.domain.documents import Act, DocumentState, Signature, SignOffPolicy, Wanted, refusal
from tasks.domain.errors import DeliveryError

SYSTEM = "系统"
QUEUED_STEP = ["notice_id", "message_id", "proposal_id", "unit_id", "duty", "round", "level", "occurrence"]
QUEUED_STEP += ["due_on", "extended_to"]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """How many steps were taken back, from how many mails, and how many mails fell away whole."""

    steps: int
    mails_changed: int
    mails_cancelled: int


def not_gone(ledger: Ledger, jurisdiction: str, most: int | None = None) -> pd.DataFrame:
    """Return the steps whose mail has never left, with the last day each was made for; the ``most`` first ones, or all."""
    query = sa.select(*(notices.c[name] for name in QUEUED_STEP)).join(messages)
    mine = [notices.c.jurisdiction == jurisdiction, notices.c.cancelled_at.is_(None), _is_in(NOT_GONE)]
    # A mail that is being sent again has told its steps already.
    mine.append(messages.c.finished_at.is_(None))
    with ledger.connect() as connection:
        rows = connection.execute(query.where(*mine).order_by(notices.c.notice_id).limit(most)).mappings().all()
    days = {"due_on": "datetime64[s]", "extended_to": "datetime64[s]"}
    texts = dict.fromkeys(("message_id", "proposal_id", "unit_id", "duty", "level"), "str")
    return pd.DataFrame([dict(row) for row in rows], columns=QUEUED_STEP).astype({**days, **texts, "round": "Int64"})


def withdraw(
    ledger: Ledger, archive: Archive, jurisdiction: str, steps: pd.DataFrame, compose: Compose, now: datetime
) -> Withdrawn:
    """Take ``steps`` (notice_id, message_id, reason) back before their mails leave, in one transaction.

    A digest is written anew without them; a mail that has nothing else to tell is cancelled. A mail that was claimed in the
    meantime is left alone.
    """
    changed = cancelled = taken = 0
    with ledger.begin() as connection:
        for message_id, own in steps.groupby("message_id", sort=True):
            row = _locked(connection, jurisdiction, str(message_id), NOT_GONE)
            if row is None:
                continue
            remaining = _take_back(connection, own, now)
            taken += len(own)
            reason = "、".join(dict.fromkeys(own["reason"]))
            if remaining:
                changed += 1
                _write_anew(connection, archive, row, remaining, compose)
            else:
                cancelled += 1
                _set_state(connection, row, MessageState.CANCELLED, smtp_answer=reason, finished_at=now)
            audit.enter(
                connection, jurisdiction, SYSTEM, "撤回通知", row["message_id"], now, why=reason, steps=len(own)
            )
    return Withdrawn(taken, changed, cancelled)


def sign_off(
    ledger: Ledger, jurisdiction: str, message_id: str, policy: SignOffPolicy, wanted: Wanted, now: datetime
) -> None:
    """Review, sign or return a letter that waits for it; signed, it is queued, returned, it told nobody.

    The signatures are entries of the audit log, each bound to the text it was given to. Raises ``DeliveryError`` with the
    reason when ``policy`` does not allow it, or the text is not the one that was read.
    """
    with ledger.begin() as connection:
        row = _required(connection, jurisdiction, message_id, (MessageState.AWAITING_SIGN_OFF,))
        given = _signatures(connection, message_id)
        is_reviewed = Signature(Act.REVIEWED, "", row["document_hash"]) in {replace(one, name="") for one in given}
        state = DocumentState.REVIEWED if is_reviewed else DocumentState.DRAFT
        if why := refusal(policy, state, row["document_hash"], given, wanted):
            raise DeliveryError(f"邮件 {message_id}", why, "请用 outbox show 查看这封邮件。")
        if wanted.act is Act.SIGNED:
            _set_state(connection, row, MessageState.QUEUED, signed_hash=row["document_hash"])
        if wanted.act is Act.RETURNED:
            mine = (notices.c.message_id == message_id, notices.c.cancelled_at.is_(None))
            connection.execute(notices.update().where(*mine).values(cancelled_at=now, cancelled_why=wanted.comment))
            answer = f"退回:{wanted.comment}"
            _set_state(connection, row, MessageState.CANCELLED, smtp_answer=answer, finished_at=now)
        about = {"document_hash": row["document_hash"], "comment": wanted.comment}
        audit.enter(connection, jurisdiction, wanted.name, str(wanted.act), message_id, now, **about)


def _signatures(connection: sa.Connection, message_id: str) -> list[Signature]:
    entries = [entry for entry in audit.entries(connection, message_id) if entry["act"] in set(Act)]
    return [Signature(Act(entry["act"]), entry["actor"], entry["details"]["document_hash"]) for entry in entries]


def resolve(
    ledger: Ledger, jurisdiction: str, message_id: str, decision: Decision, by: str, why: str, now: datetime
) -> None:
    """Record what a person found out about a mail of unknown outcome: it arrived, or it did not and is queued again."""
    with ledger.begin() as connection:
        row = _required(connection, jurisdiction, message_id, (MessageState.UNCERTAIN,))
        if decision is Decision.SENT:
            _set_state(connection, row, MessageState.SENT, smtp_answer=f"{by}核实已送达:{why}", finished_at=now)
        else:
            answer = f"{by}核实未送达:{why}"
            _set_state(connection, row, MessageState.QUEUED, smtp_answer=answer, next_try_at=None, finished_at=None)
        audit.enter(connection, jurisdiction, by, "核实送达", message_id, now, decision=str(decision), why=why)


def resend(ledger: Ledger, jurisdiction: str, message_id: str, by: str, why: str, now: datetime) -> None:
    """Queue a mail again that was sent, rejected or is of unknown outcome, under its own Message-ID."""
    allowed = (MessageState.SENT, MessageState.REJECTED, MessageState.UNCERTAIN)
    with ledger.begin() as connection:
        row = _required(connection, jurisdiction, message_id, allowed)
        left_on = row["finished_at"] if row["state"] == MessageState.SENT else None
        _set_state(connection, row, MessageState.QUEUED, attempts=0, next_try_at=None, finished_at=left_on)
        audit.enter(connection, jurisdiction, by, "重发", message_id, now, why=why, before=row["state"])


def _is_in(states: Collection[MessageState]) -> sa.ColumnElement[bool]:
    return messages.c.state.in_([str(state) for state in states])


def _locked(
    connection: sa.Connection, jurisdiction: str, message_id: str, states: Collection[MessageState]
) -> Any | None:
    mine = (messages.c.message_id == message_id, messages.c.jurisdiction == jurisdiction, _is_in(states))
    return connection.execute(sa.select(messages).where(*mine).with_for_update()).mappings().one_or_none()


def _required(connection: sa.Connection, jurisdiction: str, message_id: str, states: Collection[MessageState]) -> Any:
    row = _locked(connection, jurisdiction, message_id, states)
    if row is not None:
        return row
    found = _locked(connection, jurisdiction, message_id, tuple(MessageState))
    if found is None:
        raise DeliveryError(f"邮件 {message_id}", "没有这封邮件", "请用 outbox list 查看编号。")
    raise DeliveryError(
        f"邮件 {message_id}", f"现在的状态不能这样处理:{found['state']}", NEXT_ACT[found["state"]] + "。"
    )


def _set_state(connection: sa.Connection, row: Any, state: MessageState, **values: Any) -> None:
    mine = messages.c.message_id == row["message_id"]
    connection.execute(messages.update().where(mine).values(state=str(state), **values))


def _take_back(connection: sa.Connection, own: pd.DataFrame, now: datetime) -> list[Any]:
    """Cancel the steps and return the keys of those that remain in their mail."""
    rows = own[["notice_id", "reason"]].rename(columns={"notice_id": "id"}).to_dict("records")
    which = notices.c.notice_id == sa.bindparam("id")
    values = {"cancelled_at": now, "cancelled_why": sa.bindparam("reason")}
    connection.execute(notices.update().where(which).values(values), rows)
    left = (notices.c.message_id == own["message_id"].iloc[0], notices.c.cancelled_at.is_(None))
    # A mail speaks of one unit, one level and one day: there an obligation stands once.
    key = (notices.c.proposal_id, notices.c.duty, notices.c.round)
    return [tuple(row) for row in connection.execute(sa.select(*key).where(*left))]


def _write_anew(connection: sa.Connection, archive: Archive, row: Any, remaining: list[Any], compose: Compose) -> None:
    notice = notice_from_json(row["notice"])
    kept = {tuple(key) for key in remaining}
    items = tuple(item for item in notice.items if (item.proposal_id, item.duty, item.round) in kept)
    fewer = replace(notice, items=items)
    values = written(archive, fewer, compose(fewer, row["message_id"]))
    # What was signed is not this document any more.
    state = MessageState.AWAITING_SIGN_OFF if row["needs_sign_off"] else MessageState(row["state"])
    _set_state(connection, row, state, **values)
