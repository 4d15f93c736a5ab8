"""The numbers of the public record. Every one is a count, or a count of a total; parts always add up to their whole."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd

from tasks.domain.frames import LABELS, Grade, Kind, Outcome
from tasks.domain.public_frames import STATE_LABELS, PublicState
from tasks.domain.ranking import percentage

REPLIED = (PublicState.REPLIED, PublicState.REPLIED_LATE)
NOT_COUNTED = (PublicState.NOT_OWED, PublicState.UNDISCLOSED)
LATENESS = {"1–30天": (1, 30), "31–90天": (31, 90), "91–180天": (91, 180), "180天以上": (181, None)}
NO_FORM, NO_OUTCOME, NO_YEAR = "未反馈", "未注明", "未注明"
HIDDEN = "undisclosed"
HIDDEN_LABEL = "不公开"
LONGEST_CURVE = 53


@dataclass(frozen=True, slots=True)
class Share:
    """A count of a total and its rate in percent; the rate of nothing is None."""

    count: int
    total: int

    def __post_init__(self) -> None:
        """Refuse a share that is no share."""
        if not 0 <= self.count <= self.total:
            raise ValueError(f"{self.count} of {self.total} is no share")

    @property
    def rate(self) -> Decimal | None:
        """The rate in percent, two digits, rounded half up on integers."""
        return percentage(self.count, self.total)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole: ``key`` for machines and colours, ``label`` for people."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A whole and its parts, which add up to it."""

    name: str
    total: int
    parts: tuple[Part, ...]

    def __post_init__(self) -> None:
        """Refuse parts that don't add up."""
        if sum(part.count for part in self.parts) != self.total:
            raise ValueError(f"the parts of {self.name!r} add to {sum(p.count for p in self.parts)}, not {self.total}")

    @property
    def filled(self) -> tuple[Part, ...]:
        """The parts that have anything in them."""
        return tuple(part for part in self.parts if part.count)


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures of a set of proposals: how many, how far, how late, how satisfied."""

    listed: int
    replied: Share
    on_time: Share
    overdue: int
    satisfied: Share
    states: Breakdown
    kinds: Breakdown
    lateness: Breakdown
    grades: Breakdown
    outcomes: Breakdown


def overview(
    proposals: pd.DataFrame,
    as_of: date,
    outcome_labels: Mapping[str, str] = LABELS["outcome"],
    shown: Mapping[str, Collection[str]] | None = None,
) -> Overview:
    """Return the figures of these proposals (``PUBLICATION``) on ``as_of``.

    Replied: of those that owe a reply. On time: of those whose last day is past. Satisfied (with basically satisfied): of the
    forms returned. ``shown`` are the public columns by level: where a grade or an outcome is not public, it is told as such
    and not as missing; None hides nothing.
    """
    state = proposals["state"]
    replied, counted = state.isin(REPLIED), ~state.isin(NOT_COUNTED)
    fallen_due = (proposals["due_on"] < pd.Timestamp(as_of)) & counted & (state != PublicState.SUSPENDED)
    grades = proposals["satisfaction"]
    content = grades.isin([Grade.SATISFIED, Grade.BASICALLY_SATISFIED])
    return Overview(
        listed=len(proposals),
        replied=Share(int(replied.sum()), int(counted.sum())),
        on_time=Share(int((fallen_due & (state == PublicState.REPLIED)).sum()), int(fallen_due.sum())),
        overdue=int((state == PublicState.OVERDUE).sum()),
        satisfied=Share(int(content.sum()), int(grades.notna().sum())),
        states=_breakdown("办理状态", state, STATE_LABELS),
        kinds=_breakdown("类别", proposals["kind"], LABELS["kind"]),
        lateness=_lateness(proposals[state == PublicState.OVERDUE]),
        grades=_told("满意度", proposals[replied], "satisfaction", {**LABELS["grade"], NO_FORM: NO_FORM}, shown),
        outcomes=_told("办理结果", proposals[replied], "outcome", _outcome_names(outcome_labels), shown),
    )


def _breakdown(name: str, values: pd.Series, labels: Mapping[str, str]) -> Breakdown:
    counts = values.astype("str").value_counts()
    unknown = set(counts.index) - set(labels)
    if unknown:
        raise ValueError(f"{name}: {sorted(unknown)} has no label")
    parts = tuple(Part(key, label, int(counts.get(key, 0))) for key, label in labels.items())
    return Breakdown(name, len(values), parts)


def _told(
    name: str,
    proposals: pd.DataFrame,
    column: str,
    labels: Mapping[str, str],
    shown: Mapping[str, Collection[str]] | None,
) -> Breakdown:
    """Return the parts of a column; the last label stands for what is missing, a further one for what is not public."""
    values = proposals[column].astype("object")
    if shown is not None:
        levels = [level for level, columns in shown.items() if column in columns]
        values = values.mask(~proposals["openness"].isin(levels), HIDDEN)
    return _breakdown(name, values.fillna(list(labels)[-1]), {**labels, HIDDEN: HIDDEN_LABEL})


def _outcome_names(labels: Mapping[str, str]) -> Mapping[str, str]:
    named = {str(outcome): labels.get(str(outcome), LABELS["outcome"][outcome]) for outcome in Outcome}
    return {**named, NO_OUTCOME: NO_OUTCOME}


def _lateness(overdue: pd.DataFrame) -> Breakdown:
    days = overdue["days_late"].fillna(0)
    counts = {label: int(days.between(low, high or np.inf).sum()) for label, (low, high) in LATENESS.items()}
    unknown = {"unknown": Part("unknown", "天数未公布", len(overdue) - sum(counts.values()))}
    parts = [Part(f"late-{place}", label, count) for place, (label, count) in enumerate(counts.items(), 1)]
    return Breakdown("超期天数", len(overdue), (*parts, *(p for p in unknown.values() if p.count)))


def years(proposals: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Return the proposals by year as text, newest first; those without a year come last."""
    year = proposals["year"].astype("Int64").astype("str").fillna(NO_YEAR)
    return [(str(name), group) for name, group in proposals.groupby(year, sort=False)]


def by_kind(proposals: pd.DataFrame, as_of: date) -> list[tuple[str, Overview]]:
    """Return the figures of each kind that occurs, in the kinds' order."""
    present = [str(kind) for kind in Kind if (proposals["kind"] == kind).any()]
    return [(LABELS["kind"][kind], overview(proposals[proposals["kind"] == kind], as_of)) for kind in present]


def curve(proposals: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return week by week up to ``as_of`` how many replies had fallen due and how many had been given (columns day, due,
    replied); at most a year back, empty without dates.
    """
    counted = proposals[~proposals["state"].isin(NOT_COUNTED)]
    first = counted["assigned_on"].min()
    if pd.isna(first):
        return pd.DataFrame({"day": [], "due": [], "replied": []})
    weeks = min(max((as_of - first.date()).days // 7 + 1, 1), LONGEST_CURVE)
    days = [as_of - timedelta(weeks=back) for back in range(weeks, -1, -1)]
    at = np.array(days, dtype="datetime64[s]")
    return pd.DataFrame(
        {"day": days, "due": _up_to(counted["due_on"], at), "replied": _up_to(counted["replied_on"], at)}
    )


def _up_to(dates: pd.Series, days: np.ndarray) -> list[int]:
    known = np.sort(dates.dropna().to_numpy(dtype="datetime64[s]"))
    return np.searchsorted(known, days, side="right").tolist()
