"""A real city's ranking: its own published figures, and what they hid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from tasks.adapters.calendars import load_calendar
from tasks.adapters.config_files import CALENDARS, load_jurisdiction
from tasks.adapters.ranking_files import load_ranking
from tasks.adapters.source import SourceConfig, read_source
from tasks.adapters.yaml_files import load_yaml
from tasks.domain.commendation import commended
from tasks.domain.obligations import obligations
from tasks.domain.ranking import percentage, ranking
from tests.conftest import ROOT
from tests.jurisdictions.cixi.load import load

FOLDER = ROOT / "config" / "jurisdictions" / "cixi"
DUMP = date(2017, 7, 1)


@pytest.fixture(scope="module")
def found(shared_data: Path, mariadb: str):
    load(mariadb, shared_data / "cixi-2017")
    facts = read_source(load_yaml(FOLDER / "source.yaml", SourceConfig), FOLDER / "source", mariadb).facts
    cixi = load_jurisdiction("cixi", [FOLDER.parent])
    calendar = load_calendar(CALENDARS)
    scheme = load_ranking(FOLDER / "ranking.yaml", cixi.rules.duties).scheme("weighted", DUMP)
    owed = obligations(facts, cixi.rules, calendar, DUMP)
    return ranking(facts, owed, scheme, calendar, DUMP), scheme


def share(frame: pd.DataFrame, measure: str) -> tuple[int, int]:
    return int(frame[f"{measure}_count"].sum()), int(frame[f"{measure}_total"].sum())


def test_the_reply_progress_is_288_of_641_main_items_only(found):
    frame, _ = found
    assert share(frame, "reply_progress") == (288, 641)
    assert percentage(*share(frame, "reply_progress")) == Decimal("44.93")


def test_opinions_are_counted_beside_the_replies_and_never_with_them(found):
    frame, _ = found
    assert share(frame, "opinion_on_time") == (1357, 1436)
    assert share(frame, "reply_on_time") == (281, 641)


def test_a_unit_without_a_reply_to_19_items_shows_zero_and_is_criticised_for_it(found):
    frame, scheme = found
    row = frame[frame["unit_id"] == "53"].to_dict("records")[0]
    assert (row["reply_progress_count"], row["reply_progress_total"]) == (0, 19)
    assert str(row["reply_progress_rate"]) == "0.00"
    criticised = commended(frame, scheme).criticised
    assert "zero_reply_progress" in set(criticised.loc[criticised["unit_id"] == "53", "criterion"])


def test_first_forms_count_as_satisfaction_out_of_those_returned(found):
    frame, _ = found
    count, total = share(frame, "satisfaction")
    assert 0 < count <= total <= 288


def test_what_the_city_does_not_record_stays_empty(found):
    frame, _ = found
    for measure in ("meetings", "responsible", "commitment", "look_back", "publication"):
        assert share(frame, measure) == (0, 0)
        assert frame[f"{measure}_rate"].isna().all()


def test_the_groups_of_the_city_are_ranked_apart(found):
    frame, _ = found
    firsts = frame[frame["rank"] == 1].groupby("group").size()
    assert set(firsts.index) == set(frame.loc[frame["rank"].notna(), "group"])
