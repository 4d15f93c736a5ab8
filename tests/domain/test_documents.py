"""Who may review, sign or return what: every refusal in words."""

from __future__ import annotations

import pytest

from tasks.domain.documents import (
    NEXT_ACT,
    STATE_LABELS,
    Act,
    DocumentState,
    Signature,
    SignOffPolicy,
    Wanted,
    attached,
    needs_review,
    refusal,
)

HASH = "0123456789abcdef" * 4
OTHER = "fedcba9876543210" * 4
TWO = SignOffPolicy()
REVIEWED = [Signature(Act.REVIEWED, "周敏", HASH)]
DRAFT, WAITS = DocumentState.DRAFT, DocumentState.REVIEWED


def asked(act: Act, name: str = "王志远", checksum: str = HASH[:8], comment: str = "") -> Wanted:
    return Wanted(act, name, checksum, comment)


def test_a_draft_may_be_reviewed_and_a_reviewed_text_signed_by_another():
    assert refusal(TWO, DRAFT, HASH, [], asked(Act.REVIEWED, "周敏")) is None
    assert refusal(TWO, WAITS, HASH, REVIEWED, asked(Act.SIGNED)) is None


def test_a_draft_cannot_be_signed_unreviewed():
    assert refusal(TWO, DRAFT, HASH, [], asked(Act.SIGNED)) == "现在是“待审核”，不能签发：请审核"


@pytest.mark.parametrize(
    "state", [DocumentState.SIGNED, DocumentState.SENT, DocumentState.SUPERSEDED, DocumentState.RETURNED]
)
@pytest.mark.parametrize("act", list(Act))
def test_what_is_issued_or_returned_takes_no_more_acts(state: DocumentState, act: Act):
    told = refusal(TWO, state, HASH, REVIEWED, asked(act, comment="意见"))
    assert told is not None
    assert STATE_LABELS[state] in told


def test_nobody_signs_what_they_reviewed_where_two_people_are_asked_for():
    told = refusal(TWO, WAITS, HASH, REVIEWED, asked(Act.SIGNED, "周敏"))
    assert told == "审核与签发须由两人分别进行，周敏已经审核过这份文件"
    assert refusal(SignOffPolicy(two_people=False), WAITS, HASH, REVIEWED, asked(Act.SIGNED, "周敏")) is None


def test_a_review_of_an_earlier_text_does_not_bar_from_signing_this_one():
    given = [Signature(Act.REVIEWED, "王志远", OTHER), *REVIEWED]
    assert refusal(TWO, WAITS, HASH, given, asked(Act.SIGNED, "王志远")) is None


def test_only_those_on_the_list_review_and_sign():
    policy = SignOffPolicy(True, ("周敏",), ("王志远",))
    assert refusal(policy, DRAFT, HASH, [], asked(Act.REVIEWED)) == "王志远不在可以审核的人员名单内：周敏"
    assert refusal(policy, WAITS, HASH, [], asked(Act.SIGNED, "周敏")) == "周敏不在可以签发的人员名单内：王志远"
    assert refusal(policy, WAITS, HASH, REVIEWED, asked(Act.SIGNED)) is None


def test_a_signature_means_the_text_that_was_read():
    assert refusal(TWO, DRAFT, HASH, [], asked(Act.REVIEWED, checksum="")) == (
        "没有写校验码（送审稿上的前8位），无从知道所看的是哪一稿"
    )
    assert refusal(TWO, DRAFT, HASH, [], asked(Act.REVIEWED, checksum=OTHER[:8])) == (
        "文件在送阅之后有改动：所看的一稿校验码是 fedcba98，现在是 01234567"
    )
    assert refusal(TWO, DRAFT, HASH, [], asked(Act.REVIEWED, checksum=HASH[:7])) is not None
    assert refusal(TWO, DRAFT, HASH, [], asked(Act.REVIEWED, checksum=HASH[:8].upper())) is None


def test_a_return_needs_its_reason_and_no_checksum():
    assert refusal(TWO, DRAFT, HASH, [], asked(Act.RETURNED, checksum="")) == "退回须写明意见"
    assert refusal(TWO, WAITS, HASH, REVIEWED, asked(Act.RETURNED, checksum="", comment="数字不符")) is None


def test_a_return_of_a_text_that_was_replaced_meanwhile_is_told():
    told = refusal(TWO, DRAFT, HASH, [], asked(Act.RETURNED, checksum=OTHER[:8], comment="数字不符"))
    assert told is not None and "有改动" in told


def test_an_act_without_a_name_is_refused():
    assert refusal(TWO, DRAFT, HASH, [], asked(Act.REVIEWED, " ")) == "没有写姓名"


def test_a_changed_text_needs_a_new_review():
    assert not needs_review(HASH, REVIEWED)
    assert needs_review(OTHER, REVIEWED)
    assert needs_review(HASH, [Signature(Act.RETURNED, "周敏", HASH)])


def test_every_state_has_a_label_and_one_next_act():
    assert set(STATE_LABELS) == set(NEXT_ACT) == set(DocumentState)


def test_a_mail_carries_the_pdf_or_without_one_the_docx_and_the_annexes():
    said = ["html", "text", "subject", "content"]
    assert attached(["docx", "pdf", "ranking", "ledger", *said]) == ("pdf", "ledger", "ranking")
    assert attached(["docx", *said]) == ("docx",)
