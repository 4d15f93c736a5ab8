"""The public record as rows that pages show: texts legible, codes in words, days as text, units by name and address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from reports.portal_edition import Edition
from reports.wording import legible
from tasks.domain.frames import LABELS
from tasks.domain.public_frames import STATE_LABELS, PublicRecord, PublicState

SHORT_KINDS = {"deputy_suggestion": "建议", "cppcc_proposal": "提案"}
NO_TEXT = "（无可读文字）"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit as pages name it."""

    page: str
    name: str
    group: str

    @property
    def url(self) -> str:
        """Its page, from the site's root."""
        return unit_url(self.page)


@dataclass(frozen=True, slots=True)
class Row:
    """A proposal as pages show it; what is not public or not known is empty. Days are ISO text."""

    page: str
    openness: str
    kind: str
    year: str
    proposal_id: str
    term: str
    session: str
    number: str
    title: str
    topic: str
    lead_proposer: str
    co_signer_count: str
    is_key: bool
    led_by: str
    lead_unit: Unit | None
    other_units: tuple[Unit, ...]
    leader: str
    section: str
    handler: str
    assigned_on: str
    due_on: str
    is_provisional: bool
    replied_on: str
    state: str
    stage: str
    days_late: int
    outcome: str
    satisfaction: str
    merged_into: str
    repeats: str

    @property
    def url(self) -> str:
        """Its page, from the site's root."""
        return proposal_url(self.page)

    @property
    def kind_label(self) -> str:
        """人大代表建议 or 政协提案."""
        return LABELS["kind"][self.kind]

    @property
    def reference(self) -> str:
        """The shortest name by which people find it: the source's id where it is public, else year, kind and number."""
        return self.proposal_id or f"{self.year}{SHORT_KINDS[self.kind]}{self.number}"

    @property
    def numbered(self) -> str:
        """第12号, or nothing where the number is not public."""
        number = self.number.removesuffix("号")
        return (f"第{number}号" if number.isdigit() else f"{number}号") if number else ""

    @property
    def person(self) -> str:
        """The responsible person: the first of leader, handler, section that is public."""
        return self.leader or self.handler or self.section

    @property
    def badge(self) -> str:
        """The state in a few characters."""
        if self.state == PublicState.OVERDUE and self.days_late:
            return f"超期{self.days_late}天"
        return STATE_LABELS[self.state]

    @property
    def grade(self) -> str:
        """The satisfaction in words."""
        return LABELS["grade"].get(self.satisfaction, "")


def proposal_url(page: str) -> str:
    """Return the address of a proposal's page; two characters make the folder, so that none holds too many."""
    return f"proposals/{page[:2]}/{page[2:]}.html"


def unit_url(page: str) -> str:
    """Return the address of a unit's page."""
    return f"units/{page}.html"


def unit_rows(record: PublicRecord, edition: Edition) -> dict[str, Unit]:
    """Return the units by page, in the record's order."""
    units = record.units
    names = readable(units["name"])
    return {
        page: Unit(page, name, edition.group(group))
        for page, name, group in zip(units["page"], names, units["group"], strict=True)
    }


def proposal_rows(record: PublicRecord, units: Mapping[str, Unit]) -> list[Row]:
    """Return all proposals in the record's order."""
    frame = record.proposals
    columns: dict[str, Sequence[Any]] = {name: _plain(frame[name]) for name in frame}
    columns["lead_unit"] = [units.get(page) for page in columns["lead_unit"]]
    columns["other_units"] = [_known(pages.split(), units) for pages in columns["other_units"]]
    return [Row(*values) for values in zip(*(columns[name] for name in Row.__slots__), strict=True)]


def _known(pages: Iterable[str], units: Mapping[str, Unit]) -> tuple[Unit, ...]:
    return tuple(units[page] for page in pages if page in units)


def _plain(values: pd.Series) -> Sequence[Any]:
    """Return a column as Python values: days and numbers as text (days late: a number), no null."""
    if values.name == "days_late":
        return values.fillna(0).astype(int).tolist()
    match values.dtype.kind:
        case "M":
            return iso_days(values)
        case "b":
            return values.fillna(False).astype(bool).tolist()
        case "i":
            return ["" if pd.isna(value) else str(value) for value in values.tolist()]
        case _:
            return readable(values)


def readable(texts: pd.Series) -> list[str]:
    """Return the texts legible, a missing one empty; a text of which nothing can be read says so."""
    return ["" if not isinstance(text, str) else _readable(text) for text in texts.tolist()]


def _readable(text: str) -> str:
    return text.strip() or NO_TEXT if text.isprintable() else legible(text, len(text)) or NO_TEXT


def readable_lines(text: str) -> list[str]:
    """Return the lines of a text that say anything, each legible."""
    lines = ((part if part.isprintable() else legible(part, len(part))).strip() for part in text.splitlines())
    return [line for line in lines if line]


def iso_days(days: pd.Series) -> list[str]:
    """Return days as 2026-06-30; a missing one empty."""
    text = np.datetime_as_string(days.to_numpy(dtype="datetime64[D]"))
    return np.where(days.isna().to_numpy(), "", text).tolist()
