"""Several machines: two API servers and their services over PostgreSQL and Redis, two workers, one ledger.

One story, told once: the worker that runs the day is killed in the middle; the day is tried again by the other worker, whose
server is killed and restarted in the middle of that; and the day completes once.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from flows.dead_runs import MISSED_BEATS
from tests.flows.serving import ROOT, Serving, clean_environment, free_port
from tests.servers import absent

pytestmark = pytest.mark.slow
PLACE, DAILY, CATCH_UP = "demo-county", "每日督办", "补做漏日"
# The least that Prefect takes; four of them missed is a dead run.
HEARTBEAT = 30


@contextmanager
def running(log: Path, environment, *words):
    with log.open("ab") as file:
        command = [sys.executable, "-m", "flows", *words]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        kill(process)


def kill(process):
    """Kill a process and all that it started, as a machine that loses its power does."""
    if process.poll() is None:
        for pid in Serving(process, 0, None, None).family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait(30)


@contextmanager
def redis_server(folder):
    port = free_port()
    try:
        process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)],
            stdout=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        absent("no redis-server to test with")
    try:
        yield f"redis://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


@dataclass
class Office:
    """The machines: servers by letter, workers by letter, and the one ledger."""

    var: Path
    environment: dict
    ledger_url: str
    stack: ExitStack
    ports: dict = field(default_factory=dict)
    processes: dict = field(default_factory=dict)

    def address(self, server):
        return self.environment | {"PREFECT_API_URL": f"http://127.0.0.1:{self.ports[server]}/api"}

    def start(self, name, environment, *words):
        process = self.stack.enter_context(running(self.var / f"{name}.log", environment, *words))
        self.processes[name] = process
        return process

    def start_server(self, name):
        port = self.ports.setdefault(name, free_port())
        words = ("server", "start", "--no-services", "--port", str(port))
        self.start(f"server-{name}", self.environment, "prefect", *words)
        self.at(name).wait(lambda: self.at(name).ask("health"), 180)

    def start_worker(self, name, server):
        self.start(
            f"worker-{name}", self.address(server), "prefect", "worker", "start", "--pool", "duban", "--name", name
        )

    def at(self, server):
        """Return the API of a server."""
        return Serving(self.processes[f"server-{server}"], self.ports[server], self.var / f"server-{server}.log", None)

    def command(self, server, *words):
        given = [sys.executable, "-m", "flows", *words]
        done = subprocess.run(
            given, cwd=ROOT, env=self.address(server), capture_output=True, text=True, encoding="utf-8", check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run(self, server, flow, **parameters):
        """Ask for a run of a flow of the jurisdiction and return its id."""
        api = self.at(server)
        flows = {each["name"]: each["id"] for each in api.ask("flows/filter", {"limit": 50})}
        (found,) = [each for each in api.ask("deployments/filter", {}) if each["flow_id"] == flows[flow]]
        made = api.ask(f"deployments/{found['id']}/create_flow_run", {"parameters": found["parameters"] | parameters})
        return made["id"]

    def state(self, server, run):
        return self.at(server).ask(f"flow_runs/{run}")["state_type"]

    def wait_for(self, server, run, state, seconds):
        self.at(server).wait(lambda: self.state(server, run) == state, seconds)

    def ledger(self, query):
        engine = sa.create_engine(self.ledger_url)
        with engine.connect() as connection:
            rows = [tuple(row) for row in connection.exec_driver_sql(query)]
        engine.dispose()
        return rows

    @contextmanager
    def nothing_can_be_queued(self):
        """Hold every run that has come as far as the outbox."""
        engine = sa.create_engine(self.ledger_url)
        with engine.connect() as connection, connection.begin():
            connection.exec_driver_sql("LOCK TABLE plans IN ACCESS EXCLUSIVE MODE")
            yield
        engine.dispose()

    def is_held(self):
        query = "select count(*) from pg_locks l join pg_class c on c.oid = l.relation where relname = 'plans' and not granted"
        return self.ledger(query)[0][0]


@pytest.fixture(scope="module")
def office(tmp_path_factory, databases):
    var = tmp_path_factory.mktemp("var")
    ledger, prefect = databases
    with ExitStack() as stack:
        environment = clean_environment(
            var,
            DUBAN_LEDGER_URL=ledger,
            DUBAN_PREFECT_DATABASE_URL=prefect,
            DUBAN_REDIS_URL=stack.enter_context(redis_server(var)),
            PREFECT_FLOWS_HEARTBEAT_FREQUENCY=str(HEARTBEAT),
            PREFECT_SERVER_CONCURRENCY_INITIAL_DEPLOYMENT_LEASE_DURATION="60",
        )
        made = Office(var, environment, ledger, stack)
        made.ports["a"] = free_port()
        made.command("a", "prefect", "server", "database", "upgrade", "-y")
        made.command("a", "ledger", "upgrade")
        made.environment["PREFECT_SERVER_DATABASE_MIGRATE_ON_START"] = "false"
        made.start_server("a")
        made.start_server("b")
        made.start("services", environment, "prefect", "server", "services", "start")
        deployed = var / "prefect.yaml"
        deployed.write_text(made.command("a", "deployments", "-j", PLACE), encoding="utf-8")
        made.command("a", "prefect", "work-pool", "create", "duban", "--type", "process", "--overwrite")
        made.command("a", "prefect", "deploy", "--all", "--prefect-file", str(deployed))
        # Only the runs of this story: none that a real clock would add.
        for each in made.at("a").ask("deployments/filter", {}):
            made.at("a").ask(f"deployments/{each['id']}/pause_deployment", {})
        yield made


@pytest.fixture(scope="module")
def story(office):
    """The day, its killed worker, its killed server."""
    office.start_worker("one", "a")
    first = office.run("a", DAILY)
    with office.nothing_can_be_queued():
        office.at("a").wait(office.is_held, 180)
        kill(office.processes["worker-one"])
    office.start_worker("two", "b")
    again = office.run("b", DAILY, unless_done=True)
    # It waits for the slot that the dead run holds, until somebody finds it dead.
    time.sleep(MISSED_BEATS * HEARTBEAT)
    while office.state("b", first) == "RUNNING":
        office.wait_for("b", office.run("b", CATCH_UP), "COMPLETED", 240)
        time.sleep(10)
    with office.nothing_can_be_queued():
        office.at("b").wait(office.is_held, 300)
        kill(office.processes["server-b"])
        time.sleep(5)
        office.start_server("b")
    office.wait_for("b", again, "COMPLETED", 240)
    third = office.run("a", DAILY, unless_done=True)
    office.wait_for("a", third, "COMPLETED", 240)
    return {"first": first, "again": again, "third": third}


def test_the_day_completes_once(office, story):
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    done = "select as_of, state from runs where flow = 'daily-supervision' and state = 'succeeded'"
    assert office.ledger(done) == [(today, "succeeded")]
    assert office.ledger("select count(*) from plans where kind = 'night'") == [(1,)]


def test_the_killed_run_is_not_left_in_running(office, story):
    assert office.state("a", story["first"]) == "CRASHED"


def test_no_step_is_asked_for_twice_and_no_mail_lies_there_twice(office, story):
    key = "proposal_id, unit_id, duty, round, level, occurrence"
    assert office.ledger(f"select {key} from notices group by {key} having count(*) > 1") == []
    names = [path.name for path in (office.var / "mail").rglob("*.eml")]
    assert not [name for name in names if "(2)" in name]


def test_both_servers_tell_the_same(office, story):
    states = [{run: office.state(server, run) for run in story.values()} for server in ("a", "b")]
    assert states[0] == states[1]
    assert set(states[0].values()) == {"CRASHED", "COMPLETED"}
