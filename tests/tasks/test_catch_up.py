"""Missed days come from our own record of runs, in order; what a stopped process left open is closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from tasks.adapters.ledger import runs
from tasks.catch_up import LONGEST_GAP, LONGEST_RUN, close_abandoned, close_endless, is_answered, missed_days

START = date(2026, 7, 6)
NOON = datetime(2026, 7, 13, 4, tzinfo=UTC)


def supervised(ledger, *days, flow="daily-supervision", state=runs.RunState.SUCCEEDED):
    for day in days:
        run = runs.start(ledger, "demo", flow, day, NOON)
        if state:
            runs.finish(ledger, run, state, NOON, {})


def test_a_new_installation_has_missed_nothing(ledger):
    assert missed_days("demo", START) == []


def test_days_without_a_successful_run_are_missed_in_order(ledger):
    supervised(ledger, START, START + timedelta(3))
    supervised(ledger, START + timedelta(1), state=runs.RunState.FAILED)
    assert missed_days("demo", START + timedelta(5)) == [START + timedelta(n) for n in (1, 2, 4)]


def test_a_day_made_up_is_missed_no_more(ledger):
    supervised(ledger, START, START + timedelta(2))
    supervised(ledger, START + timedelta(1), flow="catch-up")
    assert missed_days("demo", START + timedelta(3)) == []


def test_today_is_not_missed_yet(ledger):
    supervised(ledger, START)
    assert missed_days("demo", START + timedelta(1)) == []


def test_other_flows_and_other_jurisdictions_answer_for_nothing(ledger):
    supervised(ledger, START)
    supervised(ledger, START + timedelta(1), flow="delivery")
    assert missed_days("demo", START + timedelta(2)) == [START + timedelta(1)]
    assert missed_days("demo-county", START + timedelta(2)) == []


def test_a_system_put_away_for_long_makes_up_the_last_weeks_only(ledger):
    supervised(ledger, START - timedelta(400))
    assert missed_days("demo", START) == [START - LONGEST_GAP + timedelta(n) for n in range(LONGEST_GAP.days)]


def test_only_a_successful_supervision_answers_for_the_day(ledger):
    supervised(ledger, START, state=runs.RunState.FAILED)
    assert not is_answered("demo", START)
    supervised(ledger, START)
    assert is_answered("demo", START)


def test_runs_left_open_are_closed_as_failed_and_others_stay(ledger):
    supervised(ledger, START, state=None)
    supervised(ledger, START)
    assert close_abandoned("demo", NOON) == 1
    assert {run.state for run in runs.recent(ledger, "demo", "daily-supervision")} == {"failed", "succeeded"}
    assert close_abandoned("demo", NOON) == 0


def test_a_run_that_was_alive_all_the_same_records_its_own_end(ledger):
    run = runs.start(ledger, "demo", "daily-supervision", START, NOON)
    close_abandoned("demo", NOON)
    runs.finish(ledger, run, runs.RunState.SUCCEEDED, NOON, {})
    assert is_answered("demo", START)


def test_a_run_of_which_nothing_was_heard_for_hours_is_closed_and_a_younger_one_is_not(ledger):
    runs.start(ledger, "demo", "daily-supervision", START, NOON - LONGEST_RUN - timedelta(minutes=1))
    runs.start(ledger, "demo", "delivery", START, NOON - LONGEST_RUN + timedelta(minutes=1))
    assert close_endless("demo", NOON) == 1
    assert [run.state for run in runs.recent(ledger, "demo", "daily-supervision")] == ["failed"]
    assert [run.state for run in runs.recent(ledger, "demo", "delivery")] == ["running"]
