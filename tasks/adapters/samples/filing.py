"""What deputies and members filed in a session, and to which units it was assigned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.office_days import workday_from, workdays_after
from tasks.adapters.samples.records import Assignment, Matter, Proposal, Unit
from tasks.adapters.samples.staff import Staff
from tasks.adapters.samples.texts import proposal_title
from tasks.adapters.samples.words import People, Phrases

PARTIES = ("民革", "民盟", "民建", "民进", "农工党", "九三学社")
CO_UNIT_WEIGHTS = {0: 36, 1: 24, 2: 18, 3: 11, 4: 5, 5: 3, 6: 1.2, 7: 0.7, 9: 0.4, 11: 0.3}
LETTERS = {"deputy_suggestion": "R", "cppcc_proposal": "Z"}


@dataclass(frozen=True, slots=True)
class Session:
    """One year's session: how many of each kind, filed from when, assigned when."""

    year: int
    opened_on: date
    counts: Mapping[str, int]
    batches: Mapping[date, float]
    later: Sequence[date] = ()
    later_share: float = 0.0


@dataclass(slots=True)
class Filing:
    """Files the proposals of a city. ``taken`` are numbers that others fill; ``titles`` those already used."""

    phrases: Phrases
    people: People
    leaders: Sequence[str]
    city: str
    dice: Dice
    taken: frozenset[str] = frozenset()
    titles: set[str] = field(default_factory=set)
    filed: dict[tuple[int, str], list[Proposal]] = field(default_factory=dict)

    def session(self, session: Session) -> list[Proposal]:
        """Return the session's proposals, the deputies' first."""
        return [
            self._proposal(session, kind, number)
            for kind, count in session.counts.items()
            for number in range(1, count + 1)
            if proposal_id(kind, session.year, number) not in self.taken
        ]

    def _proposal(self, session: Session, kind: str, number: int) -> Proposal:
        key = proposal_id(kind, session.year, number)
        is_later = number > session.counts[kind] * (1 - session.later_share)
        model, relation = self._model(key, session.year, is_later)
        matter, title = self._matter(key, kind, model)
        is_key = not is_later and self.dice.chance(0.03, "key", key)
        proposal = Proposal(
            proposal_id=key,
            kind=kind,
            year=session.year,
            number=number,
            title=title,
            topic=matter.topic,
            matter=matter,
            raised_in="闭会期间" if is_later else "会议期间",
            submitted_by=self._submitted_by(key, kind),
            lead_proposer=self._proposer(key, kind),
            co_signers=self._co_signers(key, kind),
            filed_on=self._filed_on(session, key, is_later=is_later),
            led_by=self.dice.pick(self.leaders, "led", key) if is_key else None,
            needs_reply=not self.dice.chance(0.008, "no reply", key),
            disclosure=self.dice.weighted({"open": 95, "title_only": 2.5, "withheld": 2.5}, "disclosure", key),
            merged_into=model.proposal_id if model and relation == "merged" else None,
            repeats=model.proposal_id if model and relation == "repeats" else None,
        )
        self.filed.setdefault((session.year, "later" if is_later else "session"), []).append(proposal)
        return proposal

    def _filed_on(self, session: Session, key: str, *, is_later: bool) -> date:
        """Return a day of the session, or some days before the batch in which ``Assigning`` gives it to a unit."""
        if is_later:
            return self.dice.pick(session.later, "batch", key) - timedelta(self.dice.between(6, 18, "filed", key))
        return session.opened_on + timedelta(self.dice.between(0, 5, "filed", key))

    def _model(self, key: str, year: int, is_later: bool) -> tuple[Proposal | None, str]:
        """Return an earlier proposal that this one is about as well, and how they belong together."""
        if is_later:
            return None, ""
        relation = self.dice.weighted({"": 92, "merged": 1.6, "repeats": 2.6, "similar": 2.6}, "relation", key)
        known = self.filed.get((year if relation == "merged" else year - 1, "session"), [])
        known = [proposal for proposal in known if proposal.merged_into is None and proposal.needs_reply]
        return (self.dice.pick(known, "model", key), relation) if relation and known else (None, "")

    def _matter(self, key: str, kind: str, model: Proposal | None) -> tuple[Matter, str]:
        if model is not None:
            return model.matter, proposal_title(model.matter.text, kind, self.dice, key)
        for attempt in range(30):
            matter = self.phrases.matter(self.dice, key, attempt)
            title = proposal_title(matter.text, kind, self.dice, key)
            if matter.text not in self.titles:
                break
        self.titles.add(matter.text)
        return matter, title

    def _proposer(self, key: str, kind: str) -> str:
        if kind == "cppcc_proposal" and self.dice.chance(0.25, "collective", key):
            return f"{self.dice.pick(PARTIES, 'party', key)}{self.city}市委会"
        return self.people.name(self.dice, "proposer", key)

    def _submitted_by(self, key: str, kind: str) -> str:
        if kind == "deputy_suggestion":
            return self.dice.weighted({"代表联名": 60, "代表个人": 34, "代表团": 6}, "submitted", key)
        return (
            "党派团体" if self.dice.chance(0.25, "collective", key) else self.dice.pick(("委员个人", "委员联名"), key)
        )

    def _co_signers(self, key: str, kind: str) -> int:
        return self.dice.between(0, 14 if kind == "deputy_suggestion" else 6, "co-signers", key)


def proposal_id(kind: str, year: int, number: int) -> str:
    """Return the source's own id, e.g. ``R2026-0012`` (deputies) or ``Z2026-0012`` (CPPCC)."""
    return f"{LETTERS[kind]}{year}-{number:04d}"


@dataclass(slots=True)
class Assigning:
    """Gives proposals to units.

    ``successors`` takes over from a closed unit; ``fallback`` are the units that a matter nobody wants goes to.
    """

    units: Mapping[str, Unit]
    staff: Staff
    dice: Dice
    fallback: Sequence[str]
    successors: Mapping[str, str] = field(default_factory=dict)
    separate_share: float = 0.03

    def assignments(self, proposal: Proposal, session: Session) -> list[Assignment]:
        """Return the proposal's assignments; a returned or reassigned one is followed by its successor."""
        root = proposal.merged_into or proposal.proposal_id
        if proposal.raised_in == "闭会期间":
            assigned_on = self.dice.pick(session.later, "batch", root)
        else:
            assigned_on = self.dice.weighted(session.batches, "batch", root)
        lead = self._open(proposal.matter.lead, assigned_on)
        co_units = self._co_units(proposal, lead, root)
        if co_units and self.dice.chance(self.separate_share, "separate", root):
            return [self._given(proposal, unit, "separate", assigned_on) for unit in (lead, *co_units[:2])]
        first = self._given(proposal, lead, "lead" if co_units else "sole", assigned_on)
        responsible = self._succession(proposal, first, root)
        replying = {given.unit_id for given in responsible}
        helping = [unit for unit in co_units if unit not in replying]
        return [*responsible, *(self._given(proposal, unit, "co_organising", assigned_on) for unit in helping)]

    def _co_units(self, proposal: Proposal, lead: str, root: str) -> list[str]:
        count = self.dice.weighted(CO_UNIT_WEIGHTS, "co", root)
        near = [unit for unit in proposal.matter.co_units if unit != lead]
        others = [key for key, unit in self.units.items() if key != lead and key not in near and unit.valid_to is None]
        return (near + self.dice.some(others, max(0, count - len(near)), "others", root))[:count]

    def _open(self, unit_id: str, day: date) -> str:
        """Return the unit, or its successor if it no longer exists on that day."""
        closed = self.units[unit_id].valid_to
        return self.successors[unit_id] if closed is not None and closed < day else unit_id

    def _given(self, proposal: Proposal, unit_id: str, role: str, assigned_on: date) -> Assignment:
        leader, section, handler = self.staff.responsible(self.units[unit_id], proposal.proposal_id)
        return Assignment(
            proposal_id=proposal.proposal_id,
            unit_id=unit_id,
            role=role,
            assigned_on=assigned_on,
            leader=leader,
            section=section,
            handler=handler,
        )

    def _succession(self, proposal: Proposal, first: Assignment, root: str) -> list[Assignment]:
        closed = self.units[first.unit_id].valid_to
        if closed is not None and self.dice.chance(0.5, "left over", root):
            return self._replaced(proposal, first, self.successors[first.unit_id], "reassigned", closed + timedelta(1))
        turn = self.dice.weighted({"": 95, "returned": 3.6, "reassigned": 1.4}, "turn", root)
        if not turn:
            return [first]
        days = self.dice.between(5, 8, "turn day", root) if turn == "returned" else self.dice.between(25, 50, "t", root)
        other = next(key for key in (*proposal.matter.co_units, *self.fallback) if key != first.unit_id)
        return self._replaced(proposal, first, other, turn, workdays_after(first.assigned_on, days))

    def _replaced(
        self, proposal: Proposal, first: Assignment, unit_id: str, reason: str, ended_on: date
    ) -> list[Assignment]:
        ended_on = workday_from(ended_on)
        again = self._given(proposal, unit_id, first.role, workdays_after(ended_on, 1))
        return [replace(first, ended_on=ended_on, end_reason=reason), again]
