"""Points for and against a unit: one row for every case that earns or loses some."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

import numpy as np
import pandas as pd

from tasks.domain.deadlines import Limit, LimitUnit
from tasks.domain.frames import Facts, Grade, State
from tasks.domain.history import GRADE_ORDER, Mask, day_array, timeline
from tasks.domain.ranking_measures import DONE, graded_forms, scoped
from tasks.domain.ranking_scheme import PointRule, PointsFor, RankingScheme
from tasks.domain.workdays import WorkdayCalendar

POINT_COLUMNS = ["place", "unit_id", "proposal_id", "duty", "round", "last_on", "met_on"]
LATE = {PointsFor.LATE: (State.MET_LATE, State.OVERDUE), PointsFor.OVERDUE: (State.OVERDUE,)}


def point_items(
    facts: Facts,
    obligations: pd.DataFrame,
    scheme: RankingScheme,
    calendar: WorkdayCalendar,
    as_of: date,
    known_at: datetime | None = None,
) -> pd.DataFrame:
    """Return the cases that earn or lose points; ``place`` is the rule's place in ``scheme.points``.

    Criticisms are no case of the frame: they come from the office's own record.
    """
    owed = scoped(facts, obligations, scheme, as_of)
    owed = owed[owed["is_current"] & (owed["state"] != State.EXCUSED)]
    parts = [owed.iloc[:0].assign(place=0)]
    for place, rule in enumerate(scheme.points):
        if rule.what is PointsFor.DISSATISFIED:
            parts.append(_dissatisfied(owed, facts, as_of, known_at).assign(place=place))
        elif rule.what is not PointsFor.CRITICISED:
            rows = owed[owed["duty"] == rule.duty]
            parts.append(rows[_earning(rows, rule, calendar)].assign(place=place))
    whole = pd.concat(parts, ignore_index=True).sort_values(["place", "unit_id", "proposal_id", "round"], kind="stable")
    return whole[POINT_COLUMNS].reset_index(drop=True)


def _earning(rows: pd.DataFrame, rule: PointRule, calendar: WorkdayCalendar) -> Mask:
    """Return which rows the rule speaks of."""
    if rule.what in LATE:
        return rows["state"].isin(LATE[rule.what]).to_numpy()
    assert rule.ahead is not None, "validated: early names its lead"
    done = rows["state"].isin(DONE).to_numpy()
    return done & _is_ahead(rows, rule.ahead, calendar)


def _is_ahead(rows: pd.DataFrame, ahead: Limit, calendar: WorkdayCalendar) -> Mask:
    """Return which acts were done at least that long before their last day."""
    last = day_array(rows["last_on"])
    met = np.where(np.isnat(day_array(rows["met_on"])), last, day_array(rows["met_on"]))
    lead = calendar.workdays_between(met, last) if ahead.unit is LimitUnit.WORKDAYS else (last - met).astype(int)
    return np.asarray(lead) >= ahead.count


def _dissatisfied(owed: pd.DataFrame, facts: Facts, as_of: date, known_at: datetime | None) -> pd.DataFrame:
    """Return the replies that a form found wanting, once for each round."""
    forms = graded_forms(timeline(facts, as_of, known_at))
    bad = forms[forms["rank"] == GRADE_ORDER.index(Grade.DISSATISFIED)].drop_duplicates(["assignment_id", "round"])
    replies = owed[owed["duty"] == "reply"].drop(columns="round")
    return replies.merge(bad[["assignment_id", "round"]], on="assignment_id", how="inner")


def earned_points(items: pd.DataFrame, scheme: RankingScheme, criticisms: Mapping[str, int]) -> dict[str, Decimal]:
    """Return each unit's points; a unit without any is absent."""
    points: dict[str, Decimal] = {}
    for (unit, place), count in items.groupby(["unit_id", "place"]).size().items():
        points[unit] = points.get(unit, Decimal(0)) + count * scheme.points[place].points
    for rule in (rule for rule in scheme.points if rule.what is PointsFor.CRITICISED):
        for unit, count in criticisms.items():
            points[unit] = points.get(unit, Decimal(0)) + count * rule.points
    return points
