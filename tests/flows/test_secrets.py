"""Planted secrets, runs that succeed and runs that fail on them: found afterwards in no place that anybody can read.

A database that refuses its password, a mail server that refuses its own, a ledger and Prefect's database on PostgreSQL.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from tests.flows.serving import ROOT, clean_environment, serving
from tests.mail_server import MailServer
from tests.servers import MARIADB_URL

pytestmark = pytest.mark.slow
UI = "office:ui-geheim-4711"
SECRETS = {
    "ui": UI.partition(":")[2],
    "smtp": "smtp-geheim-4712",
    "source": "quelle@geheim/4713",
    "ledger": "ledger-geheim-4714",
    "prefect": "prefect-geheim-4715",
}
ENDED = ("COMPLETED", "FAILED", "CRASHED")
DAILY = "flows.daily_supervision"


def forms(secret):
    """Return a secret in the forms in which it travels."""
    return {secret, quote(secret, safe=""), base64.b64encode(secret.encode()).decode().rstrip("=")}


def places_of(text):
    return sorted(name for name, secret in SECRETS.items() if any(form in text for form in forms(secret)))


def files(folder, **contents):
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    return {name: str(folder / name) for name in contents}


def with_password(url, name):
    return sa.make_url(url).set(password=SECRETS[name]).render_as_string(hide_password=False)


def contents_of(url):
    """Return every row of every table as text."""
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        names = sa.inspect(connection).get_table_names()
        rows = [str(row[0]) for name in names for row in connection.exec_driver_sql(f'select t::text from "{name}" t')]
    engine.dispose()
    return "\n".join(rows)


def finished(office, jurisdiction, **parameters):
    """Run the night of a jurisdiction and return its end and, meanwhile, every command line of the family."""

    def deployed():
        found = office.ask("deployments/filter", {"limit": 50})
        return next(
            (each for each in found if each["name"] == jurisdiction and each["entrypoint"].startswith(DAILY)), None
        )

    deployment = office.wait(deployed, 240)
    run = office.ask(
        f"deployments/{deployment['id']}/create_flow_run", {"parameters": deployment["parameters"] | parameters}
    )
    lines = []

    def ended():
        for pid in office.family():
            with suppress(OSError):
                lines.append(Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace"))
        state = office.ask(f"flow_runs/{run['id']}")["state_type"]
        return state if state in ENDED else None

    return office.wait(ended, 300), lines


def told_by_the_interface(office):
    """Return what anybody who may use the interface can ask for."""
    asked = {
        "block_documents/filter": {"include_secrets": True},
        "variables/filter": {},
        "artifacts/filter": {},
        "logs/filter": {"limit": 200},
        "flow_runs/filter": {"limit": 200},
        "task_runs/filter": {"limit": 200},
        "work_pools/filter": {},
        "events/filter": {"limit": 50, "filter": {}},
    }
    answers = [office.ask(path, body) for path, body in asked.items()]
    return json.dumps([*answers, office.ask("admin/settings")], ensure_ascii=False)


@pytest.fixture(scope="module")
def told(tmp_path_factory, databases, mariadb):
    """Everything that can be read after a night that failed on the source and one that failed on the mail server."""
    var, hidden = tmp_path_factory.mktemp("var"), tmp_path_factory.mktemp("hidden")
    ledger, prefect = databases
    source = sa.make_url(MARIADB_URL).set(username="duban_nobody", password=SECRETS["source"])
    given = files(
        hidden,
        ui=UI,
        smtp=SECRETS["smtp"],
        source=source.render_as_string(hide_password=False),
        ledger=with_password(ledger, "ledger"),
        prefect=with_password(prefect, "prefect"),
    )
    seen = {}
    with MailServer(security="plain", users={"office": "another"}) as smtp:
        settings = {
            "DUBAN_UI_AUTH_FILE": given["ui"],
            "DUBAN_SMTP__HOST": "127.0.0.1",
            "DUBAN_SMTP__PORT": str(smtp.port),
            "DUBAN_SMTP__SECURITY": "plain",
            "DUBAN_SMTP__USER": "office",
            "DUBAN_SMTP__PASSWORD_FILE": given["smtp"],
            "DUBAN_SOURCE_URL_FILE__DEMO": given["source"],
            "DUBAN_LEDGER_URL_FILE": given["ledger"],
            "DUBAN_PREFECT_DATABASE_URL_FILE": given["prefect"],
        }
        with serving(var, "-j", "demo-county", "-j", "demo", auth=UI, **settings) as office:
            seen["no source"], lines = finished(office, "demo")
            seen["no mail"], more = finished(office, "demo-county", as_of="2026-07-15", send=True)
            seen["command lines"] = "\n".join(lines + more)
            seen["interface"] = told_by_the_interface(office)
            office.stop()
        command = [sys.executable, "-m", "flows", "run", "daily-supervision", "-j", "demo"]
        environment = clean_environment(var, **settings)
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
        seen["command line's answer"] = done.stdout + done.stderr
        seen["exit code"] = done.returncode
        seen["logins"] = smtp.logins
    seen["files"] = "\n".join(
        path.read_bytes().decode("utf-8", errors="replace") for path in var.rglob("*") if path.is_file()
    )
    seen["ledger"], seen["prefect's database"] = contents_of(ledger), contents_of(prefect)
    return seen


def test_both_failures_took_place(told):
    assert (told["no source"], told["no mail"]) == ("FAILED", "COMPLETED")
    assert told["logins"] > 0
    assert (told["exit code"], "Access denied" in told["command line's answer"]) == (1, True)
    assert "Access denied" in told["prefect's database"]
    assert "青云县" in told["prefect's database"]


@pytest.mark.parametrize(
    "place", ["files", "ledger", "prefect's database", "interface", "command lines", "command line's answer"]
)
def test_no_secret_is_found(told, place):
    assert len(told[place]) > 100
    assert places_of(told[place]) == []
