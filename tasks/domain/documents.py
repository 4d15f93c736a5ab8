"""The life of an official document: its states, the next act of each, and who may give a signature."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum


class DocumentKind(StrEnum):
    """The series of documents; each counts its numbers for itself, year by year."""

    CIRCULAR = "circular"
    BRIEF = "brief"
    LEADER_BRIEF = "leader-brief"
    CRITICISM = "criticism"
    INSPECTION = "inspection"
    CLOSING = "closing"
    SUMMARY = "summary"
    SITE = "site"


class DocumentState(StrEnum):
    """Where a document stands; each state has exactly one next act."""

    DRAFT = "draft"
    REVIEWED = "reviewed"
    RETURNED = "returned"
    SIGNED = "signed"
    SENT = "sent"
    SUPERSEDED = "superseded"


class Act(StrEnum):
    """What a person does with a document put before them."""

    REVIEWED = "reviewed"
    SIGNED = "signed"
    RETURNED = "returned"


KIND_LABELS: Mapping[DocumentKind, str] = {
    DocumentKind.CIRCULAR: "督查通报",
    DocumentKind.BRIEF: "督查专报",
    DocumentKind.LEADER_BRIEF: "领办专报",
    DocumentKind.CRITICISM: "通报批评函",
    DocumentKind.INSPECTION: "联合督查方案",
    DocumentKind.CLOSING: "积案销号审批表",
    DocumentKind.SUMMARY: "年度总结",
    DocumentKind.SITE: "公开网站",
}
# Series that the public reads as 第N期: one draft at a time, and a number is used up only by what is issued. Of the others
# many wait at once, and a number stays with its subject.
WITHOUT_GAPS = (DocumentKind.CIRCULAR, DocumentKind.SUMMARY)
# Series that come out in issues (期); of the others each is one paper with a number (号).
ISSUES = (DocumentKind.CIRCULAR, DocumentKind.BRIEF, DocumentKind.LEADER_BRIEF, DocumentKind.SUMMARY)
# What goes to nobody but the office itself waits for no signature.
INTERNAL = (DocumentKind.BRIEF,)
STATE_LABELS: Mapping[DocumentState, str] = {
    DocumentState.DRAFT: "待审核",
    DocumentState.REVIEWED: "已审核，待签发",
    DocumentState.RETURNED: "已退回",
    DocumentState.SIGNED: "已签发",
    DocumentState.SENT: "已印发",
    DocumentState.SUPERSEDED: "已更正",
}
ACT_LABELS: Mapping[Act, str] = {Act.REVIEWED: "审核", Act.SIGNED: "签发", Act.RETURNED: "退回"}
NEXT_ACT: Mapping[DocumentState, str] = {
    DocumentState.DRAFT: "请审核",
    DocumentState.REVIEWED: "请签发",
    DocumentState.RETURNED: "请按意见改后重新拟稿，期号不变",
    DocumentState.SIGNED: "等待发出",
    DocumentState.SENT: "无需处理",
    DocumentState.SUPERSEDED: "以更正后的一期为准",
}
STATE_AFTER: Mapping[Act, DocumentState] = {
    Act.REVIEWED: DocumentState.REVIEWED,
    Act.SIGNED: DocumentState.SIGNED,
    Act.RETURNED: DocumentState.RETURNED,
}
# Not issued yet: its number is not used up, its content may still change.
OPEN = (DocumentState.DRAFT, DocumentState.REVIEWED, DocumentState.RETURNED)
ISSUED = (DocumentState.SIGNED, DocumentState.SENT, DocumentState.SUPERSEDED)

# Parts of a document that no mail attaches: what the mail itself says; of these, what no folder shows either.
UNSEEN = frozenset({"content", "subject"})
SAID = UNSEEN | {"html", "text"}

CHECKSUM_LENGTH = 8
"""So many characters of a document's hash tell which text a signature means."""


@dataclass(frozen=True, slots=True)
class SignOffPolicy:
    """Who may review, sign, and decide on mails; an empty list means anybody. ``two_people``: nobody signs what they reviewed."""

    two_people: bool = True
    reviewers: tuple[str, ...] = ()
    signers: tuple[str, ...] = ()
    resolvers: tuple[str, ...] = ()

    def refuses_to_resolve(self, name: str) -> str | None:
        """Return in Chinese why this person may not decide on a mail (resolve, send again), or None if they may."""
        if not name.strip():
            return "没有写姓名"
        if self.resolvers and name not in self.resolvers:
            return f"{name}不在可以核实、重发邮件的人员名单内：{'、'.join(self.resolvers)}"
        return None


@dataclass(frozen=True, slots=True)
class Signature:
    """One act on one text of a document."""

    act: Act
    name: str
    document_hash: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """The act that somebody asks for; ``checksum`` begins the hash of the text that they have read."""

    act: Act
    name: str
    checksum: str = ""
    comment: str = ""


def attached(parts: Collection[str]) -> tuple[str, ...]:
    """Return the parts of a document that its mail carries: the PDF, or without one the .docx, then the annexes.

    >>> attached(["docx", "ledger", "pdf", "html", "text", "subject"])
    ('pdf', 'ledger')
    """
    annexes = set(parts) - {"docx", "pdf"} - SAID
    return ("pdf" if "pdf" in parts else "docx", *sorted(annexes))


def without_signature(kind: DocumentKind) -> bool:
    """Return whether documents of that kind leave unsigned: they never leave the office."""
    return kind in INTERNAL


def refusal(
    policy: SignOffPolicy, state: DocumentState, document_hash: str, given: Collection[Signature], wanted: Wanted
) -> str | None:
    """Return in Chinese why the act cannot be done, or None if it can.

    Signatures count only for the text that they were given to: a changed document needs new ones.
    """
    return (
        _about_state(state, wanted)
        or _about_person(policy, document_hash, given, wanted)
        or _about_text(document_hash, wanted)
    )


def _about_state(state: DocumentState, wanted: Wanted) -> str | None:
    allowed = {
        Act.REVIEWED: (DocumentState.DRAFT,),
        Act.SIGNED: (DocumentState.REVIEWED,),
        Act.RETURNED: (DocumentState.DRAFT, DocumentState.REVIEWED),
    }[wanted.act]
    if state in allowed:
        return None
    return f"现在是“{STATE_LABELS[state]}”，不能{ACT_LABELS[wanted.act]}：{NEXT_ACT[state]}"


def _about_person(
    policy: SignOffPolicy, document_hash: str, given: Collection[Signature], wanted: Wanted
) -> str | None:
    if not wanted.name.strip():
        return "没有写姓名"
    if wanted.act is Act.RETURNED:
        return None if wanted.comment.strip() else "退回须写明意见"
    allowed = policy.reviewers if wanted.act is Act.REVIEWED else policy.signers
    if allowed and wanted.name not in allowed:
        return f"{wanted.name}不在可以{ACT_LABELS[wanted.act]}的人员名单内：{'、'.join(allowed)}"
    reviewed_by = {one.name for one in given if one.act is Act.REVIEWED and one.document_hash == document_hash}
    if wanted.act is Act.SIGNED and policy.two_people and wanted.name in reviewed_by:
        return f"审核与签发须由两人分别进行，{wanted.name}已经审核过这份文件"
    return None


def _about_text(document_hash: str, wanted: Wanted) -> str | None:
    if wanted.act is Act.RETURNED and not wanted.checksum:
        return None
    if len(wanted.checksum) < CHECKSUM_LENGTH:
        return f"没有写校验码（送审稿上的前{CHECKSUM_LENGTH}位），无从知道所看的是哪一稿"
    if not document_hash.startswith(wanted.checksum.lower()):
        return f"文件在送阅之后有改动：所看的一稿校验码是 {wanted.checksum}，现在是 {document_hash[:CHECKSUM_LENGTH]}"
    return None


def needs_review(document_hash: str, given: Collection[Signature]) -> bool:
    """Return whether nobody has reviewed this very text yet."""
    return not any(one.act is Act.REVIEWED and one.document_hash == document_hash for one in given)
