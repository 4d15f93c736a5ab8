"""``backlog.yaml`` and ``findings.yaml``: what is read, and how each fault is told."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.adapters.backlog_files import load_backlog
from tasks.adapters.findings_files import load_findings
from tasks.domain.backlog_criteria import Criterion
from tasks.domain.errors import ConfigurationError
from tasks.domain.finding_rules import FindingRule
from tests.builders import ROOT

DEMO = ROOT / "config" / "jurisdictions" / "demo"
BACKLOG = (DEMO / "backlog.yaml").read_text(encoding="utf-8")
FINDINGS = (DEMO / "findings.yaml").read_text(encoding="utf-8")


def changed(tmp_path, text, old, new):
    assert old in text
    path = tmp_path / "changed.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


def told(load, path):
    with pytest.raises(ConfigurationError) as refused:
        load(path)
    return str(refused.value)


def test_the_criteria_are_read_with_their_amounts():
    criteria, repeats = load_backlog(DEMO / "backlog.yaml")
    amounts = {criterion: criteria.on(criterion, date(2026, 7, 1)).amount for criterion in Criterion}
    assert amounts == dict(zip(Criterion, (90, 12, 90, 2, 2, 2), strict=True))
    assert repeats.most == 3


def test_a_value_nobody_checked_shows_as_unchecked():
    criteria, _ = load_backlog(DEMO / "backlog.yaml")
    assert criteria.on(Criterion.REPLY_OVERDUE, date(2026, 7, 1)).citation.endswith("（未核对）")


def test_a_later_value_holds_from_its_day(tmp_path):
    later = "reply_overdue:\n    - {from: 2000-01-01, amount: 60 days, article: 旧, checked_on: null}\n    - {from: 2026-09-01,"
    path = changed(
        tmp_path, BACKLOG, "reply_overdue:              # 答复（含再次答复）逾期超过\n    - {from: 2000-01-01,", later
    )
    criteria, _ = load_backlog(path)
    assert [criteria.on(Criterion.REPLY_OVERDUE, date(2026, month, 1)).amount for month in (8, 9)] == [60, 90]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("amount: 90 days", "amount: 90 months", "reply_overdue 的 amount 应以 days 计"),
        ("amount: 90 days", "amount: ninety days", "写法不对"),
        ("raised_again:", "raised_twice:", "raised_twice"),
        ("checked_on: null", "", "缺少这个键"),
        ("least_score: 0.35", "least_score: 35", "least_score"),
    ],
)
def test_a_fault_in_the_criteria_is_told_with_its_line(tmp_path, old, new, why):
    message = told(load_backlog, changed(tmp_path, BACKLOG, old, new))
    assert why in message
    assert "changed.yaml:" in message


def test_a_criterion_left_out_is_missed_by_name(tmp_path):
    line = BACKLOG[BACKLOG.index("  raised_again:") : BACKLOG.index("  postponed_repeatedly:")]
    assert "缺少认定情形 raised_again" in told(load_backlog, changed(tmp_path, BACKLOG, line, ""))


def test_values_out_of_order_are_refused(tmp_path):
    entry = "    - {from: 2000-01-01, amount: 2 years, article: 本系统默认值，各地规定不一, checked_on: null}\n"
    assert "raised_again 的 from 次序颠倒或重复" in told(load_backlog, changed(tmp_path, BACKLOG, entry, entry + entry))


def test_a_criterion_with_an_empty_list_is_not_used(tmp_path):
    entry = ":               # 首次提出之后再次提出的年度数达到\n    - {from: 2000-01-01, amount: 2 years, article: 本系统默认值，各地规定不一, checked_on: null}\n"
    criteria, _ = load_backlog(changed(tmp_path, BACKLOG, entry, ": []\n"))
    assert criteria.on(Criterion.RAISED_AGAIN, date(2026, 7, 1)) is None


def test_the_rules_of_findings_are_read():
    rules = load_findings(DEMO / "findings.yaml")
    assert (rules.form_missing_after_days, rules.handler_least_items, rules.off) == (60, 10, {})


def test_a_finding_can_be_switched_off_with_a_reason(tmp_path):
    path = changed(tmp_path, FINDINGS, "off: {}", "off: {replies_on_last_day: 期限由通知统一规定}")
    assert load_findings(path).off == {FindingRule.REPLIES_ON_LAST_DAY: "期限由通知统一规定"}


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("from_share: 0.8", "from_share: 80", "from_share"),
        ("off: {}", "off: {reply_lost: 没有}", "reply_lost"),
        ("off: {}", "off: {replies_on_last_day: ''}", "replies_on_last_day"),
        ("after_days: 60", "after_days: '60'", "after_days"),
        ("boilerplate:", "boilerplates:", "是不是想写 boilerplate"),
    ],
)
def test_a_fault_in_the_rules_of_findings_is_told_with_its_line(tmp_path, old, new, why):
    message = told(load_findings, changed(tmp_path, FINDINGS, old, new))
    assert why in message
    assert "changed.yaml:" in message
