"""Who gets a notice: the ladder's role if it has a working address, else the next role up, and always with a note."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tasks.domain.frames import LABELS, ContactRole
from tasks.domain.notices import Addressee, is_mail_address

# From the one who handles to the one who heads the unit; its office is the last resort.
UPWARDS = tuple(ContactRole)
LEADERS = (ContactRole.TOP_LEADER, ContactRole.LEADER)


@dataclass(frozen=True, slots=True)
class Recipients:
    """To whom a notice goes; ``notes`` say who was passed over and why. ``to`` is empty when nobody can be reached."""

    to: tuple[Addressee, ...] = ()
    cc: tuple[Addressee, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def note(self) -> str | None:
        """All notes as one text; None without any."""
        return ";".join(self.notes) or None


@dataclass(frozen=True, slots=True)
class Directory:
    """The contacts of one day, with why an address cannot be used."""

    entries: Mapping[tuple[str, str], Addressee]
    failing: frozenset[str]

    def fault(self, unit_id: str, role: ContactRole) -> str | None:
        """Return why that role of the unit cannot be written to; None if it can."""
        entry = self.entries.get((unit_id, role))
        if entry is None:
            return "无联系人"
        if not entry.email:
            return f"{entry.name}无邮箱"
        if not is_mail_address(entry.email):
            return f"{entry.name}的邮箱“{entry.email}”无效"
        return f"{entry.name}的邮箱{entry.email}退信" if entry.email.lower() in self.failing else None

    def nearest(self, unit_id: str, role: ContactRole) -> tuple[Addressee | None, str | None]:
        """Return the first who can be written to from ``role`` upwards, and a note if it is not ``role`` itself."""
        faults: list[str] = []
        for tried in UPWARDS[UPWARDS.index(role) :]:
            fault = self.fault(unit_id, tried)
            if fault is None:
                entry = self.entries[unit_id, tried]
                return entry, _passed_over(faults, f"改送{LABELS['contact_role'][tried]}{entry.name}")
            faults.append(f"{LABELS['contact_role'][tried]}{fault}")
        return None, _passed_over(faults, "无人可送")

    def leaders_named(self, name: str, unit_id: str) -> list[Addressee]:
        """Return the reachable leaders of that name: the unit's own if it has one, else everybody's."""
        found = {
            unit: entry
            for (unit, role), entry in self.entries.items()
            if role in LEADERS and entry.name == name and self.fault(unit, ContactRole(role)) is None
        }
        return [found[unit_id]] if unit_id in found else list({entry.email: entry for entry in found.values()}.values())


def directory(contacts: pd.DataFrame, as_of: date, failing: Collection[str] = ()) -> Directory:
    """Return the contacts valid on ``as_of``; of several for one role the latest counts. ``failing`` are bad addresses."""
    day = pd.Timestamp(as_of)
    valid = contacts[~(contacts["valid_from"] > day) & ~(contacts["valid_to"] < day)]
    latest = valid.sort_values("valid_from", na_position="first", kind="stable").astype({"role": "str"})
    texts = latest.assign(name=latest["name"].fillna(""), email=latest["email"].fillna("").str.strip())
    rows = zip(texts["unit_id"], texts["role"], texts["name"], texts["email"], strict=True)
    entries = {(unit, role): Addressee(name, email, role) for unit, role, name, email in rows}
    return Directory(entries, frozenset(address.lower() for address in failing))


def resolve(
    book: Directory, unit_id: str, to: ContactRole, cc: Iterable[ContactRole], led_by: str | None = None
) -> Recipients:
    """Return who gets a notice of ``unit_id``; nobody twice. ``led_by`` is the leader of a key proposal, by name."""
    first, note = book.nearest(unit_id, to)
    notes = [note] if note else []
    if first is None:
        return Recipients(notes=tuple(notes))
    copied: dict[str, Addressee] = {}
    for role in cc:
        entry, note = book.nearest(unit_id, role)
        if note:
            notes.append(f"抄送:{note}")
        if entry is not None:
            copied.setdefault(entry.email.lower(), entry)
    if led_by:
        leaders = book.leaders_named(led_by, unit_id)
        if len(leaders) == 1:
            copied.setdefault(leaders[0].email.lower(), leaders[0])
        else:
            notes.append(f"领办领导{led_by}{'有多名同名者' if leaders else '无有效邮箱'},未抄送")
    copied.pop(first.email.lower(), None)
    return Recipients((first,), tuple(copied.values()), tuple(notes))


def _passed_over(faults: list[str], instead: str) -> str | None:
    return f"{'、'.join(faults)},{instead}" if faults else None
