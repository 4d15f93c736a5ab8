"""Builders for the outbox: a ledger with a night's notices in it, and the mail that tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from tasks.adapters.archive import Archive
from tasks.adapters.ledger import contact_faults, outbox, silences
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox import Evidence, Queued
from tasks.adapters.ledger.outbox_mails import Composed
from tasks.adapters.smtp_dialogue import SendResult, SendState
from tasks.domain.escalation import NoticePlan
from tasks.domain.escalation_record import Record
from tasks.domain.frames import Facts
from tasks.domain.notices import Addressee, Attachment, MailDraft, Notice
from tests.builders import facts
from tests.domain.ladders import contacts, night

NOW = datetime(2026, 6, 24, 1, 0, tzinfo=UTC)
EVIDENCE = Evidence("demo-a1", "demo-000001", "rules-1", "calendar-1", "ladder-1", "code-1")
SENT = SendResult(SendState.SENT, "250 2.0.0 Ok: queued as 4F2")


def compose(notice: Notice, message_id: str) -> Composed:
    """Return a plain mail of the notice."""
    cases = "、".join(f"{item.number}第{item.occurrence}次" for item in notice.items)
    draft = MailDraft(
        message_id=f"<{message_id}@linjiang.example.cn>",
        sender=Addressee(notice.office.name, notice.office.mail_from),
        to=notice.to,
        cc=notice.cc,
        reply_to=None,
        subject=f"{notice.level} {notice.unit_name} {notice.as_of}",
        text=f"{notice.unit_name}:{cases}",
        html=f"<p>{notice.unit_name}:{cases}</p>",
        attachments=(Attachment("清单.csv", "text/csv", cases.encode()),),
        dated=NOW,
    )
    return Composed(draft, "templates-1")


@cache
def cases(count: int = 2, units: int = 1) -> Facts:
    """Return so many cases, due on 10 June 2026, spread over the units."""
    names = [f"u{n + 1}" for n in range(units)]
    rows = [{"proposal_id": f"p{n + 1}", "unit_id": names[n % units]} for n in range(count)]
    return facts(assignments=rows, contacts=[row for unit in names for row in contacts(unit)])


def record_of(ledger: Ledger, as_of: date | None = None) -> Record:
    """Return what the ledger holds, as the nightly plan reads it."""
    return Record(
        outbox.history(ledger, "demo"),
        silences.active_silences(ledger, "demo"),
        silences.recorded_explanations(ledger, "demo"),
        contact_faults.failing(ledger, "demo"),
        outbox.planned_through(ledger, "demo"),
    )


def queue(ledger: Ledger, archive: Archive, plan: NoticePlan, now: datetime = NOW) -> Queued:
    return outbox.queue(ledger, archive, "demo", plan, EVIDENCE, compose, now)


def run_night(ledger: Ledger, archive: Archive, case: Facts, as_of: date) -> Queued:
    """Plan a night from what the ledger holds, and queue it."""
    record = record_of(ledger)
    plan = night(case, as_of, record) if _holds_something(record) else _first_plan(Same(case), as_of)
    return queue(ledger, archive, plan, NOW + timedelta(days=(as_of - NOW.date()).days))


@dataclass(frozen=True, eq=False)
class Same:
    """Facts as a key: the same object is the same facts."""

    case: Facts

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.case is other.case

    def __hash__(self) -> int:
        return id(self.case)


@cache
def _first_plan(same: Same, as_of: date) -> NoticePlan:
    """Return the plan of a night that nothing went before: the same for every test that begins with it."""
    return night(same.case, as_of)


def _holds_something(record: Record) -> bool:
    frames = (record.history, record.silences, record.explanations)
    return any(len(frame) for frame in frames) or bool(record.failing) or record.planned_through is not None


def archive_in(folder: Path) -> Archive:
    return Archive(folder / "archive")
