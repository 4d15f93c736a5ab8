"""Findings in the ledger: what each review found, and what people said of it. Nothing is deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger import audit
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.judgement_tables import finding_reviews, finding_sightings, finding_verdicts, findings
from tasks.domain.errors import ConfigurationError, LedgerError
from tasks.domain.finding_rules import FINDINGS
from tasks.domain.judgement import EDITIONS, VERDICT_LABELS, VERDICTS, Verdict, refused

CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Review:
    """One computation of the findings: the assessment that it looked at, and the version of its rules."""

    review_id: str
    jurisdiction: str
    as_of: date
    assessment_id: str
    rules_version: str
    made_at: datetime


def record(ledger: Ledger, made: Review, found: pd.DataFrame) -> list[int]:
    """Store a review with what it found (``FINDINGS``) and return the numbers of the findings never seen before.

    The same review again changes nothing; a finding seen before, on the same evidence, keeps its number.
    """
    with ledger.begin() as connection:
        _lock(connection, made.jurisdiction)
        if connection.scalar(sa.select(finding_reviews.c.review_id).where(_is_review(made.review_id))) is not None:
            return []
        connection.execute(finding_reviews.insert(), asdict(made))
        known = _numbers(connection, made.jurisdiction)
        rows = [row | {"evidence_hash": _digest(row["evidence"])} for row in found[FINDINGS.names].to_dict("records")]
        new = [row for row in rows if _edition(row) not in known]
        for start in range(0, len(new), CHUNK):
            fresh = [
                row | {"jurisdiction": made.jurisdiction, "found_on": made.as_of} for row in new[start : start + CHUNK]
            ]
            connection.execute(findings.insert(), fresh)
        known = _numbers(connection, made.jurisdiction)
        seen = [{"review_id": made.review_id, "finding_id": known[_edition(row)]} for row in rows]
        if seen:
            connection.execute(finding_sightings.insert(), seen)
        return sorted(known[_edition(row)] for row in new)


def latest(ledger: Ledger, jurisdiction: str) -> Review | None:
    """Return the newest review: of the latest day, of several for it the last made; None if there is none."""
    order = (finding_reviews.c.as_of.desc(), finding_reviews.c.made_at.desc())
    query = sa.select(finding_reviews).where(finding_reviews.c.jurisdiction == jurisdiction).order_by(*order).limit(1)
    with ledger.connect() as connection:
        row = connection.execute(query).mappings().first()
    return Review(**row) if row else None


def by_id(ledger: Ledger, review_id: str) -> Review:
    """Return that review; ``LedgerError`` if there is none."""
    with ledger.connect() as connection:
        row = connection.execute(sa.select(finding_reviews).where(_is_review(review_id))).mappings().first()
    if row is None:
        raise LedgerError("台账", f"没有核查 {review_id!r}", "请先运行 quality-review。")
    return Review(**row)


def seen_in(ledger: Ledger, review_id: str) -> pd.DataFrame:
    """Return what a review found: ``EDITIONS``, in the order of their numbers."""
    query = sa.select(*_columns(EDITIONS.names)).join(finding_sightings)
    with ledger.connect() as connection:
        rows = connection.execute(
            query.where(finding_sightings.c.review_id == review_id).order_by(findings.c.finding_id)
        ).mappings()
        return EDITIONS.of(list(map(dict, rows)))


def verdicts(ledger: Ledger, jurisdiction: str) -> pd.DataFrame:
    """Return every verdict ever given, with the finding it is on: ``VERDICTS``, oldest first."""
    own = (finding_verdicts.c[name] for name in ("verdict_id", "verdict", "name", "reason", "at"))
    query = sa.select(*_columns(EDITIONS.names), *own).join(finding_verdicts)
    with ledger.connect() as connection:
        rows = connection.execute(
            query.where(findings.c.jurisdiction == jurisdiction).order_by(finding_verdicts.c.verdict_id)
        ).mappings()
        return VERDICTS.of(list(map(dict, rows)))


def judge(
    ledger: Ledger,
    jurisdiction: str,
    numbers: Sequence[int],
    verdict: Verdict,
    name: str,
    reason: str,
    now: datetime,
) -> None:
    """Record what a person says of these findings, of all or of none.

    Raises ``ConfigurationError`` without a name or a reason, ``LedgerError`` for a number that the jurisdiction has no
    finding of and for a verdict that holds already.
    """
    if not name.strip() or not reason.strip():
        raise ConfigurationError("疑点认定", "没有写明认定人或理由", "请写明 --by 和 --why。")
    wanted = sorted(set(numbers))
    with ledger.begin() as connection:
        _lock(connection, jurisdiction)
        _refuse_unknown(connection, jurisdiction, wanted)
        standing = _standing(connection, wanted)
        faults = [f"{number}（{told}）" for number in wanted if (told := refused(verdict, standing.get(number)))]
        if faults:
            raise LedgerError(
                f"疑点 {'、'.join(faults)}", "不能这样认定，什么也没有登记", "请用 findings list --all 核对。"
            )
        said = {"verdict": str(verdict), "name": name.strip(), "reason": reason.strip(), "at": now}
        connection.execute(finding_verdicts.insert(), [{"finding_id": number, **said} for number in wanted])
        act = f"疑点{VERDICT_LABELS[verdict]}"
        for number in wanted:
            audit.enter(connection, jurisdiction, name.strip(), act, f"finding/{number}", now, reason=reason.strip())


def _refuse_unknown(connection: sa.Connection, jurisdiction: str, wanted: Sequence[int]) -> None:
    mine = (findings.c.jurisdiction == jurisdiction, findings.c.finding_id.in_(wanted))
    missing = sorted(set(wanted) - set(connection.scalars(sa.select(findings.c.finding_id).where(*mine))))
    if missing or not wanted:
        told = "、".join(map(str, missing)) or "（没有写序号）"
        raise LedgerError(f"疑点 {told}", "没有这样的疑点", "请用 findings list 查看序号。")


def _standing(connection: sa.Connection, numbers: Collection[int]) -> dict[int, Verdict]:
    """Return the newest verdict of each of these findings; none for one that was reopened."""
    columns = (finding_verdicts.c.finding_id, finding_verdicts.c.verdict)
    query = (
        sa.select(*columns).where(finding_verdicts.c.finding_id.in_(numbers)).order_by(finding_verdicts.c.verdict_id)
    )
    newest = {number: Verdict(verdict) for number, verdict in connection.execute(query)}
    return {number: verdict for number, verdict in newest.items() if verdict is not Verdict.REOPENED}


def _numbers(connection: sa.Connection, jurisdiction: str) -> dict[tuple[object, ...], int]:
    columns = (*FINDINGS.key, "evidence_hash")
    query = sa.select(findings.c.finding_id, *(findings.c[name] for name in columns))
    rows = connection.execute(query.where(findings.c.jurisdiction == jurisdiction)).mappings()
    return {tuple(row[name] for name in columns): row["finding_id"] for row in rows}


def _edition(row: dict[str, object]) -> tuple[object, ...]:
    return tuple(row[name] for name in (*FINDINGS.key, "evidence_hash"))


def _digest(evidence: str) -> str:
    return hashlib.sha256(evidence.encode()).hexdigest()


def _is_review(review_id: str) -> sa.ColumnElement[bool]:
    return finding_reviews.c.review_id == review_id


def _columns(names: Sequence[str]) -> list[sa.Column[object]]:
    return [findings.c[name] for name in names]


def _lock(connection: sa.Connection, jurisdiction: str) -> None:
    """Let one writer at a time number findings; SQLite's write transaction does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.execute(
            sa.text("select pg_advisory_xact_lock(hashtext(:name))"), {"name": f"findings/{jurisdiction}"}
        )
