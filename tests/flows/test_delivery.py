"""The outbox drained by its own flow: only what is still owed, only in office hours, never another day by mistake."""

from __future__ import annotations

from datetime import date

import pytest

from flows.__main__ import main
from flows.daily_supervision import daily_supervision
from flows.delivery import delivery
from tasks.domain.errors import ConfigurationError
from tests.installations import copied, ran

pytestmark = pytest.mark.flow
SATURDAY, MONDAY = date(2026, 7, 18), date(2026, 7, 20)


@pytest.fixture(scope="module")
def saturday(tmp_path_factory, prefect_server):
    """An installation after the run of a Saturday, lived through once; and what that said."""
    return ran(tmp_path_factory.mktemp("saturday"), lambda: daily_supervision("demo-county", SATURDAY))


@pytest.fixture
def queued(county, saturday):
    """A copy of it, as the test's own: its mails wait for Monday."""
    var, _ = saturday
    copied(var, county.var)


def test_what_was_silenced_after_it_was_queued_does_not_leave(county, queued):
    unit = county.ledger("select unit_id from messages where state = 'queued' order by unit_id")[0][0]
    held = ["--unit", unit, "--until", "2099-12-31", "--why", "单位合并", "--by", "张三"]
    assert main(["silence", "add", "-j", county.name, *held]) == 0
    delivery(county.name, MONDAY)
    assert county.ledger(f"select distinct state from messages where unit_id = '{unit}'") == [("cancelled",)]
    assert county.mails()


def test_nothing_leaves_on_a_day_off(county, queued):
    assert delivery(county.name, SATURDAY).get("sent", 0) == 0
    assert county.mails() == []


def test_real_mail_for_another_day_needs_to_be_asked_for(county, queued, monkeypatch):
    monkeypatch.setenv("DUBAN_SMTP__HOST", "127.0.0.1")
    with pytest.raises(ConfigurationError, match="--send"):
        delivery(county.name, MONDAY)
    assert county.ledger("select count(*) from messages where attempts > 0") == [(0,)]


def test_a_letter_does_not_leave_before_it_is_signed(county):
    daily_supervision(county.name, MONDAY)
    waiting = county.ledger("select count(*) from messages where needs_sign_off")[0][0]
    assert waiting > 0
    assert county.ledger("select count(*) from messages where needs_sign_off and state = 'awaiting_sign_off'") == [
        (waiting,)
    ]
    assert len(county.mails()) == county.ledger("select count(*) from messages where state = 'sent'")[0][0]
