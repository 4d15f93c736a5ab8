"""Snapshots of a source, kept as row versions: what did not change is not stored again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.tables import VERSIONS, quarantine, snapshots
from tasks.domain.errors import LedgerError
from tasks.domain.frames import CANONICAL, Facts, FrameSpec, facts_of

CHUNK = 5_000
QUARANTINE_COLUMNS = ["frame", "key", "column", "value", "reason"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One reading of a source: its id, its number within the jurisdiction, when it was taken, and a hash of its rows."""

    snapshot_id: str
    jurisdiction: str
    sequence: int
    taken_at: datetime
    content_hash: str
    row_counts: dict[str, int]
    changed_rows: int


def store(ledger: Ledger, jurisdiction: str, facts: Facts, faults: pd.DataFrame, taken_at: datetime) -> Snapshot:
    """Store what a source says now, in one transaction, and return the snapshot."""
    frames = facts.frames()
    keyed = {spec.name: _keyed(frames[spec.name], spec) for spec in CANONICAL}
    with ledger.begin() as connection:
        last = _latest(connection, jurisdiction, None)
        sequence = last.sequence + 1 if last else 1
        changed = sum(_write(connection, jurisdiction, spec, keyed[spec.name], sequence) for spec in CANONICAL)
        snapshot = Snapshot(
            f"{jurisdiction}-{sequence:06d}",
            jurisdiction,
            sequence,
            taken_at,
            _content_hash(keyed),
            {name: len(frame) for name, frame in frames.items()},
            changed,
        )
        connection.execute(snapshots.insert(), {name: getattr(snapshot, name) for name in Snapshot.__slots__})
        if len(faults):
            rows = _records(faults[QUARANTINE_COLUMNS].assign(snapshot_id=snapshot.snapshot_id))
            connection.execute(quarantine.insert(), rows)
    return snapshot


def latest(ledger: Ledger, jurisdiction: str, known_at: datetime | None = None) -> Snapshot | None:
    """Return the last snapshot taken by ``known_at`` (by now if None), or None."""
    with ledger.connect() as connection:
        return _latest(connection, jurisdiction, known_at)


def history(ledger: Ledger, jurisdiction: str) -> list[Snapshot]:
    """Return every snapshot of the jurisdiction, oldest first."""
    query = sa.select(snapshots).where(snapshots.c.jurisdiction == jurisdiction).order_by(snapshots.c.sequence)
    with ledger.connect() as connection:
        return [Snapshot(**row) for row in connection.execute(query).mappings()]


def snapshot_by_id(ledger: Ledger, snapshot_id: str) -> Snapshot:
    """Return that snapshot; ``LedgerError`` if there is none."""
    with ledger.connect() as connection:
        row = connection.execute(sa.select(snapshots).where(snapshots.c.snapshot_id == snapshot_id)).mappings().first()
    if row is None:
        raise LedgerError("台账", f"没有快照 {snapshot_id!r}", "请先运行 daily-supervision 取数。")
    return Snapshot(**row)


def load(ledger: Ledger, snapshot_id: str) -> Facts:
    """Return the facts as that snapshot knew them."""
    snapshot = snapshot_by_id(ledger, snapshot_id)
    with ledger.connect() as connection:
        return facts_of({spec.name: _read(connection, spec, snapshot) for spec in CANONICAL})


def quarantined(ledger: Ledger, snapshot_id: str) -> pd.DataFrame:
    """Return the rows that the snapshot kept out, with the reason: frame, key, column, value, reason."""
    table = quarantine.c
    query = sa.select(*(table[name] for name in QUARANTINE_COLUMNS)).where(table.snapshot_id == snapshot_id)
    with ledger.connect() as connection:
        rows = connection.execute(query.order_by(table.frame, table.key)).all()
    return pd.DataFrame(rows, columns=QUARANTINE_COLUMNS)


def _latest(connection: sa.Connection, jurisdiction: str, known_at: datetime | None) -> Snapshot | None:
    query = sa.select(snapshots).where(snapshots.c.jurisdiction == jurisdiction)
    if known_at is not None:
        query = query.where(snapshots.c.taken_at <= known_at)
    row = connection.execute(query.order_by(snapshots.c.sequence.desc()).limit(1)).mappings().first()
    return Snapshot(**row) if row else None


def _keyed(frame: pd.DataFrame, spec: FrameSpec) -> pd.DataFrame:
    """Return the rows with ``row_key`` and ``row_hash``."""
    parts = [frame[name].astype("str").fillna("") for name in spec.key]
    key = parts[0] if len(parts) == 1 else parts[0].str.cat(parts[1:], sep="\x1f")
    digest = pd.util.hash_pandas_object(frame, index=False).astype("uint64").to_numpy().view("int64")
    return frame.assign(row_key=key, row_hash=digest)


def _content_hash(keyed: dict[str, pd.DataFrame]) -> str:
    digest = hashlib.sha256()
    for name, frame in keyed.items():
        rows = frame[["row_key", "row_hash"]].sort_values("row_key", kind="stable")
        digest.update(
            name.encode() + b"\0" + "\0".join(rows["row_key"]).encode() + rows["row_hash"].to_numpy().tobytes()
        )
    return digest.hexdigest()


def _write(connection: sa.Connection, jurisdiction: str, spec: FrameSpec, frame: pd.DataFrame, sequence: int) -> int:
    """Close the versions that changed or vanished, add the new ones; return how many rows were touched."""
    table = VERSIONS[spec.name]
    current = sa.select(table.c.row_key, table.c.row_hash).where(
        table.c.jurisdiction == jurisdiction, table.c.to_sequence.is_(None)
    )
    stored = pd.DataFrame(connection.execute(current).all(), columns=["row_key", "stored_hash"])
    both = frame[["row_key", "row_hash"]].merge(stored, on="row_key", how="outer", indicator=True, validate="1:1")
    differs = (both["_merge"] == "both") & (both["row_hash"] != both["stored_hash"])
    closed = both.loc[differs | (both["_merge"] == "right_only"), "row_key"]
    added = frame[frame["row_key"].isin(both.loc[differs | (both["_merge"] == "left_only"), "row_key"])]
    _close(connection, table, jurisdiction, closed.tolist(), sequence)
    rows = _records(added.assign(jurisdiction=jurisdiction, from_sequence=sequence))
    for start in range(0, len(rows), CHUNK):
        connection.execute(table.insert(), rows[start : start + CHUNK])
    return len(closed) + len(added)


def _close(connection: sa.Connection, table: sa.Table, jurisdiction: str, keys: list[str], sequence: int) -> None:
    statement = (
        table.update()
        .where(
            table.c.jurisdiction == jurisdiction,
            table.c.row_key == sa.bindparam("closed_key"),
            table.c.to_sequence.is_(None),
        )
        .values(to_sequence=sequence)
    )
    for start in range(0, len(keys), CHUNK):
        connection.execute(statement, [{"closed_key": key} for key in keys[start : start + CHUNK]])


def _read(connection: sa.Connection, spec: FrameSpec, snapshot: Snapshot) -> pd.DataFrame:
    table = VERSIONS[spec.name]
    query = (
        sa.select(*(table.c[name] for name in spec.names))
        .where(
            table.c.jurisdiction == snapshot.jurisdiction,
            table.c.from_sequence <= snapshot.sequence,
            sa.or_(table.c.to_sequence.is_(None), table.c.to_sequence > snapshot.sequence),
        )
        .order_by(table.c.row_key)
    )
    return pd.DataFrame(connection.execute(query).all(), columns=spec.names)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain Python values; every kind of missing is None."""
    columns = {name: _plain(frame[name]) for name in frame.columns}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(values: pd.Series) -> list[Any]:
    if pd.api.types.is_datetime64_dtype(values.dtype):
        return [None if value is pd.NaT else value.date() for value in values]
    return values.astype(object).where(values.notna(), None).tolist()
