"""Remind the office of what is late about its joint inspections: reports, and deadlines of cases that are still open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.document_mail import document_mail
from reports.environment import environment
from reports.inspection_reminders import InspectionReminder, Lapsed, inspection_reminder
from reports.official import OfficialDocument
from reports.overviews import Row
from tasks.adapters.ledger import documents, inspections, office_mails
from tasks.adapters.ledger.office_mails import About
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.backlog_desk import last_reviewed
from tasks.domain.inspections import lapsed_deadlines, late_reports, reminder_no
from tasks.domain.notices import Addressee, MailDraft
from tasks.domain.recipients import Recipients
from tasks.review import publish_table
from tasks.shelve import Reviewed, inspection_terms

KIND = "联合督查提醒"


@task(name="联合督查提醒", task_run_name="联合督查提醒 {as_of}", cache_policy=NO_CACHE)
def remind_of_inspections(jurisdiction: str, as_of: date, now: datetime) -> dict[str, int]:
    """Remind the office of late reports and lapsed deadlines, each at the pace of ``inspection.yaml``; return the counts."""
    workplace = open_workplace(jurisdiction)
    rows = inspections.inspected(workplace.ledger, jurisdiction)
    late, lapsed = late_reports(rows, as_of), lapsed_deadlines(rows, as_of)
    concerned = sorted({*late["document_id"], *lapsed["document_id"]})
    reviewed = last_reviewed(workplace) if concerned else None
    reminders = [
        _reminder(workplace, reviewed, document_id, late, lapsed, as_of) for document_id in concerned if reviewed
    ]
    mails = sum(_queue(workplace, reminder, now) for reminder in reminders)
    publish_table(f"{jurisdiction}-inspections", "联合督查：逾期的报告和整改期限", _rows(reminders))
    get_run_logger().info("联合督查：%d 份报告逾期，%d 件整改期限已过，提醒 %d 封", len(late), len(lapsed), mails)
    return {"late_reports": len(late), "lapsed_deadlines": len(lapsed), "mails": mails}


def _reminder(
    workplace: Workplace, reviewed: Reviewed, document_id: str, late: pd.DataFrame, lapsed: pd.DataFrame, as_of: date
) -> InspectionReminder:
    document = documents.by_id(workplace.ledger, workplace.name, document_id)
    due = late.loc[late["document_id"] == document_id, "report_by"]
    lines = {line.key: line for line in reviewed.lines}
    over = [
        Lapsed(line.case_no, line.name, "、".join(line.units), str(row["found"]), row["deadline"].date())
        for row in lapsed[lapsed["document_id"] == document_id].to_dict("records")
        if (line := lines.get((row["proposal_id"], row["occurrence"]))) is not None
    ]
    leader = str(document.made_from["leader"])
    report_by = due.iloc[0].date() if len(due) else None
    office = workplace.jurisdiction.office.name
    return InspectionReminder(office, document_id, document.title, leader, as_of, report_by, tuple(over))


def _queue(workplace: Workplace, reminder: InspectionReminder, now: datetime) -> int:
    terms = inspection_terms(workplace)
    due = reminder.report_by or min((one.deadline for one in reminder.lapsed), default=reminder.as_of)
    if terms is None or not (number := reminder_no(due, reminder.as_of, terms.remind_every, workplace.calendar())):
        return 0
    what = "report" if reminder.report_by else "deadline"
    key = f"{reminder.document_id}|{what}|{due}|{number}"
    document = documents.by_id(workplace.ledger, workplace.name, reminder.document_id)
    about = About(workplace.name, KIND, reminder.as_of, document.made_from)
    office = workplace.jurisdiction.office
    ourselves = Recipients((Addressee(office.name, office.reply_to or office.mail_from),))
    draft = mail_of(workplace, inspection_reminder(reminder), ourselves, now)
    return int(office_mails.queue_once(workplace.ledger, workplace.archive, key, draft, about, now))


def mail_of(workplace: Workplace, paper: OfficialDocument, who: Recipients, now: datetime) -> MailDraft:
    """Return the mail that says a reminder; it gets its Message-ID when it is queued."""
    office = workplace.jurisdiction.office
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    mail = document_mail(paper, office, [], environment(templates))
    return MailDraft(
        message_id="",
        sender=Addressee(office.name, office.mail_from),
        to=who.to,
        cc=who.cc,
        reply_to=office.reply_to,
        subject=f"{'【演练】' if workplace.is_rehearsal else ''}{mail.subject}",
        text=mail.text,
        html=mail.html,
        attachments=(),
        dated=now,
    )


def _rows(reminders: Sequence[InspectionReminder]) -> list[Row]:
    reports: list[Row] = [
        {"督查方案": one.document_id, "事项": "督查报告", "期限": str(one.report_by), "积案": "", "责任单位": ""}
        for one in reminders
        if one.report_by
    ]
    return reports + [
        {
            "督查方案": one.document_id,
            "事项": f"整改：{case.found}",
            "期限": str(case.deadline),
            "积案": f"{case.case_no} {case.name}",
            "责任单位": case.units,
        }
        for one in reminders
        for case in one.lapsed
    ]
