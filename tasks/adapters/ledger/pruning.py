"""Pruning: of old nights the content goes — row versions, obligations — and a line stays that says what it was and since when.

What stays whole, whatever the policy:

- assessments that anything refers to: documents (``made_from``, see references), rankings, backlog reviews, reviews of
  findings, nights that have mails, versions of the site that lie there (named by the caller);
- the newest assessment of each purpose and the newest snapshot: the next night compares with them;
- snapshots that anything refers to, or that an assessment which stays was made from;
- every version of the frames in ``row_histories.WHOLE``: their changes are themselves looked at;
- obligations that any other row names: several assessments may share them.

A night's plan without mails, a draft written over before anybody acted on it, and the record of runs only mention an
assessment: nothing reads it through them.

The rows that stay are enough for what reads no content: which rules were in use at a time, on which day a version was first
read, and that a snapshot is not there, where an older one would answer in its place.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from tasks.adapters.ledger import audit, runs
from tasks.adapters.ledger.assessments import BACKFILL
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.references import named_content, referred_to
from tasks.adapters.ledger.row_histories import WHOLE
from tasks.adapters.ledger.tables import VERSIONS, assessments, audit_log, quarantine, snapshots
from tasks.domain.errors import LedgerError
from tasks.domain.retention import HistoryPolicy

ACT = "清理历史"
NEXT_NIGHT = "下一次运行要用"
CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Pruned:
    """What went: how many of each, and the archive's hashes that no row names any more.

    ``kept`` are the assessments outside the policy that stay, by what refers to them; one may be in several.
    """

    snapshots: int
    row_versions: int
    assessments: int
    kept: Mapping[str, int]
    unnamed: tuple[str, ...]

    @property
    def is_nothing(self) -> bool:
        """Whether there was nothing to prune."""
        return not (self.snapshots or self.row_versions or self.assessments)


def prune(
    ledger: Ledger,
    jurisdiction: str,
    policy: HistoryPolicy,
    zone: ZoneInfo,
    elsewhere: Mapping[str, Collection[str]],
    by: str,
    now: datetime,
    *,
    dry_run: bool = False,
) -> Pruned:
    """Prune a jurisdiction's history in one transaction, enter it into the audit log, and return what went.

    ``elsewhere`` names assessments that are referred to outside the ledger, by what does. A dry run finds the same and
    changes nothing. What a prune that died left in the archive is among the hashes again. ``LedgerError`` while a run is
    going on: it may be about to refer to anything.
    """
    today = now.astimezone(zone).date()
    with ledger.begin() as connection:
        if not dry_run:
            _refuse_amid_runs(connection, jurisdiction)
        references = referred_to(connection) | {label: set(ids) for label, ids in elsewhere.items()}
        old, kept = _old_assessments(connection, jurisdiction, policy, zone, today, references)
        hashes = _mark(connection, assessments, assessments.c.assessment_id, assessments.c.obligations_hash, old, now)
        gone = _old_snapshots(connection, jurisdiction, policy, zone, today, references)
        _mark(connection, snapshots, snapshots.c.snapshot_id, snapshots.c.snapshot_id, gone, now)
        row_versions = _drop_rows(connection, jurisdiction)
        before = _unnamed_before(connection, jurisdiction)
        unnamed = sorted((hashes | before) - named_content(connection, hashes | before))
        made = Pruned(len(gone), row_versions, len(old), kept, tuple(unnamed))
        if not made.is_nothing:
            told = asdict(policy) | {name: getattr(made, name) for name in ("snapshots", "row_versions", "assessments")}
            fresh = sorted(set(unnamed) - before)
            audit.enter(connection, jurisdiction, by, ACT, f"history/{jurisdiction}", now, **told, unnamed=fresh)
        if dry_run:
            connection.rollback()
    return made


def _refuse_amid_runs(connection: sa.Connection, jurisdiction: str) -> None:
    going_on = runs.running(connection, jurisdiction)
    if going_on:
        raise LedgerError(
            f"地区 {jurisdiction}",
            f"有流程正在运行({'、'.join(going_on)}),没有清理",
            "请待其结束后再运行;进程已不在的,由“补做漏日”收好。",
        )


def _old_assessments(
    connection: sa.Connection,
    jurisdiction: str,
    policy: HistoryPolicy,
    zone: ZoneInfo,
    today: date,
    references: Mapping[str, set[str]],
) -> tuple[set[str], dict[str, int]]:
    """Return the assessments to prune, and how many outside the policy stay, by what refers to them."""
    mine = sa.and_(assessments.c.jurisdiction == jurisdiction, assessments.c.pruned_at.is_(None))
    order = (assessments.c.as_of, assessments.c.made_at, assessments.c.assessment_id.desc())
    rows = connection.execute(sa.select(assessments).where(mine).order_by(*order)).mappings().all()
    lasting = policy.lasting(row["as_of"] for row in rows if row["purpose"] != BACKFILL)
    old = {
        row["assessment_id"]
        for row in rows
        if not policy.is_recent(row["made_at"].astimezone(zone).date(), today)
        and (row["as_of"] not in lasting or row["purpose"] == BACKFILL)
    }
    newest = {row["purpose"]: row["assessment_id"] for row in rows}
    stay = {label: old & ids for label, ids in {**references, NEXT_NIGHT: set(newest.values())}.items()}
    return old.difference(*stay.values()), {label: len(ids) for label, ids in stay.items() if ids}


def _old_snapshots(
    connection: sa.Connection,
    jurisdiction: str,
    policy: HistoryPolicy,
    zone: ZoneInfo,
    today: date,
    references: Mapping[str, set[str]],
) -> set[str]:
    """Return the snapshots to prune; the assessments that go are marked already."""
    mine = sa.and_(snapshots.c.jurisdiction == jurisdiction, snapshots.c.pruned_at.is_(None))
    query = sa.select(snapshots.c.snapshot_id, snapshots.c.taken_at).where(mine).order_by(snapshots.c.sequence)
    taken = {key: at.astimezone(zone).date() for key, at in connection.execute(query)}
    last_of_day = {day: key for key, day in taken.items()}
    lasting = {last_of_day[day] for day in policy.lasting(last_of_day)}
    stays = sa.select(assessments.c.snapshot_id).where(assessments.c.pruned_at.is_(None)).distinct()
    whole = lasting.union(connection.execute(stays).scalars(), *references.values(), list(taken)[-1:])
    return {key for key, day in taken.items() if not policy.is_recent(day, today)} - whole


def _mark(
    connection: sa.Connection,
    table: sa.Table,
    key: sa.Column[str],
    wanted: sa.Column[str],
    ids: Collection[str],
    now: datetime,
) -> set[str]:
    """Say of these rows that they were pruned, and return what ``wanted`` they have."""
    listed, found = sorted(ids), set[str]()
    for start in range(0, len(listed), CHUNK):
        among = key.in_(listed[start : start + CHUNK])
        marked = table.update().where(among).values(pruned_at=now).returning(wanted)
        found.update(connection.execute(marked).scalars())
    return found


def _drop_rows(connection: sa.Connection, jurisdiction: str) -> int:
    """Remove the row versions that no whole snapshot knew, and what pruned ones kept out; return how many versions."""
    mine = snapshots.c.jurisdiction == jurisdiction
    pruned = sa.select(snapshots.c.snapshot_id).where(mine, snapshots.c.pruned_at.is_not(None))
    connection.execute(quarantine.delete().where(quarantine.c.snapshot_id.in_(pruned)))
    dropped = 0
    for name, table in VERSIONS.items():
        if name not in WHOLE:
            known = sa.exists().where(
                mine,
                snapshots.c.pruned_at.is_(None),
                snapshots.c.sequence >= table.c.from_sequence,
                snapshots.c.sequence < table.c.to_sequence,
            )
            closed = (table.c.jurisdiction == jurisdiction, table.c.to_sequence.is_not(None))
            dropped += connection.execute(table.delete().where(*closed, ~known)).rowcount
    return dropped


def _unnamed_before(connection: sa.Connection, jurisdiction: str) -> set[str]:
    """Return the hashes that earlier prunes left without a name; a prune that died has not removed their files."""
    mine = (audit_log.c.jurisdiction == jurisdiction, audit_log.c.act == ACT)
    entries = connection.execute(sa.select(audit_log.c.details).where(*mine)).scalars()
    return {digest for details in entries for digest in details["unnamed"]}
