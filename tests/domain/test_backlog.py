"""Backlog criteria by cases in Chinese, and the life of a case by random histories."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.adapters.backlog_files import load_backlog
from tasks.domain.backlog import BACKLOG_CASES, CLOSINGS, backlog, open_after, review
from tasks.domain.backlog_criteria import CRITERION_LABELS, BacklogCriteria, Criterion, Threshold
from tasks.domain.frames import BACKLOG
from tasks.domain.obligations import obligations
from tests.builders import PLAIN_CALENDAR, ROOT, facts, rule_book
from tests.domain.chinese_cases import chinese_cases, facts_of_case
from tests.examples import examples

CRITERIA, _ = load_backlog(ROOT / "config" / "jurisdictions" / "demo" / "backlog.yaml")
CASES = dict(chinese_cases("backlog_*.yaml"))
LABELS = {str(criterion): label for criterion, label in CRITERION_LABELS.items()}


def backlog_of(known, as_of, criteria=CRITERIA):
    return backlog(known, obligations(known, rule_book(), PLAIN_CALENDAR, as_of), criteria, as_of)


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_case_meets_exactly_the_criteria_the_office_says(case):
    rows = backlog_of(facts_of_case(case), case["截至"])
    found = {
        proposal: set(rows.loc[rows["proposal_id"] == proposal, "criterion"].map(LABELS))
        for proposal in case["建议提案"]
    }
    assert found == {proposal: set(criteria) for proposal, criteria in case["认定"].items()}
    for proposal, day in case.get("起始", {}).items():
        assert rows.loc[rows["proposal_id"] == proposal, "since"].dt.date.tolist() == [day]
    for proposal, evidence in case.get("依据", {}).items():
        assert rows.loc[rows["proposal_id"] == proposal, "evidence"].tolist() == [evidence]


@pytest.mark.parametrize("criterion", list(Criterion))
def test_every_criterion_has_a_case_that_meets_it(criterion):
    assert any(CRITERION_LABELS[criterion] in met for case in CASES.values() for met in case["认定"].values())


def test_the_threshold_in_force_on_the_day_of_review_counts():
    dated = (Threshold(date(2000, 1, 1), 90, "旧规定"), Threshold(date(2026, 9, 1), 60, "新规定", date(2026, 9, 1)))
    criteria = BacklogCriteria({Criterion.REPLY_OVERDUE: dated})
    known = facts(assignments=[{"proposal_id": "甲", "unit_id": "市交通局"}])
    assert backlog_of(known, date(2026, 8, 31), criteria).empty
    assert backlog_of(known, date(2026, 9, 1), criteria)["evidence"].str.endswith("超过60天（新规定）").tolist() == [
        True
    ]


def test_a_criterion_without_a_threshold_on_that_day_is_not_used():
    known = facts(assignments=[{"proposal_id": "甲", "unit_id": "市交通局"}])
    later = BacklogCriteria({Criterion.REPLY_OVERDUE: (Threshold(date(2027, 1, 1), 1, "新规定"),)})
    assert backlog_of(known, date(2026, 12, 1), later).empty


def current(*rows):
    names = ["proposal_id", "criterion", "since", "evidence"]
    frame = pd.DataFrame([dict(zip(names, (*row, "依据"), strict=False)) for row in rows], columns=names)
    return BACKLOG.typed(frame.assign(since=pd.to_datetime(frame["since"])))


def closings(*rows):
    names = ["proposal_id", "occurrence", "closed_on", "criteria", "proof", "signed_by"]
    frame = pd.DataFrame(list(rows), columns=names)
    return CLOSINGS.typed(frame.assign(closed_on=pd.to_datetime(frame["closed_on"])))


NONE_OPEN = BACKLOG_CASES.empty()
OVERDUE = ("甲", "reply_overdue", "2026-09-09")


def standings(reviewed):
    return dict(
        zip(zip(reviewed["proposal_id"], reviewed["occurrence"], strict=True), reviewed["standing"], strict=True)
    )


def test_a_case_is_new_once_and_keeps_the_day_it_was_opened():
    first = review(NONE_OPEN, current(OVERDUE), closings(), date(2026, 10, 1))
    second = review(open_after(first), current(OVERDUE), closings(), date(2026, 11, 1))
    assert standings(first) == {("甲", 1): "new"}
    assert standings(second) == {("甲", 1): "still"}
    assert second["opened_on"].dt.date.tolist() == [date(2026, 10, 1)]


def test_a_case_that_meets_nothing_any_more_waits_to_be_closed_with_its_evidence():
    first = review(NONE_OPEN, current(OVERDUE), closings(), date(2026, 10, 1))
    second = review(open_after(first), current(), closings(), date(2026, 11, 1))
    assert standings(second) == {("甲", 1): "to_close"}
    assert second[["criteria", "evidence"]].to_numpy().tolist() == [["reply_overdue", "依据"]]
    assert len(open_after(second)) == 1


@pytest.mark.parametrize(
    "unfit",
    [
        ("甲", 1, "2026-10-20", "reply_overdue", "", "王局长"),
        ("甲", 1, "2026-10-20", "reply_overdue", "现场核查已完成", " "),
        ("甲", 1, "2026-11-20", "reply_overdue", "现场核查已完成", "王局长"),
        ("甲", 2, "2026-10-20", "reply_overdue", "现场核查已完成", "王局长"),
        ("乙", 1, "2026-10-20", "reply_overdue", "现场核查已完成", "王局长"),
    ],
    ids=["无依据", "无签批", "日期在后", "另一次列入", "另一件"],
)
def test_a_closing_that_is_not_whole_or_not_its_own_closes_nothing(unfit):
    first = review(NONE_OPEN, current(OVERDUE), closings(), date(2026, 10, 1))
    second = review(open_after(first), current(), closings(unfit), date(2026, 11, 1))
    assert standings(second) == {("甲", 1): "to_close"}


CLOSED = ("甲", 1, "2026-10-20", "reply_overdue", "现场核查已完成", "王局长")


def test_a_signed_closing_with_proof_closes_and_the_same_evidence_does_not_open_again():
    first = review(NONE_OPEN, current(OVERDUE), closings(), date(2026, 10, 1))
    second = review(open_after(first), current(OVERDUE), closings(CLOSED), date(2026, 11, 1))
    third = review(open_after(second), current(OVERDUE), closings(CLOSED), date(2026, 12, 1))
    assert standings(second) == {("甲", 1): "closed"}
    assert second[["proof", "signed_by"]].to_numpy().tolist() == [["现场核查已完成", "王局长"]]
    assert third.empty


@pytest.mark.parametrize(
    "again",
    [("甲", "reply_overdue", "2026-11-15"), ("甲", "commitment_lapsed", "2026-09-01")],
    ids=["再次符合", "另一情形"],
)
def test_a_closed_case_opens_again_on_what_the_closing_did_not_cover(again):
    reviewed = review(NONE_OPEN, current(again), closings(CLOSED), date(2026, 12, 1))
    assert standings(reviewed) == {("甲", 2): "new"}


def test_a_case_remembers_every_criterion_it_met():
    first = review(NONE_OPEN, current(OVERDUE), closings(), date(2026, 10, 1))
    second = review(open_after(first), current(("甲", "raised_again", "2026-03-01")), closings(), date(2026, 11, 1))
    assert second[["criteria", "met_now"]].to_numpy().tolist() == [["raised_again;reply_overdue", "raised_again"]]
    assert second["since"].dt.date.tolist() == [date(2026, 3, 1)]


months = st.lists(
    st.tuples(
        st.sets(
            st.tuples(
                st.sampled_from("甲乙丙"), st.sampled_from(["reply_overdue", "raised_again"]), st.integers(0, 400)
            )
        ),
        st.sets(st.tuples(st.sampled_from("甲乙丙"), st.booleans(), st.booleans())),
    ),
    max_size=8,
)


@examples(100, few=15)
@given(months)
def test_no_case_leaves_the_list_without_a_signed_closing_with_proof(history):
    open_cases, all_closings, listed = NONE_OPEN, [], set()
    for month, (met, closed) in enumerate(history):
        as_of = date(2026, 1, 1) + timedelta(days=30 * month)
        waiting = dict(zip(open_cases["proposal_id"], open_cases.itertuples(), strict=True))
        all_closings += [
            (name, waiting[name].occurrence, as_of, waiting[name].criteria, "依据" * proven, "签批人" * signed)
            for name, proven, signed in sorted(closed)
            if name in waiting
            and (name, waiting[name].occurrence) not in {row[:2] for row in all_closings if row[4] and row[5]}
        ]
        unique = {(name, criterion): as_of - timedelta(days=age) for name, criterion, age in sorted(met)}
        reviewed = review(
            open_cases, current(*((*key, day) for key, day in unique.items())), closings(*all_closings), as_of
        )
        open_cases = open_after(reviewed)
        listed |= set(standings(reviewed))
        ended = {row[:2] for row in all_closings if row[4] and row[5]}
        assert set(standings(open_cases.assign(standing=""))) == listed - ended
