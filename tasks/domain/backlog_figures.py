"""The backlog in figures: how old the cases are, what came and went, by criterion, unit and year. Parts add up to totals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from tasks.domain.backlog import Standing
from tasks.domain.backlog_criteria import CRITERION_LABELS, Criterion
from tasks.domain.frames import Facts
from tasks.domain.records import ANSWERING

# Upper ends in calendar months since the day on which the first criterion began to hold.
BANDS = (("3个月内", 3), ("3至6个月", 6), ("6至12个月", 12), ("1至2年", 24), ("2年以上", None))
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Count:
    """A name and how many cases it has."""

    name: str
    count: int


@dataclass(frozen=True, slots=True)
class MonthFlow:
    """What was listed and what was closed in a month, and what stood open at its end (or on the day of the review)."""

    month: date
    opened: int
    closed: int
    open_at_end: int


def still_open(reviewed: pd.DataFrame) -> pd.DataFrame:
    """Return the cases that a review leaves open."""
    return reviewed[reviewed["standing"] != Standing.CLOSED]


def ageing(reviewed: pd.DataFrame, as_of: date) -> list[Count]:
    """Return how many open cases there are by age since their first criterion began to hold; every band is named."""
    since = still_open(reviewed)["since"]
    counts, younger = [], 0
    for name, months in BANDS:
        oldest = pd.Timestamp(as_of) - pd.DateOffset(months=months) if months else pd.Timestamp.min
        up_to = int((since >= oldest).sum())
        counts.append(Count(name, up_to - younger))
        younger = up_to
    return counts


def flow_by_month(register: pd.DataFrame, as_of: date) -> list[MonthFlow]:
    """Return what came and went in each of the last months, from the first that saw a case on.

    ``register`` holds every case ever opened with its closing, if it has one.
    """
    day = pd.Timestamp(as_of)
    opened = register.loc[register["opened_on"] <= day, "opened_on"]
    closed = register.loc[register["closed_on"] <= day, "closed_on"]
    if opened.empty:
        return []
    first = max(opened.min().to_period("M"), day.to_period("M") - (MONTHS_SHOWN - 1))
    months = pd.period_range(first, day.to_period("M"), freq="M")
    return [
        MonthFlow(
            month.start_time.date(),
            int((opened.dt.to_period("M") == month).sum()),
            int((closed.dt.to_period("M") == month).sum()),
            int((opened <= month.end_time).sum() - (closed <= month.end_time).sum()),
        )
        for month in months
    ]


def by_criterion(reviewed: pd.DataFrame) -> list[Count]:
    """Return how many open cases meet each criterion now; a case may meet several, one that meets none is not counted."""
    met = still_open(reviewed)["met_now"].dropna().str.split(";").explode()
    counts = met.value_counts()
    return [Count(CRITERION_LABELS[each], int(counts.get(str(each), 0))) for each in Criterion if str(each) in counts]


def by_year(reviewed: pd.DataFrame) -> list[Count]:
    """Return how many open cases were first listed in each year."""
    counts = still_open(reviewed)["opened_on"].dt.year.value_counts().sort_index()
    return [Count(f"{year}年", int(count)) for year, count in counts.items()]


def responsible_units(reviewed: pd.DataFrame, facts: Facts, as_of: date) -> pd.DataFrame:
    """Return who answers for each open case: proposal_id, occurrence, unit_id; of a case without a unit, its last ones.

    A case that several units answer separately has a row for each of them.
    """
    begun = facts.assignments[facts.assignments["assigned_on"] <= pd.Timestamp(as_of)]
    answering = begun[begun["role"].isin(list(map(str, ANSWERING)))]
    is_running = answering["ended_on"].isna() | (answering["ended_on"] > pd.Timestamp(as_of))
    has_unit = is_running.groupby(answering["proposal_id"]).transform("any")
    last = answering.groupby("proposal_id")["assigned_on"].transform("max")
    chosen = answering[is_running | (~has_unit & (answering["assigned_on"] == last))]
    cases = still_open(reviewed)[["proposal_id", "occurrence"]]
    return cases.merge(chosen[["proposal_id", "unit_id"]].drop_duplicates(), on="proposal_id").reset_index(drop=True)


def by_unit(reviewed: pd.DataFrame, facts: Facts, as_of: date) -> list[Count]:
    """Return how many open cases each unit answers for, the most first; a case of several units counts at each."""
    names = facts.units.set_index("unit_id")["name"]
    counts = responsible_units(reviewed, facts, as_of)["unit_id"].map(names).value_counts()
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [Count(str(name), int(count)) for name, count in ordered]
