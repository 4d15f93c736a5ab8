"""Assessments: the obligations of one day, kept in the archive and traceable to what they were made from."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa

from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.tables import assessments
from tasks.domain.errors import LedgerError

# The purpose of assessments made for past days; many of them share one sweep in the archive.
BACKFILL = "backfill"
WHOLE = assessments.c.pruned_at.is_(None)


@dataclass(frozen=True, slots=True)
class Assessment:
    """What an assessment was made from, and the archive's hash of its obligations (Parquet).

    ``publications`` is the number of the last publication by the office that counted, 0 for none. ``pruned_at``: since when
    its obligations are gone; None while they are there.
    """

    assessment_id: str
    jurisdiction: str
    as_of: date
    known_at: datetime | None
    snapshot_id: str
    rule_version: str
    calendar_version: str
    code_version: str
    purpose: str
    obligations_hash: str
    made_at: datetime
    publications: int = 0
    pruned_at: datetime | None = None


def assessment_id(
    jurisdiction: str,
    as_of: date,
    known_at: datetime | None,
    snapshot: str,
    rules: str,
    calendar: str,
    code: str,
    publications: int = 0,
) -> str:
    """Return the id of an assessment: the same inputs have the same id."""
    parts = [jurisdiction, as_of.isoformat(), known_at.isoformat() if known_at else "", snapshot, rules, calendar, code]
    parts += [str(publications)] if publications else []
    return f"{jurisdiction}-{as_of}-{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:10]}"


def record(ledger: Ledger, made: Assessment) -> Assessment:
    """Store an assessment; the same id again must have the same content. One that was pruned is whole again.

    Raises ``LedgerError`` when it has not: then something that decides changed without changing its version.
    """
    with ledger.begin() as connection:
        found = _one(connection, assessments.c.assessment_id == made.assessment_id)
        if found is None or (found.pruned_at and found.obligations_hash == made.obligations_hash):
            _insert(connection, [made])
            return made
    if found.obligations_hash != made.obligations_hash:
        raise LedgerError(
            f"核定结果 {made.assessment_id}", "同样的数据、规则和程序得出了不同结果", "请保留现场并报告:这是程序错误。"
        )
    return found


def backfill_id(
    jurisdiction: str,
    as_of: date,
    known_at: datetime | None,
    snapshot: str,
    rules: str,
    calendar: str,
    code: str,
    publications: int = 0,
) -> str:
    """Return the id of a backfilled day: that of the day's assessment from the same inputs, marked as made afterwards."""
    same = assessment_id(jurisdiction, as_of, known_at, snapshot, rules, calendar, code, publications)
    return f"{same}-{BACKFILL}"


def record_all(ledger: Ledger, made: Sequence[Assessment]) -> int:
    """Store those of the assessments that are not stored yet, or were pruned, all or none; return how many."""
    with ledger.begin() as connection:
        query = sa.select(assessments.c.assessment_id).where(_among(made), WHOLE)
        stored = set(connection.execute(query).scalars())
        new = [each for each in made if each.assessment_id not in stored]
        _insert(connection, new)
    return len(new)


def _insert(connection: sa.Connection, made: Sequence[Assessment]) -> None:
    """Add the assessments; the rows that pruning left of them go."""
    if made:
        ids = [each.assessment_id for each in made]
        connection.execute(assessments.delete().where(assessments.c.assessment_id.in_(ids), ~WHOLE))
        connection.execute(assessments.insert(), [asdict(each) for each in made])


def _among(made: Sequence[Assessment]) -> sa.ColumnElement[bool]:
    days = [each.as_of for each in made]
    return sa.and_(
        assessments.c.jurisdiction == made[0].jurisdiction, assessments.c.as_of.between(min(days), max(days))
    )


def between(ledger: Ledger, jurisdiction: str, start: date, end: date) -> list[Assessment]:
    """Return every whole assessment of those days, by day, the newest of each day first."""
    mine = sa.and_(assessments.c.jurisdiction == jurisdiction, assessments.c.as_of.between(start, end), WHOLE)
    order = (assessments.c.as_of, assessments.c.made_at.desc(), assessments.c.assessment_id)
    with ledger.connect() as connection:
        rows = connection.execute(sa.select(assessments).where(mine).order_by(*order)).mappings().all()
    return [Assessment(**row) for row in rows]


def rules_in_use(ledger: Ledger, jurisdiction: str, at: datetime) -> str | None:
    """Return the version of the rules by which the last assessment before ``at`` was made; None where there is none.

    Also one that was pruned tells.
    """
    query = (
        sa.select(assessments.c.rule_version)
        .where(
            assessments.c.jurisdiction == jurisdiction, assessments.c.made_at <= at, assessments.c.purpose != BACKFILL
        )
        .order_by(assessments.c.made_at.desc(), assessments.c.assessment_id)
    )
    with ledger.connect() as connection:
        return connection.execute(query.limit(1)).scalar()


def by_id(ledger: Ledger, key: str) -> Assessment:
    """Return that assessment; ``LedgerError`` if there is none, or if it was pruned."""
    with ledger.connect() as connection:
        found = _one(connection, assessments.c.assessment_id == key)
    if found is None:
        raise LedgerError("台账", f"没有核定结果 {key!r}", "请先运行 daily-supervision 或 backfill。")
    if found.pruned_at is not None:
        raise LedgerError(
            f"核定结果 {key}",
            f"内容已于 {found.pruned_at:%Y-%m-%d} 按 jurisdiction.yaml 的 history 清理",
            f"用 backfill 可按现在所知重新计算 {found.as_of}。",
        )
    return found


def last_before(ledger: Ledger, jurisdiction: str, day: date, purpose: str = "daily") -> Assessment | None:
    """Return the newest whole assessment of that purpose for the last day before ``day``, or None."""
    mine = sa.and_(
        assessments.c.jurisdiction == jurisdiction, assessments.c.as_of < day, assessments.c.purpose == purpose
    )
    with ledger.connect() as connection:
        return _one(connection, mine & WHOLE)


def newest(ledger: Ledger, jurisdiction: str, as_of: date) -> Assessment | None:
    """Return the newest whole assessment of ``as_of`` for any purpose, or None."""
    mine = sa.and_(assessments.c.jurisdiction == jurisdiction, assessments.c.as_of == as_of, WHOLE)
    with ledger.connect() as connection:
        return _one(connection, mine)


def _one(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Assessment | None:
    order = (assessments.c.as_of.desc(), assessments.c.made_at.desc(), assessments.c.assessment_id)
    row = connection.execute(sa.select(assessments).where(condition).order_by(*order).limit(1)).mappings().first()
    return Assessment(**row) if row else None
