"""What a past day is answered from: the snapshot, the rules and the calendar, as known now or as known at a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from tasks.adapters import rule_books
from tasks.adapters.ledger import assessments, snapshots
from tasks.adapters.ledger.assessments import BACKFILL, Assessment, assessment_id, backfill_id
from tasks.adapters.ledger.snapshots import Snapshot
from tasks.adapters.publishing import counted
from tasks.adapters.workplace import Workplace, code_version
from tasks.domain.chronicle import Moments
from tasks.domain.frames import Facts
from tasks.domain.obligations import swept
from tasks.domain.rules import RuleBook
from tasks.domain.sweep import Sweep
from tasks.domain.workdays import WorkdayCalendar

# Days that one sweep answers: what a kill costs at most, against working on every proposal anew for each sweep.
LONGEST = 122


@dataclass(frozen=True, slots=True)
class PastDay:
    """One day to be answered and what from; ``known_at`` None is all that is known now."""

    as_of: date
    known_at: datetime | None
    snapshot_id: str
    rules: RuleBook
    calendar: WorkdayCalendar
    publications: int = 0

    @property
    def versions(self) -> tuple[str, str, str, str]:
        """Snapshot, rules, calendar and code: what an assessment is traced to."""
        return self.snapshot_id, self.rules.version, self.calendar.version, code_version()

    @property
    def inputs(self) -> tuple[str, str, str, str, int]:
        """All that the day's obligations come from: the versions, and the last publication by the office that counts."""
        return *self.versions, self.publications


def past_days(workplace: Workplace, days: Sequence[date], known_at: Sequence[datetime | None]) -> list[PastDay]:
    """Return what each day is answered from; ``known_at`` ascends with the days. There is at least one snapshot.

    A time before the first snapshot is answered from the newest one, less what was recorded later. The rules of a time are
    those of the last assessment made by then; where there is none, today's. ``LedgerError`` if a snapshot was pruned.
    """
    history = snapshots.history(workplace.ledger, workplace.name)
    zone = workplace.jurisdiction.zone
    known_on = [time.astimezone(zone).date() if time else None for time in known_at]
    calendars, published = _calendars(workplace, known_on), counted(workplace, known_at)
    return [
        PastDay(
            day, time, _snapshot(workplace, history, time).snapshot_id, _rules(workplace, time), calendar, publications
        )
        for day, time, calendar, publications in zip(days, known_at, calendars, published, strict=True)
    ]


def _snapshot(workplace: Workplace, history: Sequence[Snapshot], known_at: datetime | None) -> Snapshot:
    place = bisect_right(history, known_at, key=lambda each: each.taken_at) if known_at else len(history)
    return snapshots.whole(workplace.ledger, history[place - 1])


def _rules(workplace: Workplace, known_at: datetime | None) -> RuleBook:
    now = workplace.jurisdiction.rules
    version = assessments.rules_in_use(workplace.ledger, workplace.name, known_at) if known_at else None
    if version in (None, now.version):
        return now
    return rule_books.kept(workplace.rule_books, str(version)) or now


def _calendars(workplace: Workplace, known_on: Sequence[date | None]) -> list[WorkdayCalendar]:
    """Return the calendar as known on each of an ascending row of days; equal ones at both ends settle those between."""
    first, last = workplace.calendar(known_on[0]), workplace.calendar(known_on[-1])
    if first.version == last.version or len(known_on) <= 2:
        return [first] * (len(known_on) - 1) + [last]
    middle = len(known_on) // 2
    return _calendars(workplace, known_on[:middle]) + _calendars(workplace, known_on[middle:])


def missing(workplace: Workplace, days: Sequence[PastDay]) -> list[PastDay]:
    """Return the days that no stored assessment answers from the same inputs."""
    return [day for day, made in zip(days, stored(workplace, days), strict=True) if made is None]


def stored(workplace: Workplace, days: Sequence[PastDay]) -> list[Assessment | None]:
    """Return each day's stored assessment from the same inputs, None where there is none."""
    if not days:
        return []
    found = assessments.between(workplace.ledger, workplace.name, days[0].as_of, days[-1].as_of)
    by_id = {each.assessment_id: each for each in found}
    ids = [(workplace.name, day.as_of, day.known_at, *day.inputs) for day in days]
    return [by_id.get(backfill_id(*given)) or by_id.get(assessment_id(*given)) for given in ids]


def stretches(days: Sequence[PastDay]) -> list[list[PastDay]]:
    """Return the days in order, cut where what they are answered from changes and where a stretch gets too long."""
    same = [list(group) for _, group in groupby(days, key=lambda day: day.inputs)]
    return [run[start : start + LONGEST] for run in same for start in range(0, len(run), LONGEST)]


def sweep_of_stretch(facts: Facts, days: Sequence[PastDay]) -> Sweep:
    """Return the obligations of days that are answered from the same facts, rules and calendar."""
    moments = Moments.of([day.as_of for day in days], [day.known_at for day in days])
    return swept(facts, days[0].rules, days[0].calendar, moments)


def keep(workplace: Workplace, days: Sequence[PastDay], content: bytes, made_at: datetime) -> int:
    """Store the sweep of these days and an assessment for each of them; return how many were not stored before."""
    rule_books.keep(workplace.rule_books, days[0].rules)
    digest = workplace.archive.put(content)
    return assessments.record_all(
        workplace.ledger,
        [
            Assessment(
                backfill_id(workplace.name, day.as_of, day.known_at, *day.inputs),
                workplace.name,
                day.as_of,
                day.known_at,
                *day.versions,
                BACKFILL,
                digest,
                made_at,
                day.publications,
            )
            for day in days
        ],
    )


def asked_days(start: date, end: date, every: str) -> list[date]:
    """Return ``start`` and every day, seventh day, or same day of the month (clipped to its end) after it up to ``end``."""
    if every == "month":
        return _months(start, end)
    step = {"day": 1, "week": 7}[every]
    return [start + timedelta(n) for n in range(0, (end - start).days + 1, step)]


def _months(start: date, end: date) -> list[date]:
    days: list[date] = []
    count = 0
    while True:
        month = start.month - 1 + count
        first = date(start.year + month // 12, month % 12 + 1, 1)
        length = ((first + timedelta(31)).replace(day=1) - first).days
        day = first.replace(day=min(start.day, length))
        if day > end:
            return days
        days, count = [*days, day], count + 1
