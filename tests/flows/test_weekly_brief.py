"""The weekly brief is written once a week, kept, mailed to the office and to nobody else, and waits for no signature."""

from __future__ import annotations

import email
import email.policy
from datetime import date

import pytest

from flows.weekly_brief import weekly_brief
from tasks import sign_off
from tasks.adapters.ledger import documents
from tasks.adapters.workplace import open_workplace
from tasks.brief_office import is_due
from tasks.domain.documents import DocumentKind, DocumentState
from tasks.domain.errors import ConfigurationError
from tests.installations import copied, ran

pytestmark = pytest.mark.flow
MONDAY, TUESDAY = date(2026, 6, 15), date(2026, 6, 16)
NEXT = date(2026, 6, 22)


def briefs(town):
    found = documents.listing(open_workplace(town.name).ledger, town.name)
    return [one for one in found if one.kind is DocumentKind.BRIEF]


def opened(path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def text_of(document):
    workplace = open_workplace(document.jurisdiction)
    return workplace.archive.get(document.contents["text"].content).decode()


@pytest.fixture(scope="module")
def first_brief(tmp_path_factory, prefect_server):
    """An installation after its first brief, written once; and what the run said."""
    return ran(tmp_path_factory.mktemp("brief"), lambda: weekly_brief("demo-county", MONDAY))


@pytest.fixture
def brief(county, first_brief):
    """A copy of it, as the test's own: what the run said."""
    var, said = first_brief
    copied(var, county.var)
    return said


def test_the_brief_is_kept_and_mailed_to_the_office_alone(county, brief):
    assert brief == {"document": "demo-county-brief-2026-001", "mails": 1}
    (mail,) = map(opened, county.mails())
    office = open_workplace(county.name).jurisdiction.office
    assert [address.addr_spec for address in mail["to"].addresses] == [office.reply_to or office.mail_from]
    assert mail["cc"] is None
    assert mail["subject"] == "督查专报第1期：建议提案办理情况每周专报（2026年6月9日至6月15日）"
    assert [part.get_filename() for part in mail.iter_attachments()] == [
        "督查专报2026年第1期.pdf",
        "督查专报2026年第1期（附表）.xlsx",
    ]
    (kept,) = briefs(county)
    assert kept.state is DocumentState.SENT
    assert sign_off.waiting(county.name) == []


def test_the_same_day_again_sends_nothing_and_the_next_week_compares_with_the_last(county, brief):
    assert weekly_brief(county.name, MONDAY)["mails"] == 0
    assert len(county.mails()) == 1
    weekly_brief(county.name, NEXT)
    second, first = briefs(county)
    assert (second.serial, second.made_from["compared_with"]) == (2, first.document_id)
    assert "6月16日至6月22日" in text_of(second)


def test_the_scheduled_run_writes_once_a_week_on_its_first_workday(county):
    assert weekly_brief(county.name, date(2026, 6, 14), weekly=True, return_state=True).name == "Skipped"
    assert is_due(county.name, MONDAY)
    weekly_brief(county.name, TUESDAY, weekly=True)
    assert weekly_brief(county.name, date(2026, 6, 17), weekly=True, return_state=True).name == "Skipped"
    assert not is_due(county.name, date(2026, 6, 17))
    assert is_due(county.name, NEXT)
    assert len(briefs(county)) == 1


def test_a_holiday_puts_the_brief_off_to_the_weeks_first_workday(county):
    """Monday 5 October 2026 is in the National Day holiday, which ends on Wednesday."""
    assert [day for day in range(5, 11) if is_due(county.name, date(2026, 10, day))] == [8, 9, 10]


def test_real_mail_for_another_day_must_be_asked_for(county, monkeypatch):
    monkeypatch.setenv("DUBAN_SMTP__HOST", "127.0.0.1")
    with pytest.raises(ConfigurationError, match="确要发出请加 --send"):
        weekly_brief(county.name, MONDAY)
    assert briefs(county) == []
