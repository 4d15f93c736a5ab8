"""A site that needs a signature, from the source to what people see."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from flows.day import clock
from flows.publication import publication
from flows.sign_off import Opinion, SignOffForm, sign_off
from tasks.adapters.publishing import folder_of
from tasks.adapters.settings import ROOT
from tasks.adapters.workplace import open_workplace
from tasks.domain.errors import DocumentError

pytestmark = pytest.mark.flow
DAY = date(2026, 7, 15)


@pytest.fixture
def strict(county, monkeypatch):
    """The county, which lets no site out without review and signature, and publishes for its units."""
    folder = county.var / "own" / county.name
    shutil.copytree(ROOT / "config" / "jurisdictions" / county.name, folder)
    with (folder / "disclosure.yaml").open("a", encoding="utf-8") as file:
        file.write("  needs_sign_off: true\n  on_behalf_of_units: true\n")
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(folder.parent))
    return county


def act(town, opinion, drafted, name):
    form = SignOffForm(document=drafted["document"], opinion=opinion, name=name, checksum=drafted["checksum"])
    return sign_off(town.name, form)


def test_a_site_is_seen_when_another_person_has_signed_what_one_has_reviewed(strict):
    drafted, site = publication(strict.name, DAY), folder_of(open_workplace(strict.name))
    assert drafted["document"] == "demo-county-site-2026-001"
    act(strict, Opinion.REVIEW, drafted, "周敏")
    with pytest.raises(DocumentError, match="两人"):
        act(strict, Opinion.SIGN, drafted, "周敏")
    assert not site.current.exists()
    assert strict.ledger("select count(*) from publications") == [(0,)]

    result = act(strict, Opinion.SIGN, drafted, "王志远")
    assert (result["state"], result["mails"]) == ("已印发", 0)
    assert site.shown().name == drafted["awaiting_sign_off"]
    # The duty is met on the day of the signature, not on that of the numbers.
    ((shown_on, duties),) = strict.ledger(
        "select shown_on, (select count(*) from publication_duties) from publications"
    )
    assert shown_on == clock().astimezone(open_workplace(strict.name).jurisdiction.zone).date().isoformat()
    assert duties > 0
