"""Start ``python -m flows serve`` for real, ask its server, and stop it."""

from __future__ import annotations

import base64
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path

ROOT = Path(__file__).parents[2]
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(var: Path, **more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "DUBAN_"))}
    return kept | {"DUBAN_VAR": str(var), "PREFECT_HOME": str(var / "prefect")} | more


def _patient(request, tries=20):
    """Return the answer; Prefect's server on SQLite says 503 while another writer holds the database."""
    for left in reversed(range(tries)):
        try:
            with DIRECT.open(request, timeout=10) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            if error.code != 503 or not left:
                raise
            time.sleep(0.5)
    raise AssertionError("the last try raises")


class Serving:
    """A running ``serve``."""

    def __init__(self, process, port, log, auth):
        self.process, self.port, self.log, self.auth = process, port, log, auth

    def ask(self, path, body=None, method=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/{path}", method=method)
        if self.auth:
            request.add_header("Authorization", f"Basic {base64.b64encode(self.auth.encode()).decode()}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        content = _patient(request)
        return json.loads(content) if content else None

    def runs(self, **chosen):
        """Return all runs, those planned for later included: the server tells at most 200 at a time."""
        found, page = [], [None]
        while page:
            page = self.ask("flow_runs/filter", {"limit": 200, "offset": len(found), "sort": "ID_DESC", **chosen})
            found += page
        return found

    def wait(self, what: Callable, seconds):
        """Return the first true answer of ``what``; a server that is not there yet is no answer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, f"serve ended: {self.log.read_text()}"
            try:
                if found := what():
                    return found
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                pass
            time.sleep(0.5)
        raise AssertionError(f"not seen within {seconds} s: {what}\n{self.log.read_text()[-4000:]}")

    def stop(self, number=signal.SIGTERM, seconds=60):
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def family(self):
        """Return the ids of the process and everything it started."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        found = {self.process.pid}
        while more := {child for child, parent in parents.items() if parent in found} - found:
            found |= more
        return found

    def cut_the_power(self):
        """Kill everything at once."""
        for pid in self.family():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(30)


@contextmanager
def serving(var: Path, *arguments, auth=None, **environment):
    port, log = free_port(), var / "serve.log"
    command = [sys.executable, "-m", "flows", "serve", "--port", str(port), *arguments]
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env=clean_environment(var, **environment), stdout=file, stderr=subprocess.STDOUT
        )
    running = Serving(process, port, log, auth)
    try:
        yield running
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
