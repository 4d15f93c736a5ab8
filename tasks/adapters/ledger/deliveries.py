"""Delivering: a mail is claimed before it leaves, and what became of it is recorded after; nothing is sent twice by guess."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tasks.adapters.ledger import contact_faults
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_tables import messages
from tasks.adapters.smtp_dialogue import SendResult, SendState
from tasks.domain.delivery import BACK_OFF, DUE, MessageState, next_try_at
from tasks.domain.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Claim:
    """A mail that one deliverer, and nobody else, may now send once; ``mail`` is as ``stored_mail`` keeps it."""

    message_id: str
    jurisdiction: str
    worker: str
    mail: dict[str, Any]

    @property
    def addresses(self) -> list[str]:
        """Everybody it goes to."""
        return [who["email"] for kind in ("to", "cc") for who in self.mail[kind]]


def due(ledger: Ledger, now: datetime, jurisdiction: str | None = None) -> list[str]:
    """Return the ids of the mails that may leave now, in the order they should."""
    query = sa.select(messages.c.message_id).where(_is_due(now))
    if jurisdiction is not None:
        query = query.where(messages.c.jurisdiction == jurisdiction)
    with ledger.connect() as connection:
        return list(connection.scalars(query.order_by(messages.c.plan_id, messages.c.position)))


def claim(ledger: Ledger, message_id: str, now: datetime, worker: str) -> Claim | None:
    """Claim one mail and commit; None if it is not due any more, or somebody else has it."""
    statement = (
        messages.update()
        .where(messages.c.message_id == message_id, _is_due(now))
        .values(
            state=MessageState.SENDING,
            claimed_at=now,
            claimed_by=worker,
            attempts=messages.c.attempts + 1,
            smtp_answer=None,
        )
        .returning(messages.c.jurisdiction, messages.c.mail)
    )
    with ledger.begin() as connection:
        row = connection.execute(statement).one_or_none()
    return Claim(message_id, row.jurisdiction, worker, row.mail) if row else None


def record(ledger: Ledger, claimed: Claim, result: SendResult, eml_hash: str | None, now: datetime) -> MessageState:
    """Record what became of a claimed mail and return its new state; refused addresses are marked as failing.

    A result that comes after ``recover`` gave the mail up still counts, because it is knowledge. Raises ``LedgerError``
    when the mail is not this deliverer's.
    """
    mine = sa.and_(
        messages.c.message_id == claimed.message_id,
        messages.c.claimed_by == claimed.worker,
        messages.c.state.in_([MessageState.SENDING, MessageState.UNCERTAIN]),
    )
    with ledger.begin() as connection:
        row = connection.execute(sa.select(messages).where(mine).with_for_update()).mappings().one_or_none()
        if row is None:
            raise LedgerError(
                f"邮件 {claimed.message_id}", "不归本进程发送,或已另行处理", "请用 outbox show 查看它现在的状态。"
            )
        values = _outcome(result, row["attempts"], now)
        refused = {address: list(answer) for address, answer in result.refused.items()}
        connection.execute(
            messages.update().where(mine).values(**values, refused={**row["refused"], **refused}, eml_hash=eml_hash)
        )
        for address, (code, answer) in result.refused.items():
            if code // 100 == 5:
                told = f"{code} {answer}"
                contact_faults.mark(connection, claimed.jurisdiction, address, told, claimed.message_id, now)
    return MessageState(values["state"])


def recover(ledger: Ledger, jurisdiction: str, older_than: timedelta, now: datetime) -> list[str]:
    """Give up the mails claimed longer ago than that and return their ids: nobody knows whether they left."""
    abandoned = (messages.c.state == MessageState.SENDING, messages.c.claimed_at < now - older_than)
    statement = (
        messages.update()
        .where(messages.c.jurisdiction == jurisdiction, *abandoned)
        .values(state=MessageState.UNCERTAIN, smtp_answer="发送进程中断,未收到结果")
        .returning(messages.c.message_id)
    )
    with ledger.begin() as connection:
        return sorted(connection.scalars(statement))


def _is_due(now: datetime) -> sa.ColumnElement[bool]:
    may_try = messages.c.next_try_at.is_(None) | (messages.c.next_try_at <= now)
    is_signed = ~messages.c.needs_sign_off | (messages.c.signed_hash == messages.c.document_hash)
    return sa.and_(messages.c.state.in_([str(state) for state in DUE]), may_try, is_signed)


def _outcome(result: SendResult, attempts: int, now: datetime) -> dict[str, Any]:
    """Return the columns that say what became of a mail after so many attempts."""
    match result.state:
        case SendState.RETRY if not result.reached:
            # A server that is down says nothing about the mail: no attempt is used up.
            values = {"state": MessageState.RETRY, "attempts": attempts - 1, "next_try_at": now + BACK_OFF[0]}
            return {**values, "smtp_answer": result.answer}
        case SendState.RETRY if (again := next_try_at(attempts, now)) is not None:
            return {"state": MessageState.RETRY, "next_try_at": again, "smtp_answer": result.answer}
        case SendState.RETRY:
            answer = f"{attempts} 次重试均未成功,最后一次:{result.answer}"
            return {"state": MessageState.REJECTED, "smtp_answer": answer, "finished_at": now}
        case _:
            return {"state": MessageState(result.state), "smtp_answer": result.answer, "finished_at": now}
