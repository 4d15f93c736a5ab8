"""Reviews of the backlog in the ledger: what each found, the cases that it opened, the dossiers that were written.

A review takes over the open cases of the last one before its day. It adds cases; nothing here removes one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.archive import Archive
from tasks.adapters.frame_files import frame_of, parquet_bytes
from tasks.adapters.ledger import audit
from tasks.adapters.ledger.backlog_cases import closings, registered
from tasks.adapters.ledger.backlog_tables import backlog_cases, backlog_dossiers, backlog_reviews
from tasks.adapters.ledger.engine import Ledger
from tasks.domain.backlog import BACKLOG_CASES, BACKLOG_REVIEW, Standing, open_after, review
from tasks.domain.errors import LedgerError

SYSTEM = "系统"


@dataclass(frozen=True, slots=True)
class BacklogReview:
    """What a review was made from, and the archive's hash of its frame (``BACKLOG_REVIEW``).

    ``previous_id`` is the review whose open cases it took over. One that ``is_past`` looks back at a day before the last
    review: it says how the cases stood and changes nothing.
    """

    review_id: str
    jurisdiction: str
    as_of: date
    assessment_id: str
    criteria_version: str
    previous_id: str | None
    is_past: bool
    review_hash: str
    counts: Mapping[str, int]
    reviewed_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """What met a criterion on a day (``frames.BACKLOG``), by which assessment and criteria."""

    as_of: date
    assessment_id: str
    criteria_version: str
    current: pd.DataFrame


def record_review(ledger: Ledger, archive: Archive, jurisdiction: str, found: Found, now: datetime) -> BacklogReview:
    """Store the review of a day and the cases that it opens; return it. The same again changes nothing.

    For a day before the last review nothing is opened: the review only tells how the cases of its day stood.
    """
    with ledger.begin() as connection:
        _lock(connection, jurisdiction)
        last, before = _last(connection, jurisdiction), _last(connection, jurisdiction, found.as_of)
        is_past = last is not None and found.as_of < last.as_of
        taken_over = _open_cases(connection, archive, jurisdiction, before, found.as_of)
        reviewed = review(taken_over, found.current, closings(connection, jurisdiction), found.as_of)
        digest = archive.put(parquet_bytes(reviewed))
        made = BacklogReview(
            _review_id(jurisdiction, found, digest),
            jurisdiction,
            found.as_of,
            found.assessment_id,
            found.criteria_version,
            before.review_id if before else None,
            is_past,
            digest,
            {str(standing): int((reviewed["standing"] == standing).sum()) for standing in Standing},
            now,
        )
        return _one(connection, made.review_id) or _added(connection, made, reviewed)


def _added(connection: sa.Connection, made: BacklogReview, reviewed: pd.DataFrame) -> BacklogReview:
    connection.execute(backlog_reviews.insert(), asdict(made))
    if not made.is_past:
        _open_new(connection, made, reviewed)
    act = "积案补看" if made.is_past else "积案核定"
    audit.enter(connection, made.jurisdiction, SYSTEM, act, made.review_id, made.reviewed_at, **made.counts)
    return made


def _open_new(connection: sa.Connection, made: BacklogReview, reviewed: pd.DataFrame) -> None:
    """Enter the new cases that are not there yet, numbered on in the order of their age."""
    mine = backlog_cases.c.jurisdiction == made.jurisdiction
    keys = sa.select(backlog_cases.c.proposal_id, backlog_cases.c.occurrence).where(mine)
    there = {(proposal, occurrence) for proposal, occurrence in connection.execute(keys)}
    this_year = mine & (backlog_cases.c.year == made.as_of.year)
    serial = connection.scalar(sa.select(sa.func.max(backlog_cases.c.serial)).where(this_year)) or 0
    new = reviewed[reviewed["standing"] == Standing.NEW].sort_values(["since", "proposal_id"], kind="stable")
    rows = [
        {
            "jurisdiction": made.jurisdiction,
            "year": made.as_of.year,
            "opened_on": made.as_of,
            "review_id": made.review_id,
            **{name: row[name] for name in ("proposal_id", "occurrence", "criteria", "evidence")},
            "since": row["since"].date(),
        }
        for row in new.to_dict("records")
        if (row["proposal_id"], row["occurrence"]) not in there
    ]
    if rows:
        connection.execute(backlog_cases.insert(), [row | {"serial": serial + n} for n, row in enumerate(rows, 1)])


def last_review(ledger: Ledger, jurisdiction: str) -> BacklogReview | None:
    """Return the newest review that counts (none that looks back); None before the first."""
    with ledger.connect() as connection:
        return _last(connection, jurisdiction)


def by_id(ledger: Ledger, review_id: str) -> BacklogReview:
    """Return that review; ``LedgerError`` if there is none."""
    with ledger.connect() as connection:
        found = _one(connection, review_id)
    if found is None:
        raise LedgerError("台账", f"没有积案核定 {review_id!r}", "请先运行 backlog-review。")
    return found


def reviews(ledger: Ledger, jurisdiction: str) -> list[BacklogReview]:
    """Return the review that counts for each day that has one, by day."""
    order = (backlog_reviews.c.as_of, backlog_reviews.c.reviewed_at)
    query = sa.select(backlog_reviews).where(*_counting(jurisdiction)).order_by(*order)
    with ledger.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return list({row["as_of"]: BacklogReview(**row) for row in rows}.values())


def keep_dossiers(ledger: Ledger, review_id: str, files: Mapping[tuple[str, int], Mapping[str, str]]) -> None:
    """Remember the archive's hashes of a review's dossiers, by case; a later run of the same review replaces them."""
    rows = [
        {"review_id": review_id, "proposal_id": proposal, "occurrence": occurrence, "files": dict(hashes)}
        for (proposal, occurrence), hashes in files.items()
    ]
    with ledger.begin() as connection:
        connection.execute(backlog_dossiers.delete().where(backlog_dossiers.c.review_id == review_id))
        if rows:
            connection.execute(backlog_dossiers.insert(), rows)


def dossiers(ledger: Ledger, review_id: str) -> dict[tuple[str, int], dict[str, str]]:
    """Return the archive's hashes of a review's dossiers, by case and ending (docx, pdf)."""
    query = sa.select(backlog_dossiers).where(backlog_dossiers.c.review_id == review_id)
    with ledger.connect() as connection:
        rows = connection.execute(query).mappings().all()
    return {(row["proposal_id"], row["occurrence"]): row["files"] for row in rows}


def review_frame(archive: Archive, made: BacklogReview) -> pd.DataFrame:
    """Return the frame of a stored review."""
    return BACKLOG_REVIEW.typed(frame_of(archive.get(made.review_hash)))


def _open_cases(
    connection: sa.Connection, archive: Archive, jurisdiction: str, before: BacklogReview | None, as_of: date
) -> pd.DataFrame:
    """Return the cases that the review before left open, and those that an earlier review of the day itself opened."""
    left = BACKLOG_CASES.empty() if before is None else open_after(review_frame(archive, before))
    today = registered(connection, jurisdiction)
    today = BACKLOG_CASES.typed(today[today["opened_on"] == pd.Timestamp(as_of)])
    return pd.concat([left, today], ignore_index=True) if len(today) else left


def _counting(jurisdiction: str) -> tuple[sa.ColumnElement[bool], ...]:
    return backlog_reviews.c.jurisdiction == jurisdiction, backlog_reviews.c.is_past.is_(False)


def _last(connection: sa.Connection, jurisdiction: str, before: date | None = None) -> BacklogReview | None:
    query = sa.select(backlog_reviews).where(*_counting(jurisdiction))
    if before is not None:
        query = query.where(backlog_reviews.c.as_of < before)
    order = (backlog_reviews.c.as_of.desc(), backlog_reviews.c.reviewed_at.desc())
    row = connection.execute(query.order_by(*order).limit(1)).mappings().first()
    return BacklogReview(**row) if row else None


def _one(connection: sa.Connection, review_id: str) -> BacklogReview | None:
    query = sa.select(backlog_reviews).where(backlog_reviews.c.review_id == review_id)
    row = connection.execute(query).mappings().first()
    return BacklogReview(**row) if row else None


def _review_id(jurisdiction: str, found: Found, digest: str) -> str:
    parts = "|".join([found.assessment_id, found.criteria_version, digest])
    return f"{jurisdiction}-backlog-{found.as_of}-{hashlib.sha256(parts.encode()).hexdigest()[:8]}"


def _lock(connection: sa.Connection, jurisdiction: str) -> None:
    """Let one review at a time take over the open cases; SQLite's write transaction does so by itself."""
    if connection.dialect.name == "postgresql":
        statement = sa.text("select pg_advisory_xact_lock(hashtext(:register))")
        connection.execute(statement, {"register": f"backlog/{jurisdiction}"})
