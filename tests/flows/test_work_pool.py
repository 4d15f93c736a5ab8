"""Several machines: ``prefect.yaml`` deploys to a work pool, and a worker runs what it names."""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.flows.serving import ROOT, Serving, clean_environment, free_port

pytestmark = pytest.mark.slow


@contextmanager
def started(log, environment, *command):
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()


def prefect(environment, *words):
    done = subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *words],
        cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A server, a pool with the deployments of prefect.yaml, and a worker of it."""
    var, port = tmp_path_factory.mktemp("var"), free_port()
    environment = clean_environment(
        var, PREFECT_SERVER_ANALYTICS_ENABLED="false", DO_NOT_TRACK="1", PREFECT_SERVER_UI_API_URL="/api"
    )
    server_log, worker_log = var / "server.log", var / "worker.log"
    address = {"PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    with started(server_log, environment, "prefect", "server", "start", "--port", str(port)) as server:
        running = Serving(server, port, server_log, None)
        running.wait(lambda: running.ask("health"), 120)
        prefect(environment | address, "work-pool", "create", "duban", "--type", "process", "--overwrite")
        prefect(environment | address, "deploy", "--all")
        with started(worker_log, environment | address, "prefect", "worker", "start", "--pool", "duban"):
            yield running, environment | address, Path(worker_log)


def test_every_deployment_of_the_file_is_there_with_its_schedules(office):
    running, _, _ = office
    found = running.ask("deployments/filter", {"limit": 50})
    slugs = {schedule["slug"] for each in found for schedule in each["schedules"]}
    assert {"before-morning", "morning", "office-hours"} <= slugs
    assert {each["work_pool_name"] for each in found} == {"duban"}


def test_a_worker_runs_a_deployment_by_its_module_entrypoint(office):
    running, environment, worker_log = office
    prefect(environment, "deployment", "run", "补做漏日/demo")
    done = running.wait(lambda: [run for run in running.runs() if run["state_type"] in ("COMPLETED", "FAILED")], 180)
    assert [run["state_type"] for run in done] == ["COMPLETED"], worker_log.read_text()[-3000:]
