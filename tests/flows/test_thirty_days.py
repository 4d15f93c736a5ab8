"""Thirty nights in a row, once undisturbed and once with everything that can go wrong: the same is owed, asked and sent.

The disturbed month: the source is away a night, the mail server two days, a run is killed in the middle, the disk is full a
night, the clock goes back two days, and a night is not run at all.
"""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

import pytest

from flows.daily_supervision import daily_supervision
from tasks.adapters import archive
from tasks.adapters.workplace import open_workplace
from tests.flows.conftest import Town
from tests.flows.serving import ROOT, clean_environment
from tests.installations import new_installation
from tests.mail_server import Fault, MailServer

pytestmark = [pytest.mark.flow, pytest.mark.slow]
FIRST = date(2026, 4, 27)
DAYS = 30
# Nights that have mails to send, by the number of the night.
SOURCE_AWAY, MAIL_AWAY, KILLED, DISK_FULL, CLOCK_BACK, NOT_RUN = 1, (10, 11), 15, 17, 21, 23


@dataclass
class Month:
    town: Town
    failures: list[str]
    received: list[bytes]

    def asked(self):
        columns = "proposal_id, unit_id, duty, round, level, occurrence, fell_due_on, due_on"
        return sorted(self.town.ledger(f"select {columns} from notices where cancelled_at is null"))

    def overtaken(self, steps):
        """The steps of a lost night whose reply came before the next one: nobody is urged for what is done."""
        lost = {str(FIRST + timedelta(number)) for number in (SOURCE_AWAY, KILLED, DISK_FULL, NOT_RUN)}
        query = (
            "select proposal_id, unit_id, date(happened_on, '-1 day') from events_versions where kind = 'reply_issued'"
        )
        replied = set(self.town.ledger(query))
        return {step for step in steps if step[6] in lost and (step[0], step[1], step[6]) in replied}

    def sent(self):
        """Each mail as the steps it carried; a mail of a missed night may bear a later day, its steps do not."""
        steps = {}
        query = "select message_id, proposal_id, m.unit_id, duty, round, n.level, occurrence, fell_due_on, due_on, form from "
        for message, *step in self.town.ledger(
            f"{query} messages m join notices n using (message_id) where state = 'sent'"
        ):
            steps.setdefault(message, set()).add(tuple(step))
        return Counter(map(frozenset, steps.values()))

    def states(self):
        return dict(self.town.ledger("select state, count(*) from messages group by 1"))


def night(day):
    daily_supervision("demo-county", day, send=True)


def failed(act, day, failures):
    """Run what must fail and keep what it said."""
    with pytest.raises(Exception) as error:
        act(day)
    failures.append(f"{day}: {error.type.__name__}")


def killed_in_the_middle(town, server, day):
    environment = clean_environment(
        town.var, DUBAN_SMTP__HOST="127.0.0.1", DUBAN_SMTP__PORT=str(server.port), DUBAN_SMTP__SECURITY="plain"
    )
    command = ["-m", "flows", "run", "daily-supervision", "-j", town.name, "--as-of", str(day), "--send"]
    process = subprocess.Popen([sys.executable, *command], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    query = f"select 1 from runs where flow = 'daily-supervision' and as_of = '{day}' and state = 'running'"
    while process.poll() is None and not town.ledger(query):
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it ended before it could be killed"


def disk_is_full(monkeypatch):
    def refuse(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(archive, "write_atomically", refuse)


def undisturbed(day, town, server, month):
    night(day)


def disturbed(day, town, server, month):
    number = (day - FIRST).days
    with pytest.MonkeyPatch.context() as patch:
        if number == SOURCE_AWAY:
            patch.setenv("DUBAN_SOURCE_URL__DEMO_COUNTY", "postgresql+psycopg://nobody@127.0.0.1:1/none")
            failed(night, day, month.failures)
        elif number == DISK_FULL:
            disk_is_full(patch)
            failed(night, day, month.failures)
        elif number == KILLED:
            killed_in_the_middle(town, server, day)
        elif number == NOT_RUN:
            return
        else:
            server.faults[:] = [Fault("connect", "421 4.3.2 closed for repair")] if number in MAIL_AWAY else []
            night(day)
    if number == CLOCK_BACK:
        night(day - timedelta(2))
        night(day - timedelta(1))
        night(day)


def lived(folder, happen):
    town = Town("demo-county", new_installation(folder, "demo-county"))
    month = Month(town, [], [])
    with pytest.MonkeyPatch.context() as patch, MailServer(security="plain") as server:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "plain"}.items():
            patch.setenv(f"DUBAN_SMTP__{name}", value)
        patch.setenv("DUBAN_VAR", str(folder))
        for number in range(DAYS):
            happen(FIRST + timedelta(number), town, server, month)
        open_workplace(town.name).ledger.engine.dispose()
        month.received = [mail.content for mail in server.received]
    return month


@pytest.fixture(scope="module")
def months(tmp_path_factory, prefect_server):
    return [lived(tmp_path_factory.mktemp(happen.__name__), happen) for happen in (undisturbed, disturbed)]


def test_the_disturbances_took_place(months):
    calm, rough = months
    assert calm.failures == []
    assert rough.failures == [
        f"{FIRST + timedelta(SOURCE_AWAY)}: SourceError",
        f"{FIRST + timedelta(DISK_FULL)}: OSError",
    ]
    assert rough.town.ledger("select count(*) from runs where state = 'failed'")[0][0] >= 2


def test_every_notice_is_asked_for_once_in_both_months(months):
    calm, rough = months
    assert len(calm.asked()) > 60
    assert set(calm.asked()) - set(rough.asked()) == calm.overtaken(calm.asked())
    assert set(rough.asked()) - set(calm.asked()) == set()
    assert len(rough.asked()) == len(set(rough.asked()))


def test_the_same_mails_were_sent_with_the_same_steps(months):
    calm, rough = months
    overtaken = calm.overtaken(calm.asked())
    left = Counter(frozenset(step for step in mail if step[:8] not in overtaken) for mail in calm.sent().elements())
    del left[frozenset()]
    assert rough.sent() == left
    assert set(rough.states()) == set(calm.states())


def test_every_mail_reached_the_server_once(months):
    for month in months:
        identities = [
            next(line for line in content.splitlines() if line.lower().startswith(b"message-id:"))
            for content in month.received
        ]
        assert len(identities) == len(set(identities)) == sum(month.sent().values())
