"""Relate proposals to earlier ones on the same matter: what may be, and what a person decided."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.quality_frames import named
from tasks.adapters.ledger import repeat_decisions, snapshots
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.domain.frames import Facts
from tasks.domain.repeat_decisions import DECISION_LABELS, Decision
from tasks.domain.repeats import repeat_candidates, session_years
from tasks.export import computed_day
from tasks.find import repeat_rules, undecided_candidates
from tasks.refresh import snapshot_for


@task(name="往届同题认定", cache_policy=NO_CACHE)
def relate(
    jurisdiction: str, pair: tuple[str, str], decision: Decision, name: str, reason: str, now: datetime
) -> dict[str, str]:
    """Record what a person says of (proposal, earlier proposal) and return it in words."""
    decide(jurisdiction, pair, decision, name, reason, now)
    get_run_logger().info("%s认定：%s 与 %s %s", name, *pair, DECISION_LABELS[decision])
    return {"pair": "、".join(pair), "decision": DECISION_LABELS[decision]}


def decide(jurisdiction: str, pair: tuple[str, str], decision: Decision, name: str, reason: str, now: datetime) -> None:
    """Record the decision with the score and the fragments that speak for it; errors as ``ledger.repeat_decisions.decide``."""
    workplace = open_workplace(jurisdiction)
    facts = snapshots.load(workplace.ledger, snapshot_for(workplace, None, now).snapshot_id)
    likeness = _likeness(workplace, facts, pair)
    given = (workplace.ledger, jurisdiction, pair, decision, name, reason, now)
    repeat_decisions.decide(*given, facts=facts, likeness=likeness)


def _likeness(workplace: Workplace, facts: Facts, pair: tuple[str, str]) -> tuple[float, str] | None:
    """Return the pair's score and shared fragments if it is offered; None where a person found it without."""
    rules, years = repeat_rules(workplace), session_years(facts)
    year = years.get(pair[0])
    if rules is None or year is None or pd.isna(year):
        return None
    offered = repeat_candidates(facts, rules, int(year))
    rows = offered[(offered["proposal_id"] == pair[0]) & (offered["earlier_id"] == pair[1])]
    return None if rows.empty else (float(rows["score"].iloc[0]), str(rows["fragments"].iloc[0]))


def list_candidates(jurisdiction: str, as_of: date | None, year: int | None, now: datetime) -> str:
    """Return the pairs that wait for a decision, the likeliest first: score, both titles, what they share."""
    workplace = open_workplace(jurisdiction)
    day = computed_day(workplace, as_of, None, now)
    rows = named(undecided_candidates(workplace, day.facts, year), day.facts)
    lines = [
        f"{row['score']:.2f}  {row['proposal_id']} {row['title']}\n"
        f"      {row['earlier_id']} {row['earlier_title']}\n      相同：{row['fragments']}"
        for row in rows.to_dict("records")
    ]
    return "\n".join([f"疑似往届同题 {len(lines)} 对，待认定", *lines])


def list_decisions(jurisdiction: str) -> str:
    """Return one line a decision, oldest first: which pair, what, by whom, when and why."""
    workplace = open_workplace(jurisdiction)
    rows = repeat_decisions.decisions(workplace.ledger, jurisdiction)
    zone = workplace.jurisdiction.zone
    lines = [
        f"{row['at'].astimezone(zone):%Y-%m-%d %H:%M}  {row['proposal_id']} 与 {row['earlier_id']}："
        f"{DECISION_LABELS[Decision(row['decision'])]}（{row['name']}：{row['reason']}）"
        for row in rows.to_dict("records")
    ]
    return "\n".join(lines) or "还没有认定过往届同题"
