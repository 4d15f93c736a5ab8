"""What a mail server does wrong, and where the outbox stands afterwards: the right state, nothing lost, nothing twice."""

from collections import Counter
from datetime import date, timedelta

import pytest

from tasks.adapters import sending
from tasks.adapters.ledger import contact_faults, decisions, outbox_views
from tasks.adapters.mail import Mailer, Security, SmtpConfig
from tasks.domain.delivery import Decision
from tests.adapters.outboxes import NOW, cases, run_night
from tests.installations import new_ledger
from tests.mail_server import Fault, MailServer

NIGHT = date(2026, 6, 11)
MAILS = 3


@pytest.fixture
def ledger(tmp_path):
    """The faults are the server's: one kind of database will do."""
    opened = new_ledger(tmp_path / "ledger.sqlite")
    yield opened
    opened.engine.dispose()


def drain(ledger, archive, server, now=NOW, **changes):
    values = {"security": Security(server.security), "ca_file": server.ca_file, "timeout": 1, **changes}
    outlet = Mailer(SmtpConfig("127.0.0.1", server.port, **values))
    return sending.drain(ledger, archive, outlet, "demo", worker="w1", clock=lambda: now, may_send=lambda _: True)


def counts(ledger):
    return {state: count for state, count in outbox_views.count_states(ledger, "demo").items() if count}


def received(server):
    return Counter(mail.content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for mail in server.received)


@pytest.mark.parametrize(
    ("fault", "states"),
    [
        (Fault("connect", "554 no", 1), {"retry": 1, "queued": 2}),
        (Fault("connect", "drop", 1), {"retry": 1, "queued": 2}),
        (Fault("mail", "421 4.3.2 closing", 1), {"retry": 1, "sent": 2}),
        (Fault("mail", "450 4.7.1 slow down", 1), {"retry": 1, "sent": 2}),
        (Fault("mail", "550 5.7.1 not you", 1), {"rejected": 1, "sent": 2}),
        (Fault("rcpt", "450 4.2.1 busy", 2), {"retry": 1, "sent": 2}),
        (Fault("rcpt", "550 5.1.1 no such user", -1, "section@u1.example.cn"), {"sent": 3}),
        (Fault("data", "451 4.3.0 try later", 1), {"retry": 1, "sent": 2}),
        (Fault("content", "452 4.3.1 full", 1), {"retry": 1, "sent": 2}),
        (Fault("content", "554 5.7.1 spam", 1), {"rejected": 1, "sent": 2}),
        (Fault("content", "drop", 1), {"uncertain": 1, "sent": 2}),
        (Fault("content", "keep drop", 1), {"uncertain": 1, "sent": 2}),
        (Fault("content", "keep silence", 1), {"uncertain": 1, "sent": 2}),
    ],
    ids=lambda value: f"{value.stage} {value.action}" if isinstance(value, Fault) else "",
)
def test_each_fault_leads_to_its_state_and_in_the_end_to_one_copy(ledger, archive, fault, states) -> None:
    run_night(ledger, archive, cases(MAILS, units=MAILS), NIGHT)
    with MailServer(security="plain", faults=[fault]) as server:
        drain(ledger, archive, server)
        assert counts(ledger) == states
        fault.times = 0
        for row in outbox_views.list_mails(ledger, "demo"):
            if row["state"] == "uncertain":
                arrived = any(row["message_id"].encode() in key for key in received(server))
                found = Decision.SENT if arrived else Decision.NOT_SENT
                decisions.resolve(ledger, "demo", row["message_id"], found, "值班员", "查看收件箱", NOW)
            if row["state"] == "rejected":
                decisions.resend(ledger, "demo", row["message_id"], "值班员", "已更正", NOW)
        drain(ledger, archive, server, NOW + timedelta(hours=1))
    assert counts(ledger) == {"sent": MAILS}
    assert set(received(server).values()) == {1}
    assert len(received(server)) == MAILS


def test_an_address_refused_for_good_is_marked(ledger, archive) -> None:
    run_night(ledger, archive, cases(MAILS, units=MAILS), NIGHT)
    fault = Fault("rcpt", "550 5.1.1 no such user", -1, "section@u1.example.cn")
    with MailServer(security="plain", faults=[fault]) as server:
        drain(ledger, archive, server)
    assert contact_faults.failing(ledger, "demo") == {"section@u1.example.cn"}


def test_an_unknown_certificate_sends_nothing_and_loses_nothing(ledger, archive) -> None:
    run_night(ledger, archive, cases(MAILS, units=MAILS), NIGHT)
    with MailServer(security="starttls") as server:
        drained = drain(ledger, archive, server, ca_file=None)
    assert server.received == []
    assert "证书" in drained.stopped
    assert counts(ledger) == {"retry": 1, "queued": 2}


def test_a_wrong_password_sends_nothing_and_loses_nothing(ledger, archive) -> None:
    run_night(ledger, archive, cases(MAILS, units=MAILS), NIGHT)
    with MailServer(security="starttls", users={"duban@example.cn": "right"}) as server:
        drained = drain(ledger, archive, server, user="duban@example.cn", password="wrong")
    assert server.received == []
    assert "DUBAN_SMTP__PASSWORD" in drained.stopped
    assert counts(ledger) == {"retry": 1, "queued": 2}


def test_one_connection_carries_all_the_mails(ledger, archive) -> None:
    run_night(ledger, archive, cases(20, units=20), NIGHT)
    with MailServer(security="plain") as server:
        drain(ledger, archive, server)
    assert len(server.received) == 20
    assert server.connections == 1
