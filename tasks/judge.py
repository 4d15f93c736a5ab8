"""What people say of findings, and what is listed to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.quality_frames import listed_findings
from reports.quality_overviews import finding_line, rules_judged
from tasks.adapters.ledger import findings as stored
from tasks.adapters.workplace import open_workplace
from tasks.assess import load_assessed
from tasks.domain.finding_rules import FINDING_LABELS, FindingRule
from tasks.domain.judgement import TO_JUDGE, VERDICT_LABELS, Verdict
from tasks.find import frames_of, latest_review, listed_of


@task(name="疑点认定", cache_policy=NO_CACHE)
def judge_findings(
    jurisdiction: str, numbers: Sequence[int], verdict: Verdict, name: str, reason: str, now: datetime
) -> dict[str, str | int]:
    """Record what a person says of these findings, of all or of none; return how many and what."""
    judge(jurisdiction, numbers, verdict, name, reason, now)
    get_run_logger().info("%s认定%s：疑点 %s", name, VERDICT_LABELS[verdict], "、".join(map(str, numbers)))
    return {"findings": len(set(numbers)), "verdict": VERDICT_LABELS[verdict]}


def judge(jurisdiction: str, numbers: Sequence[int], verdict: Verdict, name: str, reason: str, now: datetime) -> None:
    """Record the verdict; the errors are those of ``ledger.findings.judge``."""
    stored.judge(open_workplace(jurisdiction).ledger, jurisdiction, numbers, verdict, name, reason, now)


def list_findings(jurisdiction: str, rule: FindingRule | None, unit: str | None, *, everything: bool) -> str:
    """Return the newest review's findings that wait for a verdict, or all; of one rule or unit (id or name) if asked."""
    workplace = open_workplace(jurisdiction)
    review = latest_review(workplace)
    listed = listed_of(workplace, review)
    if not everything:
        listed = listed[listed["judged"].isin(list(map(str, TO_JUDGE)))]
    rows = listed_findings(listed, load_assessed(workplace, review.assessment_id).facts)
    if rule is not None:
        rows = rows[rows["rule"] == FINDING_LABELS[rule]]
    if unit is not None:
        rows = rows[(rows["unit_id"] == unit) | (rows["unit"] == unit)]
    head = f"{review.as_of} 核查：{len(rows)} 条" + ("" if everything else "待判断")
    return "\n".join([head, *(finding_line(row) for row in rows.to_dict("records"))])


def list_rules(jurisdiction: str) -> str:
    """Return one line a rule: how many it found, how many wait, and how often it was right."""
    workplace = open_workplace(jurisdiction)
    rows = rules_judged(frames_of(workplace, latest_review(workplace)))
    lines = [
        f"{row['疑点']}：现有 {row['现有']}，待判断 {row['待判断']}，"
        f"认定属实 {row['历次认定属实']}，不属实 {row['历次认定不属实']}"
        for row in rows
    ]
    return "\n".join(lines) or "没有疑点"
