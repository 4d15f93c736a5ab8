"""Which days are asked for, and how they are cut into stretches."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest

from benchmarks.synthetic import facts as many_facts
from tasks.adapters import rule_books
from tasks.adapters.frame_files import parquet_bytes, sweep_bytes, sweep_of
from tasks.adapters.past_days import LONGEST, PastDay, asked_days, stretches
from tasks.domain.chronicle import Moments
from tasks.domain.errors import LedgerError
from tasks.domain.obligations import obligations, swept
from tests.builders import PLAIN_CALENDAR, rule_book


def test_every_week_is_every_seventh_day_from_the_first():
    assert asked_days(date(2026, 7, 1), date(2026, 7, 20), "week") == [date(2026, 7, d) for d in (1, 8, 15)]


def test_every_month_is_the_same_day_or_the_months_last():
    asked = asked_days(date(2026, 1, 31), date(2026, 5, 30), "month")
    assert asked == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]


def past(day: date, snapshot: str = "s1") -> PastDay:
    return PastDay(day, None, snapshot, rule_book("reply"), PLAIN_CALENDAR)


def test_a_stretch_ends_where_the_snapshot_changes_and_where_it_is_long_enough():
    days = [past(date(2026, 1, 1) + timedelta(n), "s1" if n < 5 else "s2") for n in range(LONGEST + 10)]
    assert [len(stretch) for stretch in stretches(days)] == [5, LONGEST, 5]


def test_a_rule_book_comes_back_as_it_was_kept(tmp_path):
    rules = rule_book()
    rule_books.keep(tmp_path, rules)
    back = rule_books.kept(tmp_path, rules.version)
    assert (back.duties, back.values, back.fixed_dates) == (rules.duties, rules.values, rules.fixed_dates)
    assert rule_books.kept(tmp_path, "unknown") is None


def test_an_altered_rule_book_is_refused(tmp_path):
    rules = rule_book("reply")
    rule_books.keep(tmp_path, rules)
    path = tmp_path / f"{rules.version}.json"
    path.write_text(path.read_text("utf-8").replace('"count": 3', '"count": 4'), "utf-8")
    with pytest.raises(LedgerError, match="版本不符"):
        rule_books.kept(tmp_path, rules.version)


def test_a_sweep_read_back_answers_as_before_and_a_day_is_no_sweep():
    days = [date(2026, 6, 1) + timedelta(n) for n in range(40)]
    sweep = swept(many_facts(300), rule_book(), PLAIN_CALENDAR, Moments.of(days))
    back = sweep_of(sweep_bytes(sweep))
    assert back is not None
    for day in days[::13]:
        pd.testing.assert_frame_equal(back.on(day), obligations(many_facts(300), rule_book(), PLAIN_CALENDAR, day))
    assert sweep_of(parquet_bytes(sweep.on(days[0]))) is None


def test_days_on_which_nothing_was_owed_yet_come_back_too():
    days = [date(1999, 1, 1), date(1999, 1, 2)]
    sweep = swept(many_facts(30), rule_book(), PLAIN_CALENDAR, Moments.of(days))
    back = sweep_of(sweep_bytes(sweep))
    assert back is not None
    pd.testing.assert_frame_equal(back.on(days[1]), obligations(many_facts(30), rule_book(), PLAIN_CALENDAR, days[1]))
