"""Remind units of the report date of a joint inspection of their cases, and take back what does not hold any more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.backlog_lines import CaseLine
from reports.inspection_reminders import ReportNotice, report_notice
from reports.overviews import Row
from tasks.adapters.ledger import contact_faults, documents, inspections, office_mails, silences, snapshots
from tasks.adapters.ledger.office_mails import About
from tasks.adapters.publishing import counted
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.backlog_desk import last_reviewed
from tasks.deliver import sending_hours
from tasks.domain.backlog_figures import responsible_units
from tasks.domain.delivery import UNKNOWN
from tasks.domain.escalation_record import explanations
from tasks.domain.frames import ContactRole, Facts
from tasks.domain.inspections import Key
from tasks.domain.recipients import Directory, Recipients, directory, resolve
from tasks.domain.report_dates import STAGE_LABELS, ReportReminder, Stage, called_for, report_reminders
from tasks.record import Day
from tasks.remind import KIND, mail_of
from tasks.review import publish_table
from tasks.shelve import inspection_terms
from tasks.supplement import supplemented

OVER = "督查已报告、积案已销号或改由他单位负责、日期已过，或因静默、情况说明暂缓"


@dataclass(frozen=True, slots=True)
class Due:
    """The reminders that a day calls for, with what they are written from: cases, units' names and addresses."""

    reminders: tuple[ReportReminder, ...]
    lines: Mapping[Key, CaseLine]
    names: Mapping[str, str]
    book: Directory

    def who(self, one: ReportReminder) -> Recipients:
        """Return to whom a reminder goes: the unit's section, as the plan did; after the date with a copy to its leader."""
        copied = (ContactRole.LEADER,) if one.stage is Stage.PASSED else ()
        return resolve(self.book, one.unit_id, ContactRole.SECTION, copied)


@task(name="提醒责任单位", task_run_name="提醒责任单位 {as_of}", cache_policy=NO_CACHE)
def remind_units(jurisdiction: str, as_of: date, now: datetime) -> dict[str, int]:
    """Queue what the day calls for, each reminder once for its date; return the mails and the units nobody can reach."""
    workplace = open_workplace(jurisdiction)
    due = reminders_due(workplace, as_of)
    taken = _take_back(workplace, due, now)
    unreached = [one for one in due.reminders if not due.who(one).to]
    mails = sum(_queue(workplace, due, one, as_of, now) for one in due.reminders if one not in unreached)
    for one in unreached:
        get_run_logger().warning("%s没有可用的邮箱，收不到督查报告期限的提醒", due.names[one.unit_id])
    publish_table(
        f"{jurisdiction}-report-dates", "联合督查：报告期限提醒责任单位", [_row(due, one) for one in due.reminders]
    )
    return {"unit_mails": mails, "units_unreached": len(unreached), "unit_mails_withdrawn": taken}


@task(name="撤回不必再发的督查提醒", cache_policy=NO_CACHE)
def withdraw_reminders(jurisdiction: str, day: Day) -> dict[str, int]:
    """Take back the queued reminders that the day does not call for any more, before they leave."""
    workplace = open_workplace(jurisdiction)
    waits = any(not mail["is_gone"] for mail in office_mails.told_mails(workplace.ledger, jurisdiction))
    if not waits or not sending_hours(workplace)(day.moment):
        return {}
    return {"reminders_withdrawn": _take_back(workplace, reminders_due(workplace, day.as_of), day.moment)}


def reminders_due(workplace: Workplace, as_of: date) -> Due:
    """Return the reminders of a day by what the ledger and the last snapshot say; none where the office does not inspect."""
    terms, ledger, name = inspection_terms(workplace), workplace.ledger, workplace.name
    nothing = Due((), {}, {}, Directory({}, frozenset()))
    if terms is None:
        return nothing
    called = called_for(inspections.inspected(ledger, name), as_of, terms.remind_units, workplace.calendar())
    if called.empty:
        return nothing
    reviewed, facts = last_reviewed(workplace), _facts_now(workplace)
    reminders = report_reminders(
        called,
        responsible_units(reviewed.shelf.reviewed, facts, as_of),
        silences.active_silences(ledger, name),
        explanations(facts, silences.recorded_explanations(ledger, name), as_of),
        as_of,
        {(m["document_id"], m["unit_id"]) for m in office_mails.told_mails(ledger, name) if m["state"] in UNKNOWN},
    )
    lines = {line.key: line for line in reviewed.lines}
    names = facts.units.set_index("unit_id")["name"].to_dict()
    return Due(tuple(reminders), lines, names, directory(facts.contacts, as_of, contact_faults.failing(ledger, name)))


def _facts_now(workplace: Workplace) -> Facts:
    last = snapshots.latest(workplace.ledger, workplace.name)
    assert last is not None, "a review rests on a snapshot"
    (published,) = counted(workplace, [None])
    return supplemented(workplace, snapshots.load(workplace.ledger, last.snapshot_id), published)


def _take_back(workplace: Workplace, due: Due, now: datetime) -> int:
    """Take back the reminders that wait in the outbox and say what is not called for today; return how many."""
    wanted = {one.key: [list(key) for key in one.cases] for one in due.reminders}
    waiting = [mail for mail in office_mails.told_mails(workplace.ledger, workplace.name) if not mail["is_gone"]]
    void = [mail["message_id"] for mail in waiting if wanted.get(mail["key"]) != mail["cases"]]
    return sum(office_mails.take_back(workplace.ledger, workplace.name, mail, OVER, now) for mail in void)


def _queue(workplace: Workplace, due: Due, one: ReportReminder, as_of: date, now: datetime) -> bool:
    document = documents.by_id(workplace.ledger, workplace.name, one.document_id)
    notice = ReportNotice(
        issuer=workplace.jurisdiction.office.name,
        unit=due.names[one.unit_id],
        plan_no=f"联合督查〔{document.year}〕{document.serial}号",
        title=document.title,
        leader=str(document.made_from["leader"]),
        as_of=as_of,
        report_by=one.report_by,
        has_passed=one.stage is Stage.PASSED,
        cases=tuple(
            (line.case_no, f"{line.name} {line.shown_title}") for line in map(due.lines.__getitem__, one.cases)
        ),
    )
    draft = mail_of(workplace, report_notice(notice), due.who(one), now)
    told = {"key": one.key, "document_id": one.document_id, "cases": [list(key) for key in one.cases]}
    about = About(workplace.name, KIND, as_of, document.made_from, one.unit_id, told)
    return office_mails.queue_once(workplace.ledger, workplace.archive, one.key, draft, about, now)


def _row(due: Due, one: ReportReminder) -> Row:
    who = due.who(one)
    return {
        "督查方案": one.document_id,
        "责任单位": due.names[one.unit_id],
        "报告期限": str(one.report_by),
        "事由": STAGE_LABELS[one.stage],
        "积案": "、".join(due.lines[key].case_no for key in one.cases),
        "收件人": "、".join(to.name for to in who.to) or (who.note or ""),
    }
