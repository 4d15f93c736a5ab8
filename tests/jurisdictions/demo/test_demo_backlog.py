"""The stories planted in the demo city are found, and those that only look alike are not (docs/demo_stories.md)."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from tasks.adapters.backlog_files import load_backlog
from tasks.adapters.calendars import load_calendar
from tasks.adapters.config_files import CALENDARS, load_jurisdiction
from tasks.adapters.findings_files import load_findings
from tasks.adapters.samples import build_sample
from tasks.adapters.source import read_source
from tasks.adapters.source_config import SourceConfig
from tasks.adapters.yaml_files import load_yaml
from tasks.domain.backlog import backlog
from tasks.domain.commitments import with_implied_promises
from tasks.domain.findings import findings
from tasks.domain.obligations import obligations
from tasks.domain.repeats import repeat_candidates
from tests.builders import ROOT

JURISDICTIONS = ROOT / "config" / "jurisdictions"
DEMO = JURISDICTIONS / "demo"
CRITERIA, REPEATS = load_backlog(DEMO / "backlog.yaml")
JULY, NOVEMBER = date(2026, 7, 15), date(2026, 11, 23)


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    path = tmp_path_factory.mktemp("sources") / "demo.sqlite"
    build_sample("prefecture", path)
    return read_source(load_yaml(DEMO / "source.yaml", SourceConfig), DEMO / "source", f"sqlite:///{path}").facts


def owed(city, as_of):
    rules = load_jurisdiction("demo", [JURISDICTIONS]).rules
    known = with_implied_promises(city, as_of)
    return known, obligations(known, rules, load_calendar(CALENDARS), as_of)


@pytest.fixture(scope="module")
def listed(city):
    days = {day: backlog(*owed(city, day), CRITERIA, day) for day in (JULY, NOVEMBER)}
    return lambda name, day: set(days[day].loc[days[day]["proposal_id"] == name, "criterion"])


@pytest.fixture(scope="module")
def found(city):
    rows = findings(*owed(city, NOVEMBER), load_findings(DEMO / "findings.yaml"), NOVEMBER)
    return lambda rule: set(rows.loc[rows["rule"] == rule, "subject"])


@pytest.mark.parametrize(
    ("name", "july", "november"),
    [
        ("R2026-0018", set(), {"reply_overdue"}),
        ("R2025-0056", {"dissatisfied_repeatedly", "reply_overdue"}, {"dissatisfied_repeatedly", "reply_overdue"}),
        ("R2026-0059", {"dissatisfied_repeatedly"}, {"dissatisfied_repeatedly", "reply_overdue"}),
        ("Z2025-0072", {"planned_unsolved"}, {"planned_unsolved", "commitment_lapsed"}),
        ("R2026-0095", {"raised_again"}, {"raised_again"}),
        ("R2025-0103", {"planned_unsolved"}, {"planned_unsolved"}),
        ("Z2025-0045", {"reply_overdue"}, {"reply_overdue"}),
    ],
)
def test_a_planted_backlog_case_is_listed(listed, name, july, november):
    assert (listed(name, JULY), listed(name, NOVEMBER)) == (july, november)


@pytest.mark.parametrize(
    "name", ["R2026-0019", "R2026-0058", "Z2025-0208", "Z2025-0073", "R2026-0096", "R2025-0104", "R2025-0031"]
)
@pytest.mark.parametrize("day", [JULY, NOVEMBER])
def test_a_case_that_only_looks_like_backlog_is_not_listed(listed, name, day):
    assert listed(name, day) == set()


def test_a_third_answer_that_satisfies_ends_the_criterion(city):
    as_of = partial(date, 2026)
    met = {
        day: backlog(*owed(city, day), CRITERIA, day)["proposal_id"] for day in (as_of(7, 24), as_of(9, 1), as_of(9, 3))
    }
    assert [("R2026-0057" in set(names)) for names in met.values()] == [True, True, False]


def test_the_repeat_that_nobody_registered_is_offered_and_the_street_alone_is_not(city):
    pairs = repeat_candidates(city, REPEATS, 2026)
    offered = set(zip(pairs["proposal_id"], pairs["earlier_id"], strict=True))
    assert ("Z2026-0151", "Z2025-0150") in offered
    flooding = {"R2024-0088", "R2025-0103"}
    assert not {("R2026-0097", earlier) for earlier in flooding} & offered


@pytest.mark.parametrize(
    ("rule", "planted"),
    [
        ("reply_copied", {f"R2026-012{i}" for i in range(1, 6)}),
        ("reply_off_topic", {*(f"R2026-012{i}" for i in range(1, 6)), "Z2026-0126"}),
        ("claimed_meeting_unrecorded", {"R2026-0127"}),
        ("form_on_reply_day", {"R2026-0172"}),
        ("reply_unsigned", {"R2026-0175"}),
        ("dates_contradict", {"R2026-0175"}),
        ("all_satisfied_few_forms", {"2025"}),
        ("replies_on_last_day", {"2008"}),
        ("handler_overloaded", {"2019"}),
    ],
)
def test_exactly_what_was_planted_is_found(found, rule, planted):
    assert found(rule) == planted


@pytest.mark.parametrize(
    ("rule", "planted"), [("reply_before_opinions", "Z2026-0140"), ("reply_unreviewed", "Z2026-0140")]
)
def test_a_planted_story_is_among_the_findings(found, rule, planted):
    assert planted in found(rule)


@pytest.mark.parametrize("rule", ["reply_before_opinions", "reply_unreviewed", "dates_contradict"])
def test_a_story_that_only_looks_alike_is_not_found(found, rule):
    assert not found(rule) & {"Z2026-0141", "R2026-0176", "R2026-0173"}
