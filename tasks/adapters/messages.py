"""Mails in the form that travels: headers, bodies and attachments that every client reads the same way."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from email.charset import BASE64, Charset
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy, compat32
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from tasks.domain.errors import DeliveryError
from tasks.domain.notices import Addressee, Attachment, MailDraft, is_mail_address

MEDIA_TYPES = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".eml": "application/octet-stream",
    ".et": "application/vnd.ms-excel",
    ".html": "text/html",
    ".json": "application/json",
    ".ofd": "application/ofd",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain",
    ".wps": "application/vnd.ms-works",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}
"""Media type by file ending: our own, because the system's table knows neither .ofd nor .wps."""

# An encoded file name takes up to 9 characters for each of its own on one line, and SMTP allows 998 a line.
LONGEST_FILENAME = 100
LONGEST_LINE = 990

_MEDIA_TYPE = re.compile(r"[a-z0-9][a-z0-9.+-]*/[a-z0-9][a-z0-9.+-]*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class EncodedHeaders(EmailPolicy):
    """Folds text and address headers by RFC 2047 word by word.

    The standard policy loses a space where two encoded words meet, and splits even short Chinese file names into RFC 2231
    continuations, which QQ mail and old Outlook show as ``tcmime.bin``; written-out values therefore stay as they are.
    """

    def fold(self, name: str, value: Any) -> str:
        """Return the header's lines, each ending in the policy's line separator."""
        if hasattr(value, "addresses"):
            return self._lines(name, ",\n ".join(map(_address, value.addresses)))
        if name.lower() == "subject":
            return self._lines(name, _encoded(str(value), name))
        return str(super().fold(name, value))

    def fold_binary(self, name: str, value: Any) -> bytes:
        """Return the header's lines as ASCII bytes."""
        return self.fold(name, value).encode("ascii", "surrogateescape")

    def _lines(self, name: str, value: str) -> str:
        return f"{name}: {value}\n".replace("\n", self.linesep)


AS_WRITTEN = compat32.clone(linesep="\r\n")
POLICY = EncodedHeaders(linesep="\r\n", refold_source="none")


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail that is ready to travel, and the bytes in which it does: what is kept of it is what is handed over."""

    message: EmailMessage
    content: bytes


def letter(draft: MailDraft) -> Letter:
    """Return the draft ready to travel; the errors are those of ``build_message``."""
    message = build_message(draft)
    return Letter(message, as_sent(message))


def build_message(draft: MailDraft) -> EmailMessage:
    """Return the draft as a message with a plain and an HTML body and its attachments, 7-bit throughout.

    Raises ``DeliveryError`` for a line break in a header, an address that is none, a day without a zone.
    """
    if draft.dated.tzinfo is None:
        raise DeliveryError(draft.message_id, f"发信时间 {draft.dated} 没有时区", "请给出带时区的时间")
    if not _MESSAGE_ID.fullmatch(draft.message_id):
        raise DeliveryError(
            "Message-ID", f"{draft.message_id!r} 不合格式", "请使用 <通知编号@域名> 的形式，仅限 ASCII 字符"
        )
    if not draft.to:
        raise DeliveryError(draft.message_id, "没有收件人", "请在联系人中补充邮箱")
    message = EmailMessage(policy=POLICY)
    _add_headers(message, draft)
    message.set_content(draft.text, charset="utf-8", cte="base64")
    message.add_alternative(draft.html, subtype="html", charset="utf-8", cte="base64")
    if draft.attachments:
        message.make_mixed()
    for attachment in draft.attachments:
        message.attach(_part(attachment, draft.message_id))
    return message


def as_sent(message: EmailMessage) -> bytes:
    """Return the bytes that go over the wire: CRLF line ends, written headers unchanged."""
    return message.as_bytes(policy=POLICY)


def _add_headers(message: EmailMessage, draft: MailDraft) -> None:
    where = draft.message_id
    message["From"] = _mailbox(draft.sender, where)
    message["To"] = [_mailbox(addressee, where) for addressee in draft.to]
    if draft.cc:
        message["Cc"] = [_mailbox(addressee, where) for addressee in draft.cc]
    if draft.reply_to:
        message["Reply-To"] = _mailbox(Addressee("", draft.reply_to), where)
    subject = _one_line(draft.subject, "Subject", where)
    # What is assigned is parsed: text that only looks encoded must be encoded to come back as it is.
    message["Subject"] = _encoded(subject, longest=LONGEST_LINE).replace("\n", "") if "=?" in subject else subject
    message["Date"] = draft.dated
    message["Message-ID"] = draft.message_id
    message["Auto-Submitted"] = "auto-generated"


def _mailbox(addressee: Addressee, where: str) -> Address:
    if not is_mail_address(addressee.email):
        raise DeliveryError(where, f"{addressee.name} 的邮箱 {addressee.email!r} 不合格式", "请在联系人中更正邮箱")
    return Address(_one_line(addressee.name, "收发件人", where), addr_spec=addressee.email)


def _one_line(text: str, header: str, where: str) -> str:
    """Return ``text``, or raise: a line break in a header would let whoever wrote it add headers and recipients."""
    if _CONTROL.search(text):
        raise DeliveryError(where, f"{header} 含有换行或控制字符：{text!r}", "请先去掉换行和控制字符")
    return text


def _part(attachment: Attachment, where: str) -> EmailMessage:
    """Return the file as a part that names it twice: for old clients (RFC 2047) and for new ones (RFC 2231, unsplit)."""
    name = _one_line(attachment.filename, "附件名", where)
    if not 0 < len(name) <= LONGEST_FILENAME:
        raise DeliveryError(where, f"附件名长度为 {len(name)} 字：{name[:40]!r}", f"请改为 1 至 {LONGEST_FILENAME} 字")
    media_type = attachment.media_type or MEDIA_TYPES.get(PurePath(name).suffix.lower(), "application/octet-stream")
    if not _MEDIA_TYPE.fullmatch(media_type):
        raise DeliveryError(where, f"附件 {name} 的类型 {media_type!r} 不合格式", "请写作 application/pdf 的形式")
    part = EmailMessage(policy=AS_WRITTEN)
    charset = " charset=utf-8;" if media_type.startswith("text/") else ""
    part["Content-Type"] = f'{media_type};{charset}\r\n name="{_quoted(name)}"'
    part["Content-Disposition"] = f"attachment;\r\n filename*=utf-8''{quote(name, safe='')}"
    part.set_payload(base64.encodebytes(attachment.content).decode("ascii"))
    part["Content-Transfer-Encoding"] = "base64"
    return part


def _address(address: Address) -> str:
    if not address.display_name:
        return address.addr_spec
    if address.display_name.isascii() and "=?" not in address.display_name:
        return str(address)
    # Python's own parser, unlike RFC 2047, puts a space between two encoded words of a name: so a name is one word.
    return f"{_encoded(address.display_name, longest=LONGEST_LINE)}\n <{address.addr_spec}>"


def _quoted(name: str) -> str:
    if name.isascii():
        return name.replace("\\", "\\\\").replace('"', '\\"')
    return _encoded(name).replace("\n", "\r\n")


def _encoded(text: str, header: str = "", longest: int = 75) -> str:
    """Return ``text`` as RFC 2047 words of at most ``longest`` characters, one a line; ASCII stays readable."""
    if text.isascii() and "=?" not in text:
        return Header(text, "us-ascii", header_name=header).encode()
    charset = Charset("utf-8")
    charset.header_encoding = BASE64
    return Header(text, charset, maxlinelen=longest, header_name=header).encode()
