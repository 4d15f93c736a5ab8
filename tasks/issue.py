"""What a signature sets off: each kind of document goes to those it is written for, or does what it was signed to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime

from tasks.adapters.ledger import (
    backlog_cases,
    contact_faults,
    document_mails,
    documents,
    inspections,
    sign_offs,
    snapshots,
)
from tasks.adapters.ledger.documents import Document
from tasks.adapters.workplace import Workplace
from tasks.domain.documents import Act, DocumentKind, DocumentState, attached
from tasks.domain.frames import ContactRole
from tasks.domain.inspections import Schedule
from tasks.domain.notices import Addressee, Attachment, MailDraft
from tasks.domain.recipients import Directory, Recipients, directory, resolve
from tasks.sign_site import show_signed

# Returns the mails by recipient. It may do more, which must then bear being done again: a signed document whose mails
# did not get into the outbox is issued once more.
Issuer = Callable[[Workplace, Document, datetime], Mapping[str, MailDraft]]
COPIED = (ContactRole.LEADER, ContactRole.TOP_LEADER)


def issue(workplace: Workplace, document: Document, now: datetime) -> int:
    """Do what the signed document is for, queue its mails, mark it as sent, and return the number of mails."""
    drafts = ISSUERS[document.kind](workplace, document, now)
    return document_mails.queue_document(workplace.ledger, workplace.archive, document, drafts, now)


def to_every_unit(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Return the document's mail for each unit that can be reached, copied to its leaders, by unit.

    A correction also goes to whoever got what it corrects and is no unit any more, at the addresses of then.
    """
    units, _ = _units_and_book(workplace, document)
    before = document_mails.reached(workplace.ledger, document.corrects) if document.corrects else {}
    gone = {
        unit: mail_of(workplace, document, unit, _as_then(who), now)
        for unit, who in before.items()
        if unit not in units
    }
    return to_units(workplace, document, units, now) | gone


def _as_then(recipients: list[dict[str, str]]) -> Recipients:
    """Return the stored recipients of a mail."""
    people = {kind: [one for one in recipients if one["kind"] == kind] for kind in ("to", "cc")}
    to, cc = (tuple(Addressee(one["name"], one["email"], one["role"]) for one in people[kind]) for kind in people)
    return Recipients(to, cc)


def to_heads(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Return the document's mail for the head of each unit that it was made for, copied to the unit's others."""
    found = _heads(workplace, document)
    return {unit: mail_of(workplace, document, unit, who, now) for unit, who in found.items()}


def _heads(workplace: Workplace, document: Document) -> dict[str, Recipients]:
    _, book = _units_and_book(workplace, document)
    cc = (ContactRole.LEADER, ContactRole.SECTION)
    return {unit: resolve(book, unit, ContactRole.TOP_LEADER, cc) for unit in document.made_from["units"]}


def hindrance(workplace: Workplace, document: Document) -> str | None:
    """Return in Chinese why a document must not be signed yet, or at all, whoever signs; None if nothing is in the way."""
    if document.kind is not DocumentKind.CRITICISM:
        return None
    circular = documents.by_id(workplace.ledger, workplace.name, document.made_from["circular"])
    if circular.state is DocumentState.SUPERSEDED:
        return f"{circular.number}已经更正，以更正后的一期和随附的函为准；请退回本函"
    if circular.state not in (DocumentState.SIGNED, DocumentState.SENT):
        return f"{circular.number}还没有签发：函随通报发出，请先签发通报"
    if circular.document_hash != document.made_from["circular_hash"]:
        return f"本函按{circular.number}的前一稿写成，定稿已有变化；请退回本函"
    if not all(who.to for who in _heads(workplace, document).values()):
        return "该单位没有可用的邮箱，签发了也发不出去；请先登记联系人"
    return None


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


def open_inspection(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Open the inspection that the signed plan orders; return its mails for the units concerned and for the leaders."""
    made, ledger = document.made_from, workplace.ledger
    days = Schedule(*(date.fromisoformat(made[name]) for name in ("starts_on", "ends_on", "report_by")))
    keys = [(proposal, int(occurrence)) for proposal, occurrence in made["cases"]]
    inspections.open_inspection(ledger, workplace.name, document.document_id, made["leader"], days, keys, now)
    leaders = tuple(Addressee(name, email) for name, email in made["copied_to"])
    to_leaders = {"leaders": mail_of(workplace, document, "leaders", Recipients(leaders), now)} if leaders else {}
    return to_named_units(workplace, document, now) | to_leaders


def close_case(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Close the backlog case that the signed form is about, in the name of who signed this very text; no mail."""
    made, ledger = document.made_from, workplace.ledger
    acts = sign_offs.signed_off(ledger, document.document_id)
    mine = [one for one in acts if one["act"] == Act.SIGNED and one["document_hash"] == document.document_hash]
    values = {name: made[name] for name in ("proposal_id", "occurrence", "criteria", "proof")}
    values |= {"closed_on": now.astimezone(workplace.jurisdiction.zone).date(), "document_id": document.document_id}
    with ledger.begin() as connection:
        signer = mine[-1]["name"] if mine else ""
        backlog_cases.close_case(connection, workplace.name, values | {"signed_by": signer}, now)
    return {}


def to_leader(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Return the document's mail for the leader's ``office`` that it was made for; for our own office where that has none."""
    office = document.made_from["office"]
    if office is None:
        return to_office(workplace, document, now)
    who = Recipients((Addressee(office["name"], office["email"]),))
    return {"leader": mail_of(workplace, document, "leader", who, now)}


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
        subject=f"{'【演练】' if workplace.is_rehearsal else ''}{subject}",
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
    DocumentKind.INSPECTION: open_inspection,
    DocumentKind.CLOSING: close_case,
    DocumentKind.CRITICISM: to_heads,
    DocumentKind.SITE: show_signed,
    DocumentKind.LEADER_BRIEF: to_leader,
    DocumentKind.SUMMARY: to_every_unit,
}
