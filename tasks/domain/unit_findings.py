"""Findings about units and persons: forms, last-day replies, the three responsible, how the work is spread."""

from __future__ import annotations

import pandas as pd

from tasks.domain.finding_rules import Confidence
from tasks.domain.frames import EventKind, Grade, State, label
from tasks.domain.history import overall_grade
from tasks.domain.ranking import percentage
from tasks.domain.reply_findings import Handled, found
from tasks.domain.responsibility import BY, handler_loads, missing_responsible


def all_satisfied_few_forms(case: Handled) -> pd.DataFrame:
    """A unit with enough replies, few of which came back with a form, all of them satisfied.

    A reply too young to miss its form is not counted.
    """
    rules = case.rules
    forms = case.of_kinds(EventKind.FEEDBACK)
    grades = overall_grade(forms["value"]).groupby(forms["position"]).agg(list)
    last = case.replies[case.replies["is_last"]]
    last = last.assign(grades=last["position"].map(grades))
    age = (case.as_of - last["replied_on"]).dt.days
    ripe = last[(age > rules.form_missing_after_days) | last["grades"].notna()]
    good = ripe["grades"].map(lambda given: isinstance(given, list) and set(given) == {str(Grade.SATISFIED)})
    units = (
        ripe.assign(has_form=ripe["grades"].notna(), is_good=good)
        .groupby(BY)
        .agg(replies=("position", "size"), forms=("has_form", "sum"), good=("is_good", "sum"))
    )
    few = units["forms"] < rules.few_forms_below_share * units["replies"]
    rows = units[(units["replies"] >= rules.few_forms_least_replies) & (units["forms"] > 0) & few]
    rows = rows[rows["good"] == rows["forms"]]
    evidence = [f"答复{row.replies}件，只收回反馈表{row.forms}份，全部满意" for row in rows.itertuples()]
    return _of_units(rows, evidence, Confidence.MEDIUM)


def replies_on_last_day(case: Handled) -> pd.DataFrame:
    """A unit with enough replies, most of which were issued in the last days before the time was up."""
    rules = case.rules
    owed = case.obligations
    owed = owed[(owed["duty"] == "reply") & owed["state"].isin([State.MET, State.MET_LATE])]
    owed = owed.assign(unit_id=owed["unit_id"].astype("str"), year=owed["starts_on"].dt.year)
    left = (owed["extended_to"].fillna(owed["due_on"]) - owed["met_on"]).dt.days
    last = (left >= 0) & (left < rules.last_day_counts_days)
    units = owed.assign(is_last=last).groupby(BY).agg(replies=("is_last", "size"), last=("is_last", "sum"))
    enough = (units["replies"] >= rules.last_day_least_replies) & (units["last"] > 0)
    rows = units[enough & (units["last"] >= rules.last_day_from_share * units["replies"])]
    days = "最后一天" if rules.last_day_counts_days == 1 else f"最后{rules.last_day_counts_days}天"
    evidence = [f"答复{row.replies}件，其中{row.last}件在期限{days}" for row in rows.itertuples()]
    return _of_units(rows, evidence, Confidence.LOW)


def responsible_missing(case: Handled) -> pd.DataFrame:
    """A running assignment, older than so many days, without leader, section or handler."""
    rows = missing_responsible(case)
    role = rows["role"].map(lambda role: label("role", role)).astype("str")
    return found(rows, role + "未明确" + rows["missing"], Confidence.HIGH)


def handler_overloaded(case: Handled) -> pd.DataFrame:
    """A handler with more than so many of a unit's items of a year, or more than a share of them if they are not few."""
    rows = handler_loads(case)
    evidence = [
        f"{row.handler}经办{row.load}件，占本单位{row.items}件的{percentage(row.load, row.items)}%"
        for row in rows.itertuples()
    ]
    return _of_units(rows.set_index(BY), evidence, Confidence.MEDIUM)


def _of_units(rows: pd.DataFrame, evidence: list[str], confidence: Confidence) -> pd.DataFrame:
    """Return findings about the units of ``rows`` (indexed by unit and year)."""
    units = rows.index.to_frame(index=False)[BY]
    said = pd.Series(evidence, index=units.index, dtype="str")
    return units.assign(subject=units["unit_id"], evidence=said, confidence=str(confidence))
