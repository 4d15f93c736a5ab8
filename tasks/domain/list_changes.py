"""From the list of today and the list in use to the list that keeps both: who left is ended, never removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from tasks.domain.frames import LABELS
from tasks.domain.lists import Row


@dataclass(frozen=True, slots=True)
class Merged:
    """The new list, and in Chinese what changed, one line each."""

    rows: list[dict[str, str]]
    changes: list[str]


def merged_units(old: Sequence[Row], new: Sequence[Row], day: date) -> Merged:
    """Return the units with those of ``new`` in force from ``day``; a former name stays known, a missing unit is ended."""
    before, rows, changes = {row["unit_id"]: row for row in old}, [], []
    for given in new:
        row = dict(given)
        last = before.pop(row["unit_id"], None)
        if last is None:
            row["valid_from"] = row["valid_from"] or day.isoformat()
            changes.append(f"新增 {row['unit_id']} {row['name']}")
        else:
            changes += _kept(row, last)
        rows.append(row)
    for last in before.values():
        rows.append(_ended(last, day))
        if _is_open(last):
            changes.append(f"停用 {last['unit_id']} {last['name']}")
    return Merged(sorted(rows, key=lambda row: row["unit_id"]), changes)


def _kept(row: dict[str, str], last: Row) -> list[str]:
    """Complete a unit that was there before, and return what changed about it."""
    for column in ("valid_from", "parent_id", "former_names"):
        row[column] = row[column] or last[column]
    told = []
    if last["name"] != row["name"]:
        names = [name for name in row["former_names"].split("、") if name and name != row["name"]]
        row["former_names"] = "、".join(dict.fromkeys([*names, last["name"]]))
        told.append(f"改名 {row['unit_id']} {last['name']} → {row['name']}")
    if last["group"] != row["group"]:
        told.append(f"改组 {row['unit_id']} {row['name']}:{last['group']} → {row['group']}")
    if not _is_open(last) and _is_open(row):
        told.append(f"恢复 {row['unit_id']} {row['name']}")
    return told


def merged_contacts(old: Sequence[Row], new: Sequence[Row], day: date, units: Mapping[str, str]) -> Merged:
    """Return the contacts with those of ``new`` in force from ``day``; who was replaced is ended the day before.

    One person holds one role of a unit at a time. A list imported twice on a day is taken as its second version.
    """
    current = {(row["unit_id"], row["role"]): row for row in old if _is_open(row)}
    past = [dict(row) for row in old if not _is_open(row)]
    rows, changes = list(past), []
    for given in new:
        key = (given["unit_id"], given["role"])
        last = current.pop(key, None)
        who = f"{units.get(key[0], key[0])} {LABELS['contact_role'].get(key[1], key[1])}"
        if last is not None and _same_person(last, given):
            rows.append(dict(last) | {"valid_to": given["valid_to"]})
            continue
        changes.append(
            f"新增 {who} {given['name']}" if last is None else f"更换 {who} {last['name']} → {given['name']}"
        )
        rows += _replaced(last, day)
        rows.append(dict(given) | {"valid_from": given["valid_from"] or day.isoformat()})
    for key, last in current.items():
        rows += _replaced(last, day)
        changes.append(f"停用 {units.get(key[0], key[0])} {LABELS['contact_role'].get(key[1], key[1])} {last['name']}")
    return Merged(sorted(rows, key=_place), changes)


def _place(row: Row) -> tuple[str, int, str]:
    return row["unit_id"], list(LABELS["contact_role"]).index(row["role"]), row["valid_from"]


def _same_person(last: Row, given: Row) -> bool:
    return (last["name"], last["email"].lower()) == (given["name"], given["email"].lower())


def _replaced(last: Row | None, day: date) -> Iterable[dict[str, str]]:
    """Return the row that was in force, ended; nothing of one that began no earlier than this."""
    if last is None or last["valid_from"] >= day.isoformat():
        return []
    return [_ended(last, day)]


def _ended(last: Row, day: date) -> dict[str, str]:
    return dict(last) | ({"valid_to": (day - timedelta(1)).isoformat()} if _is_open(last) else {})


def _is_open(row: Row) -> bool:
    return not row["valid_to"]
