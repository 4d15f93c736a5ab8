"""Mail goes only where the office allows it, and in a rehearsal to the office alone."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from tasks.adapters.mail import Security, SmtpConfig
from tasks.adapters.messages import Letter, as_sent
from tasks.adapters.outlet import MailCatcher, outlet_for
from tasks.adapters.smtp_dialogue import SendState
from tests.mail_server import MailServer


@pytest.fixture
def server():
    with MailServer(security="plain") as running:
        yield running


def ready():
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "duban@city.gov.example", "a@city.gov.example", "x"
    message.set_content("x")
    return Letter(message, as_sent(message))


def sent(server, folder, recipients, **limits):
    smtp = SmtpConfig("127.0.0.1", server.port, security=Security.PLAIN)
    with outlet_for(smtp, folder, **limits) as outlet:
        return outlet.send(ready(), recipients)


def test_only_allowed_domains_are_written_to(server, tmp_path):
    recipients = ["a@City.gov.example", "b@elsewhere.example", "c@x.city.gov.example"]
    result = sent(server, tmp_path, recipients, domains="city.gov.example, county.gov.example")
    assert result.state is SendState.SENT
    assert set(result.refused) == {"b@elsewhere.example", "c@x.city.gov.example"}
    assert [mail.to for mail in server.received] == [("a@City.gov.example",)]


def test_a_mail_to_nobody_allowed_is_rejected_without_a_connection(server, tmp_path):
    result = sent(server, tmp_path, ["b@elsewhere.example"], domains="city.gov.example")
    assert (result.state, server.connections) == (SendState.REJECTED, 0)
    assert "DUBAN_MAIL_DOMAINS" in result.answer


def test_a_rehearsal_sends_everything_to_one_address_and_still_shows_whom_it_is_for(server, tmp_path):
    result = sent(server, tmp_path, ["a@city.gov.example", "b@elsewhere.example"], redirect="office@city.gov.example")
    assert result.state is SendState.SENT
    assert [mail.to for mail in server.received] == [("office@city.gov.example",)]
    assert b"a@city.gov.example" in server.received[0].content


def test_a_rehearsal_stays_within_the_allowed_domains(server, tmp_path):
    limits = {"redirect": "office@elsewhere.example", "domains": "city.gov.example"}
    assert sent(server, tmp_path, ["a@city.gov.example"], **limits).state is SendState.REJECTED
    assert server.received == []


def test_without_limits_everybody_is_written_to(server, tmp_path):
    sent(server, tmp_path, ["a@city.gov.example", "b@elsewhere.example"])
    assert len(server.received[0].to) == 2


def test_the_catcher_keeps_everything(tmp_path):
    assert isinstance(outlet_for(None, tmp_path, domains="city.gov.example"), MailCatcher)
