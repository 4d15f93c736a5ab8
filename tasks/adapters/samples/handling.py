"""How units handle what was assigned to them: from acceptance to the written reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.office_days import months_after, workday_from, workday_until, workdays_after
from tasks.adapters.samples.records import Assignment, Event, Proposal, Unit

MEETINGS = {"in_person": 52, "phone": 24, "online": 10, "open": 14}
REPLYING = ("lead", "separate", "sole")


@dataclass(frozen=True, slots=True)
class Customs:
    """What is usual in a city: months for a reply, days for a co-unit's opinion, the last day of the story."""

    reply_months: int
    opinion_days: int
    horizon: date
    never: Mapping[int, float]


@dataclass(slots=True)
class Course:
    """The records of one unit's work on one proposal, up to the horizon."""

    proposal: Proposal
    assignment: Assignment
    unit: Unit
    customs: Customs
    dice: Dice
    events: list[Event] = field(default_factory=list)

    @property
    def root(self) -> str:
        """The proposal whose fate this one shares: that into which it was merged, else itself."""
        return self.proposal.merged_into or self.proposal.proposal_id

    def add(self, kind: str, day: date, **fields: object) -> date:
        """Record that ``kind`` happened on ``day`` or the next workday; return that day."""
        day = workday_from(day)
        if day <= self.customs.horizon:
            recorded = recorded_at(day, self.dice, kind, self.proposal.proposal_id, self.unit.unit_id, day)
            self.events.append(
                Event(
                    proposal_id=self.proposal.proposal_id,
                    unit_id=self.unit.unit_id,
                    kind=kind,
                    happened_on=day,
                    recorded_at=recorded,
                    **fields,  # type: ignore[arg-type]
                )
            )
        return day

    def chance(self, probability: float, *name: object) -> bool:
        """Return true with that probability; merged proposals share the draw."""
        return self.dice.chance(probability, *name, self.root, self.unit.unit_id)

    def between(self, low: int, high: int, *name: object) -> int:
        """Return a whole number from ``low`` to ``high``; merged proposals share the draw."""
        return self.dice.between(low, high, *name, self.root, self.unit.unit_id)

    def careful(self, *name: object, slack: float = 1.0) -> bool:
        """Return whether the unit does one more act in time, as diligent as it is."""
        return self.chance(1 - slack * (1 - self.unit.diligence / 100), *name)


def recorded_at(day: date, dice: Dice, *name: object) -> datetime:
    """Return when the record was made (UTC): mostly the same day, rarely weeks later, always in office hours."""
    lag = dice.weighted({0: 70, 1: 19, 2: 6, 3: 4, 21: 0.6, 30: 0.4}, "lag", *name)
    moment = datetime.combine(workday_from(day + timedelta(lag)), time(0, 35))
    return moment + timedelta(seconds=dice.between(0, 31_000, "clock", *name))


@dataclass(frozen=True, slots=True)
class Fate:
    """When the limit is, when the reply comes (never: None), and what moved the limit."""

    limit: date
    reply_on: date | None
    extension: tuple[date, date] | None = None
    suspension: tuple[date, date] | None = None


def fate_of(course: Course) -> Fate:
    """Return when this unit replies to this proposal."""
    start, months = course.assignment.assigned_on, course.customs.reply_months
    limit = workday_from(months_after(start, months))
    if not course.proposal.needs_reply:
        return Fate(limit, None)
    if course.chance(0.05, "extension"):
        until = workday_from(months_after(start, months + course.between(1, 3, "extension months")))
        approved_on = workday_until(limit - timedelta(course.between(3, 12, "approved")))
        return Fate(limit, _reply_day(course, until, limit), extension=(approved_on, until))
    if course.chance(0.02, "suspension"):
        begun = workday_until(start + timedelta(course.between(30, 60, "suspended")))
        ended = workday_from(begun + timedelta(course.between(20, 70, "resumed")))
        moved = limit + (ended - begun)
        return Fate(limit, _reply_day(course, moved, ended), suspension=(begun, ended))
    return Fate(limit, _reply_day(course, limit, start + timedelta(24)))


def _reply_day(course: Course, limit: date, earliest: date) -> date | None:
    """Return the day of the reply: most of those in time come in the last five days."""
    slack = 1 - course.unit.diligence / 100
    if (
        course.chance(slack * course.customs.never[course.proposal.year], "never")
        or course.unit.habit == f"silent_{course.proposal.year}"
    ):
        return None
    if course.chance(0.68 * slack, "late"):
        late = ((1, 14), (15, 45), (46, 150))[
            int(course.dice.fraction("how late", course.root, course.unit.unit_id) * 3)
        ]
        return workday_from(limit + timedelta(course.between(*late, "days late")))
    if course.unit.habit == "last_day":
        return limit
    if course.chance(0.93, "cluster"):
        return workday_until(limit - timedelta(course.between(0, 4, "rush")))
    span = max(1, (limit - earliest).days - 5)
    return workday_until(earliest + timedelta(course.between(1, span, "steady")))


def begin(course: Course, reply_on: date | None) -> None:
    """Record acceptance, the plan of a key proposal and the meetings before and during."""
    start = course.assignment.assigned_on
    if not course.chance(0.01, "not accepted"):
        days = course.between(0, 5, "accept") if course.careful("accept", slack=0.4) else course.between(6, 12, "a")
        course.add("accepted", workdays_after(start, days))
    if course.proposal.led_by and course.assignment.role in REPLYING and not course.chance(0.15, "no plan"):
        course.add("plan_made", workday_until(start + timedelta(course.between(10, 29, "plan"))))
    _meet(course, "meeting_before", start, (6, 19), (21, 40), reply_on)
    _meet(course, "meeting_during", start, (32, 57), (62, 85), reply_on)


def _meet(
    course: Course, kind: str, start: date, in_time: tuple[int, int], late: tuple[int, int], reply_on: date | None
) -> None:
    if course.chance(0.02, kind, "never"):
        return
    days = course.between(*(in_time if course.careful(kind, slack=0.8) else late), kind, "days")
    day = workday_until(start + timedelta(days))
    if reply_on is not None and day > reply_on - timedelta(9):
        day = workday_until(reply_on - timedelta(9 if kind == "meeting_during" else 14))
    course.add(kind, max(day, workdays_after(start, 1)), value=meeting_method(course, kind))


def meeting_method(course: Course, kind: str) -> str:
    """Return how a meeting was held."""
    return course.dice.weighted(MEETINGS, kind, "method", course.root, course.unit.unit_id)


def turn_away(course: Course) -> None:
    """Record what happened at a unit before the proposal was returned or reassigned."""
    ended_on = course.assignment.ended_on
    if ended_on is None:
        return
    start = course.assignment.assigned_on
    if course.assignment.end_reason == "returned":
        course.add("return_requested", workdays_after(start, course.between(2, 4, "ask")), note="不属于本单位职责范围")
        course.add("returned", ended_on, note="经核实同意退办")
    else:
        course.add("accepted", workdays_after(start, course.between(1, 4, "accept")))
        course.add("meeting_before", start + timedelta(course.between(8, 18, "met")), value="phone")


def advise(course: Course, reply_on: date | None) -> None:
    """Record the co-organising unit's opinion: before the reply, if there is one at all."""
    if course.chance(0.012, "no opinion"):
        return
    start, days = course.assignment.assigned_on, course.customs.opinion_days
    if course.careful("opinion", slack=0.7):
        wait = (
            course.between(days - 3, days - 1, "o") if course.chance(0.6, "rush") else course.between(8, days - 4, "o")
        )
    else:
        wait = course.between(days + 2, days + 38, "opinion late")
    day = workday_until(start + timedelta(wait))
    if reply_on is not None:
        day = min(day, workday_until(reply_on - timedelta(3)))
    course.add("opinion_submitted", max(day, workdays_after(start, 1)))
