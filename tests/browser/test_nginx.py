"""The interface behind nginx as documented: TLS, a password, live updates, and a browser that asks nobody else for anything."""

from __future__ import annotations

import base64
import shutil
import socketserver
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.flows.serving import Serving, free_port, serving
from tests.servers import absent

pytestmark = [pytest.mark.browser, pytest.mark.slow]
CHROMIUM = Path("/usr/bin/chromium")
DOCUMENTED = Path(__file__).parents[2] / "docs" / "deploy" / "nginx.conf"
USER, WORD = "office", "nginx-geheim-1"
# A name that is nobody's: what is reached under it is reached under any name.
NAME = "duban.office.example"
MAIN = "user root; pid {folder}/pid; error_log {folder}/error.log; events {{}} http {{ access_log off; {temporary} include {folder}/duban.conf; }}"
BROWSERS_OWN = (".googleapis.com", ".google.com", ".gvt1.com")
TEMPORARY = "".join(
    f"{kind}_temp_path {{folder}}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
)


@dataclass
class Proxied:
    """The interface as other computers reach it."""

    port: int
    behind: Serving

    @property
    def address(self) -> str:
        return f"https://{NAME}:{self.port}"

    def status(self, path: str, password: str | None = None) -> int:
        request = urllib.request.Request(f"https://127.0.0.1:{self.port}{path}")
        if password:
            request.add_header("Authorization", f"Basic {base64.b64encode(f'{USER}:{password}'.encode()).decode()}")
        open_to_all = ssl._create_unverified_context()
        try:
            return urllib.request.urlopen(request, timeout=10, context=open_to_all).status
        except urllib.error.HTTPError as error:
            return error.code


def configured(folder: Path, port: int, upstream: int) -> None:
    """Write the documented configuration with this test's own port and files, and nothing else changed."""
    text = DOCUMENTED.read_text(encoding="utf-8")
    for documented, ours in {
        "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        "listen 80": f"listen 127.0.0.1:{free_port()}",
        "/etc/nginx/duban": f"{folder}/duban",
        "127.0.0.1:4200": f"127.0.0.1:{upstream}",
    }.items():
        assert documented in text, documented
        text = text.replace(documented, ours)
    (folder / "duban.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder, temporary=TEMPORARY.format(folder=folder)))
    hashed = subprocess.run(["openssl", "passwd", "-apr1", WORD], capture_output=True, text=True, check=True).stdout
    (folder / "duban.htpasswd").write_text(f"{USER}:{hashed}")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}"]
    files = ["-keyout", str(folder / "duban.key"), "-out", str(folder / "duban.pem")]
    subprocess.run([*made, *files], capture_output=True, check=True)


@contextmanager
def nginx(folder: Path, port: int, upstream: int) -> Iterator[None]:
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        absent("no nginx to test with")
    configured(folder, port, upstream)
    arguments = [str(program), "-p", str(folder), "-c", str(folder / "nginx.conf")]
    subprocess.run([*arguments, "-t"], capture_output=True, check=True)
    process = subprocess.Popen([*arguments, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def proxied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxied]:
    if not CHROMIUM.exists():
        absent(f"no Chromium at {CHROMIUM}")
    port = free_port()
    with (
        serving(tmp_path_factory.mktemp("served"), "-j", "demo-county") as behind,
        nginx(tmp_path_factory.mktemp("nginx"), port, behind.port),
    ):
        behind.wait(lambda: behind.ask("deployments/filter", {"limit": 50}), 180)
        yield Proxied(port, behind)


class WayOut(socketserver.ThreadingTCPServer):
    """The only way out of the browser, as its web proxy: it leads nowhere, and writes down who was asked for."""

    daemon_threads = True

    def __init__(self) -> None:
        self.wanted: list[str] = []
        super().__init__(("127.0.0.1", 0), Recorder)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Recorder(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        assert isinstance(self.server, WayOut)
        self.server.wanted.append(self.rfile.readline().decode("latin-1").strip())


@dataclass
class Visit:
    """A look at the interface: the page, what it asked of us, and whom the browser tried to reach beside us."""

    page: Page
    asked: list[str]
    wanted: list[str]

    def elsewhere(self) -> list[str]:
        """Whom the page made it ask; what the browser's maker has built in is not the page's doing."""
        return [each for each in self.wanted if not any(own in each for own in BROWSERS_OWN)]


@pytest.fixture(scope="module")
def visit(proxied: Proxied) -> Iterator[Visit]:
    with sync_playwright() as driver:
        mapped = f"--host-resolver-rules=MAP {NAME} 127.0.0.1"
        way_out = WayOut()
        through = [f"--proxy-server=127.0.0.1:{way_out.server_address[1]}", f"--proxy-bypass-list={NAME}"]
        arguments = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", mapped, *through]
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=arguments)
        login = {"username": USER, "password": WORD}
        context = browser.new_context(
            ignore_https_errors=True, http_credentials=login, viewport={"width": 1300, "height": 900}
        )
        page, asked = context.new_page(), []
        page.on("requestfinished", lambda request: asked.append(request.url))
        yield Visit(page, asked, way_out.wanted)
        browser.close()


def test_without_the_password_nothing_is_shown(proxied: Proxied) -> None:
    assert [proxied.status(path) for path in ("/", "/v2/", "/api/health", "/api/admin/version")] == [401] * 4
    assert proxied.status("/api/health", "wrong") == 401
    assert proxied.status("/api/health", WORD) == 200


def test_a_person_sees_the_flows_and_their_run_and_the_browser_asks_nobody_else(proxied: Proxied, visit: Visit) -> None:
    page = visit.page
    page.goto(f"{proxied.address}/v2/deployments")
    page.get_by_text("每日督办").first.wait_for(timeout=60_000)
    made = proxied.behind.ask("deployments/filter", {"limit": 50})
    daily = next(each for each in made if each["entrypoint"].startswith("flows.daily_supervision"))
    parameters = {"jurisdiction": "demo-county", "as_of": str(date(2026, 7, 15))}
    run = proxied.behind.ask(f"deployments/{daily['id']}/create_flow_run", {"parameters": parameters})
    page.goto(f"{proxied.address}/v2/runs/flow-run/{run['id']}")
    # The state changes on the open page as the run goes on.
    page.get_by_text("Completed").first.wait_for(timeout=180_000)
    page.get_by_text("督办-demo-county-2026-07-15").first.wait_for(timeout=60_000)
    for path in ("/v2/dashboard", "/v2/blocks/catalog", "/v2/settings", "/v2/artifacts", "/v2/events"):
        page.goto(f"{proxied.address}{path}")
        time.sleep(3)
    assert len(visit.asked) > 50
    assert visit.elsewhere() == []


def test_without_the_policy_the_browser_would_have_asked_others(proxied: Proxied, visit: Visit) -> None:
    """What keeps the browser at home is the policy: the same page straight from the server calls out."""
    visit.page.goto(f"http://{NAME}:{proxied.behind.port}/v2/blocks/catalog")
    time.sleep(8)
    assert any("amplitude" in each or "sanity" in each for each in visit.elsewhere())


def test_live_updates_come_through(proxied: Proxied, visit: Visit) -> None:
    with visit.page.expect_websocket(timeout=60_000) as opened:
        visit.page.goto(f"{proxied.address}/v2/events")
        visit.page.evaluate("new WebSocket(`wss://${location.host}/api/events/out`)")
    assert opened.value.url.startswith(f"wss://{NAME}:{proxied.port}/api/events/out")
    assert visit.page.evaluate(
        "new Promise(done => { const s = new WebSocket(`wss://${location.host}/api/events/out`, ['prefect']);"
        " s.onopen = () => done('open'); s.onerror = () => done('failed') })"
    ) == "open"  # fmt: skip
