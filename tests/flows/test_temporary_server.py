"""The server of a single command: up while the command loads, gone with it, and never in the way of a configured one."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from flows import server

ROOT = Path(__file__).parents[2]
COMMAND = """
from flows.environment import prepare
prepare()
from flows.server import temporary_server
ready = temporary_server()
import os, prefect
ready()
print(os.environ["PREFECT_API_URL"])
state = prefect.flow(lambda: 7, name="one")(return_state=True)
print(state.type.value, "ephemeral" if "prefect.server" in __import__("sys").modules else "of its own")
"""


@pytest.fixture
def started(monkeypatch, tmp_path):
    """Make it look as if Prefect was not loaded yet, and catch what would be started."""
    found: list[tuple[list[str], dict[str, str]]] = []
    monkeypatch.delitem(sys.modules, "prefect", raising=False)
    monkeypatch.setattr(server.subprocess, "Popen", lambda command, **options: found.append((command, options["env"])))
    monkeypatch.setattr(server.atexit, "register", lambda *_: None)
    monkeypatch.setattr(server, "server_log", lambda: tmp_path / "log")
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.chdir(tmp_path)
    for name in ("PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH", "NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return found


def test_it_is_started_as_prefect_starts_its_own(started, monkeypatch):
    server.temporary_server()
    ((ours, environment),) = started
    from prefect.server.api.server import SubprocessASGIServer

    theirs = {}
    monkeypatch.setattr(
        "prefect.server.api.server.subprocess.Popen", lambda args, env: theirs.update(args=args, env=env)
    )
    SubprocessASGIServer(port=4200)._run_uvicorn_command()
    SubprocessASGIServer._instances.pop(4200)
    folder = theirs["args"].index("--app-dir")
    plain = [*theirs["args"][:folder], *theirs["args"][folder + 2 :]]
    assert set(ours) - {os.environ["PREFECT_API_URL"].rpartition(":")[2].removesuffix("/api")} == set(plain) - {"4200"}
    own = {name: value for name, value in theirs["env"].items() if os.environ.get(name) != value}
    assert own.items() >= server.TEMPORARY.items()
    assert environment.items() >= server.TEMPORARY.items()
    assert "PREFECT_API_URL" not in environment


def test_the_address_is_reached_without_a_proxy(started):
    server.temporary_server()
    assert "127.0.0.1" in os.environ["NO_PROXY"].split(",")


@pytest.mark.parametrize("name", ["PREFECT_API_URL", "PREFECT_PROFILE", "PREFECT_PROFILES_PATH"])
def test_none_is_started_where_the_environment_names_one(started, monkeypatch, name):
    monkeypatch.setenv(name, "http://elsewhere/api")
    server.temporary_server()()
    assert started == []


@pytest.mark.parametrize("file", ["prefect/profiles.toml", "prefect.toml", ".env"])
def test_none_is_started_where_a_file_may_name_one(started, tmp_path, file):
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.touch()
    server.temporary_server()()
    assert started == []


def test_none_is_started_beside_a_prefect_that_is_loaded(started, monkeypatch):
    monkeypatch.setitem(sys.modules, "prefect", pytest)
    server.temporary_server()()
    assert started == []


def test_commands_that_run_flows_load_prefect_only_when_the_server_is_on_its_way():
    modules = ", ".join(f"flows.commands.{name}" for name in ("run", "backfill", "province", "demo"))
    script = f"import flows.__main__, {modules}, sys; sys.exit('prefect' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


@pytest.mark.slow
def test_a_command_has_its_server_and_leaves_nothing_behind(tmp_path):
    given = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    given["DUBAN_VAR"] = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", COMMAND], cwd=ROOT, env=given, capture_output=True, text=True, check=False, timeout=240
    )
    assert done.returncode == 0, done.stderr
    address, told = done.stdout.split()[:1], done.stdout.splitlines()[-1]
    assert told == "COMPLETED of its own"
    assert not any(word in done.stderr for word in ("Error logging", "View at", "Traceback"))
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(f"{address[0]}/health", timeout=5)
