"""What waits at the office itself: papers and letters for a signature, mails for a decision, units without an address."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from reports.weekly_brief_building import OFFICE
from reports.weekly_brief_content import Wait
from tasks.adapters.ledger import contact_faults, documents, outbox_views, sign_offs
from tasks.adapters.workplace import Workplace
from tasks.domain.delivery import MessageState
from tasks.domain.documents import DocumentState, SignOffPolicy, without_signature
from tasks.domain.frames import ContactRole, Facts
from tasks.domain.recipients import directory, resolve

REVIEWER, SIGNER = "审核人", "签发人"
LEFT = {MessageState.UNCERTAIN: "邮件结果不明，待核实", MessageState.REJECTED: "邮件被拒收，待改地址后重发"}


def office_waits(workplace: Workplace, facts: Facts, as_of: date, now: datetime) -> list[Wait]:
    """Return who waits for whom by the office's own record; what nobody waits for has no line."""
    found = [
        *_papers(workplace, now),
        *_letters(workplace, now),
        *_mails(workplace, now),
        _unreached(workplace, facts, as_of),
    ]
    return [wait for wait in found if wait.count]


def _papers(workplace: Workplace, now: datetime) -> list[Wait]:
    policy = workplace.jurisdiction.sign_off
    whose = {
        DocumentState.DRAFT: (OFFICE, _people(REVIEWER, policy), "文件待审核"),
        DocumentState.REVIEWED: (OFFICE, _people(SIGNER, policy), "文件待签发"),
        DocumentState.RETURNED: (f"{REVIEWER}、{SIGNER}", OFFICE, "退回的文件待改稿"),
    }
    listed = documents.listing(workplace.ledger, workplace.name, tuple(whose))
    papers = [paper for paper in listed if paper.version and not without_signature(paper.kind)]
    times = {
        paper.document_id: documents.versions(workplace.ledger, paper.document_id)[-1]["drafted_at"] for paper in papers
    }
    return [
        Wait(*words, *_counted([times[paper.document_id] for paper in papers if paper.state is state], now))
        for state, words in whose.items()
    ]


def _people(word: str, policy: SignOffPolicy) -> str:
    names = policy.reviewers if word == REVIEWER else policy.signers
    return "、".join(names) or word


def _letters(workplace: Workplace, now: datetime) -> list[Wait]:
    policy, ledger = workplace.jurisdiction.sign_off, workplace.ledger
    waiting = outbox_views.list_mails(ledger, workplace.name, [MessageState.AWAITING_SIGN_OFF])
    queued = {mail["message_id"]: mail["queued_at"] for mail in waiting}
    states = {mail.message_id: mail.state for mail in sign_offs.waiting_mails(ledger, workplace.name)}
    words = {DocumentState.DRAFT: (REVIEWER, "函件待审核"), DocumentState.REVIEWED: (SIGNER, "函件待签发")}
    return [
        Wait(
            OFFICE,
            _people(who, policy),
            what,
            *_counted([at for key, at in queued.items() if states.get(key) is state], now),
        )
        for state, (who, what) in words.items()
    ]


def _mails(workplace: Workplace, now: datetime) -> list[Wait]:
    listed = outbox_views.list_mails(workplace.ledger, workplace.name, tuple(LEFT))
    return [
        Wait(OFFICE, OFFICE, what, *_counted([mail["queued_at"] for mail in listed if mail["state"] == state], now))
        for state, what in LEFT.items()
    ]


def _unreached(workplace: Workplace, facts: Facts, as_of: date) -> Wait:
    """Return the units with running work that no mail can reach."""
    book = directory(facts.contacts, as_of, contact_faults.failing(workplace.ledger, workplace.name))
    running = facts.assignments.loc[facts.assignments["ended_on"].isna(), "unit_id"].drop_duplicates()
    lost = [unit for unit in running if not resolve(book, unit, ContactRole.SECTION, ()).to]
    names = facts.units.set_index("unit_id")["name"].reindex(lost).fillna("").tolist()
    return Wait(
        OFFICE, "、".join(names[:3]) + ("等" if len(names) > 3 else ""), "登记可用的邮箱（通知送不到）", len(lost)
    )


def _counted(times: Sequence[datetime], now: datetime) -> tuple[int, int]:
    """Return how many there are, and how many days the oldest has waited."""
    return len(times), max(((now - at).days for at in times), default=0)
