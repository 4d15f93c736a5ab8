"""What the office published counts alike, wherever obligations are worked out."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from tasks.adapters.frame_files import sweep_bytes
from tasks.adapters.ledger import assessments, publications, snapshots
from tasks.adapters.past_days import keep, past_days, sweep_of_stretch
from tasks.adapters.publishing import counted, rules_of
from tasks.adapters.settings import ROOT
from tasks.adapters.workplace import open_workplace
from tasks.assess import assess_day, load_assessed, obligations_of
from tasks.compare import AS_KNOWN_NOW, compared
from tasks.domain.publication_duty import duties_met
from tasks.export import computed_day
from tasks.refresh import take_snapshot
from tasks.supplement import supplemented
from tests.installations import copied, ran

DAY, NEXT = date(2026, 7, 15), date(2026, 7, 16)
READ_AT = datetime(2026, 7, 15, 11, tzinfo=UTC)
SHOWN_AT = READ_AT + timedelta(hours=1)


def configured(installation):
    """Let the county's office publish for its units; return the folder of jurisdictions."""
    folder = installation / "own" / "demo-county"
    shutil.copytree(ROOT / "config" / "jurisdictions" / "demo-county", folder)
    with (folder / "disclosure.yaml").open("a", encoding="utf-8") as file:
        file.write("  on_behalf_of_units: true\n")
    return folder.parent


@pytest.fixture(scope="module")
def source_read(tmp_path_factory):
    """An installation of the county whose source has been read, once for all tests."""
    folder = tmp_path_factory.mktemp("read")

    def read():
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DUBAN_JURISDICTIONS", str(configured(folder)))
            workplace = open_workplace("demo-county")
            take_snapshot(workplace, READ_AT)
            workplace.ledger.engine.dispose()

    return ran(folder, read)[0]


@pytest.fixture
def county(var, source_read, monkeypatch):
    """A copy of it, as the test's own."""
    copied(source_read, var)
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(var / "own"))
    workplace = open_workplace("demo-county")
    yield workplace
    workplace.ledger.engine.dispose()


def assessed(county, day=DAY, at=READ_AT):
    return assess_day(county, snapshots.latest(county.ledger, county.name).snapshot_id, day, at)


def publish(county) -> int:
    """Record a site of the day, as showing it does; return how many duties it met."""
    day = assessed(county)
    met = duties_met(day.facts, day.obligations, rules_of(county).policy, DAY)
    publications.record(county.ledger, county.name, "a version", DAY, SHOWN_AT, met)
    return len(met)


def pending(frame: pd.DataFrame) -> int:
    """The duties to publish that wait."""
    return int(((frame["duty"] == "publication") & frame["state"].isin(["open", "due_soon", "overdue"])).sum())


def test_an_assessment_counts_the_publication_and_says_which(county):
    assert publish(county) == 3
    after = assessed(county, NEXT)
    assert pending(after.obligations) == 0
    assert after.record.publications == 1


def test_a_backfilled_day_equals_the_day_itself(county):
    publish(county)
    days = past_days(county, [DAY, NEXT], [None, None])
    facts = supplemented(county, snapshots.load(county.ledger, days[0].snapshot_id), days[0].publications)
    keep(county, days, sweep_bytes(sweep_of_stretch(facts, days)), SHOWN_AT)
    kept = assessments.between(county.ledger, county.name, NEXT, NEXT)[0]
    pd.testing.assert_frame_equal(obligations_of(county, kept), assessed(county, NEXT).obligations)
    assert pending(obligations_of(county, kept)) == 0


def test_an_export_counts_it_from_its_day_and_from_its_record_on(county):
    met = publish(county)
    before = computed_day(county, date(2026, 7, 14), None, SHOWN_AT)
    assert pending(before.obligations) > 0
    assert pending(computed_day(county, DAY, None, SHOWN_AT).obligations) == 0
    assert pending(computed_day(county, DAY, SHOWN_AT - timedelta(minutes=1), SHOWN_AT).obligations) == met
    assert pending(computed_day(county, DAY, SHOWN_AT, SHOWN_AT).obligations) == 0


def test_past_days_as_known_then_do_not_know_it(county):
    publish(county)
    times = [SHOWN_AT - timedelta(minutes=1), SHOWN_AT, None]
    assert counted(county, times) == [0, 1, 1]
    assert [day.publications for day in past_days(county, [DAY, NEXT], times[:2])] == [0, 1]


def test_the_difference_between_then_and_now_shows_it(county):
    met = publish(county)
    days = past_days(county, [DAY], [READ_AT])
    keep(county, days, sweep_bytes(sweep_of_stretch(snapshots.load(county.ledger, days[0].snapshot_id), days)), READ_AT)
    found = compared(county, days)[AS_KNOWN_NOW]
    assert (found["duty"] == "publication").sum() >= met


def test_an_assessment_from_before_the_publication_stays_as_it_was(county):
    before = assessed(county)
    publish(county)
    after = assessed(county)
    assert (before.record.publications, after.record.publications) == (0, 1)
    assert before.record.assessment_id != after.record.assessment_id
    again = load_assessed(county, before.record.assessment_id)
    assert not again.facts.events["event_id"].str.startswith("site:").any()
    later = load_assessed(county, after.record.assessment_id)
    assert later.facts.events["event_id"].str.startswith("site:1:").any()


def test_a_rehearsal_counts_it_too(county, monkeypatch):
    import tasks.rehearse as rehearse

    seen = []
    monkeypatch.setattr(rehearse, "plan_notices", lambda _, day: seen.append(pending(day.obligations)) or _Plan())
    monkeypatch.setattr(rehearse, "show_plan", lambda *_, **__: None)
    monkeypatch.setattr(rehearse, "get_run_logger", lambda: _Silent())
    rehearse.rehearse.fn(county.name, NEXT, READ_AT)
    publish(county)
    rehearse.rehearse.fn(county.name, NEXT, READ_AT)
    assert seen[0] > seen[1] == 0


class _Plan:
    counts = {}


class _Silent:
    def info(self, *_):
        pass


@pytest.mark.parametrize("says", ["on_behalf_of_units: false", None])
def test_an_office_that_does_not_publish_for_the_units_counts_nothing(county, says):
    met = publish(county)
    rules = county.jurisdiction.folder / "disclosure.yaml"
    if says is None:
        rules.unlink()
    else:
        text = rules.read_text(encoding="utf-8").replace("on_behalf_of_units: true", says)
        rules.write_text(text, encoding="utf-8")
    assert counted(county, [None]) == [0]
    assert pending(assessed(county, DAY).obligations) == met
