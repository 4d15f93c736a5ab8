"""The samples' word lists: units, people, places, matters and what units say they do about them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.records import Matter, Unit

FOLDER = Path(__file__).parent / "words"
# The attempt at which a matter that could be asked for anywhere is asked for in one district; then comes another matter.
LOCAL_FROM = 5
CHOICE = re.compile(r"\[([^\]]+)\]")


def rows(name: str, delimiter: str = ",") -> Iterator[dict[str, str]]:
    """Yield the rows of a word list."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def lists(name: str) -> dict[str, tuple[str, ...]]:
    """Return the lists of a file of two columns (key; values joined by ``;``)."""
    return {key: tuple(values.split(";")) for key, values in (row.values() for row in rows(name))}


def units(name: str) -> list[Unit]:
    """Return the units of a list, with the ordinary behaviour where it names none."""
    return [
        Unit(
            unit_id=row["unit_id"],
            name=row["name"],
            group=row["group"],
            code=row["code"],
            parent_id=row["parent_id"] or None,
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            former_names=row["former_names"] or None,
            sections=tuple(row["sections"].split(";")),
            diligence=int(row["diligence"]),
            forms=int(row["forms"] or 86),
            satisfied=int(row["satisfied"] or 88),
            habit=row["habit"],
        )
        for row in rows(name)
    ]


@dataclass(frozen=True, slots=True)
class Phrases:
    """What proposals of a city are about: matters with ``{slots}`` and ``[a/b]`` choices, and the words that fill them."""

    matters: tuple[Mapping[str, str], ...]
    places: Mapping[str, tuple[str, ...]]
    districts: Mapping[str, str]

    def matter(self, dice: Dice, key: str, attempt: int = 0) -> Matter:
        """Return the matter drawn for ``key``; further attempts change its places and at last the matter.

        ``district`` as lead is the unit of the district that the matter names.
        """
        turn, again = divmod(attempt, LOCAL_FROM + 1)
        row, name = dice.pick(self.matters, "matter", key, turn), (key, attempt)
        words = {slot: dice.pick(names, slot, *name) for slot, names in self.places.items()}
        words |= {"n": str(dice.between(11, 96, "n", *name)), "m": str(dice.between(2, 9, "m", *name))}
        words["at"] = f"在{words['district']}" if again == LOCAL_FROM and "district" in words else ""
        text = CHOICE.sub(lambda found: dice.pick(found[1].split("/"), "choice", *name), row["matter"])
        lead = self.districts[words["district"]] if row["lead"] == "district" else row["lead"]
        return Matter(
            topic=row["topic"],
            lead=lead,
            co_units=tuple(unit for unit in row["co"].split(";") if unit != lead),
            text=text.format(**words),
            fact=row["fact"].format(**words),
        )


@dataclass(frozen=True, slots=True)
class People:
    """Names put together from surnames and given names."""

    surnames: str
    given: tuple[str, ...]

    def name(self, dice: Dice, *name: object) -> str:
        """Return a drawn name."""
        return dice.pick(self.surnames, "surname", *name) + dice.pick(self.given, "given", *name)


def people() -> People:
    """Return the names that the samples draw from."""
    row = next(rows("people.csv"))
    return People(row["surnames"], tuple(row["given"].split(";")))


def phrases(matters: str, places: str, districts: Mapping[str, str]) -> Phrases:
    """Return the matters and places of a city."""
    return Phrases(tuple(rows(matters, "|")), lists(places), districts)
