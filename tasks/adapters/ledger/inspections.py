"""Joint inspections in the ledger: opened by a signed plan, followed by findings, ended by a report. Nothing is rewritten."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger import audit
from tasks.adapters.ledger.backlog_tables import backlog_closings, inspection_cases, inspection_findings, inspections
from tasks.adapters.ledger.engine import Ledger
from tasks.domain.errors import LedgerError
from tasks.domain.inspections import INSPECTED, Key, Schedule

SYSTEM = "系统"


def open_inspection(
    ledger: Ledger,
    jurisdiction: str,
    document_id: str,
    leader: str,
    schedule: Schedule,
    keys: Collection[Key],
    now: datetime,
) -> None:
    """Enter the inspection that a signed plan orders; one that is there already stays as it is."""
    with ledger.begin() as connection:
        if connection.execute(_mine(jurisdiction, document_id)).first() is not None:
            return
        days = {name: getattr(schedule, name) for name in ("starts_on", "ends_on", "report_by")}
        about = {"document_id": document_id, "jurisdiction": jurisdiction, "leader": leader, "opened_at": now}
        connection.execute(inspections.insert().values(about | days | {"report_files": {}}))
        rows = [{"proposal_id": proposal, "occurrence": occurrence} for proposal, occurrence in keys]
        connection.execute(
            inspection_cases.insert(),
            [row | {"document_id": document_id, "jurisdiction": jurisdiction} for row in rows],
        )
        audit.enter(connection, jurisdiction, SYSTEM, "启动联合督查", document_id, now, cases=len(rows), leader=leader)


def add_finding(
    ledger: Ledger,
    jurisdiction: str,
    document_id: str,
    proposal_id: str,
    *,
    found_on: date,
    found: str,
    deadline: date | None,
    by: str,
    now: datetime,
) -> None:
    """Enter what an inspection found about a case, and the day by which it must be put right; the latest counts.

    Raises ``LedgerError`` when the inspection does not have that case, or words or name are missing.
    """
    _refuse_blank(document_id, {"核查情况": found, "登记人": by})
    with ledger.begin() as connection:
        mine = (
            inspection_cases.c.jurisdiction == jurisdiction,
            inspection_cases.c.document_id == document_id,
            inspection_cases.c.proposal_id == proposal_id,
        )
        occurrence = connection.scalar(sa.select(inspection_cases.c.occurrence).where(*mine))
        if occurrence is None:
            raise LedgerError(
                f"联合督查 {document_id}", f"没有这次督查，或其中没有 {proposal_id}", "请用 inspection list 查看。"
            )
        values = {"document_id": document_id, "proposal_id": proposal_id, "occurrence": occurrence}
        told = {"found_on": found_on, "found": found.strip(), "deadline": deadline, "by": by}
        connection.execute(inspection_findings.insert().values(values | told | {"recorded_at": now}))
        said = {"document_id": document_id, "found": found, "deadline": str(deadline or "")}
        audit.enter(connection, jurisdiction, by, "登记督查情况", proposal_id, now, **said)


def report(
    ledger: Ledger,
    jurisdiction: str,
    document_id: str,
    *,
    reported_on: date,
    text: str,
    files: Mapping[str, str],
    by: str,
    now: datetime,
) -> None:
    """Enter the report that ends an inspection; ``files`` are its papers' names with their hashes in the archive.

    Raises ``LedgerError`` when there is no such inspection, or it has reported already.
    """
    _refuse_blank(document_id, {"督查报告": text, "登记人": by})
    values = {"reported_on": reported_on, "report": text.strip(), "reported_by": by, "report_files": dict(files)}
    mine = (inspections.c.jurisdiction == jurisdiction, inspections.c.document_id == document_id)
    with ledger.begin() as connection:
        open_ones = inspections.update().where(*mine, inspections.c.reported_on.is_(None))
        if not connection.execute(open_ones.values(values)).rowcount:
            raise LedgerError(f"联合督查 {document_id}", "没有这次督查，或已经报告", "请用 inspection list 查看。")
        audit.enter(connection, jurisdiction, by, "报送督查报告", document_id, now, report=text, files=dict(files))


def inspected(ledger: Ledger, jurisdiction: str) -> pd.DataFrame:
    """Return every inspected case with its inspection, the latest finding and the case's closing (``INSPECTED``)."""
    about = [inspections.c[name] for name in ("leader", "starts_on", "ends_on", "report_by", "reported_on")]
    query = (
        sa.select(inspection_cases, *about, backlog_closings.c.closed_on)
        .join(inspections)
        .outerjoin(backlog_closings, _same_case(inspection_cases, backlog_closings))
        .where(inspection_cases.c.jurisdiction == jurisdiction)
        .order_by(inspection_cases.c.document_id, inspection_cases.c.proposal_id)
    )
    with ledger.connect() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
        own = sa.select(inspections.c.document_id).where(inspections.c.jurisdiction == jurisdiction)
        findings = sa.select(inspection_findings).where(inspection_findings.c.document_id.in_(own))
        told = connection.execute(findings.order_by(inspection_findings.c.finding_id)).mappings()
        latest = {(row["document_id"], row["proposal_id"], row["occurrence"]): row for row in told}
    for row in rows:
        found = latest.get((row["document_id"], row["proposal_id"], row["occurrence"]))
        row |= {name: found[name] if found else None for name in ("found_on", "found", "deadline")}
    frame = pd.DataFrame(rows, columns=INSPECTED.names)
    days = [column.name for column in INSPECTED.columns if column.type == "date"]
    return INSPECTED.typed(frame.assign(**{name: pd.to_datetime(frame[name]) for name in days}))


def reports(ledger: Ledger, jurisdiction: str) -> dict[str, dict[str, Any]]:
    """Return every inspection by its document's id, with its report as far as there is one."""
    query = sa.select(inspections).where(inspections.c.jurisdiction == jurisdiction)
    with ledger.connect() as connection:
        rows = connection.execute(query.order_by(inspections.c.document_id)).mappings()
        return {row["document_id"]: dict(row) for row in rows}


def _mine(jurisdiction: str, document_id: str) -> sa.Select[Any]:
    return sa.select(inspections.c.document_id).where(
        inspections.c.jurisdiction == jurisdiction, inspections.c.document_id == document_id
    )


def _same_case(one: sa.Table, other: sa.Table) -> sa.ColumnElement[bool]:
    return sa.and_(*(one.c[name] == other.c[name] for name in ("jurisdiction", "proposal_id", "occurrence")))


def _refuse_blank(document_id: str, words: Mapping[str, str]) -> None:
    if missing := [name for name, text in words.items() if not text.strip()]:
        raise LedgerError(f"联合督查 {document_id}", f"没有写明{'、'.join(missing)}", "请补写后再登记。")
