"""Documents in the ledger: single numbers without gaps, signatures on texts, and nothing unsigned in the outbox."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from tasks.adapters.ledger import audit, deliveries, document_mails, documents, outbox, outbox_views, sign_offs
from tasks.adapters.ledger.document_tables import document_versions
from tasks.adapters.ledger.documents import Heading, StoredFile
from tasks.adapters.ledger.outbox_tables import messages
from tasks.domain.documents import Act, DocumentKind, DocumentState, SignOffPolicy, Wanted
from tasks.domain.errors import DeliveryError, DocumentError
from tasks.domain.notices import Addressee, MailDraft

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
POLICY = SignOffPolicy()
MADE_FROM = {
    "assessment_id": "a1",
    "snapshot_id": "demo-000001",
    "rule_version": "r",
    "calendar_version": "c",
    "code_version": "v",
    "scheme_version": "weighted@2016-01-01+1",
}


def heading(as_of=date(2026, 10, 31), dated_on=date(2026, 11, 23), subject=None, **changes):
    subject = subject or f"截至{as_of}"
    return Heading(DocumentKind.CIRCULAR, subject, f"通报（{subject}）", as_of, dated_on, **changes)


def text(content="正文"):
    return {"docx": StoredFile("通报.docx", "application/x", content)}


def opened(ledger, about=None, jurisdiction="demo"):
    return documents.open_document(ledger, jurisdiction, about or heading(), NOW)


def drafted(ledger, about=None, content="正文"):
    return documents.store_text(ledger, opened(ledger, about).document_id, text(content), MADE_FROM, NOW)


def act(ledger, document, what, name, checksum=None, comment=""):
    wanted = Wanted(what, name, document.checksum if checksum is None else checksum, comment)
    return sign_offs.sign_document(ledger, "demo", document.document_id, wanted, POLICY, NOW)


def signed(ledger, about=None, content="正文"):
    document = drafted(ledger, about, content)
    act(ledger, document, Act.REVIEWED, "周敏")
    return act(ledger, document, Act.SIGNED, "王志远")


def mails(*units):
    office = Addressee("督查室", "duban@x.example")
    return {
        unit: MailDraft(
            f"<{unit}@x.example>", office, (Addressee(unit, f"{unit}@x.example"),), (), None, "通报", "文", "<p>文</p>",
            (), NOW,
        )
        for unit in units
    }  # fmt: skip


def test_numbers_count_from_one_without_gaps_in_each_year_series_and_jurisdiction(ledger):
    first = signed(ledger)
    second = opened(ledger, heading(date(2026, 11, 30)))
    assert (first.serial, second.serial) == (1, 2)
    assert first.number == "督查通报2026年第1期"
    next_year = heading(date(2026, 12, 31), date(2027, 1, 4))
    assert opened(ledger, next_year).serial == 1
    assert opened(ledger, jurisdiction="elsewhere").serial == 1
    assert documents.open_document(ledger, "demo", replace(heading(), kind=DocumentKind.BRIEF), NOW).serial == 1


def test_the_same_circular_again_keeps_its_number(ledger):
    first = drafted(ledger)
    again = drafted(ledger)
    assert (again.document_id, again.version) == (first.document_id, 1)


def test_many_drafts_at_once_take_one_number(ledger):
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: opened(ledger), range(12)))
    assert {document.document_id for document in found} == {"demo-circular-2026-001"}


def test_a_number_under_review_is_not_given_to_another_circular(ledger):
    drafted(ledger)
    with pytest.raises(DocumentError, match="“截至2026-10-31”一稿待审核，不能另拟“截至2026-11-30”"):
        opened(ledger, heading(date(2026, 11, 30)))


def test_a_returned_draft_gives_its_number_to_what_is_written_next(ledger):
    document = drafted(ledger)
    act(ledger, document, Act.RETURNED, "周敏", comment="数字不符")
    next_one = drafted(ledger, heading(date(2026, 11, 30)), "新稿")
    assert (next_one.serial, next_one.version, next_one.as_of) == (1, 2, date(2026, 11, 30))
    assert next_one.state is DocumentState.DRAFT


def test_a_number_whose_text_was_never_stored_is_free(ledger):
    opened(ledger)
    assert opened(ledger, heading(date(2026, 11, 30))).serial == 1


def test_letters_wait_side_by_side_each_under_its_own_number(ledger):
    def letter(unit):
        return replace(heading(subject=f"致{unit}"), kind=DocumentKind.CRITICISM)

    first, second = drafted(ledger, letter("甲局")), drafted(ledger, letter("乙局"))
    assert (first.document_id, second.document_id) == ("demo-criticism-2026-001", "demo-criticism-2026-002")
    assert drafted(ledger, letter("甲局"), "改过").document_id == first.document_id


def test_a_returned_letter_keeps_its_number_for_its_own_subject(ledger):
    def letter(unit):
        return replace(heading(subject=f"致{unit}"), kind=DocumentKind.CRITICISM)

    returned = drafted(ledger, letter("甲局"))
    act(ledger, returned, Act.RETURNED, "周敏", comment="再核")
    assert drafted(ledger, letter("乙局")).serial == 2
    assert drafted(ledger, letter("甲局"), "改过").serial == 1


def test_a_text_is_not_stored_under_a_number_that_went_to_another_circular_meanwhile(ledger):
    first = opened(ledger)
    opened(ledger, heading(date(2026, 11, 30)))
    with pytest.raises(DocumentError, match="拟“截至2026-10-31”时，这个期号已另拟“截至2026-11-30”"):
        documents.store_text(ledger, first.document_id, text(), MADE_FROM, NOW, subject=first.subject)
    assert documents.by_id(ledger, "demo", first.document_id).version == 0


def test_a_returned_draft_written_again_word_for_word_is_put_forward_again(ledger):
    document = drafted(ledger)
    act(ledger, document, Act.RETURNED, "周敏", comment="再核")
    again = drafted(ledger)
    assert (again.state, again.version, again.document_hash) == (DocumentState.DRAFT, 2, document.document_hash)


def test_a_changed_document_needs_new_signatures(ledger):
    document = drafted(ledger)
    act(ledger, document, Act.REVIEWED, "周敏")
    changed = drafted(ledger, content="改过的正文")
    assert (changed.state, changed.version) == (DocumentState.DRAFT, 2)
    assert changed.document_hash != document.document_hash
    with pytest.raises(DocumentError, match="待审核"):
        act(ledger, changed, Act.SIGNED, "王志远")
    with pytest.raises(DocumentError, match="有改动"):
        act(ledger, changed, Act.REVIEWED, "周敏", checksum=document.checksum)


def test_the_hash_covers_every_file_and_the_number(ledger):
    document = drafted(ledger)
    base = documents.content_hash(document, text())
    assert documents.content_hash(document, text("别的")) != base
    assert documents.content_hash(document, {**text(), "pdf": StoredFile("通报.pdf", "p", "h")}) != base
    assert documents.content_hash(document, {"docx": replace(text()["docx"], filename="改名.docx")}) != base
    assert documents.content_hash(replace(document, document_id="demo-circular-2026-002"), text()) != base


def test_every_text_is_kept(ledger):
    drafted(ledger)
    drafted(ledger, content="二稿")
    found = documents.versions(ledger, "demo-circular-2026-001")
    assert [row["version"] for row in found] == [1, 2]
    assert found[0]["made_from"] == MADE_FROM


def test_an_issued_document_takes_no_new_text(ledger):
    document = signed(ledger)
    with pytest.raises(DocumentError, match="已签发"):
        documents.store_text(ledger, document.document_id, text("改"), MADE_FROM, NOW)


def test_a_signature_is_a_row_with_name_time_hash_and_an_audit_entry(ledger):
    document = signed(ledger)
    rows = sign_offs.signed_off(ledger, document.document_id)
    assert [(row["act"], row["name"], row["at"], row["document_hash"]) for row in rows] == [
        ("reviewed", "周敏", NOW, document.document_hash),
        ("signed", "王志远", NOW, document.document_hash),
    ]
    with ledger.connect() as connection:
        assert [(e["actor"], e["act"]) for e in audit.entries(connection, document.document_id)] == [
            ("周敏", "审核"),
            ("王志远", "签发"),
        ]


def test_a_refused_act_leaves_no_row(ledger):
    document = drafted(ledger)
    with pytest.raises(DocumentError):
        act(ledger, document, Act.SIGNED, "王志远")
    assert sign_offs.signed_off(ledger, document.document_id) == []


def test_two_signatures_at_once_are_one(ledger):
    document = drafted(ledger)
    act(ledger, document, Act.REVIEWED, "周敏")
    with ThreadPoolExecutor(1) as pool:
        with ledger.begin() as connection:
            first = documents.find(connection, "demo", document.document_id, lock=True)
            second = pool.submit(act, ledger, document, Act.SIGNED, "王志远")
            with pytest.raises(TimeoutError):
                second.result(0.5)
            documents.set_state(connection, first, DocumentState.SIGNED)
        with pytest.raises(DocumentError, match="现在是“已签发”"):
            second.result(30)
    assert [row["act"] for row in sign_offs.signed_off(ledger, document.document_id)] == ["reviewed"]


def test_a_document_of_another_jurisdiction_cannot_be_signed(ledger):
    document = drafted(ledger)
    wanted = Wanted(Act.REVIEWED, "周敏", document.checksum)
    with pytest.raises(DocumentError, match="没有编号"):
        sign_offs.sign_document(ledger, "elsewhere", document.document_id, wanted, POLICY, NOW)


def test_signing_a_correction_supersedes_what_it_corrects(ledger, archive):
    wrong = signed(ledger)
    document_mails.queue_document(ledger, archive, wrong, mails("甲局"), NOW)
    about = heading(subject="更正第1期", corrects=wrong.document_id)
    correction = signed(ledger, about, "更正")
    assert correction.serial == 2
    assert documents.by_id(ledger, "demo", wrong.document_id).state is DocumentState.SUPERSEDED
    assert documents.last_issued(ledger, "demo", DocumentKind.CIRCULAR, date(2026, 11, 30)).serial == 2


def test_what_was_corrected_is_not_corrected_again_but_its_correction_is(ledger):
    wrong = signed(ledger)
    signed(ledger, heading(subject="更正第1期", corrects=wrong.document_id), "更正")
    with pytest.raises(DocumentError, match="已由督查通报2026年第2期更正"):
        documents.issued(ledger, "demo", DocumentKind.CIRCULAR, 1, 2026)
    assert documents.issued(ledger, "demo", DocumentKind.CIRCULAR, 2, 2026).corrects == wrong.document_id


def test_whom_a_document_reached_is_known_by_unit_and_who_refused_it_is_not(ledger, archive):
    document = signed(ledger)
    document_mails.queue_document(ledger, archive, document, mails("甲局", "乙局"), NOW)
    assert set(document_mails.reached(ledger, document.document_id)) == {"甲局", "乙局"}
    with ledger.begin() as connection:
        connection.execute(messages.update().where(messages.c.unit_id == "乙局").values(state="rejected"))
    ((unit, recipients),) = document_mails.reached(ledger, document.document_id).items()
    assert (unit, {one["kind"] for one in recipients}) == ("甲局", {"to"})


def test_only_an_issued_number_can_be_corrected(ledger):
    drafted(ledger)
    with pytest.raises(DocumentError, match="还没有签发"):
        documents.issued(ledger, "demo", DocumentKind.CIRCULAR, 1, 2026)
    with pytest.raises(DocumentError, match="没有这一期"):
        documents.issued(ledger, "demo", DocumentKind.CIRCULAR, 7, 2026)


def test_last_years_number_is_found_in_january(ledger):
    signed(ledger)
    assert documents.issued(ledger, "demo", DocumentKind.CIRCULAR, 1, 2027).year == 2026


def test_a_signed_document_is_queued_once_to_every_unit(ledger, archive):
    document = signed(ledger)
    assert document_mails.queue_document(ledger, archive, document, mails("甲局", "乙局"), NOW) == 2
    assert document_mails.queue_document(ledger, archive, document, mails("甲局", "乙局"), NOW) == 0
    assert documents.by_id(ledger, "demo", document.document_id).state is DocumentState.SENT
    assert document_mails.mail_states(ledger, document.document_id) == {"queued": 2}
    assert len(deliveries.due(ledger, NOW, "demo")) == 2


def test_an_unsigned_document_never_enters_the_outbox(ledger, archive):
    document = drafted(ledger)
    for state in (document, act(ledger, document, Act.REVIEWED, "周敏")):
        with pytest.raises(DeliveryError, match="还没有签发"):
            document_mails.queue_document(ledger, archive, state, mails("甲局"), NOW)
    assert deliveries.due(ledger, NOW, "demo") == []


def test_only_the_text_that_was_signed_enters_the_outbox(ledger, archive):
    document = signed(ledger)
    with pytest.raises(DeliveryError, match="不是同一稿"):
        document_mails.queue_document(ledger, archive, replace(document, document_hash="0" * 64), mails("甲局"), NOW)
    with ledger.begin() as connection:
        connection.execute(document_versions.update().values(document_hash="1" * 64))
    altered = documents.by_id(ledger, "demo", document.document_id)
    with pytest.raises(DeliveryError, match="不是同一稿"):
        document_mails.queue_document(ledger, archive, altered, mails("甲局"), NOW)


def test_a_mail_that_was_altered_after_it_was_queued_does_not_leave(ledger, archive):
    document_mails.queue_document(ledger, archive, signed(ledger), mails("甲局"), NOW)
    with ledger.begin() as connection:
        connection.execute(messages.update().values(document_hash="0" * 64))
    assert deliveries.due(ledger, NOW, "demo") == []


def test_a_document_for_nobody_is_issued_without_a_mail(ledger, archive):
    document = signed(ledger, replace(heading(), kind=DocumentKind.CLOSING))
    assert document_mails.queue_document(ledger, archive, document, {}, NOW) == 0
    assert documents.by_id(ledger, "demo", document.document_id).state is DocumentState.SENT


def test_issuing_a_document_plans_no_night(ledger, archive):
    document_mails.queue_document(ledger, archive, signed(ledger), mails("甲局"), NOW)
    assert outbox.planned_through(ledger, "demo") is None


def test_a_documents_mail_shows_what_it_rests_on(ledger, archive):
    document = signed(ledger)
    document_mails.queue_document(ledger, archive, document, mails("甲局"), NOW)
    shown = outbox_views.show_mail(ledger, "demo", document_mails.mail_id(document, "甲局"))
    assert shown["plan"]["snapshot_id"] == "demo-000001"
    assert shown["plan"]["steps_hash"] == document.document_hash
    assert (shown["level"], shown["steps"]) == ("督查通报", [])


def test_a_failed_queueing_leaves_the_document_signed_and_nothing_queued(ledger, archive):
    document = signed(ledger)
    two = mails("甲局", "乙局")
    with pytest.raises(sa.exc.StatementError):
        document_mails.queue_document(ledger, archive, document, two, NOW.replace(tzinfo=None))
    assert documents.by_id(ledger, "demo", document.document_id).state is DocumentState.SIGNED
    assert deliveries.due(ledger, NOW + timedelta(days=1), "demo") == []


def drafted_brief(ledger):
    about = replace(heading(), kind=DocumentKind.BRIEF)
    return documents.store_text(ledger, opened(ledger, about).document_id, text(), MADE_FROM, NOW)


def test_what_stays_in_the_office_leaves_without_a_signature(ledger, archive):
    document = drafted_brief(ledger)
    assert document_mails.queue_document(ledger, archive, document, mails("office"), NOW) == 1
    assert documents.by_id(ledger, "demo", document.document_id).state is DocumentState.SENT
    assert len(deliveries.due(ledger, NOW, "demo")) == 1
    assert document_mails.queue_document(ledger, archive, document, mails("office"), NOW) == 0


def test_an_internal_document_leaves_only_as_it_was_last_written(ledger, archive):
    document = drafted_brief(ledger)
    with pytest.raises(DeliveryError, match="不是同一稿"):
        document_mails.queue_document(ledger, archive, replace(document, document_hash="0" * 64), mails("office"), NOW)


def test_the_system_takes_back_what_waits_and_nothing_else(ledger):
    document = drafted(ledger)
    act(ledger, document, Act.REVIEWED, "周敏")
    assert sign_offs.withdraw(ledger, "demo", document.document_id, "不再需要", NOW)
    assert documents.by_id(ledger, "demo", document.document_id).state is DocumentState.RETURNED
    assert not sign_offs.withdraw(ledger, "demo", document.document_id, "不再需要", NOW)
    sent = signed(ledger)
    assert not sign_offs.withdraw(ledger, "demo", sent.document_id, "不再需要", NOW)
    assert documents.by_id(ledger, "demo", sent.document_id).state is DocumentState.SIGNED
