"""Findings on the quality of handling (疑点清单): what the office should look at. Nothing is sent because of a finding."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pandas as pd

from tasks.domain import reply_findings, text_findings, unit_findings
from tasks.domain.finding_rules import FINDINGS, Confidence, FindingRule, FindingRules
from tasks.domain.frames import EventKind, Facts, concatenated
from tasks.domain.reply_findings import Handled, handled

CHECKS: Mapping[FindingRule, Callable[[Handled], pd.DataFrame]] = {
    FindingRule.REPLY_UNREVIEWED: reply_findings.reply_unreviewed,
    FindingRule.REPLY_UNSIGNED: reply_findings.reply_unsigned,
    FindingRule.REPLY_BEFORE_OPINIONS: reply_findings.reply_before_opinions,
    FindingRule.CLAIMED_MEETING_UNRECORDED: text_findings.claimed_meeting_unrecorded,
    FindingRule.FORM_MISSING: reply_findings.form_missing,
    FindingRule.FORM_ON_REPLY_DAY: reply_findings.form_on_reply_day,
    FindingRule.ALL_SATISFIED_FEW_FORMS: unit_findings.all_satisfied_few_forms,
    FindingRule.REPLIES_ON_LAST_DAY: unit_findings.replies_on_last_day,
    FindingRule.REPLY_COPIED: text_findings.reply_copied,
    FindingRule.REPLY_EMPTY: text_findings.reply_empty,
    FindingRule.REPLY_OFF_TOPIC: text_findings.reply_off_topic,
    FindingRule.DATES_CONTRADICT: reply_findings.dates_contradict,
    FindingRule.RESPONSIBLE_MISSING: unit_findings.responsible_missing,
    FindingRule.HANDLER_OVERLOADED: unit_findings.handler_overloaded,
}


def findings(facts: Facts, obligations: pd.DataFrame, rules: FindingRules, as_of: date) -> pd.DataFrame:
    """Return ``FINDINGS``: what looks wrong on ``as_of``, sorted by rule, subject, unit and year.

    ``subject`` is a proposal_id, or the unit_id where the rule speaks of a unit; ``year`` that of the assignment. Several
    faults of one rule at one subject and unit stand in one row, as sure as the surest. Withdrawn proposals are left out.
    ``obligations`` are those of the same facts and day.
    """
    case = handled(facts, obligations, rules, as_of)
    found = [check(case).assign(rule=str(rule)) for rule, check in CHECKS.items() if rule not in rules.off]
    rows = concatenated(found, FINDINGS)
    withdrawn = case.now.events.loc[case.now.events["kind"] == EventKind.WITHDRAWN, "proposal_id"]
    rows = rows[~rows["subject"].isin(withdrawn)]
    rank = rows["confidence"].map({str(level): i for i, level in enumerate(Confidence)})
    grouped = rows.assign(rank=rank).groupby(list(FINDINGS.key), sort=False)
    whole = grouped.agg({"evidence": lambda said: "；".join(dict.fromkeys(said)), "rank": "max"}).reset_index()
    order = whole["rule"].map({str(rule): i for i, rule in enumerate(FindingRule)})
    whole = whole.assign(order=order, confidence=whole["rank"].map(dict(enumerate(map(str, Confidence)))))
    return FINDINGS.typed(whole.sort_values(["order", "subject", "unit_id", "year"]).reset_index(drop=True))
