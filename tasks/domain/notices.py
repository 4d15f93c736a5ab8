"""What a notice says and what a mail is made of: plain values that the ladder fills and the templates read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from tasks.domain.frames import Level


@dataclass(frozen=True, slots=True)
class ToldBefore:
    """An earlier notice on the same obligation: its level, its true day and by name whom it went to."""

    level: Level
    on: date
    to: str


@dataclass(frozen=True, slots=True)
class NoticeItem:
    """One obligation that a notice is about.

    ``title`` is None for a confidential proposal, named by its number only. ``due_on`` is the effective day: the
    extended one where an extension was approved. ``days_left`` is None once that day has passed; ``days_late`` and
    ``workdays_late`` are 0 until then. ``occurrence`` counts the notices of this level on this obligation from 1.
    ``explanation`` is the unit's own last explanation (情况说明).
    """

    proposal_id: str
    kind: str
    number: str
    title: str | None
    duty: str
    duty_label: str
    round: int
    role: str
    starts_on: date
    due_on: date
    is_provisional: bool
    days_left: int | None
    days_late: int
    workdays_late: int
    rule: str
    article: str
    leader: str | None = None
    section: str | None = None
    handler: str | None = None
    occurrence: int = 1
    told_before: tuple[ToldBefore, ...] = ()
    explanation: str | None = None


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person who writes or gets mail; ``role`` is a contact role, or empty for the sending office."""

    name: str
    email: str
    role: str = ""


@dataclass(frozen=True, slots=True)
class Office:
    """The supervising office as a notice shows it; ``mail_from`` and ``reply_to`` are plain mail addresses."""

    name: str
    phone: str
    mail_from: str
    reply_to: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice to one recipient of one unit, at one level, for one day.

    ``as_of`` is the true day the notice speaks for, even if the mail leaves later. ``act_by`` is the day asked for,
    ``explain_by`` the day for an explanation to ``explain_to``; each is None where the level asks for none.
    ``fallback_note`` says why it goes to somebody other than the ladder's role.
    """

    jurisdiction: str
    level: Level
    unit_id: str
    unit_name: str
    as_of: date
    to: tuple[Addressee, ...]
    cc: tuple[Addressee, ...]
    items: tuple[NoticeItem, ...]
    act_by: date | None
    explain_by: date | None
    explain_to: str | None
    fallback_note: str | None
    office: Office
    document_no: str | None = None
    is_rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; ``media_type`` is ``type/subtype``, or empty: then the file's ending decides."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class MailDraft:
    """A mail, complete but not yet written in the form that travels.

    ``message_id`` carries its angle brackets and comes from the notice's key; ``dated`` has a time zone.
    """

    message_id: str
    sender: Addressee
    to: tuple[Addressee, ...]
    cc: tuple[Addressee, ...]
    reply_to: str | None
    subject: str
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    dated: datetime


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_MAIL_ADDRESS = re.compile(
    rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*"
)
_LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3


def is_mail_address(text: str) -> bool:
    """Return whether mail can be addressed to ``text``: one plain ASCII mailbox, nothing around it.

    >>> is_mail_address("wang@jiaotong.example.cn"), is_mail_address("王某 <wang@example.cn>")
    (True, False)
    """
    return len(text) <= _LONGEST_ADDRESS and _MAIL_ADDRESS.fullmatch(text) is not None
