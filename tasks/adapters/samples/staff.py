"""Who works in the units: contacts for notices, and the three responsible of each assignment."""

from __future__ import annotations

from datetime import date, timedelta

from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.records import Contact, Unit
from tasks.adapters.samples.words import People

ROLES = ("top_leader", "leader", "section", "handler", "office")
SINCE = date(2024, 1, 1)
CHANGED = date(2026, 1, 5)
BUSY_HANDLER = "罗文博"


class Staff:
    """The people of all units; every unit has two leaders in charge and two handlers a section."""

    def __init__(self, people: People, dice: Dice) -> None:
        self.people = people
        self.dice = dice

    def contacts(self, unit: Unit, domain: str) -> list[Contact]:
        """Return the unit's contacts, a few with a predecessor; e-mail addresses lie under ``domain``."""
        return [contact for role in ROLES for contact in self._holders(unit, role, domain)]

    def _holders(self, unit: Unit, role: str, domain: str) -> list[Contact]:
        email = f"{unit.code}.{role.replace('_', '')}@{domain}"
        named = self.leader(unit, 0) if role == "leader" else self.people.name(self.dice, unit.unit_id, role)
        if role == "office" or not self.dice.chance(0.08, "changed", unit.unit_id, role):
            return [Contact(unit.unit_id, role, named, email, SINCE)]
        before = self.people.name(self.dice, unit.unit_id, role, "before")
        return [
            Contact(unit.unit_id, role, before, f"{unit.code}.former@{domain}", SINCE, CHANGED - timedelta(1)),
            Contact(unit.unit_id, role, named, email, CHANGED),
        ]

    def leader(self, unit: Unit, index: int) -> str:
        """Return the name of the unit's first (0) or second (1) leader in charge."""
        return self.people.name(self.dice, unit.unit_id, "leader", index)

    def named(self, unit: Unit, *name: object) -> tuple[str, str, str]:
        """Return leader, section and handler of one assignment."""
        draw = (unit.unit_id, *name)
        section = self.dice.pick(unit.sections, "section", *draw)
        handler = self.people.name(self.dice, unit.unit_id, section, self.dice.between(0, 1, "handler", *draw))
        if unit.habit == "one_handler" and self.dice.chance(0.75, "always", *draw):
            handler = BUSY_HANDLER
        return self.leader(unit, self.dice.between(0, 1, "leader", *draw)), section, handler

    def responsible(self, unit: Unit, *name: object) -> tuple[str | None, str | None, str | None]:
        """Return what ``named`` does, now and then without one of the three."""
        leader, section, handler = self.named(unit, *name)
        if not self.dice.chance(0.05, "unnamed", unit.unit_id, *name):
            return leader, section, handler
        gap = self.dice.between(0, 2, "gap", unit.unit_id, *name)
        return (None if gap == 0 else leader, None if gap == 1 else section, None if gap == 2 else handler)
