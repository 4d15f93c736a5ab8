"""The weekly brief to the office: compare the week's two days, write it down, keep it, and mail it to nobody else."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from reports.weekly_brief_building import WeekFrames, weekly_content
from reports.weekly_brief_content import WeeklyContent
from reports.weekly_briefs import weekly_brief, weekly_workbook
from tasks.adapters.ledger import documents
from tasks.adapters.ledger.documents import Document, Heading
from tasks.adapters.outlet import smtp_config
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import Assessed, load_assessed
from tasks.domain.documents import KIND_LABELS, DocumentKind, DocumentState
from tasks.domain.errors import ConfigurationError
from tasks.domain.obligations import obligations
from tasks.evidence import held_now, held_then, keep
from tasks.issue import issue
from tasks.office_waits import office_waits
from tasks.papers import Part, Written, lay_out, put_forward, written
from tasks.record import Day

# A brief that long ago is no week to compare with.
LONGEST = timedelta(days=31)
WEEK = timedelta(days=7)


def is_due(jurisdiction: str, day: date) -> bool:
    """Return whether the week's brief is to be written on ``day``: a workday, and nobody has written it since Monday."""
    workplace = open_workplace(jurisdiction)
    last = documents.last_issued(workplace.ledger, jurisdiction, DocumentKind.BRIEF, day + timedelta(days=1))
    monday = day - timedelta(days=day.weekday())
    return bool(workplace.calendar().is_workday(day)) and (last is None or last.as_of < monday)


@task(name="每周专报", task_run_name="每周专报 {assessment_id}", cache_policy=NO_CACHE)
def brief_office(jurisdiction: str, assessment_id: str, day: Day, send: bool = False) -> dict[str, str | int]:
    """Write and keep the brief, put its mail to the office into the outbox, and return its id and the mails that entered.

    The day's brief that has been sent is not sent again.
    """
    workplace = open_workplace(jurisdiction)
    _refuse_other_days(workplace, day, send)
    document, files = write_brief(workplace, load_assessed(workplace, assessment_id), day)
    for warning in files.warnings if files else ():
        get_run_logger().warning("%s", warning)
    mails = issue(workplace, document, day.moment) if files else 0
    _show(workplace, document)
    return {"document": document.document_id, "mails": mails}


def write_brief(workplace: Workplace, assessed: Assessed, day: Day) -> tuple[Document, Written | None]:
    """Return the stored brief and its files; no files where it has been sent already."""
    subject = f"截至{day.as_of}的每周专报"
    known = documents.listing(workplace.ledger, workplace.name, (DocumentState.SENT,))
    sent = [one for one in known if one.kind is DocumentKind.BRIEF and one.subject == subject]
    if sent:
        return sent[0], None
    last, held = _last(workplace, day.as_of), held_now(workplace, assessed)
    frames = _frames(workplace, assessed, last, day.as_of)

    def write(document: Document) -> Written:
        return _written(workplace, frames, document, day)

    heading = Heading(DocumentKind.BRIEF, subject, f"建议提案办理情况每周专报（截至{day.as_of}）", day.as_of, day.as_of)
    made_from = _made_from(assessed, last) | keep(workplace, held)
    return put_forward(workplace, heading, write, made_from, day.now)


def _last(workplace: Workplace, as_of: date) -> Document | None:
    """Return the last brief, if it is no longer ago than a month."""
    last = documents.last_issued(workplace.ledger, workplace.name, DocumentKind.BRIEF, as_of)
    return last if last is not None and as_of - last.as_of <= LONGEST else None


def _frames(workplace: Workplace, assessed: Assessed, last: Document | None, as_of: date) -> WeekFrames:
    """Return the week's two days; without a last brief the first of them is worked out anew, a week ago."""
    facts = assessed.facts
    backlog = held_now(workplace, assessed).backlog
    if last is None:
        since, before, earlier = as_of - WEEK, _worked_out(workplace, assessed, as_of - WEEK), None
    else:
        since, before = last.as_of, load_assessed(workplace, last.made_from["assessment_id"]).obligations
        earlier = _ids(held_then(workplace, last.made_from).backlog)
    labels = workplace.jurisdiction.rules.labels
    return WeekFrames(
        facts,
        before,
        assessed.obligations,
        since,
        as_of,
        as_of + WEEK - timedelta(days=1),
        _ids(backlog),
        earlier,
        labels,
    )


def _worked_out(workplace: Workplace, assessed: Assessed, day: date) -> pd.DataFrame:
    return obligations(assessed.facts, workplace.jurisdiction.rules, workplace.calendar(), day)


def _ids(backlog: pd.DataFrame) -> frozenset[str]:
    return frozenset(backlog["proposal_id"])


def _written(workplace: Workplace, frames: WeekFrames, document: Document, day: Day) -> Written:
    content = _content(workplace, frames, document, day)
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    name = f"{content.masthead}{document.year}年第{content.serial_no}期"
    lists = Part(f"{name}（附表）.xlsx", weekly_workbook(content, workplace.opening(day.as_of)))
    return written(workplace, weekly_brief(content, templates), name, {"lists": lists})


def _content(workplace: Workplace, frames: WeekFrames, document: Document, day: Day) -> WeeklyContent:
    waits = office_waits(workplace, frames.facts, day.as_of, day.moment)
    masthead, issuer = KIND_LABELS[DocumentKind.BRIEF], workplace.jurisdiction.office.name
    return weekly_content(frames, masthead, issuer, document.serial, document.dated_on, waits)


def _made_from(assessed: Assessed, last: Document | None) -> dict[str, str | None]:
    about = assessed.record
    return {
        "assessment_id": about.assessment_id,
        "snapshot_id": about.snapshot_id,
        "rule_version": about.rule_version,
        "calendar_version": about.calendar_version,
        "code_version": about.code_version,
        "compared_with": last.document_id if last else None,
    }


def _show(workplace: Workplace, document: Document) -> None:
    """Lay the files out and publish the text."""
    folder = lay_out(workplace, document)
    text = workplace.archive.get(document.contents["text"].content).decode()
    lines = "\n\n".join(line.strip() for line in text.splitlines() if line.strip())
    told = f"# {document.number}\n\n文件：{folder}\n\n---\n\n{lines}\n"
    create_markdown_artifact(told, key=f"{workplace.name}-weekly-brief", description="每周专报")


def _refuse_other_days(workplace: Workplace, day: Day, send: bool) -> None:
    if smtp_config(workplace.settings.smtp) is not None and not day.is_today and not send:
        raise ConfigurationError(
            f"每周专报 {day.as_of}", f"这一天不是今天（{day.now.date()}），而邮件会真的发出", "确要发出请加 --send。"
        )
