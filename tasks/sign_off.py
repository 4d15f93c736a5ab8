"""Review, sign or return what must not leave unsigned: documents, and single mails of the higher levels."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.overviews import Row
from tasks.adapters.ledger import contact_faults, decisions, document_mails, documents, sign_offs, snapshots
from tasks.adapters.ledger.documents import Document
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.compose_circular import carried, content_from
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
from tasks.domain.frames import ContactRole
from tasks.domain.notices import Addressee, Attachment, MailDraft
from tasks.domain.recipients import directory, resolve
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
    # A signature whose mails did not get into the outbox is not given again: they are queued now.
    is_left_over = known.state is DocumentState.SIGNED and wanted.act is Act.SIGNED
    document = known if is_left_over else sign_offs.sign_document(ledger, name, subject_id, wanted, policy, now)
    if document.state is not DocumentState.SIGNED:
        return document.state, 0
    return DocumentState.SENT, issue(workplace, document, now)


def issue(workplace: Workplace, document: Document, now: datetime) -> int:
    """Queue a signed document to every unit, copied to its leaders, and return the number of mails."""
    drafts = compose_mails(workplace, document, now)
    return document_mails.queue_document(workplace.ledger, workplace.archive, document, drafts, now)


def compose_mails(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Return the document's mail for each unit that can be reached, by unit."""
    facts = snapshots.load(workplace.ledger, document.made_from["snapshot_id"])
    book = directory(facts.contacts, document.dated_on, contact_faults.failing(workplace.ledger, workplace.name))
    office, archive = workplace.jurisdiction.office, workplace.archive
    files = [document.contents[part] for part in carried("pdf" in document.contents)]
    attachments = tuple(Attachment(file.filename, file.media_type, archive.get(file.content)) for file in files)
    html, text = (archive.get(document.contents[part].content).decode() for part in ("html", "text"))
    content = content_from(archive.get(document.contents["content"].content))
    drafts = {}
    for unit in sorted(facts.units["unit_id"]):
        who = resolve(book, unit, ContactRole.SECTION, (ContactRole.LEADER, ContactRole.TOP_LEADER))
        if who.to:
            drafts[unit] = MailDraft(
                message_id=f"<{document_mails.mail_id(document, unit)}@{office.mail_from.rpartition('@')[2]}>",
                sender=Addressee(office.name, office.mail_from),
                to=who.to,
                cc=who.cc,
                reply_to=office.reply_to,
                subject=f"{'【演练】' if workplace.is_rehearsal else ''}{content.masthead}第{document.serial}期：{document.title}",
                text=text,
                html=html,
                attachments=attachments,
                dated=now,
            )
    return drafts


def unreached(workplace: Workplace, document: Document) -> list[str]:
    """Return the names of the units that a document's mail cannot reach."""
    facts = snapshots.load(workplace.ledger, document.made_from["snapshot_id"])
    book = directory(facts.contacts, document.dated_on, contact_faults.failing(workplace.ledger, workplace.name))
    units = zip(facts.units["unit_id"], facts.units["name"], strict=True)
    return [name for unit, name in units if not resolve(book, unit, ContactRole.SECTION, ()).to]


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
