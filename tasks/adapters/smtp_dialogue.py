"""One mail over an open SMTP connection, command by command, so that it is known what left before something failed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

GO_AHEAD = 354
CLOSING = 421
LOGIN_WANTED = 530


class SendState(StrEnum):
    """The outcome of one attempt, named by what may be done next."""

    SENT = "sent"
    RETRY = "retry"
    REJECTED = "rejected"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of one mail.

    ``answer`` is the server's answer or the cause in words; ``refused`` has the answer for each recipient refused.
    ``reached`` is False if no server took the connection: then the rest of a queue need not be tried now.
    """

    state: SendState
    answer: str
    refused: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    reached: bool = True


class Connection(Protocol):
    """An SMTP connection as the standard library offers it; every method may raise ``OSError``."""

    def has_extn(self, opt: str) -> bool:
        """Return whether the server offers the extension."""

    def mail(self, sender: str, options: Sequence[str]) -> tuple[int, bytes]:
        """Name the sender; return the answer."""

    def rcpt(self, recip: str) -> tuple[int, bytes]:
        """Name one recipient; return the answer."""

    def docmd(self, cmd: str) -> tuple[int, bytes]:
        """Give a command; return the answer."""

    def send(self, s: bytes) -> None:
        """Send bytes as they are."""

    def getreply(self) -> tuple[int, bytes]:
        """Return the next answer."""


def hand_over(smtp: Connection, sender: str, recipients: Sequence[str], content: bytes) -> SendResult:
    """Try once to hand ``content`` (CRLF line ends) over and return what became of it.

    Recipients that are refused harm nobody else. A failure before the body left is ``retry``; one after that is
    ``uncertain``, whatever its cause: the server may have taken the mail.
    """
    refused: dict[str, tuple[int, str]] = {}
    body_left = False
    try:
        early = _envelope(smtp, sender, recipients, len(content), refused)
        if early is not None:
            return early
        body_left = True
        smtp.send(_dot_stuffed(content))
        return _verdict(*smtp.getreply(), refused, unclear=SendState.UNCERTAIN)
    except OSError as error:
        if body_left:
            return SendResult(SendState.UNCERTAIN, f"正文已发出，未收到服务器答复：{error}", refused)
        return SendResult(SendState.RETRY, f"正文发出之前连接中断：{error}", refused)


def _envelope(
    smtp: Connection, sender: str, recipients: Sequence[str], size: int, refused: dict[str, tuple[int, str]]
) -> SendResult | None:
    """Go up to the server's leave to send the body; return None, or the outcome if it doesn't give it."""
    code, answer = smtp.mail(sender, [f"size={size}"] if smtp.has_extn("size") else [])
    if code == LOGIN_WANTED:
        # Our configuration is at fault, not the mail: it must not end as rejected.
        wanted = f"服务器要求登录或加密（{code} {text_of(answer)}），请核对 DUBAN_SMTP__USER 和 DUBAN_SMTP__SECURITY"
        return SendResult(SendState.RETRY, wanted, refused, reached=False)
    if code // 100 != 2:
        return _verdict(code, answer, refused)
    for address in recipients:
        code, answer = smtp.rcpt(address)
        if code == CLOSING:
            return _verdict(code, answer, refused)
        if code // 100 != 2:
            refused[address] = (code, text_of(answer))
    if len(refused) == len(recipients):
        is_final = all(code // 100 == 5 for code, _ in refused.values())
        return SendResult(SendState.REJECTED if is_final else SendState.RETRY, "收件人全部被拒收", refused)
    code, answer = smtp.docmd("DATA")
    return None if code == GO_AHEAD else _verdict(code, answer, refused)


def _verdict(
    code: int, answer: bytes, refused: Mapping[str, tuple[int, str]], unclear: SendState = SendState.RETRY
) -> SendResult:
    states = {2: SendState.SENT, 4: SendState.RETRY, 5: SendState.REJECTED}
    return SendResult(states.get(code // 100, unclear), f"{code} {text_of(answer)}", refused)


def text_of(answer: bytes) -> str:
    """Return a server's answer as one line of text."""
    return " ".join(answer.decode("utf-8", "replace").split())


def _dot_stuffed(content: bytes) -> bytes:
    """Return the body as RFC 5321, 4.5.2 wants it: leading dots doubled, a lone dot at the end."""
    ended = content if content.endswith(b"\r\n") else content + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"
