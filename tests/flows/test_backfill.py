"""Past days: the same as the run of that day, stored once, never sent, and whole after any kill."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from flows.backfill import backfill
from flows.daily_supervision import daily_supervision
from tasks.adapters.ledger import assessments, snapshots
from tasks.adapters.workplace import open_workplace
from tasks.assess import assess_day, obligations_of
from tasks.domain.errors import ConfigurationError

pytestmark = pytest.mark.flow
ROOT = Path(__file__).parents[2]
START, END = date(2026, 6, 25), date(2026, 7, 15)


def stored_days(town):
    workplace = open_workplace(town.name)
    return {made.as_of: made for made in assessments.between(workplace.ledger, town.name, START, END)}, workplace


def test_a_backfilled_day_equals_the_run_of_that_day_row_for_row(county):
    counts = backfill(county.name, START, END)
    assert counts == {"days": 21, "stored": 21, "differences": 0}
    made, workplace = stored_days(county)
    for day in (START, date(2026, 7, 1), END):
        run = assess_day(workplace, made[day].snapshot_id, day, made[day].made_at).obligations
        pd.testing.assert_frame_equal(obligations_of(workplace, made[day]), run)


def test_a_backfill_sends_and_queues_nothing(county):
    daily_supervision(county.name, date(2026, 6, 20))
    tables = [name for (name,) in county.ledger("select name from sqlite_master where type = 'table'")]
    written = {"assessments", "runs", "snapshots"}
    before = {name: county.ledger(f"select * from {name}") for name in tables if name not in written}
    mails = county.mails()
    backfill(county.name, START, END)
    assert {name: county.ledger(f"select * from {name}") for name in before} == before
    assert county.mails() == mails


def test_what_a_backfill_does_cannot_reach_mail_or_outbox():
    closed = ("yagmail", "tasks.adapters.mail", "tasks.adapters.sending", "tasks.adapters.ledger.outbox")
    code = f"import sys, tasks.backfill; print([name for name in {closed} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_days_that_are_stored_are_not_computed_again(county):
    backfill(county.name, START, date(2026, 7, 1))
    before = county.ledger("select assessment_id, obligations_hash from assessments order by 1")
    again = backfill(county.name, START, END)
    assert again["stored"] == 14
    after = county.ledger("select assessment_id, obligations_hash from assessments order by 1")
    assert set(before) <= set(after)


def test_a_day_that_comes_out_differently_is_stored_beside_the_old_one_and_reported(county):
    daily_supervision(county.name, END)
    day = pd.Timestamp(END)
    workplace = open_workplace(county.name)
    last = snapshots.latest(workplace.ledger, county.name)
    facts = snapshots.load(workplace.ledger, last.snapshot_id)
    replied = facts.events["kind"] == "reply_issued"
    assert (facts.events.loc[replied, "happened_on"] <= day).any()
    changed = type(facts)(**(facts.frames() | {"events": facts.events[~replied]}))
    snapshots.store(workplace.ledger, county.name, changed, pd.DataFrame(), last.taken_at + timedelta(hours=1))
    assert backfill(county.name, END, END)["differences"] > 0
    assert county.ledger("select count(*) from assessments")[0][0] == 2
    assert list((county.var / "backfill").glob("补算-*.xlsx"))


def test_what_was_recorded_later_was_not_known_then(county):
    daily_supervision(county.name, date(2026, 6, 20))
    workplace = open_workplace(county.name)
    last = snapshots.latest(workplace.ledger, county.name)
    facts = snapshots.load(workplace.ledger, last.snapshot_id)
    late = facts.events["kind"].eq("reply_issued") & (facts.events["happened_on"] < "2026-07-01")
    stamped = facts.events.assign(recorded_at=facts.events["recorded_at"].mask(late, pd.Timestamp("2026-08-01T00:00Z")))
    snapshots.store(
        workplace.ledger,
        county.name,
        type(facts)(**(facts.frames() | {"events": stamped})),
        pd.DataFrame(),
        workplace.opening(date(2026, 6, 24)),
    )
    assert backfill(county.name, END, END, known_then=True)["differences"] > 0
    made, workplace = stored_days(county)
    then = obligations_of(workplace, made[END])
    replies = then[then["duty"] == "reply"]
    assert not (replies["met_on"] < pd.Timestamp("2026-07-01")).any()


def test_a_day_to_come_or_an_inverted_range_is_wrong_use(county):
    with pytest.raises(ConfigurationError, match="未来"):
        backfill(county.name, END, START)
    with pytest.raises(ConfigurationError, match="未来"):
        backfill(county.name, START, date(2099, 1, 1))
