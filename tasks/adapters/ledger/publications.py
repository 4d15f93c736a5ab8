"""Publications of the site in the ledger: numbered as they were shown, each with the duties that it met."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger import audit, bulk
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.publication_tables import publication_duties, publications


@dataclass(frozen=True, slots=True)
class Publication:
    """One version of the site as it was first shown: on which day of the office, and when by the clock."""

    number: int
    version: str
    shown_on: date
    shown_at: datetime


def record(
    ledger: Ledger, jurisdiction: str, version: str, shown_on: date, shown_at: datetime, met: pd.DataFrame
) -> Publication:
    """Store that a version was shown and which duties it met (``publication_duty.MET``), all or nothing.

    A version that was shown before stays what it was: it meets nothing anew.
    """
    with ledger.begin() as connection:
        if found := _one(connection, jurisdiction, version):
            return found
        number = 1 + (connection.execute(_last_number(jurisdiction)).scalar() or 0)
        made = Publication(number, version, shown_on, shown_at)
        row = {name: getattr(made, name) for name in Publication.__slots__}
        connection.execute(publications.insert(), {"jurisdiction": jurisdiction, **row})
        bulk.insert(connection, publication_duties, met.assign(jurisdiction=jurisdiction, number=number))
    return made


def duties(ledger: Ledger, jurisdiction: str, until: int) -> pd.DataFrame:
    """Return the duties met by the publications up to number ``until``, with number, shown_on and shown_at (UTC)."""
    query = (
        sa.select(
            *(publication_duties.c[name] for name in ("number", "proposal_id", "unit_id", "round")),
            publications.c.shown_on,
            publications.c.shown_at,
        )
        .select_from(publication_duties.join(publications))
        .where(publications.c.jurisdiction == jurisdiction, publications.c.number <= until)
        .order_by(publication_duties.c.number, publication_duties.c.proposal_id, publication_duties.c.unit_id)
    )
    found = bulk.fetch(ledger, query)
    return found.assign(
        shown_on=pd.to_datetime(found["shown_on"]), shown_at=pd.to_datetime(found["shown_at"], utc=True)
    )


def listing(ledger: Ledger, jurisdiction: str, *, only_meeting: bool = False) -> list[Publication]:
    """Return every publication, oldest first; with ``only_meeting`` those that met a duty."""
    query = sa.select(publications).where(publications.c.jurisdiction == jurisdiction).order_by(publications.c.number)
    if only_meeting:
        query = query.where(sa.exists().where(publication_duties.c.number == publications.c.number, _SAME_PLACE))
    with ledger.connect() as connection:
        return [_publication(row) for row in connection.execute(query).mappings()]


_SAME_PLACE = publication_duties.c.jurisdiction == publications.c.jurisdiction


def _one(connection: sa.Connection, jurisdiction: str, version: str) -> Publication | None:
    query = sa.select(publications).where(
        publications.c.jurisdiction == jurisdiction, publications.c.version == version
    )
    row = connection.execute(query).mappings().first()
    return _publication(row) if row else None


def _publication(row: sa.RowMapping) -> Publication:
    return Publication(row["number"], row["version"], row["shown_on"], row["shown_at"])


def _last_number(jurisdiction: str) -> sa.Select[tuple[int | None]]:
    return sa.select(sa.func.max(publications.c.number)).where(publications.c.jurisdiction == jurisdiction)


def enter_roll_back(ledger: Ledger, jurisdiction: str, version: str, by: str, reason: str, now: datetime) -> None:
    """Enter into the audit log that somebody has shown an older version again."""
    with ledger.begin() as connection:
        audit.enter(connection, jurisdiction, by, "恢复网站版本", f"site/{version}", now, reason=reason)
