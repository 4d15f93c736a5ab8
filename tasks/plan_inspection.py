"""Draft the plan of a joint inspection of backlog cases, and put it before those who sign."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.backlog_lines import CaseLine
from reports.inspections import InspectionCase, InspectionPlan, joint_inspection_plan
from tasks.adapters.ledger import snapshots
from tasks.adapters.ledger.documents import Document, Heading
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.backlog_desk import last_reviewed
from tasks.domain.documents import DocumentKind
from tasks.domain.errors import ConfigurationError
from tasks.domain.inspections import InspectionTerms, Key, Schedule, chosen, scheduled
from tasks.issue import unreached
from tasks.papers import Written, lay_out, put_forward, show_draft, written
from tasks.record import Day
from tasks.shelve import Reviewed, busy_cases, inspection_terms, reviewed_cases


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the office wants otherwise than ``inspection.yaml`` has it; None, or no cases, leaves it as it is."""

    cases: tuple[str, ...] = ()
    leader: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    report_by: date | None = None


AS_USUAL = Wishes()


@task(name="联合督查拟稿", task_run_name="联合督查拟稿 {review_id}", cache_policy=NO_CACHE)
def draft_inspection(jurisdiction: str, review_id: str, day: Day) -> dict[str, str | int]:
    """Draft the month's plan from a review and return what to sign.

    Nothing is drafted where the jurisdiction does not inspect, no case is free, or the review looks back.
    """
    workplace = open_workplace(jurisdiction)
    reviewed, terms = reviewed_cases(workplace, review_id), inspection_terms(workplace)
    if terms is None or reviewed.record.is_past:
        return {}
    subject = f"{reviewed.record.as_of:%Y年%m月}积案联合督查"
    keys = chosen(reviewed.shelf.reviewed, busy_cases(workplace, reviewed, subject), terms.most)
    if not keys:
        get_run_logger().info("没有需要新列入联合督查的积案，不拟方案")
        return {}
    document, files = plan_paper(workplace, reviewed, terms, subject, keys, AS_USUAL, day)
    for warning in (*files.warnings, *unreached_units(workplace, document)):
        get_run_logger().warning("%s", warning)
    return {"inspection_cases": len(keys), **show_draft(workplace, document)}


def unreached_units(workplace: Workplace, document: Document) -> list[str]:
    """Return a warning for each unit of the plan that none of its addresses reaches: its mail would not be sent."""
    facts = snapshots.load(workplace.ledger, document.made_from["snapshot_id"])
    concerned = set(facts.units.loc[facts.units["unit_id"].isin(document.made_from["units"]), "name"])
    silent = [name for name in unreached(workplace, document) if name in concerned]
    return [f"{name}没有可用的邮箱，签发后收不到方案：请补联系人或另行送达" for name in silent]


def unreached_by(jurisdiction: str, document: Document) -> list[str]:
    """Return the warnings of ``unreached_units`` for the command line."""
    return unreached_units(open_workplace(jurisdiction), document)


def draft_from_last(jurisdiction: str, wishes: Wishes, day: Day) -> Document:
    """Draft a plan for the cases that the office names, as the last review has them, and lay it out.

    Wrong use: a case that is not open, or that is being inspected already.
    """
    workplace = open_workplace(jurisdiction)
    reviewed, terms = last_reviewed(workplace), inspection_terms(workplace)
    if terms is None:
        raise ConfigurationError(
            f"地区 {jurisdiction}", "没有 inspection.yaml", "请照 config/template/inspection.yaml 写一份。"
        )
    subject = f"{day.as_of}联合督查：{'、'.join(sorted(wishes.cases))}"
    keys = _asked_for(reviewed, wishes.cases, busy_cases(workplace, reviewed, subject))
    document, _ = plan_paper(workplace, reviewed, terms, subject, keys, wishes, day)
    lay_out(workplace, document)
    return document


def _asked_for(reviewed: Reviewed, proposals: Collection[str], busy: Collection[Key]) -> list[Key]:
    keys = [line.key for line in reviewed.lines if line.key[0] in proposals and line.closed_on is None]
    if unknown := sorted(set(proposals) - {proposal for proposal, _ in keys}):
        raise ConfigurationError(
            "联合督查", f"{'、'.join(unknown)} 不是在办积案", "请用 backlog-case list 查看在办积案。"
        )
    if taken := sorted(proposal for proposal, _ in set(keys) & set(busy)):
        raise ConfigurationError("联合督查", f"{'、'.join(taken)} 已在督查中或已列入待签方案", "请先办结或退回那一份。")
    return keys


def plan_paper(
    workplace: Workplace,
    reviewed: Reviewed,
    terms: InspectionTerms,
    subject: str,
    keys: Sequence[Key],
    wishes: Wishes,
    day: Day,
) -> tuple[Document, Written]:
    """Return the stored draft of a plan for these cases, and its files."""
    lines = sorted((reviewed.line(key) for key in keys), key=lambda line: line.case_no)
    usual = scheduled(day.as_of, terms, workplace.calendar())
    schedule = Schedule(
        wishes.starts_on or usual.starts_on, wishes.ends_on or usual.ends_on, wishes.report_by or usual.report_by
    )
    _refuse_disorder(schedule)
    leader = wishes.leader or _leader(reviewed, lines) or terms.leader
    heading = Heading(
        kind=DocumentKind.INSPECTION,
        subject=subject,
        title=f"关于对{len(lines)}件建议提案积案开展联合督查的方案",
        as_of=reviewed.record.as_of,
        dated_on=day.as_of,
    )

    def write(document: Document) -> Written:
        plan = _plan(workplace, document, leader, terms, schedule, lines)
        templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
        return written(workplace, joint_inspection_plan(plan, templates), document.number, {})

    made_from = _made_from(reviewed, terms, schedule, leader, lines)
    return put_forward(workplace, heading, write, made_from, day.now)


def _refuse_disorder(schedule: Schedule) -> None:
    if not schedule.starts_on <= schedule.ends_on <= schedule.report_by:
        days = f"{schedule.starts_on} 至 {schedule.ends_on}，报告期限 {schedule.report_by}"
        raise ConfigurationError("联合督查", f"日期次序不对：{days}", "请按开始、结束、报告的先后填写。")


def _leader(reviewed: Reviewed, lines: Sequence[CaseLine]) -> str | None:
    """Return the leader who leads the handling of all these cases; None where they have none in common."""
    proposals = reviewed.shelf.now.proposals.set_index("proposal_id")["led_by"]
    leaders = {proposals.get(line.key[0]) for line in lines}
    return str(leaders.pop()) if len(leaders) == 1 and isinstance(next(iter(leaders)), str) else None


def _plan(
    workplace: Workplace,
    document: Document,
    leader: str,
    terms: InspectionTerms,
    schedule: Schedule,
    lines: Sequence[CaseLine],
) -> InspectionPlan:
    return InspectionPlan(
        office=workplace.jurisdiction.office,
        document_no=f"联合督查〔{document.year}〕{document.serial}号",
        dated_on=document.dated_on,
        leader=leader,
        members=terms.members,
        starts_on=schedule.starts_on,
        ends_on=schedule.ends_on,
        report_by=schedule.report_by,
        cases=tuple(
            InspectionCase(
                line.case_no, line.name, line.title, line.units, line.labels, line.since, line.evidence,
                terms.asked(line.criteria),
            )
            for line in lines
        ),
        copied_to="、".join(who.name for who in terms.copied_to),
    )  # fmt: skip


def _made_from(
    reviewed: Reviewed, terms: InspectionTerms, schedule: Schedule, leader: str, lines: Sequence[CaseLine]
) -> dict[str, Any]:
    about = reviewed.assessed.record
    versions = ("assessment_id", "snapshot_id", "rule_version", "calendar_version", "code_version")
    days = {name: getattr(schedule, name).isoformat() for name in ("starts_on", "ends_on", "report_by")}
    return {
        **{name: getattr(about, name) for name in versions},
        "review_id": reviewed.record.review_id,
        "cases": [list(line.key) for line in lines],
        "units": sorted({unit for line in lines for unit in line.unit_ids}),
        "leader": leader,
        "copied_to": [[who.name, who.email] for who in terms.copied_to],
        **days,
    }
