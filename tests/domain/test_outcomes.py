"""What a matter counts as: replies, look-backs and kept promises in order."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.domain.history import timeline
from tasks.domain.outcomes import current_outcomes, outcome_history, reclassifications
from tasks.domain.records import records
from tests.builders import facts

LEAD = {"proposal_id": "甲", "unit_id": "水利局", "assigned_on": "2025-03-10"}


def history(*told, role="lead", as_of=date(2026, 12, 1)):
    events = [
        {"proposal_id": "甲", "unit_id": "水利局", "happened_on": day, "kind": kind, "value": value}
        for day, kind, value in told
    ]
    return outcome_history(records(timeline(facts(assignments=[LEAD | {"role": role}], events=events), as_of)))


def current(*told):
    row = current_outcomes(history(*told)).iloc[0]
    return row["outcome"], row["since_reply"].date().isoformat()


SOLVED = ("2025-06-01", "reply_issued", "solved")
PLANNED = ("2025-06-01", "reply_issued", "planned")
EXPLAINED = ("2025-06-01", "reply_issued", "explained")


@pytest.mark.parametrize(
    ("reply", "finding", "outcome"),
    [
        (PLANNED, "done", "solved"),
        (EXPLAINED, "done", "solved"),
        (SOLVED, "pushing", "planned"),
        (SOLVED, "planned", "planned"),
        (SOLVED, "not_feasible", "planned"),
        (PLANNED, "not_feasible", "planned"),
        (EXPLAINED, "not_feasible", "explained"),
    ],
)
def test_a_look_back_says_what_the_matter_really_is(reply, finding, outcome):
    assert current(reply, ("2025-12-01", "looked_back", finding))[0] == outcome


def test_the_latest_look_back_counts():
    assert (
        current(PLANNED, ("2025-12-01", "looked_back", "done"), ("2026-06-01", "looked_back", "pushing"))[0]
        == "planned"
    )


def test_a_second_plan_does_not_restart_the_clock():
    assert current(PLANNED, ("2025-08-01", "reply_issued", "planned")) == ("planned", "2025-06-01")


def test_a_plan_after_an_explanation_starts_its_own_clock():
    assert current(EXPLAINED, ("2025-08-01", "reply_issued", "planned")) == ("planned", "2025-08-01")


def test_a_matter_found_unsolved_counts_from_the_reply_that_called_it_solved():
    assert current(SOLVED, ("2025-12-01", "looked_back", "pushing")) == ("planned", "2025-06-01")


def test_a_reply_without_an_outcome_changes_nothing():
    assert current(PLANNED, ("2025-08-01", "reply_issued", None)) == ("planned", "2025-06-01")


def test_only_the_last_open_promise_kept_solves():
    made = [("2025-06-01", "commitment_made", None), ("2025-06-02", "commitment_made", None)]
    first, second = ("2026-01-01", "commitment_fulfilled", None), ("2026-02-01", "commitment_fulfilled", None)
    assert current(PLANNED, *made, first)[0] == "planned"
    assert current(PLANNED, *made, first, second)[0] == "solved"


def test_every_reclassification_is_kept_with_what_caused_it():
    rows = reclassifications(
        history(SOLVED, ("2025-12-01", "looked_back", "pushing"), ("2026-06-01", "looked_back", "done"))
    )
    assert rows[["previous", "outcome", "source"]].to_numpy().tolist() == [
        ["solved", "planned", "looked_back"],
        ["planned", "solved", "looked_back"],
    ]


def test_a_look_back_before_any_reply_is_no_outcome():
    assert history(("2025-05-01", "looked_back", "done")).empty


def test_an_opinion_giver_has_no_outcome():
    assert history(PLANNED, role="co_organising").empty


def test_what_happens_later_is_not_known():
    rows = history(SOLVED, ("2025-12-01", "looked_back", "pushing"), as_of=date(2025, 11, 30))
    assert rows["outcome"].tolist() == ["solved"]
