"""What a signature sets off: each kind of document goes to those it is written for, or does what it was signed to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from tasks.adapters.ledger import contact_faults, document_mails, snapshots
from tasks.adapters.ledger.documents import Document
from tasks.adapters.workplace import Workplace
from tasks.domain.documents import DocumentKind, attached
from tasks.domain.frames import ContactRole
from tasks.domain.notices import Addressee, Attachment, MailDraft
from tasks.domain.recipients import Directory, Recipients, directory, resolve

# Returns the mails by recipient. It may do more, which must then bear being done again: a signed document whose mails
# did not get into the outbox is issued once more.
Issuer = Callable[[Workplace, Document, datetime], Mapping[str, MailDraft]]
COPIED = (ContactRole.LEADER, ContactRole.TOP_LEADER)


def issue(workplace: Workplace, document: Document, now: datetime) -> int:
    """Do what the signed document is for, queue its mails, mark it as sent, and return the number of mails."""
    drafts = ISSUERS[document.kind](workplace, document, now)
    return document_mails.queue_document(workplace.ledger, workplace.archive, document, drafts, now)


def to_every_unit(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Return the document's mail for each unit that can be reached, copied to its leaders, by unit."""
    units, _ = _units_and_book(workplace, document)
    return to_units(workplace, document, units, now)


def to_named_units(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Return the document's mail for the ``units`` that it was made for."""
    return to_units(workplace, document, document.made_from["units"], now)


def to_units(workplace: Workplace, document: Document, units: Iterable[str], now: datetime) -> dict[str, MailDraft]:
    """Return the document's mail for each of these units that can be reached, copied to its leaders, by unit."""
    _, book = _units_and_book(workplace, document)
    found = {unit: resolve(book, unit, ContactRole.SECTION, COPIED) for unit in sorted(units)}
    return {unit: mail_of(workplace, document, unit, who, now) for unit, who in found.items() if who.to}


def to_office(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Return the document's mail for the office itself."""
    office = workplace.jurisdiction.office
    address = office.reply_to or office.mail_from
    return {"office": mail_of(workplace, document, "office", Recipients((Addressee(office.name, address),)), now)}


def mail_of(workplace: Workplace, document: Document, recipient: str, who: Recipients, now: datetime) -> MailDraft:
    """Return the mail that carries the document to ``who``; ``recipient`` keeps its Message-ID single."""
    office, archive, contents = workplace.jurisdiction.office, workplace.archive, document.contents
    html, text, subject = (archive.get(contents[part].content).decode() for part in ("html", "text", "subject"))
    files = [contents[part] for part in attached(contents)]
    return MailDraft(
        message_id=f"<{document_mails.mail_id(document, recipient)}@{office.mail_from.rpartition('@')[2]}>",
        sender=Addressee(office.name, office.mail_from),
        to=who.to,
        cc=who.cc,
        reply_to=office.reply_to,
        subject=subject,
        text=text,
        html=html,
        attachments=tuple(Attachment(file.filename, file.media_type, archive.get(file.content)) for file in files),
        dated=now,
    )


def unreached(workplace: Workplace, document: Document) -> list[str]:
    """Return the names of the units that a document for every unit cannot reach."""
    units, book = _units_and_book(workplace, document)
    return [name for unit, name in units.items() if not resolve(book, unit, ContactRole.SECTION, ()).to]


def _units_and_book(workplace: Workplace, document: Document) -> tuple[dict[str, str], Directory]:
    """Return the units' names by id, and whom to write to, on the document's day."""
    facts = snapshots.load(workplace.ledger, document.made_from["snapshot_id"])
    failing = contact_faults.failing(workplace.ledger, workplace.name)
    names = facts.units.set_index("unit_id")["name"].to_dict()
    return names, directory(facts.contacts, document.dated_on, failing)


ISSUERS: Mapping[DocumentKind, Issuer] = {
    DocumentKind.CIRCULAR: to_every_unit,
    DocumentKind.BRIEF: to_office,
}
