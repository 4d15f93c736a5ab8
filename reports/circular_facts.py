"""What a circular says, read off the day's frames: totals, units with faults, cases to list, and by when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from reports.circular_content import Named, Rate, Total, UnitCount, ZeroRate
from tasks.domain.commendation import BOTTOM, ZERO, Lists
from tasks.domain.frames import Facts, Kind, State, label
from tasks.domain.ranking_measures import DONE, current_proposals, scoped
from tasks.domain.ranking_scheme import MEASURE_LABELS, Measure, RankingScheme

NOT_DONE = (State.OPEN, State.DUE_SOON, State.OVERDUE, State.SUSPENDED)


@dataclass(frozen=True, slots=True)
class DayFrames:
    """The frames that a circular is read off, all of one day.

    ``explanations`` are the units' own (columns proposal_id, unit_id, explained_on, text); ``earlier`` is the ranking of the
    last circular, if there is one.
    """

    facts: Facts
    obligations: pd.DataFrame
    cases: pd.DataFrame
    backlog: pd.DataFrame
    explanations: pd.DataFrame
    items: pd.DataFrame
    ranked: pd.DataFrame
    earlier: pd.DataFrame | None
    lists: Lists
    scheme: RankingScheme
    as_of: date

    def replies(self) -> pd.DataFrame:
        """Return the replies owed in the sessions that count, with the proposal's kind, excused ones included."""
        owed = scoped(self.facts, self.obligations, self.scheme, self.as_of)
        rows = owed[owed["is_current"] & (owed["duty"] == "reply")]
        return rows.assign(kind=rows["proposal_id"].map(self.facts.proposals.set_index("proposal_id")["kind"]))

    def unit_name(self, unit_ids: pd.Series) -> pd.Series:
        """Return the units' names for a column of ids."""
        return unit_ids.map(self.facts.units.set_index("unit_id")["name"]).fillna(unit_ids)


def totals(frames: DayFrames) -> tuple[Total, ...]:
    """Return the figures of each kind that was assigned; cases answered separately count once for each unit."""
    replies = frames.replies()
    assigned = frames.facts.proposals[
        frames.facts.proposals["proposal_id"].isin(current_proposals(frames.facts, frames.scheme, frames.as_of))
    ]
    kinds = [kind for kind in Kind if (assigned["kind"] == kind).any()]
    ids = assigned.groupby("kind")["proposal_id"]
    return tuple(
        _total(label("kind", kind), ids.get_group(str(kind)), replies[replies["kind"] == kind]) for kind in kinds
    )


def _total(name: str, assigned: pd.Series, rows: pd.DataFrame) -> Total:
    owed = rows[rows["state"] != State.EXCUSED]
    fallen, state = owed["has_fallen_due"], owed["state"]
    return Total(
        label=name,
        assigned=len(assigned),
        progress=Rate(int(state.isin(DONE).sum()), len(owed)),
        on_time=Rate(int((fallen & (state == State.MET)).sum()), int(fallen.sum())),
        late=int((state == State.MET_LATE).sum()),
        overdue=int((state == State.OVERDUE).sum()),
        due_soon=int((state == State.DUE_SOON).sum()),
        no_reply=int((~assigned.isin(owed["proposal_id"])).sum()),
        further=int(owed["proposal_id"].duplicated().sum()),
    )


SUMMED = ("assigned", "late", "overdue", "due_soon", "no_reply", "further")


def summed(parts: tuple[Total, ...]) -> Total:
    """Return the sum of the kinds."""
    return Total(
        label="合计",
        progress=_sum_of(parts, lambda part: part.progress),
        on_time=_sum_of(parts, lambda part: part.on_time),
        **{name: sum(getattr(part, name) for part in parts) for name in SUMMED},
    )


def _sum_of(parts: tuple[Total, ...], rate: Callable[[Total], Rate]) -> Rate:
    return Rate(sum(rate(part).count for part in parts), sum(rate(part).total for part in parts))


def unit_counts(frames: DayFrames, rows: pd.DataFrame, days: str | None = None) -> tuple[UnitCount, ...]:
    """Return how many of ``rows`` each unit has, the most first; ``days`` is the column of which the longest is told."""
    grouped = (
        rows.assign(longest=rows[days] if days else 0)
        .groupby("unit_id")
        .agg(n=("longest", "size"), m=("longest", "max"))
    )
    named = grouped.reset_index().assign(name=lambda frame: frames.unit_name(frame["unit_id"]))
    ordered = named.sort_values(["n", "m", "unit_id"], ascending=[False, False, True])
    return tuple(
        UnitCount(name, int(count), int(longest))
        for name, count, longest in zip(ordered["name"], ordered["n"], ordered["m"], strict=True)
    )


@dataclass(frozen=True, slots=True)
class FaultyUnits:
    """Units with replies that are overdue, came late or found no favour, with lapsed commitments, with backlog cases.

    ``rehandling``: of those whose replies found no favour, the ones that have not replied again.
    """

    overdue: tuple[UnitCount, ...]
    late: tuple[UnitCount, ...]
    dissatisfied: tuple[UnitCount, ...]
    rehandling: tuple[UnitCount, ...]
    lapsed: tuple[UnitCount, ...]
    in_backlog: tuple[UnitCount, ...]


def faulty_units(frames: DayFrames) -> FaultyUnits:
    """Return the units with faults; replies and forms of the sessions that count, commitments and backlog of all."""
    replies = frames.replies()
    plain = frames.obligations.astype({"unit_id": "str", "duty": "str", "state": "str", "proposal_id": "str"})
    forms = frames.items[frames.items["measure"] == Measure.SATISFACTION]
    again = plain[(plain["duty"] == "second_reply") & plain["state"].isin(NOT_DONE)]
    current = current_proposals(frames.facts, frames.scheme, frames.as_of)
    lead = frames.cases.set_index("proposal_id")["lead_unit_id"]
    backlog = frames.backlog.drop_duplicates("proposal_id")
    led = backlog.assign(unit_id=backlog["proposal_id"].map(lead)).dropna(subset=["unit_id"])
    return FaultyUnits(
        overdue=unit_counts(frames, replies[replies["state"] == State.OVERDUE], "days_late"),
        late=unit_counts(frames, replies[replies["state"] == State.MET_LATE]),
        dissatisfied=unit_counts(frames, forms[forms["is_dissatisfied"]]),
        rehandling=unit_counts(frames, again[again["proposal_id"].isin(current)]),
        lapsed=unit_counts(frames, plain[(plain["duty"] == "commitment") & (plain["state"] == State.OVERDUE)]),
        in_backlog=unit_counts(frames, led),
    )


def highlights(frames: DayFrames, groups: Mapping[str, str]) -> tuple[Named, ...]:
    """Return the units that answered everything, all of it in time, in the order of the groups.

    Too few cases, or a criticised unit, have no merit.
    """
    ranked = frames.ranked
    enough = ranked["caseload"] >= frames.scheme.minimum_caseload
    whole = ranked["reply_progress_count"] == ranked["reply_progress_total"]
    in_time = ranked["reply_on_time_count"] == ranked["reply_on_time_total"]
    blamed = ranked["unit_id"].isin(frames.lists.criticised["unit_id"])
    rows = ranked[(enough & whole & in_time & (ranked["reply_on_time_total"] > 0) & ~blamed).to_numpy(bool)]
    units = [name for group in groups_in_order(rows, groups) for name in rows.loc[rows["group"] == group, "name"]]
    return (Named(tuple(units), "承办的建议提案已全部答复，且均按期答复"),) if units else ()


def praised(frames: DayFrames, groups: Mapping[str, str]) -> tuple[Named, ...]:
    """Return the praised units by group."""
    return _by_group(frames.lists.praised, groups, "{}组综合得分居前")


def criticised(frames: DayFrames, groups: Mapping[str, str]) -> tuple[Named, ...]:
    """Return the criticised units, each once: those with nothing done before those at the end of their group."""
    listed = frames.lists.criticised
    zero = listed[listed["criterion"].str.startswith(ZERO)]
    last = listed[(listed["criterion"] == BOTTOM) & ~listed["unit_id"].isin(zero["unit_id"])]
    by_measure = [
        Named(tuple(rows["name"]), f"{MEASURE_LABELS[Measure(str(criterion).removeprefix(ZERO))]}为0")
        for criterion, rows in zero.groupby("criterion")
    ]
    return (*by_measure, *_by_group(last, groups, "{}组综合得分居后"))


def _by_group(rows: pd.DataFrame, groups: Mapping[str, str], reason: str) -> tuple[Named, ...]:
    parts = (
        (groups.get(name, name), rows.loc[rows["group"] == name, "name"]) for name in groups_in_order(rows, groups)
    )
    return tuple(Named(tuple(units), reason.format(title)) for title, units in parts if len(units))


def groups_in_order(rows: pd.DataFrame, groups: Mapping[str, str]) -> list[str]:
    """Return the groups in the jurisdiction's order; those that it doesn't name come last."""
    return [*groups, *sorted(set(rows["group"]) - set(groups))]


def zero_rates(frames: DayFrames) -> tuple[ZeroRate, ...]:
    """Return every measure of which a criticised unit has nothing done."""
    zero = frames.lists.criticised[frames.lists.criticised["criterion"].str.startswith(ZERO)]
    ranked = frames.ranked.set_index("unit_id")
    measures = zero["criterion"].str.removeprefix(ZERO)
    return tuple(
        ZeroRate(name, MEASURE_LABELS[Measure(measure)], int(ranked.loc[unit, f"{measure}_total"]))
        for unit, name, measure in zip(zero["unit_id"], zero["name"], measures, strict=True)
    )
