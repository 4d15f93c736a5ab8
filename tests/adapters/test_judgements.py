"""Findings, verdicts and repeated matters in the ledger: stored once, judged by name, and nothing is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
import sqlalchemy as sa

from tasks.adapters.ledger import assessments, findings, repeat_decisions, snapshots
from tasks.adapters.ledger.assessments import Assessment
from tasks.adapters.ledger.findings import Review
from tasks.adapters.ledger.row_histories import changed_rows
from tasks.adapters.ledger.tables import audit_log
from tasks.domain.errors import ConfigurationError, LedgerError
from tasks.domain.finding_rules import FINDINGS
from tasks.domain.frames import ASSIGNMENTS
from tasks.domain.judgement import Verdict
from tasks.domain.repeat_decisions import Decision
from tests.builders import facts

NOW = datetime(2026, 7, 15, 1, 0, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")
SESSION = facts(
    assignments=[
        {"proposal_id": "2025甲", "unit_id": "u", "assigned_on": "2025-03-10"},
        {"proposal_id": "2026甲", "unit_id": "u"},
    ]
)


def finding(subject="甲", evidence="审核没有记录", rule="reply_unreviewed", **more):
    known = {"unit_id": "水利局", "year": 2026, "confidence": "medium"}
    return {"rule": rule, "subject": subject, "evidence": evidence, **known, **more}


def review(ledger, name="r1", as_of=date(2026, 7, 15), jurisdiction="demo"):
    """A review whose assessment stands in the ledger."""
    taken = snapshots.store(ledger, jurisdiction, SESSION, pd.DataFrame(), NOW)
    made = Assessment(
        f"{jurisdiction}-{name}", jurisdiction, as_of, None, taken.snapshot_id, "r", "c", "v", "daily", "0", NOW
    )
    assessments.record(ledger, made)
    return Review(f"{jurisdiction}-{name}-f", jurisdiction, as_of, made.assessment_id, "f", NOW)


def found(ledger, *rows, **about):
    return findings.record(ledger, review(ledger, **about), FINDINGS.of(rows))


def judge(ledger, *numbers, verdict=Verdict.CONFIRMED, name="周敏", reason="已核实", jurisdiction="demo"):
    findings.judge(ledger, jurisdiction, numbers, verdict, name, reason, NOW)


def test_a_finding_gets_a_number_and_is_read_back_whole(ledger):
    (number,) = found(ledger, finding())
    (row,) = findings.seen_in(ledger, "demo-r1-f").to_dict("records")
    assert row == {"finding_id": number, **finding(), "found_on": pd.Timestamp(2026, 7, 15)}


def test_the_same_review_again_changes_nothing(ledger):
    made = review(ledger)
    assert len(findings.record(ledger, made, FINDINGS.of([finding()]))) == 1
    assert findings.record(ledger, made, FINDINGS.of([finding(), finding("乙")])) == []
    assert len(findings.seen_in(ledger, made.review_id)) == 1


def test_a_finding_seen_again_on_the_same_evidence_keeps_its_number_and_its_first_day(ledger):
    (first,) = found(ledger, finding())
    assert found(ledger, finding(), name="r2", as_of=date(2026, 7, 22)) == []
    seen = findings.seen_in(ledger, "demo-r2-f")
    assert seen["finding_id"].tolist() == [first]
    assert seen["found_on"].dt.date.tolist() == [date(2026, 7, 15)]


def test_changed_evidence_is_a_finding_of_its_own(ledger):
    (first,) = found(ledger, finding())
    (second,) = found(ledger, finding(evidence="审核在7月10日"), name="r2")
    assert second != first


def test_what_was_found_in_one_review_only_is_not_in_the_next(ledger):
    found(ledger, finding(), finding("乙"))
    found(ledger, finding("乙"), name="r2")
    assert findings.seen_in(ledger, "demo-r2-f")["subject"].tolist() == ["乙"]
    assert len(findings.seen_in(ledger, "demo-r1-f")) == 2


def test_evidence_longer_than_an_index_takes_is_stored(ledger):
    found(ledger, finding(evidence="一" * 20_000))
    assert findings.seen_in(ledger, "demo-r1-f")["evidence"].str.len().tolist() == [20_000]


def test_jurisdictions_have_findings_of_their_own(ledger):
    (own,) = found(ledger, finding())
    (other,) = found(ledger, finding(), jurisdiction="county")
    assert own != other
    with pytest.raises(LedgerError, match="没有这样的疑点"):
        judge(ledger, other)


def test_the_newest_review_is_of_the_latest_day_whenever_it_was_made(ledger):
    assert findings.latest(ledger, "demo") is None
    found(ledger, finding(), name="r1", as_of=date(2026, 7, 15))
    found(ledger, finding(), name="r0", as_of=date(2026, 3, 1))
    assert findings.latest(ledger, "demo").review_id == "demo-r1-f"


def test_an_unknown_review_is_told(ledger):
    with pytest.raises(LedgerError, match="请先运行 quality-review"):
        findings.by_id(ledger, "demo-r9-f")


def test_a_review_that_found_nothing_is_stored_as_such(ledger):
    assert found(ledger) == []
    assert findings.seen_in(ledger, "demo-r1-f").empty
    assert findings.latest(ledger, "demo").review_id == "demo-r1-f"


def test_two_reviews_at_once_number_a_finding_once(ledger):
    made = [review(ledger, name=f"r{place}") for place in range(4)]
    rows = FINDINGS.of([finding(), finding("乙")])
    with ThreadPoolExecutor(4) as pool:
        new = list(pool.map(lambda each: findings.record(ledger, each, rows), made))
    assert sum(map(len, new)) == 2
    assert len({tuple(findings.seen_in(ledger, each.review_id)["finding_id"]) for each in made}) == 1


def test_a_verdict_is_stored_with_name_reason_and_time_and_in_the_audit_log(ledger):
    (number,) = found(ledger, finding())
    judge(ledger, number, name=" 周敏 ", reason=" 调阅了审批单 ")
    (row,) = findings.verdicts(ledger, "demo").to_dict("records")
    assert (row["finding_id"], row["verdict"], row["name"], row["reason"]) == (
        number,
        "confirmed",
        "周敏",
        "调阅了审批单",
    )
    assert row["at"] == pd.Timestamp(NOW)
    with ledger.connect() as connection:
        entries = connection.execute(sa.select(audit_log.c.actor, audit_log.c.act, audit_log.c.subject)).all()
    assert ("周敏", "疑点属实", f"finding/{number}") in entries


def test_several_findings_are_judged_at_once_or_none_of_them(ledger):
    numbers = found(ledger, finding(), finding("乙"), finding("丙"))
    judge(ledger, numbers[0])
    with pytest.raises(LedgerError, match=f"疑点 {numbers[0]}（已经认定属实）: 不能这样认定"):
        judge(ledger, *numbers)
    assert len(findings.verdicts(ledger, "demo")) == 1
    judge(ledger, *numbers[1:], numbers[1])
    assert len(findings.verdicts(ledger, "demo")) == 3


def test_a_verdict_can_be_taken_back_and_given_anew(ledger):
    (number,) = found(ledger, finding())
    judge(ledger, number)
    judge(ledger, number, verdict=Verdict.REOPENED)
    with pytest.raises(LedgerError, match="无从撤回"):
        judge(ledger, number, verdict=Verdict.REOPENED)
    judge(ledger, number)
    assert findings.verdicts(ledger, "demo")["verdict"].tolist() == ["confirmed", "reopened", "confirmed"]


@pytest.mark.parametrize("wrong", [{"name": " "}, {"reason": ""}])
def test_a_verdict_needs_a_name_and_a_reason(ledger, wrong):
    (number,) = found(ledger, finding())
    with pytest.raises(ConfigurationError, match="没有写明认定人或理由"):
        judge(ledger, number, **wrong)
    assert findings.verdicts(ledger, "demo").empty


def decide(
    ledger, decision=Decision.CONFIRMED, pair=("2026甲", "2025甲"), name="周敏", now=NOW, likeness=(0.51, "沿河路")
):
    repeat_decisions.decide(ledger, "demo", pair, decision, name, "同一路段", now, facts=SESSION, likeness=likeness)


def test_a_decision_is_stored_with_what_spoke_for_it_and_by_whom_when_and_why(ledger):
    decide(ledger)
    (row,) = repeat_decisions.decisions(ledger, "demo").to_dict("records")
    assert (row["proposal_id"], row["earlier_id"], row["decision"]) == ("2026甲", "2025甲", "confirmed")
    assert (row["score"], row["fragments"], row["name"], row["reason"]) == (0.51, "沿河路", "周敏", "同一路段")
    assert row["at"] == pd.Timestamp(NOW)


def test_a_pair_that_nothing_offered_is_decided_without_a_score(ledger):
    decide(ledger, likeness=None)
    assert repeat_decisions.decisions(ledger, "demo")[["score", "fragments"]].isna().all(axis=None)


def test_every_decision_stays(ledger):
    decide(ledger)
    decide(ledger, Decision.WITHDRAWN, now=NOW + timedelta(days=1))
    assert repeat_decisions.decisions(ledger, "demo")["decision"].tolist() == ["confirmed", "withdrawn"]


def test_what_cannot_be_said_of_a_pair_is_refused_and_not_stored(ledger):
    with pytest.raises(LedgerError, match="2025甲 与 2026甲: 2026甲 不是 2025甲 之前年度提出的"):
        decide(ledger, pair=("2025甲", "2026甲"))
    with pytest.raises(ConfigurationError, match="没有写明认定人或理由"):
        decide(ledger, name="")
    assert repeat_decisions.decisions(ledger, "demo").empty


def test_another_jurisdictions_decisions_are_not_seen(ledger):
    decide(ledger)
    assert repeat_decisions.decisions(ledger, "county").empty


def handled_by(name):
    rows = [{"assignment_id": "a", "proposal_id": "甲", "unit_id": "u", "handler": name}]
    return facts(assignments=[*rows, {"assignment_id": "b", "proposal_id": "乙", "unit_id": "u", "handler": "王"}])


def read(ledger, *names):
    nights = [NOW + timedelta(days=place) for place in range(len(names))]
    return [
        snapshots.store(ledger, "demo", handled_by(name), pd.DataFrame(), night)
        for name, night in zip(names, nights, strict=True)
    ]


def histories(ledger, until):
    rows = changed_rows(ledger, ASSIGNMENTS, until, SHANGHAI)
    return list(zip(rows["assignment_id"], rows["handler"], rows["seen_on"].dt.date, strict=True))


def test_rows_that_changed_come_back_with_the_day_each_version_was_read_first(ledger):
    taken = read(ledger, "李", "李", "赵")
    assert histories(ledger, taken[-1]) == [("a", "李", date(2026, 7, 15)), ("a", "赵", date(2026, 7, 17))]


def test_what_was_read_after_a_snapshot_is_not_known_with_it(ledger):
    taken = read(ledger, "李", "赵", "钱")
    assert histories(ledger, taken[0]) == []
    assert [row[1] for row in histories(ledger, taken[1])] == ["李", "赵"]


def test_the_day_is_the_offices_own(ledger):
    taken = [
        snapshots.store(ledger, "demo", handled_by(name), pd.DataFrame(), datetime(2026, 7, day, 17, tzinfo=UTC))
        for name, day in (("李", 15), ("赵", 16))
    ]
    assert [row[2] for row in histories(ledger, taken[-1])] == [date(2026, 7, 16), date(2026, 7, 17)]
