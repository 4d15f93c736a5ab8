"""What a dossier calls things: the office's own words, a matter across years, a case's number, days and notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from reports.wording import legible
from tasks.domain.dossiers import Shelf
from tasks.domain.frames import label

UNSHOWN = "（内容不列）"
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Words:
    """What the office calls things: itself, its duties, the classes of replies."""

    issuer: str
    duty_labels: Mapping[str, str]
    outcome_labels: Mapping[str, str]

    def outcome(self, value: object) -> str:
        """Return a reply's class in the office's words."""
        return self.outcome_labels.get(str(value), label("outcome", value))


@dataclass(frozen=True, slots=True)
class Matter:
    """A proposal as documents name it across years; a confidential one has no title."""

    name: str
    title: str | None
    is_confidential: bool


def matter_of(shelf: Shelf, proposal_id: str) -> Matter:
    """Return how documents name the proposal; one that left the source keeps its id."""
    found = shelf.of("proposals", proposal_id)
    if found.empty:
        return Matter(f"{proposal_id}（来源中已没有这一件）", None, False)
    row = found.iloc[0]
    year = shelf.chain.loc[shelf.chain["proposal_id"] == proposal_id, "year"].iloc[0]
    secret = bool(row["is_confidential"]) if not pd.isna(row["is_confidential"]) else False
    name = f"{'' if pd.isna(year) else f'{year}年'}{label('kind', row['kind'])}{_numbered(row['number'], proposal_id)}"
    return Matter(name, None if secret else legible(str(row["title"])), secret)


def _numbered(number: object, proposal_id: str) -> str:
    if pd.isna(number):
        return proposal_id
    text = str(number)
    return f"第{text}号" if text.isdigit() else f"{text.removesuffix('号')}号"


def case_number(case: pd.Series) -> str:
    """Return the number that a case keeps for life, and how often it was listed if more than once."""
    number = "未编号" if pd.isna(case["case_no"]) else str(case["case_no"])
    return f"{number}（第{case['occurrence']}次列入）" if case["occurrence"] > 1 else number


def shown_text(value: object) -> str:
    """Return a text from the source as one legible line; empty where there is none."""
    return "" if pd.isna(value) else legible(str(value), LONGEST_NOTE)


def noted(note: object, matter: Matter) -> str:
    """Return a note as a dossier may show it: of a confidential case only that there is one."""
    text = shown_text(note)
    return UNSHOWN if text and matter.is_confidential else text


def unit_of(shelf: Shelf, unit_id: object) -> str:
    """Return the unit's name; an unknown unit keeps its id."""
    return shelf.unit_name.get(str(unit_id), str(unit_id))


def short_day(day: pd.Timestamp | date) -> str:
    """Return a day as tables write it: 2026.6.30."""
    return f"{day.year}.{day.month}.{day.day}"
