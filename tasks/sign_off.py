"""Review, sign or return what must not leave unsigned: documents, and single mails of the higher levels."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.overviews import Row
from tasks.adapters.ledger import decisions, documents, sign_offs
from tasks.adapters.ledger.documents import Document
from tasks.adapters.workplace import open_workplace
from tasks.domain.documents import (
    ACT_LABELS,
    CHECKSUM_LENGTH,
    NEXT_ACT,
    OPEN,
    STATE_AFTER,
    STATE_LABELS,
    Act,
    DocumentState,
    Wanted,
)
from tasks.domain.errors import DocumentError
from tasks.issue import hindrance, issue
from tasks.review import publish_table


@task(name="审核签发", task_run_name="审核签发 {subject_id}", cache_policy=NO_CACHE)
def sign_off_subject(jurisdiction: str, subject_id: str, wanted: Wanted, now: datetime) -> dict[str, str | int]:
    """Record the act on a document or mail; a document that is signed goes into the outbox. Return where it stands."""
    state, mails = act_on(jurisdiction, subject_id, wanted, now)
    get_run_logger().info("%s%s：%s，%s", wanted.name, ACT_LABELS[wanted.act], subject_id, STATE_LABELS[state])
    return {"document": subject_id, "state": STATE_LABELS[state], "mails": mails}


def act_on(jurisdiction: str, subject_id: str, wanted: Wanted, now: datetime) -> tuple[DocumentState, int]:
    """Record the act; return where the document or mail stands after it, and how many mails entered the outbox."""
    workplace = open_workplace(jurisdiction)
    ledger, name, policy = workplace.ledger, workplace.name, workplace.jurisdiction.sign_off
    if any(mail.message_id == subject_id for mail in sign_offs.waiting_mails(ledger, name)):
        decisions.sign_off(ledger, name, subject_id, policy, wanted, now)
        return STATE_AFTER[wanted.act], int(wanted.act is Act.SIGNED)
    known = documents.by_id(ledger, name, subject_id)
    if wanted.act is Act.SIGNED and (why := hindrance(workplace, known)):
        raise DocumentError(known.number, why, "已有的记录没有改变。")
    # A signature whose mails did not get into the outbox is not given again: they are queued now.
    is_left_over = known.state is DocumentState.SIGNED and wanted.act is Act.SIGNED
    document = known if is_left_over else sign_offs.sign_document(ledger, name, subject_id, wanted, policy, now)
    if document.state is not DocumentState.SIGNED:
        return document.state, 0
    return DocumentState.SENT, issue(workplace, document, now)


@task(name="待签文件", cache_policy=NO_CACHE)
def show_waiting(jurisdiction: str) -> None:
    """Publish what waits for review or signature."""
    rows: list[Row] = [
        dict(zip(("编号", "文件", "状态", "校验码", "下一步"), row, strict=True)) for row in waiting(jurisdiction)
    ]
    publish_table(f"{jurisdiction}-sign-off", "待审核、待签发的文件和邮件", rows)


def waiting(jurisdiction: str) -> list[tuple[str, str, str, str, str]]:
    """Return id, title, state, checksum and next act of everything that waits for review or signature."""
    workplace = open_workplace(jurisdiction)
    papers = [_row(document) for document in documents.listing(workplace.ledger, jurisdiction, OPEN)]
    mails = sign_offs.waiting_mails(workplace.ledger, jurisdiction)
    return papers + [
        (
            mail.message_id,
            f"{mail.subject}（致{'、'.join(mail.recipients)}）",
            STATE_LABELS[mail.state],
            mail.document_hash[:CHECKSUM_LENGTH],
            NEXT_ACT[mail.state],
        )
        for mail in mails
    ]


def listed(jurisdiction: str, states: Collection[DocumentState]) -> list[tuple[str, str, str, str, str]]:
    """Return id, title, state, checksum and next act of the documents in these states."""
    return [_row(document) for document in documents.listing(open_workplace(jurisdiction).ledger, jurisdiction, states)]


def history(jurisdiction: str, document_id: str) -> list[str]:
    """Return one line for each act on a document, oldest first."""
    workplace = open_workplace(jurisdiction)
    return [
        f"{row['at'].astimezone(workplace.jurisdiction.zone):%Y-%m-%d %H:%M} {row['name']} {ACT_LABELS[Act(row['act'])]} "
        f"{row['document_hash'][:CHECKSUM_LENGTH]} {row['comment']}".rstrip()
        for row in sign_offs.signed_off(workplace.ledger, document_id)
    ]


def _row(document: Document) -> tuple[str, str, str, str, str]:
    title = f"{document.number} {document.title}"
    return document.document_id, title, STATE_LABELS[document.state], document.checksum, NEXT_ACT[document.state]
