"""Backlog cases in the ledger: numbered once, taken over from review to review, ended by a signed closing only."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from tasks.adapters.ledger import audit, backlog_cases, backlog_reviews
from tasks.adapters.ledger.backlog_tables import backlog_cases as case_rows
from tasks.domain.errors import LedgerError
from tests.adapters.outboxes import archive_in
from tests.adapters.registers import close, prepared, reviewed, standings
from tests.examples import examples
from tests.installations import new_ledger

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 9), date(2026, 11, 2), date(2026, 12, 1)
OVERDUE = ("甲", "reply_overdue", "2026-09-09")
OTHER = ("乙", "planned_unsolved", "2026-06-01")


@pytest.fixture
def ledger(ledger):
    return prepared(ledger)


def numbers(ledger):
    register = backlog_cases.register(ledger, "demo")
    return dict(
        zip(zip(register["proposal_id"], register["occurrence"], strict=True), register["case_no"], strict=True)
    )


def test_a_review_opens_what_meets_a_criterion_and_numbers_it_by_age(ledger, archive):
    made = reviewed(ledger, archive, OCTOBER, OVERDUE, OTHER)
    assert numbers(ledger) == {("乙", 1): "2026-001", ("甲", 1): "2026-002"}
    assert made.counts == {"new": 2, "still": 0, "to_close": 0, "closed": 0}


def test_a_case_keeps_its_number_in_the_next_year_and_new_ones_count_from_one(ledger, archive):
    reviewed(ledger, archive, DECEMBER, OVERDUE)
    made = reviewed(ledger, archive, date(2027, 3, 1), OVERDUE, OTHER)
    assert numbers(ledger) == {("甲", 1): "2026-001", ("乙", 1): "2027-001"}
    assert standings(archive, made) == {("甲", 1): "still", ("乙", 1): "new"}


def test_a_case_that_meets_nothing_any_more_stays_until_it_is_closed(ledger, archive):
    reviewed(ledger, archive, OCTOBER, OVERDUE)
    waiting = reviewed(ledger, archive, NOVEMBER)
    close(ledger, "甲", date(2026, 11, 20))
    ended = reviewed(ledger, archive, DECEMBER)
    assert standings(archive, waiting) == {("甲", 1): "to_close"}
    assert standings(archive, ended) == {("甲", 1): "closed"}
    assert standings(archive, reviewed(ledger, archive, date(2027, 1, 4))) == {}


def test_the_same_review_again_is_the_same_and_opens_nothing_twice(ledger, archive):
    first = reviewed(ledger, archive, OCTOBER, OVERDUE)
    assert reviewed(ledger, archive, OCTOBER, OVERDUE) == first
    assert len(numbers(ledger)) == 1


def test_a_second_review_of_a_day_keeps_what_the_first_one_opened(ledger, archive):
    """The source was corrected in between: what had been listed waits for its closing like any other case."""
    reviewed(ledger, archive, OCTOBER, OVERDUE)
    again = reviewed(ledger, archive, OCTOBER, OTHER)
    assert standings(archive, again) == {("甲", 1): "to_close", ("乙", 1): "new"}
    assert [each.review_id for each in backlog_reviews.reviews(ledger, "demo")] == [again.review_id]


def test_a_review_of_a_day_before_the_last_one_changes_nothing(ledger, archive):
    reviewed(ledger, archive, OCTOBER, OVERDUE)
    last = reviewed(ledger, archive, DECEMBER, OVERDUE)
    before = numbers(ledger)
    looked_back = reviewed(ledger, archive, NOVEMBER, OTHER)
    assert looked_back.is_past
    assert standings(archive, looked_back) == {("甲", 1): "to_close", ("乙", 1): "new"}
    assert numbers(ledger) == before
    assert backlog_reviews.last_review(ledger, "demo") == last
    after = reviewed(ledger, archive, date(2027, 1, 4), OVERDUE)
    assert (after.previous_id, standings(archive, after)) == (last.review_id, {("甲", 1): "still"})


def test_looking_back_never_rests_on_another_look_back(ledger, archive):
    reviewed(ledger, archive, OCTOBER, OVERDUE)
    last = reviewed(ledger, archive, DECEMBER, OVERDUE)
    reviewed(ledger, archive, NOVEMBER, OTHER)
    again = reviewed(ledger, archive, date(2026, 11, 16), OVERDUE)
    assert standings(archive, again) == {("甲", 1): "still"}
    assert [each.as_of for each in backlog_reviews.reviews(ledger, "demo")] == [OCTOBER, last.as_of]


def test_what_was_closed_and_comes_back_is_a_case_of_its_own(ledger, archive):
    reviewed(ledger, archive, OCTOBER, OVERDUE)
    close(ledger, "甲", date(2026, 10, 20))
    again = reviewed(ledger, archive, DECEMBER, ("甲", "reply_overdue", "2026-11-20"))
    assert standings(archive, again) == {("甲", 1): "closed", ("甲", 2): "new"}
    assert numbers(ledger) == {("甲", 1): "2026-001", ("甲", 2): "2026-002"}


@pytest.mark.parametrize("missing", [{"proof": " "}, {"signed_by": ""}])
def test_a_closing_without_proof_or_signature_is_refused(ledger, archive, missing):
    reviewed(ledger, archive, OCTOBER, OVERDUE)
    with pytest.raises(LedgerError, match="没有销号依据或签批人"):
        close(ledger, "甲", NOVEMBER, **missing)


def test_a_closing_of_no_case_is_refused_by_the_database(ledger):
    with pytest.raises(sa.exc.IntegrityError):
        close(ledger, "甲", NOVEMBER)


def test_a_case_ends_once(ledger, archive):
    reviewed(ledger, archive, OCTOBER, OVERDUE)
    close(ledger, "甲", date(2026, 10, 20))
    close(ledger, "甲", date(2026, 10, 30), proof="另一份材料")
    register = backlog_cases.register(ledger, "demo")
    assert register["proof"].tolist() == ["竣工验收意见书"]


def test_reviews_and_closings_are_in_the_audit_log(ledger, archive):
    made = reviewed(ledger, archive, OCTOBER, OVERDUE)
    close(ledger, "甲", date(2026, 10, 20))
    with ledger.connect() as connection:
        acts = [(row["actor"], row["act"]) for key in (made.review_id, "甲") for row in audit.entries(connection, key)]
    assert acts == [("系统", "积案核定"), ("王志远", "积案销号")]


@pytest.mark.parametrize("table", ["backlog_cases", "backlog_closings"])
@pytest.mark.parametrize("act", ["update {} set criteria = 'x'", "delete from {}"])
def test_the_database_itself_refuses_to_change_or_remove_a_case_or_a_closing(ledger, archive, table, act):
    reviewed(ledger, archive, OCTOBER, OVERDUE)
    close(ledger, "甲", date(2026, 10, 20))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), ledger.begin() as connection:
        connection.exec_driver_sql(act.format(table))


def test_two_reviews_at_once_open_each_case_once(ledger, archive):
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: reviewed(ledger, archive, OCTOBER, OVERDUE, OTHER), range(6)))
    assert sorted(numbers(ledger).values()) == ["2026-001", "2026-002"]


months = st.lists(
    st.tuples(
        st.integers(-40, 60),
        st.sets(st.tuples(st.sampled_from("甲乙丙"), st.sampled_from(["reply_overdue", "raised_again"]))),
        st.sets(st.sampled_from("甲乙丙")),
    ),
    max_size=7,
)


@examples(40, few=10)
@given(months)
def test_no_case_leaves_the_list_without_a_closing_whatever_is_reviewed_in_whatever_order(history):
    """Days go back and forth, cases come and go, some are closed: every open case is in every review that counts."""
    with tempfile.TemporaryDirectory() as folder:
        ledger, archive = prepared(new_ledger(Path(folder) / "l.sqlite")), archive_in(Path(folder))
        as_of = OCTOBER
        for step, met, closed in history:
            as_of += timedelta(days=step)
            rows = [(name, criterion, as_of - timedelta(days=100)) for name, criterion in sorted(met)]
            made = reviewed(ledger, archive, as_of, *rows)
            register = backlog_cases.register(ledger, "demo")
            open_now = register[register["closed_on"].isna()]
            if not made.is_past:
                told = {key for key, standing in standings(archive, made).items() if standing != "closed"}
                assert told == set(zip(open_now["proposal_id"], open_now["occurrence"], strict=True))
            for name, occurrence in zip(open_now["proposal_id"], open_now["occurrence"], strict=True):
                if name in closed:
                    close(ledger, name, as_of, int(occurrence))
            with ledger.connect() as connection:
                opened = connection.scalar(sa.select(sa.func.count()).select_from(case_rows))
            assert opened == len(register)
        ledger.engine.dispose()
