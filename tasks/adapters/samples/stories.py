"""The planted stories: proposals with fixed ids whose every record is written down in a word list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import yaml

from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.handling import REPLYING
from tasks.adapters.samples.office_days import workday_from, workday_until, workdays_after
from tasks.adapters.samples.records import Assignment, City, Event, Matter, Proposal, Unit
from tasks.adapters.samples.staff import Staff
from tasks.adapters.samples.texts import ReplyWriter, subject_of
from tasks.adapters.samples.words import FOLDER

EVENT = re.compile(r"(?P<day>\S+) (?P<unit>\S+) (?P<kind>\w+)(?P<rest>[^;]*)(?:;(?P<note>.*))?")
FACTS = (
    "经现场核实，您反映的情况基本属实",
    "接到交办后，我们立即组织力量实地调研",
    "您反映的问题群众关注度高，我们专门听取了属地意见",
)
STEPS = {"reply_drafted": 8, "reply_reviewed": 4, "reply_signed_off": 1}


@dataclass(frozen=True, slots=True)
class Stories:
    """The stories of a city and the numbers that they take."""

    entries: tuple[Mapping[str, Any], ...]
    texts: Mapping[str, str]

    @property
    def taken(self) -> frozenset[str]:
        """The ids of their proposals."""
        return frozenset(entry["id"] for entry in self.entries)


def load_stories(name: str) -> Stories:
    """Return the stories of a word list."""
    written = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return Stories(tuple(written["stories"]), written["texts"])


@dataclass(frozen=True, slots=True)
class StoryTeller:
    """Writes stories into a city."""

    stories: Stories
    units: Mapping[str, Unit]
    staff: Staff
    writer: ReplyWriter
    dice: Dice

    def tell(self, city: City) -> None:
        """Add the proposals, assignments and records of every story to ``city``."""
        for entry in self.stories.entries:
            proposal = self._proposal(entry)
            assignments = [self._assignment(proposal, line) for line in entry["units"]]
            city.proposals.append(proposal)
            city.assignments.extend(assignments)
            events = [event for line in entry["events"] for event in self._events(proposal, line)]
            city.events.extend([*events, *self._co_meetings(assignments, events)])

    def _proposal(self, entry: Mapping[str, Any]) -> Proposal:
        key, optional = (
            entry["id"],
            ("led_by", "needs_reply", "disclosure", "is_confidential", "repeats", "fixed_due_on"),
        )
        kind = "deputy_suggestion" if key.startswith("R") else "cppcc_proposal"
        year, number = (int(part) for part in key[1:].split("-"))
        lead = next(line.split()[0] for line in reversed(entry["units"]) if line.split()[1] in REPLYING)
        fact = self.dice.pick(FACTS, "fact", key)
        return Proposal(
            proposal_id=key,
            kind=kind,
            year=year,
            number=number,
            title=entry["title"],
            topic=entry["topic"],
            matter=Matter(entry["topic"], lead, (), subject_of(entry["title"]), fact),
            raised_in=entry.get("raised_in", "会议期间"),
            submitted_by="代表联名" if kind == "deputy_suggestion" else "委员个人",
            lead_proposer=entry["proposer"],
            co_signers=self.dice.between(1, 9, "co-signers", key),
            filed_on=entry.get("filed_on", date(year, 1, 20)),
            **{name: entry[name] for name in optional if name in entry},
        )

    def _assignment(self, proposal: Proposal, line: str) -> Assignment:
        unit_id, role, assigned_on, *rest = line.split()
        optional = dict(part.split("=") for part in rest)
        leader, section, handler = self.staff.named(self.units[unit_id], proposal.proposal_id)
        return Assignment(
            proposal_id=proposal.proposal_id,
            unit_id=unit_id,
            role=role,
            assigned_on=date.fromisoformat(assigned_on),
            ended_on=date.fromisoformat(optional["ended"]) if "ended" in optional else None,
            end_reason=optional.get("reason"),
            leader=leader,
            section=section,
            handler=handler,
        )

    def _events(self, proposal: Proposal, line: str) -> Iterator[Event]:
        found = EVENT.fullmatch(line)
        if found is None:
            raise ValueError(f"story {proposal.proposal_id}: cannot read {line!r}")
        words = found["rest"].split()
        options = dict(word.split("=") for word in words if "=" in word)
        values = [word for word in words if "=" not in word]
        event = Event(
            proposal_id=proposal.proposal_id,
            unit_id=None if found["unit"] == "-" else found["unit"],
            kind=found["kind"],
            happened_on=date.fromisoformat(found["day"]),
            recorded_at=self._recorded(proposal, line, found["day"], options.get("recorded")),
            round=int(options["round"]) if "round" in options else None,
            value=values[0] if values else None,
            until=date.fromisoformat(options["until"]) if "until" in options else None,
            note=found["note"],
        )
        yield from self._expanded(proposal, event, options.get("text"))

    def _recorded(self, proposal: Proposal, line: str, day: str, recorded: str | None) -> datetime:
        """Return the stated day's morning, else the same day: stories are prompt unless they say otherwise."""
        clock = timedelta(seconds=self.dice.between(0, 31_000, proposal.proposal_id, line))
        return datetime.combine(date.fromisoformat(recorded or day), time(0, 35)) + clock

    def _expanded(self, proposal: Proposal, event: Event, text: str | None) -> Iterator[Event]:
        if event.kind == "routine":
            yield from self._routine(event)
        elif event.kind in ("reply", "reply_issued"):
            number = event.round or 1
            steps = STEPS if event.kind == "reply" else {}
            for kind, days in steps.items():
                day = workday_until(event.happened_on - timedelta(days))
                yield self._moved(replace(event, value=None, note=None, round=number), kind, day)
            yield replace(event, kind="reply_issued", round=number, text=self._text(proposal, event, number, text))
        else:
            yield event

    def _routine(self, event: Event) -> Iterator[Event]:
        start = event.happened_on
        yield self._moved(event, "accepted", workdays_after(start, 2))
        yield replace(self._moved(event, "meeting_before", workday_from(start + timedelta(12))), value="in_person")
        yield replace(self._moved(event, "meeting_during", workday_from(start + timedelta(41))), value="phone")

    def _co_meetings(self, assignments: Sequence[Assignment], events: Sequence[Event]) -> Iterator[Event]:
        """Yield the third meeting of every co-organising unit for which the story tells none."""
        told = {event.unit_id for event in events if event.kind == "meeting_after"}
        for given in assignments:
            if given.role not in REPLYING and given.unit_id not in told:
                for reply in (event for event in events if event.kind == "reply_issued"):
                    meeting = replace(reply, unit_id=given.unit_id, round=None, value="phone", note=None, text=None)
                    yield self._moved(meeting, "meeting_after", workday_from(reply.happened_on + timedelta(12)))

    def _moved(self, event: Event, kind: str, day: date) -> Event:
        clock = event.recorded_at - datetime.combine(event.recorded_at.date(), time())
        return replace(event, kind=kind, happened_on=day, recorded_at=datetime.combine(day, time()) + clock)

    def _text(self, proposal: Proposal, event: Event, number: int, name: str | None) -> str:
        if name is None:
            return self.writer.reply(proposal, str(event.unit_id), str(event.value), number, has_met=True)
        return self.stories.texts[name].format(
            name=proposal.lead_proposer, title=proposal.title, number=proposal.number
        )
