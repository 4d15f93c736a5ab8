"""Documents in the ledger: a number is taken once, every text is kept, and what was issued never changes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from tasks.adapters.ledger.document_tables import document_versions, documents
from tasks.adapters.ledger.engine import Ledger
from tasks.domain.documents import (
    CHECKSUM_LENGTH,
    ISSUED,
    ISSUES,
    KIND_LABELS,
    OPEN,
    STATE_LABELS,
    WITHOUT_GAPS,
    DocumentKind,
    DocumentState,
)
from tasks.domain.errors import DocumentError


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of a document: its name for people, its media type, and its hash in the archive."""

    filename: str
    media_type: str
    content: str


@dataclass(frozen=True, slots=True)
class Document:
    """A numbered document with its newest text.

    ``subject`` says what it is about, so that the same run again means the same document. ``contents`` are its files by part
    (docx, pdf, …), ``made_from`` what it rests on; both are empty, and ``version`` 0, until a first text is stored.
    """

    document_id: str
    jurisdiction: str
    kind: DocumentKind
    year: int
    serial: int
    subject: str
    title: str
    as_of: date
    dated_on: date
    state: DocumentState
    version: int
    corrects: str | None
    document_hash: str
    contents: Mapping[str, StoredFile]
    made_from: Mapping[str, Any]

    @property
    def number(self) -> str:
        """The series and number as people say them."""
        return f"{KIND_LABELS[self.kind]}{self.year}年第{self.serial}{'期' if self.kind in ISSUES else '号'}"

    @property
    def checksum(self) -> str:
        """What a person copies to say which text they have read."""
        return self.document_hash[:CHECKSUM_LENGTH]


@dataclass(frozen=True, slots=True)
class Heading:
    """What a document is to be: its series, day, subject and title; ``corrects`` is the id of the one it replaces."""

    kind: DocumentKind
    subject: str
    title: str
    as_of: date
    dated_on: date
    corrects: str | None = None


def open_document(ledger: Ledger, jurisdiction: str, heading: Heading, now: datetime) -> Document:
    """Return the document to write, with the number that it has or takes now.

    Numbers count from 1 in each year. An open document of the same subject keeps its number. In a series ``WITHOUT_GAPS`` a
    number is used up only when its document is issued: a returned one (or one that never got a text) gives it to whatever is
    written next; while one is still with its reviewers a different one is refused with ``DocumentError``. In the other
    series many documents are open at once, each under its own number.
    """
    with ledger.begin() as connection:
        _lock_series(connection, jurisdiction, heading.kind)
        open_one = _open_one(connection, jurisdiction, heading)
        if open_one is None:
            document_id = _take_number(connection, jurisdiction, heading, now)
        else:
            _refuse_other_subject(open_one, heading)
            document_id = open_one["document_id"]
            about = {name: getattr(heading, name) for name in ("subject", "title", "as_of", "dated_on", "corrects")}
            connection.execute(documents.update().where(documents.c.document_id == document_id).values(about))
        return _read(connection, document_id)


def store_text(
    ledger: Ledger,
    document_id: str,
    contents: Mapping[str, StoredFile],
    made_from: Mapping[str, Any],
    now: datetime,
    subject: str | None = None,
) -> Document:
    """Store a text of an open document and return it; a changed text is a draft again, the same text changes nothing.

    ``subject`` is what the text was written for: ``DocumentError`` when the number has been given to another one meanwhile.
    """
    with ledger.begin() as connection:
        document = _read(connection, document_id, lock=True)
        if subject is not None and document.subject != subject:
            what = f"拟“{subject}”时，这个期号已另拟“{document.subject}”"
            raise DocumentError(document.number, what, "请等那一稿签发或退回后重新运行。")
        if document.state not in OPEN:
            raise DocumentError(document.number, f"现在是“{STATE_LABELS[document.state]}”，不能再改", "要改请出更正。")
        changed = content_hash(document, contents)
        if changed != document.document_hash or document.state is DocumentState.RETURNED:
            _add_version(connection, document, changed, contents, made_from, now)
        return _read(connection, document_id)


def content_hash(document: Document, contents: Mapping[str, StoredFile]) -> str:
    """Return the hash that a signature is bound to: it changes with the number, the title and any byte of any file."""
    parts = {name: asdict(file) for name, file in contents.items()}
    text = json.dumps([document.document_id, document.title, parts], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def by_id(ledger: Ledger, jurisdiction: str, document_id: str) -> Document:
    """Return that document; ``DocumentError`` if the jurisdiction has none of that id."""
    with ledger.connect() as connection:
        document = find(connection, jurisdiction, document_id)
    if document is None:
        raise DocumentError("文件", f"没有编号为 {document_id!r} 的文件", "请用 sign-off list 查看编号。")
    return document


def issued(ledger: Ledger, jurisdiction: str, kind: DocumentKind, serial: int, year: int) -> Document:
    """Return the issued document of that number; of ``year``, or of the year before if that year has none.

    Raises ``DocumentError`` when there is none, it was not issued, or a correction has taken its place.
    """
    mine = (documents.c.jurisdiction == jurisdiction, documents.c.kind == kind, documents.c.serial == serial)
    query = sa.select(documents.c.document_id).where(*mine, documents.c.year.in_([year, year - 1]))
    with ledger.connect() as connection:
        found = connection.scalar(query.order_by(documents.c.year.desc()).limit(1))
        document = _read(connection, found) if found else None
        later = _correction_of(connection, document) if document else None
    if later is not None:
        what = f"已由{later.number}更正"
        raise DocumentError(f"{KIND_LABELS[kind]}第{serial}期", what, f"还要更正的，请更正{later.number}。")
    if document is None or document.state not in ISSUED:
        what = "还没有签发，改稿即可" if document else "没有这一期"
        raise DocumentError(f"{KIND_LABELS[kind]}第{serial}期", what, "请用 sign-off list --all 查看已印发的各期。")
    return document


def listing(
    ledger: Ledger, jurisdiction: str, states: Collection[DocumentState] = tuple(DocumentState)
) -> list[Document]:
    """Return the documents in these states, the newest first."""
    mine = (documents.c.jurisdiction == jurisdiction, documents.c.state.in_([str(state) for state in states]))
    order = (documents.c.year.desc(), documents.c.kind, documents.c.serial.desc())
    with ledger.connect() as connection:
        found = connection.scalars(sa.select(documents.c.document_id).where(*mine).order_by(*order)).all()
        return [_read(connection, document_id) for document_id in found]


def last_issued(ledger: Ledger, jurisdiction: str, kind: DocumentKind, before: date) -> Document | None:
    """Return the newest issued document of the series whose day of reference lies before ``before``, or None.

    Of a circular and its correction, the correction.
    """
    mine = (documents.c.jurisdiction == jurisdiction, documents.c.kind == kind, documents.c.as_of < before)
    issued_now = documents.c.state.in_([DocumentState.SIGNED, DocumentState.SENT])
    order = (documents.c.as_of.desc(), documents.c.year.desc(), documents.c.serial.desc())
    query = sa.select(documents.c.document_id).where(*mine, issued_now).order_by(*order).limit(1)
    with ledger.connect() as connection:
        found = connection.scalar(query)
        return _read(connection, found) if found else None


def versions(ledger: Ledger, document_id: str) -> list[dict[str, Any]]:
    """Return every text that the document ever had, oldest first: version, document_hash, drafted_at, made_from."""
    columns = (document_versions.c[name] for name in ("version", "document_hash", "drafted_at", "made_from"))
    query = sa.select(*columns).where(document_versions.c.document_id == document_id)
    with ledger.connect() as connection:
        return [dict(row) for row in connection.execute(query.order_by(document_versions.c.version)).mappings()]


def find(connection: sa.Connection, jurisdiction: str, document_id: str, *, lock: bool = False) -> Document | None:
    """Return that document as the connection sees it, locked for writing if asked; None if there is none."""
    mine = (documents.c.jurisdiction == jurisdiction, documents.c.document_id == document_id)
    found = connection.scalar(sa.select(documents.c.document_id).where(*mine))
    return _read(connection, found, lock=lock) if found else None


def set_state(connection: sa.Connection, document: Document, state: DocumentState) -> None:
    """Record where the document stands."""
    mine = documents.c.document_id == document.document_id
    connection.execute(documents.update().where(mine).values(state=str(state)))


def _read(connection: sa.Connection, document_id: str, *, lock: bool = False) -> Document:
    query = sa.select(documents).where(documents.c.document_id == document_id)
    row = dict(connection.execute(query.with_for_update() if lock else query).mappings().one())
    text = sa.select(document_versions).where(
        document_versions.c.document_id == document_id, document_versions.c.version == row["version"]
    )
    found = connection.execute(text).mappings().one_or_none()
    row.pop("opened_at")
    row |= {"kind": DocumentKind(row["kind"]), "state": DocumentState(row["state"])}
    if found is None:
        return Document(**row, document_hash="", contents={}, made_from={})
    contents = {name: StoredFile(**file) for name, file in found["contents"].items()}
    return Document(**row, document_hash=found["document_hash"], contents=contents, made_from=found["made_from"])


def _correction_of(connection: sa.Connection, document: Document) -> Document | None:
    """Return the issued correction of a superseded document; None if it still stands."""
    if document.state is not DocumentState.SUPERSEDED:
        return None
    issued_now = documents.c.state.in_([str(state) for state in ISSUED])
    query = sa.select(documents.c.document_id).where(documents.c.corrects == document.document_id, issued_now)
    found = connection.scalar(query.order_by(documents.c.year.desc(), documents.c.serial.desc()).limit(1))
    return _read(connection, found) if found else None


def _lock_series(connection: sa.Connection, jurisdiction: str, kind: DocumentKind) -> None:
    """Let one writer at a time take a number; SQLite's write transaction does so by itself."""
    if connection.dialect.name == "postgresql":
        statement = sa.text("select pg_advisory_xact_lock(hashtext(:series))")
        connection.execute(statement, {"series": f"documents/{jurisdiction}/{kind}"})


def _open_one(connection: sa.Connection, jurisdiction: str, heading: Heading) -> Any | None:
    """Return the open document that holds the number, locked: nobody stores its text while the number changes hands."""
    mine = (documents.c.jurisdiction == jurisdiction, documents.c.kind == heading.kind)
    still_open = documents.c.state.in_([str(state) for state in OPEN])
    this_year = documents.c.year == heading.dated_on.year
    query = sa.select(documents).where(*mine, this_year, still_open)
    if heading.kind not in WITHOUT_GAPS:
        query = query.where(documents.c.subject == heading.subject)
    return connection.execute(query.with_for_update()).mappings().one_or_none()


def _refuse_other_subject(open_one: Any, heading: Heading) -> None:
    is_free = open_one["state"] == DocumentState.RETURNED or not open_one["version"]
    if open_one["subject"] != heading.subject and not is_free:
        state = STATE_LABELS[DocumentState(open_one["state"])]
        raise DocumentError(
            f"{KIND_LABELS[heading.kind]}{open_one['year']}年第{open_one['serial']}期",
            f"“{open_one['subject']}”一稿{state}，不能另拟“{heading.subject}”",
            "请先签发，或用 sign-off return 退回（退回后期号让给新稿），再重新运行。",
        )


def _take_number(connection: sa.Connection, jurisdiction: str, heading: Heading, now: datetime) -> str:
    year = heading.dated_on.year
    series = (documents.c.jurisdiction == jurisdiction, documents.c.kind == heading.kind, documents.c.year == year)
    serial = (connection.scalar(sa.select(sa.func.max(documents.c.serial)).where(*series)) or 0) + 1
    document_id = f"{jurisdiction}-{heading.kind}-{year}-{serial:03d}"
    values = asdict(heading) | {"document_id": document_id, "jurisdiction": jurisdiction, "year": year}
    values |= {"serial": serial, "state": str(DocumentState.DRAFT), "version": 0, "opened_at": now}
    connection.execute(documents.insert().values(values))
    return document_id


def _add_version(
    connection: sa.Connection,
    document: Document,
    document_hash: str,
    contents: Mapping[str, StoredFile],
    made_from: Mapping[str, Any],
    now: datetime,
) -> None:
    number = document.version + 1
    values = {"document_id": document.document_id, "version": number, "document_hash": document_hash}
    values |= {"contents": {name: asdict(file) for name, file in contents.items()}, "made_from": dict(made_from)}
    connection.execute(document_versions.insert().values(values | {"drafted_at": now}))
    mine = documents.c.document_id == document.document_id
    connection.execute(documents.update().where(mine).values(version=number, state=str(DocumentState.DRAFT)))
