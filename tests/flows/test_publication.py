"""The public site as the office's run makes it."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from flows.day import clock
from flows.publication import publication
from tasks.adapters.ledger import assessments
from tasks.adapters.settings import ROOT
from tasks.adapters.workplace import open_workplace
from tasks.assess import load_assessed
from tasks.domain.errors import ConfigurationError, DocumentError
from tasks.export import computed_day
from tests.installations import copied, ran

pytestmark = pytest.mark.flow
DAY = date(2026, 7, 15)


def shown(town) -> Path:
    return town.var / "site" / town.name / "current"


@pytest.fixture(scope="module")
def first_site(tmp_path_factory, prefect_server):
    """An installation that has shown its site once; and what the run said."""
    return ran(tmp_path_factory.mktemp("site"), lambda: publication("demo-county", DAY))


@pytest.fixture
def site(county, first_site):
    """A copy of it, as the test's own: what the run said."""
    var, said = first_site
    copied(var, county.var)
    return said


def own_configuration(town, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the county's configuration that a test may change."""
    folder = town.var / "own" / town.name
    shutil.copytree(ROOT / "config" / "jurisdictions" / town.name, folder)
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(folder.parent))
    return folder


def test_a_run_shows_the_site_of_its_day(county, site):
    page = (shown(county) / "index.html").read_text(encoding="utf-8")
    assert "青云县建议提案办理公开" in page
    assert "数据截至 <time" in page
    assert "2026年7月15日8时00分" in page
    assert (shown(county) / "version.txt").read_text() == site["shown"]
    assert county.ledger("select state from runs where flow = 'publication'") == [("succeeded",)]


def test_a_proposal_withdrawn_from_the_public_is_gone_from_every_version(county, site):
    path = sorted((shown(county) / "proposals").rglob("*.html"))[0]
    title = path.read_text(encoding="utf-8").split("<h1><bdi>")[1].split("</bdi>")[0]
    page = path.relative_to(shown(county))
    assert county.change(f"update 建议提案 set 是否公开 = '不公开' where 标题 = '{title}'") == 1
    publication(county.name, date(2026, 7, 16))
    assert "本页内容已撤回公开" in (shown(county) / page).read_text(encoding="utf-8")
    files = [path for path in (county.var / "site").rglob("*") if path.is_file()]
    assert not [path for path in files if title in path.read_text(encoding="utf-8", errors="ignore")]


def on_behalf(county, monkeypatch: pytest.MonkeyPatch, says: str = "true") -> None:
    """Let the county's office publish for its units."""
    rules = own_configuration(county, monkeypatch) / "disclosure.yaml"
    text = f"{rules.read_text(encoding='utf-8')}  on_behalf_of_units: {says}\n"
    rules.write_text(text, encoding="utf-8")


def pending(frame) -> int:
    """The duties to publish that wait."""
    return int(((frame["duty"] == "publication") & frame["state"].isin(["open", "due_soon", "overdue"])).sum())


def test_a_site_shown_on_behalf_of_the_units_meets_their_duty_from_its_day_on(county, monkeypatch):
    on_behalf(county, monkeypatch)
    publication(county.name, DAY)
    workplace = open_workplace(county.name)
    made = assessments.newest(workplace.ledger, county.name, DAY)
    at_the_cut_off = load_assessed(workplace, made.assessment_id)
    assert pending(at_the_cut_off.obligations) > 0
    met = county.ledger("select count(*) from publication_duties")[0][0]
    assert met == pending(at_the_cut_off.obligations)  # the county lists whatever it may
    for day, waiting in ((date(2026, 7, 14), True), (DAY, False), (date(2026, 7, 16), False)):
        assert bool(pending(computed_day(workplace, day, None, clock()).obligations)) is waiting
    before = made.made_at - timedelta(seconds=1)
    assert pending(computed_day(workplace, DAY, before, clock()).obligations) == met


def test_where_the_units_publish_themselves_their_duty_stays(county, monkeypatch):
    on_behalf(county, monkeypatch, "false")
    publication(county.name, DAY)
    workplace = open_workplace(county.name)
    assert county.ledger("select number, shown_on from publications") == [(1, "2026-07-15")]
    assert county.ledger("select count(*) from publication_duties") == [(0,)]
    assert pending(computed_day(workplace, DAY, None, clock()).obligations) > 0


def test_a_broken_template_of_the_jurisdiction_leaves_the_site_as_it_was(county, site, monkeypatch):
    templates = own_configuration(county, monkeypatch) / "templates" / "portal"
    templates.mkdir(parents=True)
    ours = (ROOT / "reports" / "templates" / "portal" / "about.html").read_text(encoding="utf-8")
    (templates / "about.html").write_text(ours.replace("<h2>", '<a href="gone.html">x</a><h2>', 1), encoding="utf-8")
    with pytest.raises(DocumentError, match=r"about\.html → gone\.html"):
        publication(county.name, date(2026, 7, 16))
    assert (shown(county) / "version.txt").read_text() == site["shown"]


def test_without_rules_of_disclosure_nothing_is_published(county, monkeypatch):
    (own_configuration(county, monkeypatch) / "disclosure.yaml").unlink()
    with pytest.raises(ConfigurationError, match="不能公开"):
        publication(county.name, DAY)
    assert not shown(county).exists()
