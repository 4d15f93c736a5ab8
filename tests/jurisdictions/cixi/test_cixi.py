"""A real city's records, adopted by configuration: every figure to the item, counted independently from the CSV files."""

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest

from tasks.adapters.calendars import load_calendar
from tasks.adapters.config_files import CALENDARS, load_jurisdiction
from tasks.adapters.source import SourceConfig, SourceRead, read_source
from tasks.adapters.yaml_files import load_yaml
from tasks.domain.frames import Facts
from tasks.domain.obligations import obligations
from tests.conftest import ROOT
from tests.jurisdictions.cixi.load import load

FOLDER = ROOT / "config" / "jurisdictions" / "cixi"
BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def records(shared_data: Path) -> Path:
    return shared_data / "cixi-2017"


@pytest.fixture(scope="module")
def result(records: Path, mariadb: str) -> SourceRead:
    load(mariadb, records)
    return read_source(load_yaml(FOLDER / "source.yaml", SourceConfig), FOLDER / "source", mariadb)


@pytest.fixture(scope="module")
def facts(result: SourceRead) -> Facts:
    return result.facts


@pytest.fixture(scope="module")
def owed(facts: Facts) -> pd.DataFrame:
    """The obligations on the day of the dump."""
    cixi = load_jurisdiction("cixi", [FOLDER.parent])
    return obligations(facts, cixi.rules, load_calendar(CALENDARS), date(2017, 7, 1))


def rows(records: Path, table: str) -> Iterator[dict[str, str]]:
    with (records / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def values_of_all(records: Path, name: str) -> list[dict[str, str]]:
    """All rows of one attribute."""
    number = next(row["attr_template_id"] for row in rows(records, "attr_template_tbl") if row["attr_name"] == name)
    return [row for row in rows(records, "attr_tbl") if row["attr_template"] == number]


def values(records: Path, name: str) -> dict[str, dict[str, str]]:
    """The rows of one attribute by proposal, which has it once."""
    return {row["motion"]: row for row in values_of_all(records, name)}


def beijing_day(seconds: str) -> date:
    return datetime.fromtimestamp(int(seconds), BEIJING).date()


def beijing_day_of_utc(text: str) -> date:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).astimezone(BEIJING).date()


def per_unit(frame: pd.DataFrame) -> Counter[str]:
    return Counter(frame["unit_id"].astype("str"))


def days(frame: pd.DataFrame, key: str, column: str) -> dict[str, date]:
    return dict(zip(frame[key].astype("str"), frame[column].dt.date, strict=True))


def of_kind(facts: Facts, kind: str) -> pd.DataFrame:
    return facts.events[facts.events["kind"] == kind]


def rate(count: int, total: int) -> Decimal:
    return (Decimal(100 * count) / total).quantize(Decimal("0.01"), ROUND_HALF_UP)


def test_nothing_is_kept_out(result):
    assert result.quarantine.empty


def test_644_proposals_have_a_number_and_the_number_is_no_key(facts, records):
    numbers = values(records, "案号")
    assert dict(zip(facts.proposals["proposal_id"], facts.proposals["number"], strict=True)) == {
        motion: row["content_int"] for motion, row in numbers.items()
    }
    assert (len(facts.proposals), facts.proposals["number"].nunique()) == (644, 357)
    assert facts.proposals.duplicated(["kind", "number"]).sum() == 2


def test_641_lead_assignments_per_unit_on_their_beijing_day(facts, records):
    lead = facts.assignments[facts.assignments["role"].isin(["lead", "sole"])]
    leads = values(records, "主办单位")
    assert len(lead) == 641
    assert per_unit(lead) == Counter(row["content_int"] for row in leads.values())
    assert days(lead, "proposal_id", "assigned_on") == {
        motion: beijing_day_of_utc(row["update_time"]) for motion, row in leads.items()
    }


def test_a_unit_without_co_units_is_the_sole_one(facts, records):
    with_co_units = {row["motion"] for row in rows(records, "motion_handler_tbl") if row["status"] != "7"}
    sole = facts.assignments[facts.assignments["role"] == "sole"]
    assert set(sole["proposal_id"]) == set(values(records, "主办单位")) - with_co_units
    assert len(sole) == 89


def test_1436_co_assignments_per_unit_and_8_cancelled_ones(facts, records):
    co = facts.assignments[facts.assignments["role"] == "co_organising"]
    handlers = list(rows(records, "motion_handler_tbl"))
    active = co[co["ended_on"].isna()]
    assert (len(active), len(co) - len(active)) == (1436, 8)
    assert per_unit(active) == Counter(row["unit"] for row in handlers if row["status"] in ("1", "9"))
    cancelled = co[co["end_reason"] == "cancelled"]
    assert per_unit(cancelled) == Counter(row["unit"] for row in handlers if row["status"] == "7")


def test_288_replies_per_unit_on_their_beijing_day_with_their_outcome(facts, records):
    replies = of_kind(facts, "reply_issued")
    answered, leads = values(records, "主办答复时间"), values(records, "主办单位")
    assert len(replies) == 288
    assert per_unit(replies) == Counter(leads[motion]["content_int"] for motion in answered)
    assert days(replies, "proposal_id", "happened_on") == {
        motion: beijing_day(row["content_int"]) for motion, row in answered.items()
    }
    letters = {"A": "solved", "B": "planned", "C": "explained", "D": "reference"}
    assert dict(zip(replies["proposal_id"], replies["value"], strict=True)) == {
        motion: letters[row["content"]] for motion, row in values(records, "类别标记").items()
    }


def test_1435_opinions_per_unit_on_their_beijing_day(facts, records):
    opinions = of_kind(facts, "opinion_submitted")
    given = [row for row in rows(records, "motion_handler_tbl") if row["status"] == "9"]
    assert len(opinions) == 1435
    assert per_unit(opinions) == Counter(row["unit"] for row in given)
    assert days(opinions, "event_id", "happened_on") == {
        f"opinion-{row['motion_handler_id']}": beijing_day(row["reply_time"]) for row in given
    }


def test_the_headings_of_the_unit_list_are_groups_and_no_units(facts, records):
    units = list(rows(records, "unit_tbl"))
    headings = {row["parent_unit"] for row in units} - {"0"}
    assert set(facts.units["unit_id"]) == {row["unit_id"] for row in units} - headings
    assert set(facts.units["group"]) == set(load_jurisdiction("cixi", [FOLDER.parent]).groups)


def test_proposals_say_what_the_records_say(facts, records):
    proposals = facts.proposals.set_index("proposal_id")
    kinds = {"1": "deputy_suggestion", "2": "cppcc_proposal"}
    category = {row["motion_id"]: kinds[row["category"]] for row in rows(records, "motion_tbl")}
    assert proposals["kind"].to_dict() == {key: category[key] for key in proposals.index}
    registered = values(records, "登记时间")
    assert proposals["filed_on"].dt.date.to_dict() == {
        key: beijing_day(registered[key]["content_int"]) for key in proposals.index
    }
    key = {row["motion"] for row in values_of_all(records, "性质") if row["content"] in ("重点提案", "重点督办")}
    assert set(proposals.index[proposals["is_key"]]) == key
    assert set(zip(proposals["kind"], proposals["term"], proposals["session"], strict=True)) == {
        ("deputy_suggestion", 17, 1),
        ("cppcc_proposal", 11, 1),
    }


def test_the_reply_rate_counts_lead_units_only(facts):
    replies, opinions = len(of_kind(facts, "reply_issued")), len(of_kind(facts, "opinion_submitted"))
    active = facts.assignments[facts.assignments["ended_on"].isna()]
    lead = len(active[active["role"] != "co_organising"])
    assert rate(replies, lead) == Decimal("44.93")
    # What that city's own export shows: opinions of co-units on both sides hide that most replies are missing.
    assert rate(replies + opinions, len(active)) == Decimal("82.96")


def test_a_unit_without_any_reply_looks_diligent_when_opinions_are_mixed_in(facts):
    active = facts.assignments[facts.assignments["ended_on"].isna() & (facts.assignments["unit_id"] == "53")]
    events = facts.events[facts.events["unit_id"] == "53"]
    assert Counter(active["role"] == "co_organising") == {False: 19, True: 69}
    assert Counter(events["kind"]) == {"opinion_submitted": 68}
    assert rate(68, 88) == Decimal("77.27")


def test_641_replies_and_1436_opinions_are_owed_and_nothing_else(owed):
    by_state = owed[owed["state"] != "excused"].groupby("duty", observed=True).size()
    assert by_state.to_dict() == {"reply": 641, "opinion": 1436}
    assert owed[owed["state"] == "excused"].groupby("duty", observed=True).size().to_dict() == {"opinion": 8}


def test_replies_after_the_notices_last_day_are_late_and_those_on_it_are_not(owed, records):
    reply = owed[owed["duty"] == "reply"]
    answered = Counter(beijing_day(row["content_int"]) for row in values(records, "主办答复时间").values())
    in_time = sum(count for day, count in answered.items() if day <= date(2017, 6, 30))
    states = reply["state"].value_counts().to_dict()
    assert (states["met"], states["met_late"]) == (in_time, 288 - in_time) == (281, 7)
    assert states["overdue"] == 641 - 288


def test_opinions_are_due_on_the_notices_day_or_a_month_after_assignment_if_that_is_earlier(owed, records):
    assigned = {row["attr_id"]: row["update_time"] for row in values_of_all(records, "协办单位")}
    given = [row for row in rows(records, "motion_handler_tbl") if row["status"] == "9"]
    in_time = sum(beijing_day(row["reply_time"]) <= opinion_due(assigned[row["attr"]]) for row in given)
    states = owed[owed["duty"] == "opinion"]["state"].value_counts().to_dict()
    assert (states["met"], states["met_late"]) == (in_time, 1435 - in_time) == (1357, 78)
    assert (states["overdue"], states["excused"]) == (1, 8)


def opinion_due(assigned_at: str) -> date:
    """All co-units were assigned on 19 April or later: only a month from that very day ends before the notice's day."""
    return date(2017, 5, 19) if beijing_day_of_utc(assigned_at) == date(2017, 4, 19) else date(2017, 5, 20)
