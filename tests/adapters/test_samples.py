"""The fictional sources: the same rows everywhere, read by configuration, with every planted story in its place."""

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import chinese_calendar
import pandas as pd
import pytest
from rapidfuzz import fuzz

from tasks.adapters.backlog_files import load_backlog
from tasks.adapters.calendars import load_calendar
from tasks.adapters.config_files import Jurisdiction, load_jurisdiction
from tasks.adapters.samples import SAMPLES, build_sample
from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.office_days import is_workday, months_after, workdays_after
from tasks.adapters.samples.stories import load_stories
from tasks.adapters.samples.tables import write_tables
from tasks.adapters.source import SourceConfig, SourceRead, read_source
from tasks.adapters.yaml_files import load_yaml
from tasks.domain.backlog import backlog
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import CANONICAL, EventKind
from tasks.domain.obligations import obligations
from tests.conftest import ROOT

CONFIG = ROOT / "config" / "jurisdictions"
STORIES = load_stories("city_stories.yaml")
GUIDE = (ROOT / "docs" / "demo_stories.md").read_text(encoding="utf-8")
JULY, NOVEMBER = "2026-07-15", "2026-11-23"

# Any change to the words or the rules of chance changes these; put in the new ones after looking at what changed.
CONTENT = {"prefecture": "48f5f9e58f766e58", "county": "4f90fcd76b144e01"}
ROWS = {
    "demo": {"units": 66, "contacts": 351, "proposals": 905, "assignments": 2191, "events": 16600, "reply_texts": 878},
    "demo-county": {
        "units": 25,
        "contacts": 75,
        "proposals": 120,
        "assignments": 283,
        "events": 1135,
        "reply_texts": 0,
    },
}


@dataclass(frozen=True)
class Sample:
    """One jurisdiction that reads a sample, and what its domain says on a day."""

    jurisdiction: Jurisdiction
    read: SourceRead
    known_obligations: Callable[..., pd.DataFrame]
    known_backlog: Callable[[date], pd.DataFrame]

    def obligation(self, proposal_id: str, unit_id: str, duty: str, day: str, *known_at: datetime) -> pd.Series:
        """Return the last round of that obligation."""
        owed = self.known_obligations(date.fromisoformat(day), *known_at)
        rows = owed[(owed["proposal_id"] == proposal_id) & (owed["unit_id"] == unit_id) & (owed["duty"] == duty)]
        return rows.iloc[-1]

    def handled_by(self, unit_id: str, duty: str, day: str) -> pd.Series:
        """Return the states of this duty of a unit in the session of 2026, excused ones apart."""
        owed = self.known_obligations(date.fromisoformat(day))
        of_session = owed["proposal_id"].astype("str").str[1:5] == "2026"
        rows = owed[of_session & (owed["unit_id"] == unit_id) & (owed["duty"] == duty)]
        return rows.loc[rows["state"] != "excused", "state"].astype("str")


def sample(name: str, folder: Path) -> Sample:
    config = load_yaml(CONFIG / name / "source.yaml", SourceConfig)
    path = folder / f"{name}.sqlite"
    build_sample(str(config.sample), path)
    jurisdiction, calendar = load_jurisdiction(name, [CONFIG]), load_calendar(ROOT / "config" / "calendar")
    read = read_source(config, CONFIG / name / "source", f"sqlite:///{path}")

    @cache
    def known_obligations(day: date, known_at: datetime | None = None) -> pd.DataFrame:
        return obligations(read.facts, jurisdiction.rules, calendar, day, known_at)

    @cache
    def known_backlog(day: date) -> pd.DataFrame:
        criteria, _ = load_backlog(CONFIG / name / "backlog.yaml")
        return backlog(read.facts, known_obligations(day), criteria, day)

    return Sample(jurisdiction, read, known_obligations, known_backlog)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample("demo", tmp_path_factory.mktemp("city"))


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample("demo-county", tmp_path_factory.mktemp("county"))


def content(path: Path) -> str:
    """Return a hash of every row of every table, in order."""
    digest = sha256()
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in sorted(tables):
            rows = connection.execute(f'SELECT * FROM "{table}" ORDER BY 1').fetchall()
            digest.update(json.dumps([table, rows], ensure_ascii=False).encode())
    return digest.hexdigest()[:16]


# --- building -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_has_the_same_rows_on_every_machine(name, tmp_path):
    build_sample(name, tmp_path / "sources" / "built.sqlite")
    assert content(tmp_path / "sources" / "built.sqlite") == CONTENT[name]


def test_a_sample_replaces_what_was_there_and_leaves_nothing_beside_it(tmp_path):
    path = tmp_path / "county.sqlite"
    path.write_text("old")
    build_sample("county", path)
    assert content(path) == CONTENT["county"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_sample_that_fails_half_way_leaves_no_file(tmp_path):
    def broken() -> Iterator[tuple[object, ...]]:
        yield (1, "县教育局", "县直")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_tables(tmp_path / "county.sqlite", "county", {"单位": broken()})
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_sample_is_refused_with_the_known_ones(tmp_path):
    with pytest.raises(ConfigurationError) as caught:
        build_sample("province", tmp_path / "province.sqlite")
    assert str(caught.value) == "source.yaml: sample: province: 没有这个样例数据源\n可用：prefecture、county。"


# --- chance and days ------------------------------------------------------------------------------------------------


def test_a_draw_depends_on_its_name_and_seed_only():
    one = Dice("seed")
    one.fraction("something else")
    assert one.fraction("name", 1) == Dice("seed").fraction("name", 1) == 0.8740550571190226
    assert one.fraction("name", 1) != Dice("other").fraction("name", 1)


def test_draws_stay_within_what_they_draw_from():
    dice = Dice("bounds")
    assert {dice.between(2, 4, n) for n in range(200)} == {2, 3, 4}
    assert {dice.pick("abc", n) for n in range(200)} == set("abc")
    assert {dice.weighted({"a": 1, "b": 0, "c": 3}, n) for n in range(200)} == {"a", "c"}
    assert sorted(dice.some("abcd", 9, "all")) == list("abcd")


def test_the_sample_offices_work_on_the_days_that_were_worked():
    days = [date(2024, 1, 1) + timedelta(n) for n in range(3 * 365 + 1)]
    assert [day for day in days if is_workday(day) != chinese_calendar.is_workday(day)] == []


def test_months_end_on_the_last_day_there_is():
    assert months_after(date(2025, 11, 30), 3) == date(2026, 2, 28)
    assert months_after(date(2025, 10, 31), 2) == date(2025, 12, 31)
    assert workdays_after(date(2026, 4, 3), 1) == date(2026, 4, 7)


# --- what is read ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ROWS)
def test_the_configuration_reads_its_sample(name, request):
    read = request.getfixturevalue("city" if name == "demo" else "county").read
    assert read.row_counts == ROWS[name]
    for spec in CANONICAL:
        assert list(getattr(read.facts, spec.name).columns) == spec.names


def test_dirt_lands_in_quarantine_and_stops_nothing(city):
    rows = city.read.quarantine[["frame", "column", "value"]].astype("str")
    assert sorted(map(tuple, rows.to_numpy())) == [
        ("assignments", "unit_id", "9999"),
        ("events", "happened_on", "2062-04-07"),
        ("events", "kind", "990"),
        ("events", "kind", "990"),
        ("events", "kind", "990"),
        ("events", "proposal_id", "R2026-9999"),
    ]


def test_the_county_has_no_dirt(county):
    assert county.read.quarantine.empty


def test_every_kind_of_event_happens(city):
    assert set(city.read.facts.events["kind"]) == set(map(str, EventKind))


def test_numbers_clash_between_kinds_but_not_within_a_session(city):
    proposals = city.read.facts.proposals
    assert not proposals.duplicated(["kind", "session", "number"]).any()
    assert proposals.loc[proposals["session"] == 5, "number"].duplicated().sum() > 200


def test_titles_are_varied(city):
    assert city.read.facts.proposals["title"].nunique() > 800


def test_every_unit_has_all_contacts_and_some_addresses_are_wanting(city):
    contacts = city.read.facts.contacts
    now = contacts[contacts["valid_to"].isna()]
    assert set(now.groupby("unit_id").size()) == {5}
    wanting = now[now["email"].isna() | ~now["email"].str.contains("@", na=True)]
    assert sorted(zip(wanting["unit_id"], wanting["role"], strict=True)) == [
        ("1005", "handler"),
        ("1005", "section"),
        ("2013", "handler"),
        ("2024", "section"),
        ("4003", "leader"),
        ("6003", "office"),
    ]


def test_records_are_made_after_the_fact_some_weeks_after(city):
    events = city.read.facts.events
    recorded_on = events["recorded_at"].dt.tz_convert("Asia/Shanghai").dt.tz_localize(None).dt.normalize()
    lag = (recorded_on - events["happened_on"]).dt.days
    assert lag.min() == 0
    assert 50 < (lag > 14).sum() < 300


def test_a_proposal_is_filed_then_assigned_then_handled(city):
    facts = city.read.facts
    begun = facts.assignments.groupby("proposal_id")["assigned_on"].min()
    filed = facts.proposals.set_index("proposal_id")["filed_on"]
    assert (filed <= begun.reindex(filed.index)).all()
    assert (facts.events["happened_on"] >= facts.events["proposal_id"].map(begun)).all()


# --- how the city behaves -------------------------------------------------------------------------------------------


def test_most_replies_come_in_the_last_five_days(city):
    owed = city.known_obligations(date(2026, 12, 31))
    replies = owed[(owed["duty"] == "reply") & owed["met_on"].notna()]
    days_early = (replies["extended_to"].fillna(replies["due_on"]) - replies["met_on"]).dt.days
    assert days_early.between(0, 4).mean() == pytest.approx(0.63, abs=0.03)


def test_in_july_a_share_of_the_replies_is_overdue(city):
    owed = city.known_obligations(date.fromisoformat(JULY))
    replies = owed[(owed["duty"] == "reply") & (owed["state"] != "excused")]
    this_year = replies[replies["proposal_id"].astype("str").str[1:5] == "2026"]
    assert 0.05 < (this_year["state"] == "overdue").mean() < 0.12


def test_in_november_there_is_a_backlog_of_every_sort(city):
    found = backlog_on(city, NOVEMBER)
    assert 30 < found["proposal_id"].nunique() < 80
    assert {"reply_overdue", "planned_unsolved", "commitment_lapsed", "dissatisfied_repeatedly", "raised_again"} <= set(
        found["criterion"]
    )


def backlog_on(city: Sample, day: str) -> pd.DataFrame:
    return city.known_backlog(date.fromisoformat(day))


def test_one_unit_replies_to_nothing_and_one_always_in_time(city):
    gas, welfare = (city.handled_by(unit, "reply", "2026-12-31") for unit in ("4003", "2007"))
    assert len(gas) >= 5
    assert not set(gas) & {"met", "met_late"}
    assert len(welfare) >= 10
    assert set(welfare) == {"met"}


def test_one_unit_replies_on_the_last_day_only(city):
    owed = city.known_obligations(date(2026, 12, 31))
    replies = owed[(owed["duty"] == "reply") & owed["met_on"].notna()]
    on_the_day = replies["met_on"] == replies["extended_to"].fillna(replies["due_on"])
    share = on_the_day.groupby(replies["unit_id"], observed=True).agg(["mean", "size"])
    assert share.loc["2008", "mean"] == 1
    assert share[(share["size"] >= 8) & (share.index != "2008")]["mean"].max() < 0.6


def test_one_handler_has_most_of_a_units_cases(city):
    given = city.read.facts.assignments
    given = given[(given["role"] != "co_organising") & (given["assigned_on"] >= "2026-01-01")]
    share = given.groupby("unit_id")["handler"].agg(lambda names: names.value_counts().max() / len(names))
    size = given.groupby("unit_id").size()
    assert share["2019"] > 0.7
    assert share[(size >= 8) & (size.index != "2019")].max() < 0.6


def test_one_unit_is_all_satisfied_on_few_forms_and_one_on_many(city):
    events = city.read.facts.events
    replies, forms = (events[events["kind"] == kind] for kind in ("reply_issued", "feedback"))
    returned = forms.groupby("unit_id").size() / replies.groupby("unit_id").size()
    assert returned["2025"] < 0.3
    assert returned["2007"] > 0.85
    assert set(forms.loc[forms["unit_id"].isin(["2025", "2007"]), "value"]) == {"satisfied/satisfied"}


# --- the planted stories --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("proposal_id", "unit_id", "duty", "day", "state", "days_late"),
    [
        ("R2026-0018", "2013", "reply", JULY, "overdue", 41),
        ("R2026-0018", "2013", "reply", NOVEMBER, "overdue", 172),
        ("R2026-0019", "2011", "reply", JULY, "excused", 0),
        ("Z2026-0033", "2015", "reply", "2026-06-12", "overdue", 8),
        ("Z2026-0033", "2015", "reply", JULY, "open", 0),
        ("Z2026-0033", "2015", "reply", NOVEMBER, "met", 0),
        ("Z2026-0034", "2015", "reply", JULY, "overdue", 41),
        ("R2026-0041", "2014", "reply", JULY, "excused", 0),
        ("R2026-0041", "2011", "reply", JULY, "met", 0),
        ("R2026-0042", "2018", "reply", JULY, "open", 0),
        ("R2026-0042", "2018", "reply", NOVEMBER, "met", 0),
        ("R2026-0043", "2014", "reply", JULY, "overdue", 41),
        ("R2026-0059", "2014", "second_reply", NOVEMBER, "overdue", 105),
        ("R2025-0056", "4005", "second_reply", JULY, "overdue", 313),
        ("R2026-0058", "2006", "second_reply", JULY, "met", 0),
        ("Z2025-0072", "2019", "commitment", JULY, "overdue", 15),
        ("Z2025-0072", "2019", "commitment", NOVEMBER, "overdue", 146),
        ("Z2025-0208", "2019", "commitment", NOVEMBER, "overdue", 54),
        ("Z2025-0073", "2019", "commitment", NOVEMBER, "met", 0),
        ("Z2026-0009", "2004", "plan", JULY, "overdue", 99),
        ("Z2026-0010", "2012", "plan", JULY, "met", 0),
        ("Z2026-0155", "2016", "reply", "2026-06-10", "suspended", 0),
        ("Z2026-0155", "2016", "reply", JULY, "open", 0),
        ("Z2026-0155", "2016", "reply", NOVEMBER, "met", 0),
        ("Z2026-0156", "2016", "reply", JULY, "overdue", 41),
        ("R2026-0171", "2016", "reply", JULY, "met_late", 5),
        ("R2025-0031", "4005", "reply", NOVEMBER, "met_late", 286),
        ("Z2025-0045", "5003", "reply", JULY, "overdue", 405),
        ("Z2026-0182", "3004", "reply", JULY, "overdue", 41),
    ],
)
def test_a_story_stands_where_it_was_planted(city, proposal_id, unit_id, duty, day, state, days_late):
    row = city.obligation(proposal_id, unit_id, duty, day)
    assert (row["state"], row["days_late"]) == (state, days_late)


def test_a_deadline_in_2027_is_provisional(city):
    row = city.obligation("R2026-0242", "2015", "reply", NOVEMBER)
    assert (row["due_on"], row["is_provisional"]) == (pd.Timestamp("2027-01-12"), True)


@pytest.mark.parametrize("proposal_id", ["R2026-0166", "R2026-0167"])
def test_what_was_recorded_late_was_overdue_as_known_then(city, proposal_id):
    then = city.obligation(proposal_id, "2017", "reply", "2026-07-01", datetime(2026, 7, 1, 1, tzinfo=UTC))
    later = city.obligation(proposal_id, "2017", "reply", "2026-07-01")
    assert then["state"] == "overdue"
    assert later["state"] in ("met", "open")


@pytest.mark.parametrize(
    ("proposal_id", "day", "criteria"),
    [
        ("R2026-0018", JULY, set()),
        ("R2026-0018", NOVEMBER, {"reply_overdue"}),
        ("R2026-0057", "2026-08-10", {"dissatisfied_repeatedly"}),
        ("R2026-0057", NOVEMBER, set()),
        ("R2026-0058", NOVEMBER, set()),
        ("R2026-0059", JULY, {"dissatisfied_repeatedly"}),
        ("R2026-0059", NOVEMBER, {"dissatisfied_repeatedly", "reply_overdue"}),
        ("Z2025-0072", JULY, {"planned_unsolved"}),
        ("Z2025-0072", NOVEMBER, {"planned_unsolved", "commitment_lapsed"}),
        ("Z2025-0208", NOVEMBER, set()),
        ("Z2025-0073", NOVEMBER, set()),
        ("R2026-0095", JULY, {"raised_again"}),
        ("R2026-0096", NOVEMBER, set()),
        ("R2025-0104", NOVEMBER, set()),
        ("R2025-0031", NOVEMBER, set()),
        ("Z2025-0045", JULY, {"reply_overdue"}),
    ],
)
def test_a_story_is_a_backlog_case_when_it_should_be(city, proposal_id, day, criteria):
    found = backlog_on(city, day)
    assert set(found.loc[found["proposal_id"] == proposal_id, "criterion"]) == criteria


def replies_of(city: Sample) -> pd.DataFrame:
    facts = city.read.facts
    return facts.events.merge(facts.reply_texts, on="event_id", validate="1:1").merge(
        facts.proposals[["proposal_id", "title", "merged_into"]], on="proposal_id", validate="m:1"
    )


def test_only_the_perfunctory_replies_resemble_one_another_without_being_merged(city):
    replies = replies_of(city)
    perfunctory = [f"R2026-{number:04d}" for number in range(121, 126)]
    alike = set()
    for _, own in replies[replies["merged_into"].isna()].groupby("unit_id"):
        rows = list(own[["proposal_id", "text"]].itertuples(index=False))
        alike |= {(one[0], two[0]) for one, two in combinations(rows, 2) if fuzz.ratio(one[1], two[1]) > 85}
    assert {frozenset(pair) for pair in alike} == {frozenset(pair) for pair in combinations(perfunctory, 2)}


def test_merged_proposals_get_the_same_reply(city):
    replies = replies_of(city).drop_duplicates("proposal_id").set_index("proposal_id")["text"]
    assert fuzz.ratio(replies["Z2026-0189"], replies["Z2026-0116"]) > 90


def test_one_reply_does_not_mention_its_matter(city):
    replies = replies_of(city)
    subject = replies["title"].str.extract(r"^关于(?:进一步)?(.+)的(?:建议|提案)$")[0]
    is_named = [part in text for part, text in zip(subject, replies["text"], strict=True)]
    assert replies.loc[[not named for named in is_named], "proposal_id"].tolist() == ["Z2026-0126"]


def test_only_one_form_came_on_the_day_of_the_reply(city):
    events = city.read.facts.events
    replies, forms = (events[events["kind"] == kind] for kind in ("reply_issued", "feedback"))
    both = replies.merge(forms, on=["proposal_id", "unit_id", "happened_on"])
    assert both["proposal_id"].tolist() == ["R2026-0172"]


def test_the_guide_and_the_stories_tell_of_the_same_proposals(city):
    told = set(re.findall(r"[RZ]20\d\d-\d{4}", GUIDE)) - {"R2026-9999"}
    assert STORIES.taken - {"R2026-0122", "R2026-0123", "R2026-0124"} <= told
    assert told <= set(city.read.facts.proposals["proposal_id"])


def test_confidential_proposals_are_withheld(city):
    proposals = city.read.facts.proposals
    secret = proposals[proposals["is_confidential"]]
    assert set(secret["proposal_id"]) == {"R2026-0181", "Z2026-0182", "Z2025-0183"}
    assert set(secret["disclosure"]) == {"withheld"}


# --- the county -----------------------------------------------------------------------------------------------------


def test_the_countys_own_limits_hold(county):
    owed = county.known_obligations(date(2026, 12, 31))
    first = owed[owed["starts_on"] == pd.Timestamp("2026-02-27")]
    last_days = first[first["duty"].isin(["reply", "opinion"])].groupby("duty", observed=True)["due_on"].unique()
    assert last_days.map(lambda days: [str(day.date()) for day in days]).to_dict() == {
        "opinion": ["2026-03-19"],
        "reply": ["2026-04-27"],
    }


def test_the_county_owes_only_what_its_register_knows(county):
    owed = county.known_obligations(date(2026, 12, 31))
    assert {str(duty) for duty in owed["duty"].unique()} == {
        "accept",
        "meeting_before",
        "opinion",
        "reply",
        "second_reply",
        "commitment",
        "publication",
    }
    assert all(reason for reason in county.jurisdiction.rules.duties_off.values())


def test_the_countys_unix_seconds_become_moments(county):
    replies = county.read.facts.events.query("kind == 'reply_issued'")
    office_day = replies["recorded_at"].dt.tz_convert("Asia/Shanghai").dt.tz_localize(None).dt.normalize()
    assert (office_day >= replies["happened_on"]).all()
    assert (office_day == replies["happened_on"]).mean() > 0.5


def test_the_countys_words_become_canonical(county):
    facts = county.read.facts
    outcomes = facts.events.loc[facts.events["kind"] == "reply_issued", "value"]
    assert set(outcomes) == {"solved", "planned", "explained", "reference"}
    assert set(facts.assignments["role"]) == {"lead", "co_organising", "sole"}
