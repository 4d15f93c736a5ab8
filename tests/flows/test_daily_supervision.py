"""The night's run as the office has it."""

from __future__ import annotations

from datetime import date

import pytest

from flows.daily_supervision import daily_supervision
from tasks.domain.errors import SourceError
from tests.installations import copied, ran

pytestmark = pytest.mark.flow
DAY = date(2026, 7, 15)


@pytest.fixture(scope="module")
def first_night(tmp_path_factory, prefect_server):
    """An installation after its first night, lived through once; and what the run said."""
    return ran(tmp_path_factory.mktemp("night"), lambda: daily_supervision("demo-county", DAY))


@pytest.fixture
def night(county, first_night):
    """A copy of it, as the test's own: what the run said."""
    var, said = first_night
    copied(var, county.var)
    return said


def test_a_night_reads_assesses_queues_and_delivers(county, night):
    assert night["overdue"] > 0
    assert county.mails()
    assert county.ledger("select count(*) from snapshots")[0][0] >= 1
    assert dict(county.ledger("select flow, state from runs")) == {
        "daily-supervision": "succeeded",
        "delivery": "succeeded",
    }


def test_the_same_night_again_sends_nothing_new(county, night):
    before = county.mails()
    again = daily_supervision(county.name, DAY)
    assert county.mails() == before
    assert again["mails"] == 0


def test_a_dry_run_changes_nothing(county, night):
    tables = [name for (name,) in county.ledger("select name from sqlite_master where type = 'table'")]
    before = {name: county.ledger(f"select * from {name}") for name in tables}
    files = sorted(path for path in county.var.rglob("*") if "ledger" not in path.name)
    assert daily_supervision(county.name, date(2026, 7, 20), dry_run=True)["send"] > 0
    assert {name: county.ledger(f"select * from {name}") for name in tables} == before
    assert sorted(path for path in county.var.rglob("*") if "ledger" not in path.name) == files


def test_a_source_that_lost_a_fifth_of_its_rows_keeps_the_last_snapshot_and_sends_nothing(county, night):
    before, snapshots = county.mails(), county.ledger("select count(*) from snapshots")
    table = county.largest_table()
    county.change(f'delete from "{table}" where rowid % 5 = 0')
    with pytest.raises(SourceError) as refused:
        daily_supervision(county.name, date(2026, 7, 16))
    assert "max_drop" in str(refused.value)
    assert county.mails() == before
    assert county.ledger("select count(*) from snapshots") == snapshots
    assert county.ledger("select state from runs where as_of = '2026-07-16'") == [("failed",)]


def test_a_day_off_computes_and_queues_but_sends_on_the_next_workday(county):
    daily_supervision(county.name, date(2026, 7, 18))
    assert county.mails() == []
    queued = county.ledger("select count(*) from messages where state = 'queued'")[0][0]
    assert queued > 0
    daily_supervision(county.name, date(2026, 7, 20))
    assert len(county.mails()) >= queued


def test_the_number_of_task_runs_does_not_grow_with_the_proposals(county):
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter
    from prefect.client.schemas.sorting import FlowRunSort

    day = date(2026, 8, 12)
    daily_supervision(county.name, day)
    with get_client(sync_client=True) as client:
        named = FlowRunFilter(name={"like_": str(day)})
        runs = client.read_flow_runs(flow_run_filter=named, sort=FlowRunSort.START_TIME_DESC)
        tasks = client.read_task_runs(flow_run_filter=named)
    assert {run.name for run in runs} == {f"督办-demo-county-{day}", f"发送-demo-county-{day}"}
    assert len(tasks) < 12


def test_trying_again_does_nothing_once_the_day_is_done(county):
    daily_supervision(county.name, DAY, unless_done=True)
    before = county.ledger("select count(*) from runs")
    assert daily_supervision(county.name, DAY, unless_done=True) == {}
    assert county.ledger("select count(*) from runs") == before


def test_trying_again_does_the_day_that_failed_before(county, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setenv("DUBAN_SOURCE_URL__DEMO_COUNTY", "postgresql+psycopg://nobody@127.0.0.1:1/none")
        with pytest.raises(SourceError):
            daily_supervision(county.name, DAY, unless_done=True)
    assert daily_supervision(county.name, DAY, unless_done=True)["mails"] > 0
