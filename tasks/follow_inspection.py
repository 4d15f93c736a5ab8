"""Follow a joint inspection: what it found, the deadlines it set, and its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from tasks.adapters.ledger import inspections
from tasks.adapters.workplace import open_workplace
from tasks.close_case import read_paper
from tasks.domain.inspections import late_reports


@dataclass(frozen=True, slots=True)
class Found:
    """What an inspection found about a proposal's case, and the day by which it must be put right (None: no day)."""

    document_id: str
    proposal_id: str
    text: str
    deadline: date | None
    on: date
    by: str


@dataclass(frozen=True, slots=True)
class Report:
    """The report that ends an inspection, with its papers."""

    document_id: str
    text: str
    on: date
    by: str
    files: tuple[Path, ...] = ()


@task(name="登记督查情况", cache_policy=NO_CACHE)
def record_finding(jurisdiction: str, found: Found, now: datetime) -> None:
    """Enter what was found about a case; the latest entry counts."""
    add_finding(jurisdiction, found, now)


def add_finding(jurisdiction: str, found: Found, now: datetime) -> None:
    """Enter what was found about a case; ``LedgerError`` if that inspection does not have it."""
    inspections.add_finding(
        open_workplace(jurisdiction).ledger,
        jurisdiction,
        found.document_id,
        found.proposal_id,
        found_on=found.on,
        found=found.text,
        deadline=found.deadline,
        by=found.by,
        now=now,
    )


@task(name="报送督查报告", cache_policy=NO_CACHE)
def record_report(jurisdiction: str, report: Report, now: datetime) -> None:
    """Enter the report; its papers go into the archive."""
    add_report(jurisdiction, report, now)


def add_report(jurisdiction: str, report: Report, now: datetime) -> None:
    """Enter the report of an inspection; ``LedgerError`` if there is none, or it has reported."""
    workplace = open_workplace(jurisdiction)
    inspections.report(
        workplace.ledger,
        jurisdiction,
        report.document_id,
        reported_on=report.on,
        text=report.text,
        files={path.name: workplace.archive.put(read_paper(path)) for path in report.files},
        by=report.by,
        now=now,
    )


def listed(jurisdiction: str, as_of: date) -> list[str]:
    """Return the inspections with their cases, line by line: days, report, what was found, deadlines; late ones say so."""
    workplace = open_workplace(jurisdiction)
    rows = inspections.inspected(workplace.ledger, jurisdiction)
    late = set(late_reports(rows, as_of)["document_id"])
    told: list[str] = []
    for document_id, cases in rows.groupby("document_id"):
        first = cases.iloc[0]
        days = f"{_day(first['starts_on'])} 至 {_day(first['ends_on'])}，{first['leader']}牵头"
        told.append(f"{document_id}  {days}，{_reported(first, document_id in late)}")
        told += [f"    {line}" for line in map(_case_line, cases.to_dict("records"))]
    return told


def _reported(first: pd.Series, is_late: bool) -> str:
    if not pd.isna(first["reported_on"]):
        return f"{_day(first['reported_on'])} 已报告"
    return f"报告期限 {_day(first['report_by'])}" + ("（已逾期）" if is_late else "")


def _case_line(row: Mapping[str, object]) -> str:
    found = "尚未登记核查情况" if pd.isna(row["found"]) else f"{_day(row['found_on'])} {row['found']}"
    deadline = "" if pd.isna(row["deadline"]) else f"；限 {_day(row['deadline'])} 前"
    closed = "" if pd.isna(row["closed_on"]) else f"；{_day(row['closed_on'])} 已销号"
    return f"{row['proposal_id']}  {found}{deadline}{closed}"


def _day(day: object) -> str:
    return f"{day:%Y-%m-%d}" if isinstance(day, datetime) else "—"
