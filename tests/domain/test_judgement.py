"""What the office makes of findings: a verdict holds until the evidence changes, and every rule's record is counted."""

from __future__ import annotations

import pytest

from tasks.domain.finding_rules import FindingRule
from tasks.domain.judgement import EDITIONS, RULE_RECORD, VERDICTS, Judged, Verdict, judged, refused, rule_record

COPIED, EMPTY = FindingRule.REPLY_COPIED, FindingRule.REPLY_EMPTY


def edition(number, subject="甲", evidence="相同100%", rule=COPIED, **more):
    known = {"unit_id": "城管局", "year": 2026, "confidence": "high", "found_on": "2026-06-01"}
    return {"finding_id": number, "rule": str(rule), "subject": subject, "evidence": evidence, **known, **more}


def editions(*rows):
    return EDITIONS.of(rows)


def verdicts(*said):
    """Each is an edition, a verdict and, if it matters, more."""
    rows = [
        {"verdict_id": place, "verdict": str(verdict), "name": "周敏", "reason": "已核实", "at": f"2026-06-0{place}"}
        | edition
        | more
        for place, (edition, verdict, more) in enumerate(said, 1)
    ]
    return VERDICTS.of(rows)


def said(edition, verdict, **more):
    return edition, verdict, more


def standings(listed):
    return dict(zip(listed["finding_id"], listed["judged"], strict=True))


def test_a_finding_waits_until_somebody_judges_it():
    listed = judged(editions(edition(1)), verdicts())
    assert standings(listed) == {1: Judged.PENDING}
    assert listed["name"].isna().all()


@pytest.mark.parametrize("verdict", [Verdict.CONFIRMED, Verdict.REJECTED])
def test_a_judged_finding_is_not_new_and_says_who_judged_it_and_why(verdict):
    listed = judged(editions(edition(1)), verdicts(said(edition(1), verdict)))
    assert standings(listed) == {1: str(verdict)}
    assert listed[["name", "reason"]].to_numpy().tolist() == [["周敏", "已核实"]]


def test_the_newest_verdict_holds():
    given = verdicts(said(edition(1), Verdict.CONFIRMED), said(edition(1), Verdict.REJECTED))
    assert standings(judged(editions(edition(1)), given)) == {1: Judged.REJECTED}


def test_a_reopened_finding_waits_again():
    given = verdicts(said(edition(1), Verdict.CONFIRMED), said(edition(1), Verdict.REOPENED))
    assert standings(judged(editions(edition(1)), given)) == {1: Judged.PENDING}


def test_a_finding_whose_evidence_changed_is_to_be_judged_again_with_the_earlier_verdict_beside_it():
    given = verdicts(said(edition(1), Verdict.REJECTED))
    listed = judged(editions(edition(2, evidence="相同97%")), given)
    assert standings(listed) == {2: Judged.CHANGED}
    assert listed["earlier"].tolist() == ["周敏认定不属实（已核实）；当时的依据：相同100%"]


def test_evidence_that_changes_back_needs_no_new_verdict():
    given = verdicts(said(edition(1), Verdict.CONFIRMED), said(edition(2, evidence="相同97%"), Verdict.REJECTED))
    listed = judged(editions(edition(1)), given)
    assert standings(listed) == {1: Judged.CONFIRMED}
    assert listed["earlier"].isna().all()


@pytest.mark.parametrize("other", [{"subject": "乙"}, {"rule": EMPTY}, {"year": 2025}, {"unit_id": "水利局"}])
def test_a_verdict_says_nothing_of_another_finding(other):
    listed = judged(editions(edition(2, **other)), verdicts(said(edition(1), Verdict.REJECTED)))
    assert standings(listed) == {2: Judged.PENDING}


def test_the_findings_keep_their_order_and_nothing_listed_means_nothing_judged():
    listed = judged(editions(edition(3), edition(1, "乙")), verdicts())
    assert listed["finding_id"].tolist() == [3, 1]
    assert judged(editions(), verdicts(said(edition(1), Verdict.CONFIRMED))).empty


def record_of(listed, given):
    rows = rule_record(listed, given).set_index("rule")
    return {rule: tuple(row) for rule, *row in rows.itertuples()}


def test_a_rule_counts_what_it_finds_what_waits_and_how_often_it_was_right():
    current = editions(edition(1), edition(2, "乙"), edition(3, "丙"), edition(4, "丁", rule=EMPTY))
    given = verdicts(
        said(edition(1), Verdict.CONFIRMED),
        said(edition(2, "乙"), Verdict.REJECTED),
        said(edition(9, "戊"), Verdict.CONFIRMED),
    )
    assert record_of(judged(current, given), given) == {COPIED: (3, 1, 2, 1), EMPTY: (1, 1, 0, 0)}


def test_a_changed_mind_counts_once_and_a_reopened_one_not_at_all():
    given = verdicts(
        said(edition(1), Verdict.CONFIRMED),
        said(edition(1), Verdict.REJECTED),
        said(edition(2, "乙"), Verdict.CONFIRMED),
        said(edition(2, "乙"), Verdict.REOPENED),
    )
    assert record_of(judged(editions(), given), given) == {COPIED: (0, 0, 0, 1)}


def test_the_record_has_the_rules_in_their_own_order_and_its_own_columns():
    current = editions(edition(1, rule=EMPTY), edition(2, rule=FindingRule.REPLY_UNREVIEWED))
    record = rule_record(judged(current, verdicts()), verdicts())
    assert record["rule"].tolist() == [FindingRule.REPLY_UNREVIEWED, EMPTY]
    assert list(record) == RULE_RECORD.names


@pytest.mark.parametrize(
    ("verdict", "held", "told"),
    [
        (Verdict.CONFIRMED, None, None),
        (Verdict.CONFIRMED, Verdict.REJECTED, None),
        (Verdict.CONFIRMED, Verdict.CONFIRMED, "已经认定属实"),
        (Verdict.REJECTED, Verdict.REJECTED, "已经认定不属实"),
        (Verdict.REOPENED, Verdict.CONFIRMED, None),
        (Verdict.REOPENED, None, "还没有认定，无从撤回"),
    ],
)
def test_a_verdict_that_changes_nothing_is_refused(verdict, held, told):
    assert refused(verdict, held) == told
