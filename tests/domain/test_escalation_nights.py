"""Whatever nights are missed or run twice: the same steps, each once, each with its own day."""

from datetime import date, timedelta
from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from tests.builders import facts, rule_book
from tests.domain.ladders import contacts, days, run_nights, sent
from tests.examples import examples

UNITS = ["u1", "u2"]
CASE = facts(
    assignments=[
        {"proposal_id": f"p{n}", "unit_id": UNITS[n % 2], "role": role, "assigned_on": f"2026-03-{3 + 4 * n:02}"}
        for n, role in enumerate(["lead", "sole", "lead", "co_organising"])
    ],
    contacts=[row for unit in UNITS for row in contacts(unit)],
)
RULES = rule_book("accept", "opinion", "reply")
NIGHTS = days("2026-03-02", "2026-07-06")
COLUMNS = ["proposal_id", "unit_id", "duty", "round", "level", "occurrence", "fell_due_on"]


@cache
def nightly():
    """The record after every night."""
    return run_nights(CASE, NIGHTS, rules=RULES)[0]


def told(record):
    return sorted(map(tuple, record.history[COLUMNS].astype(str).to_numpy()))


def test_there_is_something_to_tell() -> None:
    assert len(told(nightly())) > 40


@given(st.lists(st.sampled_from(NIGHTS[1:-1]), max_size=5))
@examples(12, few=3)
def test_missed_and_repeated_nights_tell_the_same_as_every_night(some: list[date]) -> None:
    nights = sorted([NIGHTS[0], *some, NIGHTS[-1]])
    record, _ = run_nights(CASE, nights, rules=RULES)
    assert told(record) == told(nightly())


@given(st.sampled_from(NIGHTS), st.integers(2, 8))
@examples(12, few=3)
def test_a_gap_makes_the_same_mails_as_the_nights_themselves(last_run: date, gap: int) -> None:
    before, _ = run_nights(CASE, [NIGHTS[0], last_run], rules=RULES)
    missed = [last_run + timedelta(n) for n in range(1, gap + 1)]
    _, nightly = run_nights(CASE, missed, before, rules=RULES)
    _, at_once = run_nights(CASE, missed[-1:], before, rules=RULES)
    assert mails(nightly) == mails(at_once)


def mails(plans):
    """Return unit, level, true day and cases of every mail."""
    return sorted(
        (n.notice.unit_id, n.notice.level, n.notice.as_of, tuple(sorted(i.proposal_id for i in n.notice.items)))
        for made in plans
        for n in made.notices
    )


@given(st.sampled_from(NIGHTS))
@examples(12, few=3)
def test_a_first_run_tells_each_obligation_at_most_once(first_run: date) -> None:
    _, (made,) = run_nights(CASE, [first_run], rules=RULES)
    keys = made.steps.loc[made.steps["status"] == "send", COLUMNS[:4]]
    assert not keys.duplicated().any()
    assert len(sent(made)) == len(keys)
