"""What the ladder has to know besides the obligations: what was told before, what is held, and who writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from tasks.domain.frames import EventKind, Facts
from tasks.domain.notices import Office
from tasks.domain.steps import KEY

HISTORY: Mapping[str, str] = {
    **dict.fromkeys(KEY[:3], "str"),
    "round": "Int64",
    "level": "str",
    "occurrence": "Int64",
    "fell_due_on": "datetime64[s]",
    "extended_to": "datetime64[s]",
    "state": "str",
    "to_names": "str",
    "to_emails": "str",
}
SILENCES: Mapping[str, str] = {
    "unit_id": "str",
    "proposal_id": "str",
    "duty": "str",
    "until": "datetime64[s]",
    "why": "str",
    "by": "str",
}
EXPLANATIONS: Mapping[str, str] = {
    "unit_id": "str",
    "proposal_id": "str",
    "duty": "str",
    "explained_on": "datetime64[s]",
    "until": "datetime64[s]",
    "text": "str",
}


def framed(rows: pd.DataFrame | list[dict[str, object]], columns: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows with exactly these columns and types; absent columns are empty."""
    return pd.DataFrame(rows, columns=list(columns)).astype(dict(columns))


@dataclass(frozen=True, slots=True)
class Record:
    """What the ledger holds about earlier nights.

    ``history`` has a row for every notice ever queued (columns ``HISTORY``; ``state`` is its mail's). In ``silences`` and
    ``explanations`` an empty unit_id, proposal_id or duty means any. ``failing`` are addresses that bounced.
    ``planned_through`` is the last day planned; None when nothing was ever planned.
    """

    history: pd.DataFrame
    silences: pd.DataFrame
    explanations: pd.DataFrame
    failing: frozenset[str] = frozenset()
    planned_through: date | None = None


NOTHING = Record(framed([], HISTORY), framed([], SILENCES), framed([], EXPLANATIONS))


@dataclass(frozen=True, slots=True)
class Desk:
    """Who writes: the jurisdiction, its office, and what it calls its duties."""

    jurisdiction: str
    office: Office
    duty_labels: Mapping[str, str]


def explanations(facts: Facts, recorded: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """Return the explanations known on ``as_of``: those in the source's events and those ``recorded`` with the office."""
    events = facts.events[facts.events["kind"].astype("str") == EventKind.EXPLAINED]
    from_source = framed(events.rename(columns={"happened_on": "explained_on", "note": "text"}), EXPLANATIONS)
    both = pd.concat([part for part in (from_source, recorded) if len(part)] or [recorded], ignore_index=True)
    return both[both["explained_on"] <= pd.Timestamp(as_of)].reset_index(drop=True)


def matches(steps: pd.DataFrame, conditions: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs of a step (its position ``at``) and a condition that covers it; an empty scope covers any."""
    own = steps[["proposal_id", "unit_id", "duty"]].assign(at=np.arange(len(steps)))
    is_general = conditions["proposal_id"].isna()
    of_proposals = own.merge(conditions[~is_general], on="proposal_id", suffixes=("", "_scope"))
    general = own.merge(conditions[is_general].drop(columns="proposal_id"), how="cross", suffixes=("", "_scope"))
    pairs = pd.concat([of_proposals, general], ignore_index=True)
    covers_unit = pairs["unit_id_scope"].isna() | (pairs["unit_id_scope"] == pairs["unit_id"])
    covers_duty = pairs["duty_scope"].isna() | (pairs["duty_scope"] == pairs["duty"])
    return pairs[covers_unit & covers_duty]


def latest_match(steps: pd.DataFrame, conditions: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return, aligned with ``steps``, the covering condition with the latest ``by``; a row of nulls where none covers."""
    if conditions.empty:
        return conditions.reindex(range(len(steps)))
    pairs = matches(steps, conditions).sort_values(by, kind="stable")
    return pairs.drop_duplicates("at", keep="last").set_index("at").reindex(range(len(steps)))
