"""One city's whole handling: each assignment's course, in the order in which things depend on one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.following import answer, hold_up
from tasks.adapters.samples.handling import REPLYING, Course, Customs, advise, begin, fate_of, recorded_at, turn_away
from tasks.adapters.samples.office_days import workday_from
from tasks.adapters.samples.records import Assignment, Event, Proposal, Unit
from tasks.adapters.samples.texts import ReplyWriter


@dataclass(frozen=True, slots=True)
class Living:
    """Handles proposals as the units of a city do."""

    units: Mapping[str, Unit]
    customs: Customs
    writer: ReplyWriter
    dice: Dice

    def events(self, proposal: Proposal, assignments: Iterable[Assignment]) -> list[Event]:
        """Return the records of one proposal at all its units."""
        courses = [
            Course(proposal, assignment, self.units[assignment.unit_id], self.customs, self.dice)
            for assignment in assignments
        ]
        replies = [self._reply(course) for course in courses if course.assignment.role in REPLYING]
        first = min((day for day in replies if day is not None), default=None)
        for course in courses:
            if course.assignment.role not in REPLYING:
                begin(course, first)
                advise(course, first)
                self._meet_after(course, courses)
        return self._until_withdrawn(proposal, [event for course in courses for event in course.events])

    def _reply(self, course: Course) -> date | None:
        """Record the course of a unit that must reply; return the day of its reply."""
        turn_away(course)
        if course.assignment.ended_on is not None:
            return None
        fate = fate_of(course)
        begin(course, fate.reply_on)
        hold_up(course, fate)
        if fate.reply_on is not None:
            answer(course, self.writer, fate.reply_on)
        return fate.reply_on

    def _meet_after(self, course: Course, courses: Iterable[Course]) -> None:
        """Record that the co-organising unit met the proposer after each reply of the others."""
        replies = [event for other in courses for event in other.events if event.kind == "reply_issued"]
        for reply in replies:
            if course.careful("third", reply.unit_id, reply.round, slack=0.7):
                days = course.between(3, 28, "third", reply.unit_id, reply.round)
                course.add("meeting_after", reply.happened_on + timedelta(days), value="phone")

    def _until_withdrawn(self, proposal: Proposal, events: list[Event]) -> list[Event]:
        """Return the events, cut off by the proposer's withdrawal where there is one."""
        key = proposal.proposal_id
        if proposal.merged_into or proposal.led_by or not self.dice.chance(0.009, "withdrawn", key):
            return events
        begun = min(event.happened_on for event in events)
        day = workday_from(begun + timedelta(self.dice.between(20, 55, "withdrawn on", key)))
        withdrawal = Event(
            proposal_id=key,
            unit_id=None,
            kind="withdrawn",
            happened_on=day,
            recorded_at=recorded_at(day, self.dice, "withdrawn", key),
            note="提出人书面申请撤回",
        )
        return [*(event for event in events if event.happened_on <= day), withdrawal]
