"""Snapshots of a source, kept as row versions: what did not change is not stored again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import sqlalchemy as sa

from tasks.adapters.ledger import bulk
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.tables import VERSIONS, quarantine, snapshots
from tasks.adapters.recent import Recent
from tasks.domain.errors import LedgerError
from tasks.domain.frames import CANONICAL, Facts, FrameSpec, facts_of
from tasks.domain.order import in_key_order

CHUNK = 5_000
MANY = 10_000
# A time without a zone means this one on the command line.
BEIJING = ZoneInfo("Asia/Shanghai")
LAST: Recent[Facts] = Recent()
QUARANTINE_COLUMNS = ["frame", "key", "column", "value", "reason"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One reading of a source: its id, its number within the jurisdiction, when it was taken, and a hash of its rows.

    ``pruned_at``: since when what it knew is gone; None while it is whole.
    """

    snapshot_id: str
    jurisdiction: str
    sequence: int
    taken_at: datetime
    content_hash: str
    row_counts: dict[str, int]
    changed_rows: int
    pruned_at: datetime | None = None


def store(ledger: Ledger, jurisdiction: str, facts: Facts, faults: pd.DataFrame, taken_at: datetime) -> Snapshot:
    """Store what a source says now, in one transaction, and return the snapshot."""
    frames = facts.frames()
    keyed = {spec.name: _keyed(frames[spec.name], spec) for spec in CANONICAL}
    with ledger.begin() as connection:
        last = _latest(connection, jurisdiction, None)
        sequence = last.sequence + 1 if last else 1
        # Nothing of this transaction is among what is committed, so a connection of its own reads the same.
        changed = sum(
            _write(connection, jurisdiction, name, keyed[name], stored, sequence)
            for name, stored in bulk.fetch_each(ledger, _current_versions(jurisdiction))
        )
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
    LAST.keep(_content(ledger, snapshot), facts)
    return snapshot


def latest(ledger: Ledger, jurisdiction: str, known_at: datetime | None = None) -> Snapshot | None:
    """Return the last snapshot taken by ``known_at`` (by now if None), or None; ``LedgerError`` if it was pruned."""
    with ledger.connect() as connection:
        found = _latest(connection, jurisdiction, known_at)
    return found and whole(ledger, found)


def whole(ledger: Ledger, snapshot: Snapshot) -> Snapshot:
    """Return the snapshot; ``LedgerError`` if it was pruned, with the times of the whole ones around it.

    An older snapshot would answer in its place without a sign that it knew less.
    """
    if snapshot.pruned_at is None:
        return snapshot
    taken = [each.taken_at for each in history(ledger, snapshot.jurisdiction) if each.pruned_at is None]
    before = max((_readable(at) for at in taken if at <= snapshot.taken_at), default="没有")
    after = min((_readable(at) for at in taken if at > snapshot.taken_at), default="没有")
    raise LedgerError(
        f"快照 {snapshot.snapshot_id}({_readable(snapshot.taken_at)} 取数)",
        f"内容已于 {_readable(snapshot.pruned_at)} 按 jurisdiction.yaml 的 history 清理",
        f"可改用留存的时点(--known-at,此前最近 {before},此后最近 {after}),或不写 --known-at,按现在所知计算。",
    )


def history(ledger: Ledger, jurisdiction: str) -> list[Snapshot]:
    """Return every snapshot of the jurisdiction, oldest first, also those that were pruned."""
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
    """Return the facts as that snapshot knew them, in the order of their keys.

    Nobody may change them: the thread that loaded or stored a snapshot last gets the same frames again.
    ``LedgerError`` if the snapshot was pruned.
    """
    snapshot = whole(ledger, snapshot_by_id(ledger, snapshot_id))
    content = _content(ledger, snapshot)
    return LAST.keep(content, in_key_order(LAST.get(content, lambda: _read(ledger, snapshot))))


def quarantined(ledger: Ledger, snapshot_id: str) -> pd.DataFrame:
    """Return the rows that the snapshot kept out, with the reason: frame, key, column, value, reason."""
    table = quarantine.c
    query = sa.select(*(table[name] for name in QUARANTINE_COLUMNS)).where(table.snapshot_id == snapshot_id)
    with ledger.connect() as connection:
        rows = connection.execute(query.order_by(table.frame, table.key)).all()
    return pd.DataFrame(rows, columns=QUARANTINE_COLUMNS)


def _readable(moment: datetime) -> str:
    """Return the moment as ``--known-at`` takes it; the next full second, so that it is no earlier."""
    return f"{(moment + timedelta(microseconds=999_999)).astimezone(BEIJING):%Y-%m-%dT%H:%M:%S}"


def _content(ledger: Ledger, snapshot: Snapshot) -> tuple[str, str, str]:
    """Return what tells the facts of a snapshot from all others, also after a ledger was put back."""
    return ledger.url, snapshot.snapshot_id, snapshot.content_hash


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
    """Return a hash of all rows that does not depend on their order."""
    digest = hashlib.sha256()
    for name, frame in keyed.items():
        digest.update(name.encode() + b"\0" + np.sort(frame["row_hash"].to_numpy()).tobytes())
    return digest.hexdigest()


def _current_versions(jurisdiction: str) -> dict[str, sa.Select[Any]]:
    return {
        name: sa.select(table.c.row_key, table.c.row_hash).where(
            table.c.jurisdiction == jurisdiction, table.c.to_sequence.is_(None)
        )
        for name, table in VERSIONS.items()
    }


def _write(
    connection: sa.Connection, jurisdiction: str, name: str, frame: pd.DataFrame, stored: pd.DataFrame, sequence: int
) -> int:
    """Close the versions that changed or vanished, add the new ones; return how many rows were touched."""
    table = VERSIONS[name]
    closed, is_new = _changes(frame, stored)
    _close(connection, table, jurisdiction, closed, sequence)
    new = frame[is_new].assign(jurisdiction=jurisdiction, from_sequence=sequence)
    bulk.insert(connection, table, new)
    if len(new) >= MANY:
        bulk.analyse(connection, table)
    return len(closed) + len(new)


def _changes(frame: pd.DataFrame, stored: pd.DataFrame) -> tuple[list[str], np.ndarray[Any, np.dtype[np.bool_]]]:
    """Return the stored keys that changed or vanished, and which rows of ``frame`` are new or changed."""
    keys = pd.concat([frame["row_key"], stored["row_key"].astype("str")], ignore_index=True)
    code, unique = pd.factorize(keys)
    now, before = code[: len(frame)], code[len(frame) :]
    place = np.full(len(unique), -1)
    place[before] = np.arange(len(stored))
    at = place[now]
    stored_hash = np.append(stored["row_hash"].to_numpy(dtype=np.int64), 0)
    is_new = (at < 0) | (stored_hash[at] != frame["row_hash"].to_numpy())
    is_closed = np.ones(len(stored), bool)
    is_closed[at[(at >= 0) & ~is_new]] = False
    return stored["row_key"][is_closed].tolist(), is_new


def _close(connection: sa.Connection, table: sa.Table, jurisdiction: str, keys: list[str], sequence: int) -> None:
    mine = sa.and_(table.c.jurisdiction == jurisdiction, table.c.to_sequence.is_(None))
    for start in range(0, len(keys), CHUNK):
        among = table.c.row_key.in_(keys[start : start + CHUNK])
        connection.execute(table.update().where(mine, among).values(to_sequence=sequence))


def _read(ledger: Ledger, snapshot: Snapshot) -> Facts:
    return facts_of(dict(bulk.fetch_each(ledger, _versions_of(snapshot))))


def _versions_of(snapshot: Snapshot) -> dict[str, sa.Select[Any]]:
    asked = {}
    for spec in CANONICAL:
        table = VERSIONS[spec.name]
        asked[spec.name] = sa.select(*(table.c[name] for name in spec.names)).where(
            table.c.jurisdiction == snapshot.jurisdiction,
            table.c.from_sequence <= snapshot.sequence,
            sa.or_(table.c.to_sequence.is_(None), table.c.to_sequence > snapshot.sequence),
        )
    return asked


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as plain Python values; every kind of missing is None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]
