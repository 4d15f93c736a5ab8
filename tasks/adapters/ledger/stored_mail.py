"""A mail at rest: its parts in the archive, everything else as JSON, and one hash over the whole."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from tasks.adapters.archive import Archive
from tasks.domain.notices import Addressee, Attachment, MailDraft, Notice

_NOTICE = TypeAdapter(Notice)


def notice_to_json(notice: Notice) -> Any:
    """Return the notice as plain JSON values."""
    return _NOTICE.dump_python(notice, mode="json")


def notice_from_json(values: Any) -> Notice:
    """Return the notice that ``notice_to_json`` wrote."""
    return _NOTICE.validate_json(json.dumps(values))


def put_mail(archive: Archive, draft: MailDraft) -> dict[str, Any]:
    """Store the mail's bodies and attachments, and return the rest as JSON. The day is not part of it: it is set on leaving."""
    return {
        "message_id": draft.message_id,
        "sender": asdict(draft.sender),
        "to": [asdict(who) for who in draft.to],
        "cc": [asdict(who) for who in draft.cc],
        "reply_to": draft.reply_to,
        "subject": draft.subject,
        "text": archive.put(draft.text.encode()),
        "html": archive.put(draft.html.encode()),
        "attachments": [
            {"filename": file.filename, "media_type": file.media_type, "content": archive.put(file.content)}
            for file in draft.attachments
        ],
    }


def get_mail(archive: Archive, mail: dict[str, Any], dated: datetime) -> MailDraft:
    """Return the stored mail, dated ``dated``; ``LedgerError`` if a part is gone or was altered."""
    return MailDraft(
        message_id=mail["message_id"],
        sender=Addressee(**mail["sender"]),
        to=tuple(Addressee(**who) for who in mail["to"]),
        cc=tuple(Addressee(**who) for who in mail["cc"]),
        reply_to=mail["reply_to"],
        subject=mail["subject"],
        text=archive.get(mail["text"]).decode(),
        html=archive.get(mail["html"]).decode(),
        attachments=tuple(
            Attachment(file["filename"], file["media_type"], archive.get(file["content"]))
            for file in mail["attachments"]
        ),
        dated=dated,
    )


def document_hash(mail: dict[str, Any]) -> str:
    """Return the hash that a sign-off is bound to: it changes with any word, recipient or attachment."""
    return hashlib.sha256(json.dumps(mail, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
