"""What a sample city knows, before it is written in that city's own schema.

Categories are the canonical ones of ``tasks.domain.frames``; every sample translates them into its vendor's codes, and its
``source.yaml`` translates them back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and how it behaves: percentages of diligence, of forms returned and of satisfaction, and one habit."""

    unit_id: str
    name: str
    group: str
    code: str
    parent_id: str | None
    valid_from: date
    valid_to: date | None
    former_names: str | None
    sections: tuple[str, ...]
    diligence: int
    forms: int
    satisfied: int
    habit: str


@dataclass(frozen=True, slots=True)
class Contact:
    """Who holds a role in a unit, and since when."""

    unit_id: str
    role: str
    name: str
    email: str | None
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """A municipal matter with its places filled in: who leads, who helps, and what can be said about it."""

    topic: str
    lead: str
    co_units: tuple[str, ...]
    text: str
    fact: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal as filed."""

    proposal_id: str
    kind: str
    year: int
    number: int
    title: str
    topic: str
    matter: Matter
    raised_in: str
    submitted_by: str
    lead_proposer: str
    co_signers: int
    filed_on: date
    led_by: str | None = None
    needs_reply: bool = True
    disclosure: str = "open"
    is_confidential: bool = False
    merged_into: str | None = None
    repeats: str | None = None
    fixed_due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """A proposal given to a unit, and the three responsible as far as they were named."""

    proposal_id: str
    unit_id: str
    role: str
    assigned_on: date
    ended_on: date | None = None
    end_reason: str | None = None
    leader: str | None = None
    section: str | None = None
    handler: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A record of the handling; ``recorded_at`` is UTC without a zone, ``text`` the full text of a reply."""

    proposal_id: str
    unit_id: str | None
    kind: str
    happened_on: date
    recorded_at: datetime
    round: int | None = None
    value: str | None = None
    until: date | None = None
    note: str | None = None
    text: str | None = None


@dataclass(slots=True)
class City:
    """Everything a sample city knows."""

    units: list[Unit] = field(default_factory=list)
    contacts: list[Contact] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
