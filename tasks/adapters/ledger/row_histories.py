"""What a source said of a row before: the versions that snapshots keep, each with the day on which it was first read."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.snapshots import Snapshot
from tasks.adapters.ledger.tables import VERSIONS, Timestamp, snapshots
from tasks.domain.frames import ASSIGNMENTS, FrameSpec

# Pruning leaves every version of these; of another frame those are missing here that only pruned snapshots knew.
WHOLE = (ASSIGNMENTS.name,)


def changed_rows(ledger: Ledger, spec: FrameSpec, until: Snapshot, zone: ZoneInfo) -> pd.DataFrame:
    """Return every version up to that snapshot of the rows that ever changed, oldest first.

    Columns of ``spec`` and ``seen_on``, the day in ``zone`` of the snapshot that read the version first.
    """
    table = VERSIONS[spec.name]
    mine = (table.c.jurisdiction == until.jurisdiction, table.c.from_sequence <= until.sequence)
    several = sa.select(table.c.row_key).where(*mine).group_by(table.c.row_key).having(sa.func.count() > 1)
    taken = sa.select(snapshots.c.sequence, snapshots.c.taken_at).where(snapshots.c.jurisdiction == until.jurisdiction)
    read = taken.subquery()
    query = (
        sa.select(*(table.c[name] for name in spec.names), sa.type_coerce(read.c.taken_at, Timestamp).label("taken_at"))
        .join(read, read.c.sequence == table.c.from_sequence)
        .where(*mine, table.c.row_key.in_(several))
        .order_by(table.c.from_sequence, table.c.row_key)
    )
    with ledger.connect() as connection:
        rows = [dict(row) for row in connection.execute(query).mappings()]
    days = [row["taken_at"].astimezone(zone).date() for row in rows]
    return spec.of(rows).assign(seen_on=pd.to_datetime(pd.Series(days, dtype="object")))
