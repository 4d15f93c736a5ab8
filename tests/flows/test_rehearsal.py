"""A new jurisdiction rehearses by its own configuration: the office gets every mail, and nothing of it counts later."""

from __future__ import annotations

import shutil
from datetime import date
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from flows.__main__ import main
from flows.daily_supervision import daily_supervision
from tasks.adapters.workplace import open_workplace
from tasks.jurisdictions import served_jurisdictions
from tests.mail_server import MailServer

pytestmark = pytest.mark.flow
ROOT = Path(__file__).parents[2]
DAY, OFFICE = date(2026, 7, 15), "ducha@qingyun.gov.example"


def configure(folder, line):
    target = folder / "demo-county"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "config" / "jurisdictions" / "demo-county", target)
    with (target / "jurisdiction.yaml").open("a", encoding="utf-8") as file:
        file.write(line)


@pytest.fixture
def mails(county, tmp_path, monkeypatch):
    """Return a function that runs the night with that line in the configuration and gives the mails that left."""
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(tmp_path / "own"))
    (county.var / "ledger.sqlite").unlink()  # a rehearsal makes none
    with MailServer(security="plain") as server:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "plain"}.items():
            monkeypatch.setenv(f"DUBAN_SMTP__{name}", value)

        def night(line):
            configure(tmp_path / "own", line)
            server.received.clear()
            daily_supervision("demo-county", DAY, send=True)
            return list(server.received)

        yield night


def subjects(mails):
    return [str(message_from_bytes(mail.content, policy=policy.default)["Subject"]) for mail in mails]


def test_a_rehearsal_reaches_the_office_only_and_going_live_begins_afresh(county, mails):
    rehearsed = mails(f"rehearsal_to: {OFFICE}\n")
    assert {mail.to for mail in rehearsed} == {(OFFICE,)}
    assert all(subject.startswith("【演练】") for subject in subjects(rehearsed))
    assert not (county.var / "ledger.sqlite").exists()
    open_workplace("demo-county").ledger.engine.dispose()

    live = mails("rehearsal_to: null\n")
    assert OFFICE not in {address for mail in live for address in mail.to}
    assert sorted(subjects(live)) == sorted(subject.removeprefix("【演练】") for subject in subjects(rehearsed))


def test_who_checks_the_configuration_is_told_that_it_rehearses(county, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(tmp_path / "own"))
    configure(tmp_path / "own", f"rehearsal_to: {OFFICE}\n")
    assert main(["check-config", "-j", "demo-county"]) == 0
    assert f"演练中:所有邮件只投到 {OFFICE}" in capsys.readouterr().out
    assert [each.title for each in served_jurisdictions(["demo-county"])] == ["青云县（演练）"]
