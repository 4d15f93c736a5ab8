"""Write one day's frames to a file, straight from a snapshot: nothing is stored but a first snapshot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from reports.workbooks import Sheet, csv_bytes, workbook_bytes
from tasks.adapters.archive import write_atomically
from tasks.adapters.frame_files import parquet_bytes
from tasks.adapters.ledger import snapshots
from tasks.adapters.publishing import counted
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.domain.cases import cases
from tasks.domain.commitments import PROMISES, promises, with_implied_promises
from tasks.domain.frames import BACKLOG, CASES, OBLIGATIONS, Column, Facts, FrameSpec
from tasks.domain.history import known
from tasks.domain.key_proposals import KEY_PROPOSALS, key_proposals
from tasks.domain.look_backs import LOOK_BACKS, look_backs, reclassified
from tasks.domain.obligations import obligations
from tasks.domain.outcomes import OUTCOME_HISTORY
from tasks.domain.reply_findings import handled
from tasks.domain.responsibility import RESPONSIBLE_MISSING, missing_responsible
from tasks.domain.steps import case_levels
from tasks.domain.workdays import WorkdayCalendar
from tasks.escalate import backlog_of, ladder_of
from tasks.find import rules_of
from tasks.refresh import snapshot_for
from tasks.supplement import supplemented


@dataclass(frozen=True, slots=True)
class Day:
    """What a day's exports are made from: nothing in it is dated or, with ``known_at``, recorded later."""

    workplace: Workplace
    facts: Facts
    obligations: pd.DataFrame
    calendar: WorkdayCalendar
    as_of: date
    known_at: datetime | None


@dataclass(frozen=True, slots=True)
class Export:
    """An exported frame: its columns and how it is made."""

    spec: FrameSpec
    make: Callable[[Day], pd.DataFrame]


def day_cases(day: Day) -> pd.DataFrame:
    """Return the day's cases with the backlog criteria they meet and the highest level that they have reached."""
    found = day_backlog(day)
    levels = case_levels(day.obligations, ladder_of(day.workplace), day.calendar, day.as_of, found)
    return cases(day.facts, day.obligations, day.as_of, backlog=found, levels=levels)


def day_backlog(day: Day) -> pd.DataFrame:
    """Return the day's backlog; empty where the jurisdiction names no criteria."""
    found = backlog_of(day.workplace, day.facts, day.obligations, day.as_of)
    return BACKLOG.empty() if found is None else found


def day_promises(day: Day) -> pd.DataFrame:
    """Return every promise known on the day, of all sessions; those that replies imply say so."""
    facts = with_implied_promises(day.facts, day.as_of, day.known_at)
    return promises(facts, day.obligations, day.as_of)


def day_key_proposals(day: Day) -> pd.DataFrame:
    """Return the key proposals, what is due next and what is late."""
    return key_proposals(day.facts, day.obligations, cases(day.facts, day.obligations, day.as_of), day.as_of)


def day_responsibility(day: Day) -> pd.DataFrame:
    """Return the assignments without one of the three responsible persons."""
    return missing_responsible(handled(day.facts, day.obligations, rules_of(day.workplace), day.as_of))


EXPORTS: Mapping[str, Export] = {
    "obligations": Export(OBLIGATIONS, lambda day: day.obligations[OBLIGATIONS.names]),
    "cases": Export(CASES, day_cases),
    "backlog": Export(BACKLOG, day_backlog),
    "commitments": Export(PROMISES, day_promises),
    "key-proposals": Export(KEY_PROPOSALS, day_key_proposals),
    "look-back": Export(LOOK_BACKS, lambda day: look_backs(day.facts, day.obligations, day.as_of)),
    "reclassified": Export(OUTCOME_HISTORY, lambda day: reclassified(day.facts, day.as_of)),
    "responsibility": Export(RESPONSIBLE_MISSING, day_responsibility),
}


def export(
    kind: Export, jurisdiction: str, as_of: date | None, known_at: datetime | None, path: Path, now: datetime
) -> int:
    """Write the frame to ``path`` (.csv, .parquet or .xlsx, English column names) and return its number of rows."""
    day = computed_day(open_workplace(jurisdiction), as_of, known_at, now)
    frame = kind.make(day)
    write_atomically(path, _bytes(frame, kind.spec, path.suffix, now))
    return len(frame)


def computed_day(workplace: Workplace, as_of: date | None, known_at: datetime | None, now: datetime) -> Day:
    """Return the day computed from the last snapshot known at ``known_at``; ``as_of`` None is the office's today."""
    zone = workplace.jurisdiction.zone
    day = as_of or now.astimezone(zone).date()
    snapshot = snapshot_for(workplace, known_at, now)
    (published,) = counted(workplace, [known_at])
    facts = supplemented(workplace, snapshots.load(workplace.ledger, snapshot.snapshot_id), published, known_at)
    calendar = workplace.calendar(known_at.astimezone(zone).date() if known_at else None)
    frame = obligations(facts, workplace.jurisdiction.rules, calendar, day, known_at)
    return Day(workplace, known(facts, day, known_at), frame, calendar, day, known_at)


def _bytes(frame: pd.DataFrame, spec: FrameSpec, suffix: str, now: datetime) -> bytes:
    if suffix == ".csv":
        return csv_bytes(frame)
    if suffix == ".parquet":
        return parquet_bytes(frame)
    dictionary = pd.DataFrame({"column": spec.names, "label": list(spec.labels.values())})
    meaning = (Column("column", "text", "字段"), Column("label", "text", "含义"))
    return workbook_bytes(
        [Sheet(spec.name, tuple(map(_raw, spec.columns)), frame), Sheet("字段说明", meaning, dictionary)], now
    )


def _raw(column: Column) -> Column:
    """Return the column as machines know it: its own name as the head, its values as they are."""
    as_text = column.type in ("category", "boolean")
    return Column(column.name, "text" if as_text else column.type, column.name)
