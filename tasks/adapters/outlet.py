"""Where mail goes: to an SMTP server, or, where none is configured, into a folder that one can look at."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from tasks.adapters.mail import Mailer, Security, SmtpConfig
from tasks.adapters.messages import Letter
from tasks.adapters.settings import SmtpSettings, secret
from tasks.adapters.smtp_dialogue import SendResult, SendState
from tasks.domain.notices import is_mail_address

# In characters; up to four bytes each, and file systems allow 255 bytes a name.
LONGEST_SUBJECT = 40
LONGEST_NAME = 12
NOT_ALLOWED = "收件人的域名不在 DUBAN_MAIL_DOMAINS 内,没有发出"


class Outlet(Protocol):
    """Takes mails, one at a time, and says what became of each; used as a context."""

    def __enter__(self) -> Self:
        """Open the outlet."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the outlet."""

    def send(self, letter: Letter, recipients: Sequence[str]) -> SendResult:
        """Try once to hand ``letter`` over for ``recipients`` (plain addresses)."""


class MailCatcher:
    """Keeps each mail as ``<folder>/<day>/<subject> - <recipient> - <mark>.eml``, whole or not at all.

    The day is the mail's own. A mail that is sent twice lies there twice.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        """Return itself; a folder needs no opening."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing: each mail is already where it belongs."""

    def send(self, letter: Letter, recipients: Sequence[str]) -> SendResult:
        """Write the mail; ``answer`` is its path. ``retry`` if the folder can't be written."""
        refused = {address: (553, "邮箱地址不合格式") for address in recipients if not is_mail_address(address)}
        if len(refused) == len(recipients):
            return SendResult(SendState.REJECTED, "没有一个收件地址合格式", refused)
        try:
            day = letter.message["Date"].datetime.date().isoformat()
            path = _written(self._folder / day, _stem(letter.message), letter.content)
        except OSError as error:
            return SendResult(SendState.RETRY, f"邮件无法存入 {self._folder}:{error}", refused, reached=False)
        return SendResult(SendState.SENT, str(path), refused)


class Restricted:
    """An outlet that sends to certain domains only, or everything to one address instead (a rehearsal)."""

    def __init__(self, outlet: Outlet, domains: frozenset[str], redirect: str) -> None:
        self._outlet, self._domains, self._redirect = outlet, domains, redirect

    def __enter__(self) -> Self:
        """Open the outlet behind it."""
        self._outlet.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the outlet behind it."""
        self._outlet.__exit__(kind, error, trace)

    def send(self, letter: Letter, recipients: Sequence[str]) -> SendResult:
        """Hand ``letter`` on for the allowed ``recipients``; a redirected one still shows whom it is for."""
        wanted = [self._redirect] if self._redirect else recipients
        held = {each: (550, NOT_ALLOWED) for each in wanted if not self._allows(each)}
        allowed = [each for each in wanted if each not in held]
        if not allowed:
            return SendResult(SendState.REJECTED, NOT_ALLOWED, held)
        result = self._outlet.send(letter, allowed)
        return replace(result, refused={**held, **result.refused})

    def _allows(self, address: str) -> bool:
        return not self._domains or address.rpartition("@")[2].lower() in self._domains


def outlet_for(smtp: SmtpConfig | None, folder: Path, *, domains: str = "", redirect: str = "") -> Outlet:
    """Return the outlet to ``smtp``, or a catcher in ``folder`` where no server is configured.

    ``domains`` (comma-separated) are the only ones that mail may go to; ``redirect`` takes all of it. The catcher keeps all.
    """
    if smtp is None:
        return MailCatcher(folder)
    allowed = frozenset(part.strip().lower() for part in domains.split(",") if part.strip())
    return Restricted(Mailer(smtp), allowed, redirect) if allowed or redirect else Mailer(smtp)


def smtp_config(given: SmtpSettings) -> SmtpConfig | None:
    """Return where mail goes by the environment; None where no server is configured."""
    if given.host is None:
        return None
    return SmtpConfig(
        given.host,
        given.port,
        given.user,
        secret(given.password, given.password_file),
        Security(given.security),
        given.ca_file,
        given.timeout,
        given.per_minute,
    )


def _stem(message: EmailMessage) -> str:
    """Return a name to read; the mark from the Message-ID keeps a thousand equal subjects from one name."""
    first = message["To"].addresses[0]
    subject, name = _readable(str(message["Subject"])), _readable(first.display_name or first.addr_spec)
    mark = hashlib.sha256(str(message["Message-ID"]).encode()).hexdigest()[:8]
    return f"{subject[:LONGEST_SUBJECT]} - {name[:LONGEST_NAME]} - {mark}"


def _readable(text: str) -> str:
    """Return ``text`` as part of a file name on any system: letters, digits and Chinese marks stay."""
    return re.sub(r'[\s\\/:*?"<>|\x00-\x1f\x7f]+', " ", text).strip(" .") or "无题"


def _written(folder: Path, stem: str, content: bytes) -> Path:
    """Write ``content`` under a name that is still free and return it; nobody ever sees half a file.

    A link, unlike a rename, fails where the name is taken, also by another process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=folder, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        for number in count(1):
            path = folder / f"{stem}{f' ({number})' if number > 1 else ''}.eml"
            try:
                path.hardlink_to(draft)
                return path
            except FileExistsError:
                continue
    finally:
        Path(draft).unlink()
    raise AssertionError("counting never ends")
