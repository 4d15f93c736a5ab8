"""Take the handbook's pictures: serve the demonstration, run one night, and photograph the Prefect interface.

.venv/bin/python docs/deploy/screenshots.py          (needs Chromium and the development packages)
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[2]
PORT = 4231
SIZE = {"width": 1280, "height": 800}


def ask(path: str, body: object = None) -> Any:
    """Return the server's answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}/api/{path}", data, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def patient(question: Callable[[], Any], seconds: int = 180) -> Any:
    """Return the first true answer."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := question():
                return found
        except OSError:
            pass
        time.sleep(1)
    raise TimeoutError(str(question))


def a_night() -> str:
    """Run the daily supervision of 15 July 2026 and return the run's id."""
    name = urllib.request.quote("每日督办/demo")
    deployment = patient(lambda: ask(f"deployments/name/{name}"))
    run = ask(
        f"deployments/{deployment['id']}/create_flow_run",
        {"parameters": {"jurisdiction": "demo", "as_of": "2026-07-15"}},
    )
    patient(lambda: ask(f"flow_runs/{run['id']}")["state_type"] == "COMPLETED")
    return run["id"]


def picture(page: Page, path: str, name: str) -> None:
    """Photograph one page of the interface."""
    page.goto(f"http://127.0.0.1:{PORT}{path}")
    page.wait_for_timeout(4000)
    page.screenshot(path=ROOT / "docs" / "pictures" / f"{name}.png")


def main() -> None:
    """Take all pictures."""
    var = tempfile.mkdtemp()
    environment = os.environ | {"DUBAN_VAR": var, "PREFECT_HOME": f"{var}/prefect"}
    command = [sys.executable, "-m", "flows", "serve", "-j", "demo", "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        run = a_night()
        artifacts = {each["key"]: each["id"] for each in ask("artifacts/filter", {"limit": 50})}
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_page(viewport=SIZE, locale="zh-CN", timezone_id="Asia/Shanghai")
            page.route("**/*", lambda route: route.continue_() if "127.0.0.1" in route.request.url else route.abort())
            picture(page, f"/v2/runs/flow-run/{run}", "run")
            picture(page, f"/v2/artifacts/artifact/{artifacts['demo-daily']}", "overview")
            picture(page, "/v2/deployments", "deployments")
            browser.close()
    finally:
        server.terminate()
        server.wait(90)
        shutil.rmtree(var, ignore_errors=True)


if __name__ == "__main__":
    main()
