"""Every item that a rate counts: one row an obligation and measure, so that a number is a count of rows one can show."""

from __future__ import annotations

from datetime import date, datetime

import numpy as np
import pandas as pd

from tasks.domain.frames import EventKind, Facts, Grade, Outcome, Role, State
from tasks.domain.history import GRADE_ORDER, Mask, Timeline, overall_grade, timeline
from tasks.domain.outcomes import current_outcomes, outcome_history
from tasks.domain.ranking_scheme import MEASURES, Basis, MeasureSpec, RankingScheme, SatisfactionBase, Sessions
from tasks.domain.records import records

ITEM_COLUMNS = ["measure", "unit_id", "proposal_id", "duty", "round", "state", "due_on", "met_on", "is_counted"]
ITEM_COLUMNS += ["is_dissatisfied"]
DONE = (State.MET, State.MET_LATE)


def scoped(facts: Facts, obligations: pd.DataFrame, scheme: RankingScheme, as_of: date) -> pd.DataFrame:
    """Return the obligations with plain text columns, ``last_on`` (the last day that counts) and what the scheme reaches.

    ``is_current``: of a session that the scheme counts. ``has_fallen_due``: the last day is past; what is suspended has none.
    ``is_co_work``: owed as a co-unit.
    """
    owed = obligations.astype(
        dict.fromkeys(("proposal_id", "unit_id", "duty", "role", "state", "assignment_id"), "str")
    )
    last_on = owed["extended_to"].fillna(owed["due_on"])
    return owed.assign(
        last_on=last_on,
        is_current=owed["proposal_id"].isin(current_proposals(facts, scheme, as_of)),
        has_fallen_due=(last_on < pd.Timestamp(as_of)) & (owed["state"] != State.SUSPENDED),
        is_co_work=owed["role"] == Role.CO_ORGANISING,
    )


def current_proposals(facts: Facts, scheme: RankingScheme, as_of: date) -> pd.Series:
    """Return the ids of the proposals that the scheme counts: those of the latest sessions, or all that are assigned."""
    if scheme.sessions is Sessions.ALL:
        return _assigned(facts, as_of)["proposal_id"]
    return latest_sessions(facts, as_of)


def latest_sessions(facts: Facts, as_of: date) -> pd.Series:
    """Return the ids of the proposals of each kind's latest session.

    That is the one whose first assignment is the latest; a proposal without a session belongs to the year in which it was
    first assigned.
    """
    rows = _assigned(facts, as_of)
    session = rows["term"].astype("str") + "/" + rows["session"].astype("str")
    session = session.fillna(rows["first"].dt.year.astype("str"))
    opened = rows["first"].groupby([rows["kind"], session]).transform("min")
    return rows.loc[opened == opened.groupby(rows["kind"]).transform("max"), "proposal_id"]


def _assigned(facts: Facts, as_of: date) -> pd.DataFrame:
    """Return the proposals assigned by then, with the day of their ``first`` assignment."""
    begun = facts.assignments[facts.assignments["assigned_on"] <= pd.Timestamp(as_of)]
    first = begun.groupby("proposal_id")["assigned_on"].min().rename("first")
    return facts.proposals[["proposal_id", "kind", "term", "session"]].merge(first, on="proposal_id", how="inner")


def counted_items(
    facts: Facts, obligations: pd.DataFrame, scheme: RankingScheme, as_of: date, known_at: datetime | None = None
) -> pd.DataFrame:
    """Return one row per measure and item that it divides by; ``is_counted`` tells those of the numerator.

    Columns ``ITEM_COLUMNS``, in the order of measures, units and proposals; ``is_dissatisfied`` tells what the first form
    said. Excused obligations stand in no denominator.
    """
    owed = scoped(facts, obligations, scheme, as_of)
    owed = _with_feedback(owed[owed["state"] != State.EXCUSED], timeline(facts, as_of, known_at))
    parts = [_items(owed, spec, scheme, as_of) for spec in MEASURES]
    whole = pd.concat(parts, ignore_index=True)
    order = {spec.measure: place for place, spec in enumerate(MEASURES)}
    keys = whole.assign(place=whole["measure"].map(order))
    sorted_rows = keys.sort_values(["place", "unit_id", "proposal_id", "duty", "round"], kind="stable")
    return sorted_rows[ITEM_COLUMNS].reset_index(drop=True)


def _items(owed: pd.DataFrame, spec: MeasureSpec, scheme: RankingScheme, as_of: date) -> pd.DataFrame:
    """Return the rows of one measure."""
    reach = _recent(owed, scheme, as_of) if spec.is_follow_up else owed["is_current"]
    rows = owed[reach & owed["duty"].isin(spec.duties) & (owed["is_co_work"] == spec.is_co_work)]
    total, counted = _counts(rows, spec.basis, scheme)
    bad = (rows["first_grade"] == Grade.DISSATISFIED).to_numpy(dtype=bool)
    return rows.assign(measure=str(spec.measure), is_counted=counted, is_dissatisfied=bad)[total]


def _recent(owed: pd.DataFrame, scheme: RankingScheme, as_of: date) -> pd.Series:
    """Return which obligations fell due within the scheme's months before ``as_of``."""
    return owed["last_on"] >= pd.Timestamp(as_of) - pd.DateOffset(months=scheme.follow_up_months)


def _counts(rows: pd.DataFrame, basis: Basis, scheme: RankingScheme) -> tuple[Mask, Mask]:
    """Return which rows the measure divides by, and which of them it counts."""
    done = rows["state"].isin(DONE)
    content = rows["first_grade"].isin([Grade.SATISFIED, Grade.BASICALLY_SATISFIED])
    by_form = content if scheme.satisfaction is SatisfactionBase.ALL_ITEMS else rows["first_grade"].notna()
    every = pd.Series(True, index=rows.index)
    total, counted = {
        Basis.PROGRESS: (every, done),
        Basis.ON_TIME: (rows["has_fallen_due"], rows["state"] == State.MET),
        Basis.KEPT: (rows["has_fallen_due"], done),
        Basis.FORMS: (every if scheme.satisfaction is SatisfactionBase.ALL_ITEMS else by_form, content),
        Basis.CLASSES: (done & rows["outcome"].notna(), rows["outcome"] == Outcome.SOLVED),
    }[basis]
    return total.to_numpy(dtype=bool), (total & counted).to_numpy(dtype=bool)


def _with_feedback(owed: pd.DataFrame, now: Timeline) -> pd.DataFrame:
    """Add what the first form said (``first_grade``) and what the matter counts as (``outcome``), by assignment."""
    outcomes = current_outcomes(outcome_history(records(now))).set_index("assignment_id")["outcome"]
    return owed.assign(
        first_grade=owed["assignment_id"].map(_first_grades(now)), outcome=owed["assignment_id"].map(outcomes)
    )


def _first_grades(now: Timeline) -> pd.Series:
    """Return the worst grade on the forms of the first round, by assignment."""
    grades = graded_forms(now)
    worst = grades[grades["round"] == 1].groupby("assignment_id")["rank"].max()
    return worst.map(dict(enumerate(map(str, GRADE_ORDER))))


def graded_forms(now: Timeline) -> pd.DataFrame:
    """Return every form that gives a grade: assignment_id, round (of the reply that it answers) and rank (0 is best)."""
    forms = now.of_kind(EventKind.FEEDBACK)
    answered = np.maximum(now.replies.count_up_to(forms.assignment, forms.day), 1)
    grades = overall_grade(now.events["value"].iloc[forms.source_row])
    return pd.DataFrame(
        {
            "assignment_id": now.assignments["assignment_id"].to_numpy(dtype=object)[forms.assignment],
            "round": np.where(forms.round > 0, forms.round, answered),
            "rank": grades.map({str(grade): rank for rank, grade in enumerate(GRADE_ORDER)}).to_numpy(dtype=float),
        }
    ).dropna(subset=["rank"])


def excused_items(facts: Facts, obligations: pd.DataFrame, scheme: RankingScheme, as_of: date) -> pd.DataFrame:
    """Return how many items each unit is excused from: unit_id, duty, reason, count; only of the sessions that count."""
    owed = scoped(facts, obligations, scheme, as_of)
    rows = owed[owed["is_current"] & (owed["state"] == State.EXCUSED)].astype({"reason": "str"})
    return rows.groupby(["unit_id", "duty", "reason"]).size().rename("count").reset_index()
