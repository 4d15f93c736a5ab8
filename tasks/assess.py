"""Work out the state of every obligation on a day, and keep it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.adapters import rule_books
from tasks.adapters.frame_files import frame_of, parquet_bytes, sweep_of
from tasks.adapters.ledger import assessments, snapshots
from tasks.adapters.ledger.assessments import BACKFILL, Assessment
from tasks.adapters.publishing import counted
from tasks.adapters.recent import Recent
from tasks.adapters.workplace import Workplace, code_version, open_workplace
from tasks.domain.frames import Facts
from tasks.domain.obligations import obligations
from tasks.supplement import supplemented

LAST: Recent[pd.DataFrame] = Recent()


@dataclass(frozen=True, slots=True)
class Assessed:
    """An assessment with the facts and the obligations it speaks of."""

    record: Assessment
    facts: Facts
    obligations: pd.DataFrame


@task(name="核定办理状态", task_run_name="核定 {as_of}", cache_policy=NO_CACHE)
def assess(jurisdiction: str, snapshot_id: str, as_of: date, made_at: datetime, purpose: str = "daily") -> str:
    """Store the state of every obligation on ``as_of``; return the assessment's id."""
    made = assess_day(open_workplace(jurisdiction), snapshot_id, as_of, made_at, purpose=purpose)
    get_run_logger().info("核定 %s:%d 项应办事项", made.record.assessment_id, len(made.obligations))
    return made.record.assessment_id


def assess_day(
    workplace: Workplace,
    snapshot_id: str,
    as_of: date,
    made_at: datetime,
    known_at: datetime | None = None,
    purpose: str = "daily",
) -> Assessed:
    """Return the day's obligations from that snapshot, stored in the archive and the ledger."""
    (published,) = counted(workplace, [known_at])
    facts = supplemented(workplace, snapshots.load(workplace.ledger, snapshot_id), published, known_at or made_at)
    rules = workplace.jurisdiction.rules
    rule_books.keep(workplace.rule_books, rules)
    calendar = workplace.calendar(known_at.astimezone(workplace.jurisdiction.zone).date() if known_at else None)
    frame = obligations(facts, rules, calendar, as_of, known_at)
    versions = (snapshot_id, rules.version, calendar.version, code_version())
    made = Assessment(
        assessments.assessment_id(workplace.name, as_of, known_at, *versions, published),
        workplace.name,
        as_of,
        known_at,
        *versions,
        purpose,
        workplace.archive.put(parquet_bytes(frame)),
        made_at,
        published,
    )
    stored = assessments.record(workplace.ledger, made)
    return Assessed(stored, facts, LAST.keep(stored.obligations_hash, frame))


def load_assessed(workplace: Workplace, assessment_id: str) -> Assessed:
    """Return a stored assessment with its facts, as they were known when it was made, and its obligations."""
    made = assessments.by_id(workplace.ledger, assessment_id)
    known_at = made.known_at or made.made_at
    facts = supplemented(workplace, snapshots.load(workplace.ledger, made.snapshot_id), made.publications, known_at)
    content = made.obligations_hash if made.purpose != BACKFILL else (made.obligations_hash, made.as_of)
    return Assessed(made, facts, LAST.get(content, lambda: obligations_of(workplace, made)))


def obligations_of(workplace: Workplace, made: Assessment) -> pd.DataFrame:
    """Return the obligations of a stored assessment; a backfilled day is cut from the sweep it was made in."""
    content = workplace.archive.get(made.obligations_hash)
    sweep = sweep_of(content) if made.purpose == BACKFILL else None
    return sweep.on(made.as_of) if sweep else frame_of(content)
