"""``serve`` on a real server: what is scheduled runs, and what is stopped leaves nothing behind."""

from __future__ import annotations

import sqlite3
import urllib.error
import urllib.request

import pytest

from tests.flows.serving import DIRECT, serving

pytestmark = pytest.mark.slow

DAILY = "每日督办"


def deployment(running, name):
    found = running.ask("deployments/filter", {"limit": 50})
    flows = {each["id"]: each["name"] for each in running.ask("flows/filter", {"limit": 50})}
    return next((each for each in found if flows[each["flow_id"]] == name), None)


def of(running, name, *states):
    identity = deployment(running, name)["id"]
    runs = running.runs(deployments={"id": {"any_": [identity]}})
    return [run for run in runs if run["state_type"] in states]


def is_listening(port):
    try:
        DIRECT.open(f"http://127.0.0.1:{port}/api/health", timeout=2)
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def ledger_rows(var, sql):
    with sqlite3.connect(var / "ledger.sqlite") as connection:
        return connection.execute(sql).fetchall()


def test_a_scheduled_run_appears_and_finishes_and_the_end_leaves_nothing_running(tmp_path):
    with serving(tmp_path, "-j", "demo-county") as running:
        daily = running.wait(lambda: deployment(running, DAILY), 120)
        every_minute = {"schedule": {"cron": "* * * * *", "timezone": "Asia/Shanghai"}, "active": True, "slug": "test"}
        running.ask(f"deployments/{daily['id']}/schedules", [every_minute])
        # SQLAlchemy 2.1 lets everything work but this: the scheduler creates no run, silently.
        scheduled = running.wait(
            lambda: [run for run in of(running, DAILY, "SCHEDULED", "RUNNING", "COMPLETED") if run["auto_scheduled"]],
            90,
        )
        assert scheduled
        done = running.wait(
            lambda: [run for run in of(running, DAILY, "COMPLETED", "FAILED") if run["auto_scheduled"]], 150
        )
        assert {run["state_type"] for run in done} == {"COMPLETED"}
        assert b"/api" in DIRECT.open(f"http://127.0.0.1:{running.port}/ui-settings", timeout=10).read()

        running.wait(lambda: of(running, DAILY, "RUNNING"), 150)
        assert running.stop() == 0
        assert not is_listening(running.port)
    assert ledger_rows(tmp_path, "select count(*) from runs where state = 'running'") == [(0,)]
    with sqlite3.connect(tmp_path / "prefect" / "prefect.db") as connection:
        states = dict(connection.execute("select state_type, count(*) from flow_run group by 1").fetchall())
    assert states.get("RUNNING", 0) == 0
    assert states["COMPLETED"] >= 1
