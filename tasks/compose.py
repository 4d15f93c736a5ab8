"""Write the mail of a notice: the words of its level, the unit's own list, and for a formal letter the letter itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from reports.environment import environment
from reports.letters import LEVEL_TEMPLATES, notice_letter
from reports.notice_lists import list_workbook
from reports.notices import render_notice, template_version
from reports.official_docx import docx_bytes
from tasks.adapters.ledger.outbox_mails import Compose, Composed
from tasks.adapters.workplace import Workplace
from tasks.domain.frames import label
from tasks.domain.notices import Addressee, Attachment, MailDraft, Notice


def composer(workplace: Workplace, dated: datetime) -> Compose:
    """Return what writes the jurisdiction's mails; ``dated`` is the letters' day, and the mails' until they leave."""
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    env = environment(templates)

    def compose(planned: Notice, message_id: str) -> Composed:
        notice = replace(planned, is_rehearsal=workplace.is_rehearsal)
        rendered = render_notice(notice, env)
        attachments = [Attachment(f"{label('level', notice.level)}清单.xlsx", "", list_workbook(notice))]
        if notice.level in LEVEL_TEMPLATES and len({item.proposal_id for item in notice.items}) == 1:
            letter = notice_letter(notice, dated.date(), templates=templates)
            attachments.insert(0, Attachment(f"{label('level', notice.level)}.docx", "", docx_bytes(letter)))
        office = notice.office
        draft = MailDraft(
            message_id=f"<{message_id}@{office.mail_from.rpartition('@')[2]}>",
            sender=Addressee(office.name, office.mail_from),
            to=notice.to,
            cc=notice.cc,
            reply_to=office.reply_to,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            attachments=tuple(attachments),
            dated=dated,
        )
        return Composed(draft, template_version(notice.level, env))

    return compose
