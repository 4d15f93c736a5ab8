"""Findings by cases in Chinese: each rule fires on what it means and not on what looks alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tasks.adapters.findings_files import load_findings
from tasks.domain.finding_rules import CONFIDENCE_LABELS, FINDING_LABELS, FindingRule
from tasks.domain.findings import findings
from tasks.domain.obligations import obligations
from tests.builders import PLAIN_CALENDAR, ROOT, facts, rule_book
from tests.domain.chinese_cases import chinese_cases, facts_of_case

RULES = load_findings(ROOT / "config" / "jurisdictions" / "demo" / "findings.yaml")
CASES = dict(chinese_cases("findings_*.yaml"))
RULE_OF = {label: str(rule) for rule, label in FINDING_LABELS.items()}


def found_in(known, as_of, rules=RULES):
    return findings(known, obligations(known, rule_book(), PLAIN_CALENDAR, as_of), rules, as_of)


def by_subject(rows, column):
    return dict(zip(rows["subject"], rows[column], strict=True))


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_rule_finds_exactly_what_the_office_says(case):
    rows = found_in(facts_of_case(case), case["截至"])
    rows = rows[rows["rule"] == RULE_OF[case["疑点"]]]
    confidence = rows["confidence"].map({str(level): label for level, label in CONFIDENCE_LABELS.items()})
    assert by_subject(rows.assign(confidence=confidence), "confidence") == case["认定"]
    evidence = by_subject(rows, "evidence")
    assert {subject: evidence[subject] for subject in case.get("依据", {})} == case.get("依据", {})


@pytest.mark.parametrize("rule", list(FindingRule))
def test_every_rule_has_a_case_that_fires_and_one_that_looks_alike(rule):
    own = [case["认定"] for case in CASES.values() if case["疑点"] == FINDING_LABELS[rule]]
    assert any(own)
    assert not all(own)


def test_what_is_handled_by_the_book_gives_no_finding():
    case = {"建议提案": {}, "另有规范办理": 9}
    rows = found_in(facts_of_case(case), date(2026, 9, 1), replace(RULES, off={FindingRule.REPLY_EMPTY: "测试"}))
    assert rows[rows["subject"].str.startswith("规范") & (rows["subject"] != "规范局")].empty


def test_a_rule_that_is_off_finds_nothing():
    case = next(case for name, case in CASES.items() if name.endswith("答复当天反馈"))
    rules = replace(RULES, off={FindingRule.FORM_ON_REPLY_DAY: "当面送达是本地惯例"})
    assert "form_on_reply_day" not in set(found_in(facts_of_case(case), case["截至"], rules)["rule"])


def test_findings_know_nothing_of_later_days():
    case = next(case for name, case in CASES.items() if name.endswith("答复当天反馈"))
    assert found_in(facts_of_case(case), date(2026, 5, 11)).empty


def test_empty_facts_give_no_findings():
    assert found_in(facts(), date(2026, 6, 1)).empty
