"""``serve`` for real: what is scheduled runs, missed days are made up, nothing calls home, nothing tells a secret.

The two stories are told once each; every test looks at one thing in them.
"""

from __future__ import annotations

import sqlite3
import time
import urllib.error
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tasks.adapters.ledger import runs
from tasks.adapters.ledger.engine import open_ledger
from tests.flows.serving import DIRECT, serving

pytestmark = pytest.mark.slow

DAILY, MADE_UP = "每日督办", "补做漏日"
UI, SMTP = "office:ui-geheim-4711", "smtp-geheim-4712"
OFFLINE = Path(__file__).parent / "offline"


@dataclass
class Story:
    var: Path
    today: object
    seen: dict = field(default_factory=dict)

    def ledger(self, sql):
        with sqlite3.connect(self.var / "ledger.sqlite") as connection:
            return connection.execute(sql).fetchall()

    def prefect(self, sql):
        with sqlite3.connect(self.var / "prefect" / "prefect.db") as connection:
            return connection.execute(sql).fetchall()


def deployment(running, name):
    flows = {each["id"]: each["name"] for each in running.ask("flows/filter", {"limit": 50})}
    found = running.ask("deployments/filter", {"limit": 50})
    return next((each for each in found if flows[each["flow_id"]] == name), None)


def of(running, name, *states):
    if not (found := deployment(running, name)):
        return []
    chosen = {"deployments": {"id": {"any_": [found["id"]]}}}
    return [run for run in running.runs(**chosen) if run["state_type"] in states]


def run_every_minute(running, name):
    schedule = {"schedule": {"cron": "* * * * *", "timezone": "Asia/Shanghai"}, "active": True, "slug": "test"}
    running.ask(f"deployments/{deployment(running, name)['id']}/schedules", [schedule])


def status_without_password(running):
    try:
        return DIRECT.open(f"http://127.0.0.1:{running.port}/api/flows/count", data=b"{}", timeout=5).status
    except urllib.error.HTTPError as error:
        return error.code


def is_listening(port):
    try:
        DIRECT.open(f"http://127.0.0.1:{port}/api/health", timeout=2)
    except (urllib.error.URLError, ConnectionError):
        return False
    return True


def command_lines(running):
    for pid in running.family():
        with suppress(OSError):
            yield Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")


@pytest.fixture(scope="module")
def an_office_day(tmp_path_factory):
    """Started three days after the last run, served with secrets and a guard on every connection, stopped in a run."""
    var, secrets = tmp_path_factory.mktemp("var"), tmp_path_factory.mktemp("secrets")
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    ledger = open_ledger(f"sqlite:///{var / 'ledger.sqlite'}")
    old = runs.start(ledger, "demo-county", "daily-supervision", today - timedelta(3), datetime.now(UTC))
    runs.finish(ledger, old, runs.RunState.SUCCEEDED, datetime.now(UTC), {})
    ledger.engine.dispose()
    (secrets / "ui").write_text(UI)
    (secrets / "smtp").write_text(SMTP)
    story = Story(var, today)
    guarded = {
        "PYTHONPATH": str(OFFLINE),
        "CALLS_FILE": str(secrets / "calls"),
        "DUBAN_UI_AUTH_FILE": str(secrets / "ui"),
        "DUBAN_SMTP__HOST": "127.0.0.1",
        "DUBAN_SMTP__PORT": "1",
        "DUBAN_SMTP__USER": "office",
        "DUBAN_SMTP__PASSWORD_FILE": str(secrets / "smtp"),
    }
    with serving(var, "-j", "demo-county", auth=UI, **guarded) as running:
        running.wait(lambda: of(running, MADE_UP, "COMPLETED"), 180)
        run_every_minute(running, DAILY)
        running.wait(lambda: [run for run in of(running, DAILY, "COMPLETED") if run["auto_scheduled"]], 240)
        story.seen["without password"] = status_without_password(running)
        story.seen["ui settings"] = DIRECT.open(f"http://127.0.0.1:{running.port}/ui-settings", timeout=10).read()
        running.wait(lambda: of(running, DAILY, "RUNNING"), 150)
        story.seen["command lines"] = list(command_lines(running))
        story.seen["exit code"] = running.stop()
        story.seen["listens"] = is_listening(running.port)
    story.seen["calls"] = (secrets / "calls").read_text() if (secrets / "calls").exists() else ""
    return story


def test_a_scheduled_run_appears_and_finishes(an_office_day):
    # SQLAlchemy 2.1 lets everything work but this: the scheduler creates no run, silently.
    done = "select count(*) from flow_run where auto_scheduled and state_type = 'COMPLETED'"
    assert an_office_day.prefect(done)[0][0] >= 1


def test_missed_days_are_made_up_in_order_and_send_nothing(an_office_day):
    made_up = an_office_day.ledger("select as_of, state from runs where flow = 'catch-up' order by started_at")
    assert made_up == [(str(an_office_day.today - timedelta(days)), "succeeded") for days in (2, 1)]
    assert an_office_day.ledger("select count(*) from plans where as_of < date('now', '-1 day', '+8 hours')") == [(0,)]


def test_a_stop_in_the_middle_of_a_run_leaves_none_running(an_office_day):
    assert an_office_day.seen["exit code"] == 0
    assert an_office_day.prefect("select count(*) from flow_run where state_type in ('RUNNING', 'PENDING')") == [(0,)]
    assert an_office_day.ledger("select count(*) from runs where state = 'running'") == [(0,)]


def test_a_stop_ends_the_server_too(an_office_day):
    assert not an_office_day.seen["listens"]


def test_the_interface_finds_its_server_under_any_name_and_port(an_office_day):
    assert b'"api_url":"/api"' in an_office_day.seen["ui settings"].replace(b" ", b"")


def test_the_interface_asks_for_the_password(an_office_day):
    assert an_office_day.seen["without password"] == 401


def test_nothing_looks_up_or_reaches_another_machine(an_office_day):
    assert an_office_day.seen["calls"] == ""


@pytest.mark.parametrize("secret", [UI, UI.partition(":")[2], SMTP])
def test_a_secret_is_in_no_file_log_or_process_list(an_office_day, secret):
    files = [path for path in an_office_day.var.rglob("*") if path.is_file()]
    assert [str(path) for path in files if secret.encode() in path.read_bytes()] == []
    assert [line for line in an_office_day.seen["command lines"] if secret in line] == []


@pytest.fixture(scope="module")
def a_power_cut(tmp_path_factory):
    """Everything killed in the middle of a run, and started again."""
    var = tmp_path_factory.mktemp("var")
    story = Story(var, None)
    with serving(var, "-j", "demo-county") as running:
        running.wait(lambda: deployment(running, DAILY), 180)
        run_every_minute(running, DAILY)
        running.wait(lambda: of(running, DAILY, "RUNNING"), 150)
        running.wait(lambda: story.ledger("select 1 from runs where state = 'running'"), 60)
        before = len(of(running, MADE_UP, "COMPLETED"))
        running.cut_the_power()
    story.seen["after the cut"] = story.ledger("select count(*) from runs where state = 'running'")
    with serving(var, "-j", "demo-county") as running:
        running.wait(lambda: len(of(running, MADE_UP, "COMPLETED")) > before, 180)
        running.stop()
    return story


@pytest.mark.parametrize("seconds", [3, 12])
def test_a_stop_while_starting_up_leaves_no_server_behind(tmp_path, seconds):
    with serving(tmp_path, "-j", "demo-county") as running:
        time.sleep(seconds)
        family = running.family()
        running.stop()
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []


def test_a_power_cut_leaves_no_run_running_after_the_next_start(a_power_cut):
    assert a_power_cut.seen["after the cut"] != [(0,)]
    assert a_power_cut.ledger("select count(*) from runs where state = 'running'") == [(0,)]
    assert a_power_cut.prefect("select count(*) from flow_run where state_type in ('RUNNING', 'PENDING')") == [(0,)]
