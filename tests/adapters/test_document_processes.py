"""Several processes that draft and sign at once, on SQLite and on PostgreSQL: no number twice, none left out."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from threading import Thread

from tasks.adapters.ledger import document_mails, documents, sign_offs
from tasks.adapters.ledger.engine import Ledger
from tasks.domain.documents import Act, DocumentKind, DocumentState, Wanted
from tasks.domain.errors import DocumentError
from tests.adapters.processes import at_once
from tests.adapters.test_documents import MADE_FROM, NOW, POLICY, act, drafted, heading, mails, text

LETTERS = 8


def letter(number):
    return replace(heading(subject=f"通报第1期 单位{number}"), kind=DocumentKind.CRITICISM)


def test_processes_that_draft_the_same_circular_take_one_number(ledger, tmp_path):
    ledger.engine.dispose()

    def work(number):
        mine = Ledger(ledger.url)
        for _ in range(5):
            documents.open_document(mine, "demo", heading(), NOW)

    at_once(tmp_path, 4, work)
    assert [document.serial for document in documents.listing(ledger, "demo")] == [1]


def test_processes_that_draft_letters_take_each_number_once_and_leave_none_out(ledger, tmp_path):
    ledger.engine.dispose()

    def work(number):
        mine = Ledger(ledger.url)
        for one in range(LETTERS):
            made = documents.open_document(mine, "demo", letter(10 * number + one), NOW)
            documents.store_text(mine, made.document_id, text(f"{number}/{one}"), MADE_FROM, NOW)

    at_once(tmp_path, 3, work)
    found = documents.listing(ledger, "demo")
    assert sorted(document.serial for document in found) == list(range(1, 3 * LETTERS + 1))
    assert len({document.subject for document in found}) == 3 * LETTERS


def test_of_processes_that_draft_different_circulars_one_is_refused_and_no_number_is_lost(ledger, tmp_path):
    ledger.engine.dispose()

    def work(number):
        mine, about = Ledger(ledger.url), heading(date(2026, 10 + number, 28))
        try:
            made = documents.open_document(mine, "demo", about, NOW)
            about_it = text(str(about.as_of))
            documents.store_text(mine, made.document_id, about_it, MADE_FROM, NOW, subject=made.subject)
        except DocumentError:
            (tmp_path / f"refused-{number}").touch()

    at_once(tmp_path, 2, work)
    (document,) = documents.listing(ledger, "demo")
    assert (document.serial, document.version) == (1, 1)
    assert document.contents["docx"].content == str(document.as_of)
    assert len(list(tmp_path.glob("refused-*"))) == 1


def test_a_text_is_not_stored_while_its_number_is_being_given_to_another_document(ledger, monkeypatch):
    about, other = heading(date(2026, 10, 28)), heading(date(2026, 11, 28))
    first = documents.open_document(ledger, "demo", about, NOW)
    stored = []
    refuse = documents._refuse_other_subject

    def store():
        try:
            documents.store_text(ledger, first.document_id, text("A"), MADE_FROM, NOW, subject=first.subject)
        except DocumentError as error:
            stored.append(error)

    storing = Thread(target=store)

    def refuse_while_the_text_is_stored(open_one, wanted):
        refuse(open_one, wanted)
        storing.start()
        storing.join(0.3)

    monkeypatch.setattr(documents, "_refuse_other_subject", refuse_while_the_text_is_stored)
    second = documents.open_document(ledger, "demo", other, NOW)
    storing.join()
    (error,) = stored
    assert other.subject in str(error)
    assert (second.subject, documents.by_id(ledger, "demo", second.document_id).version) == (other.subject, 0)


def test_processes_that_sign_at_once_leave_one_signature_and_one_mail_a_unit(ledger, archive, tmp_path):
    document = drafted(ledger)
    act(ledger, document, Act.REVIEWED, "周敏")
    ledger.engine.dispose()

    def work(number):
        mine = Ledger(ledger.url)
        wanted = Wanted(Act.SIGNED, "王志远", document.checksum)
        try:
            signed = sign_offs.sign_document(mine, "demo", document.document_id, wanted, POLICY, NOW)
        except DocumentError:
            signed = documents.by_id(mine, "demo", document.document_id)
        document_mails.queue_document(mine, archive, signed, mails("甲局", "乙局"), NOW)

    at_once(tmp_path, 3, work)
    acts = [row["act"] for row in sign_offs.signed_off(ledger, document.document_id)]
    assert acts == ["reviewed", "signed"]
    assert documents.by_id(ledger, "demo", document.document_id).state is DocumentState.SENT
    assert document_mails.mail_states(ledger, document.document_id) == {"queued": 2}
