"""Review and signature in a real browser on a real Prefect server, until the mails reach a real SMTP server."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import playwright.sync_api
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.flows.serving import Serving, serving
from tests.mail_server import MailServer
from tests.servers import absent

pytestmark = [pytest.mark.browser, pytest.mark.flow, pytest.mark.slow]
CHROMIUM = Path("/usr/bin/chromium")
COUNTY = "demo-county"
DAY = "2026-11-20"
DONE = ("COMPLETED", "FAILED", "CRASHED")


@pytest.fixture(scope="module")
def smtp() -> Iterator[MailServer]:
    with MailServer(security="plain") as server:
        yield server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, smtp: MailServer) -> Iterator[Serving]:
    if not CHROMIUM.exists():
        absent(f"no Chromium at {CHROMIUM}")
    mail = {"HOST": "127.0.0.1", "PORT": str(smtp.port), "SECURITY": "plain"}
    environment = {f"DUBAN_SMTP__{name}": value for name, value in mail.items()}
    with serving(tmp_path_factory.mktemp("served"), "-j", COUNTY, **environment) as running:
        yield running


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as driver:
        # What the interface asks of hosts outside fails at once, as on a closed network.
        only_here = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        browser: Browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox", only_here])
        yield browser.new_page(viewport={"width": 1300, "height": 1400})
        browser.close()


def deployment(server: Serving, flow: str) -> str:
    def found() -> Any:
        listed = server.ask("deployments/filter", {"limit": 100})
        return next((each["id"] for each in listed if each["entrypoint"].startswith(f"flows.{flow}.")), None)

    return str(server.wait(found, 120))


def finished(server: Serving, run_id: str) -> dict[str, Any]:
    def ended() -> Any:
        run = server.ask(f"flow_runs/{run_id}")
        return run if run["state_type"] in DONE else None

    return dict(server.wait(ended, 180))


def run(server: Serving, flow: str, **parameters: Any) -> dict[str, Any]:
    body = {"parameters": {"jurisdiction": COUNTY, **parameters}}
    made = server.ask(f"deployments/{deployment(server, flow)}/create_flow_run", body)
    return finished(server, made["id"])


def draft_on_the_form(server: Serving, page: Page, scheme: str) -> dict[str, Any]:
    """Ask for a circular as a person does: pick the day and the scheme, submit; return the run."""
    chosen = deployment(server, "ranking_circular")
    page.goto(f"http://127.0.0.1:{server.port}/v2/deployments/deployment/{chosen}/run")
    page.get_by_label("统计截止日").click()
    page.get_by_placeholder("yyyy-MM-dd").fill(DAY)
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    page.get_by_label("排名方案").click()
    page.get_by_role("option", name=scheme, exact=True).click()
    return finished(server, submit(page))


def submit(page: Page) -> str:
    """Submit the form and return the id of the run that it makes.

    A click while a list of choices is still closing is lost on it, and a person clicks again.
    """
    said = []
    for _ in range(4):
        with suppress(playwright.sync_api.TimeoutError):
            with page.expect_request("**/create_flow_run", timeout=5_000) as asked:
                page.get_by_role("button", name="Submit").click()
            answer = asked.value.response()
            if answer is not None and answer.status == 201:
                return str(answer.json()["id"])
            said.append(answer and (answer.status, answer.text()))
    raise AssertionError(f"the form made no run: {said}")


def checksum_shown(server: Serving, page: Page, run_id: str, paper: str) -> str:
    """What the reviewer reads off the draft in the interface."""
    page.goto(f"http://127.0.0.1:{server.port}/v2/runs/flow-run/{run_id}?tab=Artifacts")
    expect(page.get_by_text(paper).first).to_be_visible(timeout=20_000)
    listed = server.ask("artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run_id]}}, "limit": 100})
    (artifact,) = [each["id"] for each in listed if each["description"] == paper]
    page.goto(f"http://127.0.0.1:{server.port}/v2/artifacts/artifact/{artifact}")
    cell = page.locator("td strong").first
    expect(cell).to_be_visible(timeout=20_000)
    return str(cell.inner_text())


def fill_in(server: Serving, page: Page, opinion: str, **texts: str) -> dict[str, Any]:
    """Fill in and submit the form as a person does, and return the run that it started."""
    page.goto(f"http://127.0.0.1:{server.port}/v2/deployments/deployment/{deployment(server, 'sign_off')}/run")
    for label, text in texts.items():
        page.get_by_label(label).fill(text)
    page.get_by_label("处理意见").click()
    page.get_by_role("option", name=opinion, exact=True).click()
    return finished(server, submit(page))


def files_by_subject(smtp: MailServer, beginning: str) -> list[list[str | None]]:
    """The files that came with each such mail; the server's own night may have sent notices meanwhile."""
    mails = [email.message_from_bytes(mail.content, policy=email.policy.default) for mail in smtp.received]
    return [[part.get_filename() for part in mail.iter_attachments()] for mail in mails if beginning in mail["subject"]]


def test_a_circular_and_its_letter_are_reviewed_and_signed_in_the_browser_and_reach_the_units(server, smtp, page):
    drafted = draft_on_the_form(server, page, "计分制（满分起评，逐件加减）")
    assert drafted["state_type"] == "COMPLETED"
    assert drafted["parameters"]["as_of"] == DAY
    checksum = checksum_shown(server, page, drafted["id"], "督查通报2026年第1期送审稿")
    circular = {"编号": f"{COUNTY}-circular-2026-001", "校验码": checksum}
    checksum = checksum_shown(server, page, drafted["id"], "通报批评函2026年第1号送审稿")
    letter = {"编号": f"{COUNTY}-criticism-2026-001", "校验码": checksum}

    for paper in (circular, letter):
        assert fill_in(server, page, "审核通过", **paper, 姓名="周敏")["state_type"] == "COMPLETED"
    assert fill_in(server, page, "签发", **circular, 姓名="周敏")["state_type"] == "FAILED"
    assert fill_in(server, page, "签发", **letter, 姓名="王志远")["state_type"] == "FAILED"
    run(server, "delivery", as_of=DAY, send=True)
    assert files_by_subject(smtp, "督查通报") == files_by_subject(smtp, "通报批评的函") == []

    for paper in (circular, letter):
        assert fill_in(server, page, "签发", **paper, 姓名="王志远")["state_type"] == "COMPLETED"
    run(server, "delivery", as_of=DAY, send=True)
    assert len(files_by_subject(smtp, "督查通报")) == 25
    assert {"督查通报第1期.pdf", "督查通报第1期（台账）.xlsx"} <= set(files_by_subject(smtp, "督查通报")[0])
    assert files_by_subject(smtp, "通报批评的函") == [["关于对县住房和城乡建设局予以通报批评的函.pdf"]]
