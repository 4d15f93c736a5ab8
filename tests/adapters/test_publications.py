"""What the site has met is kept: once per version, in the order in which it was shown."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pandas as pd

from tasks.adapters.ledger import publications
from tasks.domain.publication_duty import MET, publication_events

DAY = date(2026, 7, 15)
AT = datetime(2026, 7, 15, 11, 30, tzinfo=UTC)


def met(*proposals: str, unit: str = "edu", round: int = 1) -> pd.DataFrame:
    return pd.DataFrame([(key, unit, round) for key in proposals], columns=list(MET))


def test_publications_are_numbered_in_each_jurisdiction(ledger):
    numbers = [
        publications.record(ledger, place, f"v{at}", DAY, AT + timedelta(days=at), met("p")).number
        for at, place in enumerate(["demo", "demo", "qy"])
    ]
    assert numbers == [1, 2, 1]
    assert [each.version for each in publications.listing(ledger, "demo")] == ["v0", "v1"]


def test_a_version_that_is_shown_again_meets_nothing_anew(ledger):
    first = publications.record(ledger, "demo", "v", DAY, AT, met("p"))
    again = publications.record(ledger, "demo", "v", DAY + timedelta(1), AT + timedelta(1), met("p", "q"))
    assert again == first
    assert publications.duties(ledger, "demo", 9)["proposal_id"].tolist() == ["p"]


def test_only_publications_that_met_a_duty_are_listed_as_meeting(ledger):
    publications.record(ledger, "demo", "a", DAY, AT, met())
    publications.record(ledger, "demo", "b", DAY, AT, met("p"))
    publications.record(ledger, "qy", "c", DAY, AT, met("p"))
    assert [each.number for each in publications.listing(ledger, "demo", only_meeting=True)] == [2]


def test_duties_are_those_up_to_a_number_with_both_clocks(ledger):
    publications.record(ledger, "demo", "a", DAY, AT, met("p", "q"))
    publications.record(ledger, "demo", "b", DAY + timedelta(1), AT + timedelta(1), met("r", unit="fin", round=2))
    assert publications.duties(ledger, "demo", 1)["proposal_id"].tolist() == ["p", "q"]
    events = publication_events(publications.duties(ledger, "demo", 2))
    assert events["event_id"].tolist() == ["site:1:p:edu:1", "site:1:q:edu:1", "site:2:r:fin:2"]
    last = events.iloc[-1]
    assert (last["happened_on"], last["recorded_at"]) == (pd.Timestamp(2026, 7, 16), pd.Timestamp(AT + timedelta(1)))


def test_nothing_published_is_no_event(ledger):
    assert publication_events(publications.duties(ledger, "demo", 5)).empty
