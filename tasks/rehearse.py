"""A day's supervision without a trace: read, assess and plan, show the plan, store and queue nothing."""

from __future__ import annotations

from datetime import date, datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.adapters.ledger.assessments import Assessment
from tasks.adapters.publishing import counted
from tasks.adapters.workplace import code_version, open_workplace
from tasks.assess import Assessed
from tasks.domain.obligations import obligations
from tasks.escalate import plan_notices, show_plan
from tasks.refresh import read_now
from tasks.supplement import supplemented


@task(name="演练", task_run_name="演练 {as_of}", cache_policy=NO_CACHE)
def rehearse(jurisdiction: str, as_of: date, now: datetime) -> dict[str, int]:
    """Show what the day's run would find and send; return the counts of its plan."""
    workplace = open_workplace(jurisdiction)
    (published,) = counted(workplace, [None])
    facts = supplemented(workplace, read_now(workplace).facts, published)
    rules, calendar = workplace.jurisdiction.rules, workplace.calendar()
    frame = obligations(facts, rules, calendar, as_of)
    versions = (rules.version, calendar.version, code_version())
    record = Assessment("dry-run", jurisdiction, as_of, None, "dry-run", *versions, "dry-run", "", now)
    assessed = Assessed(record, facts, frame)
    plan = plan_notices(workplace, assessed)
    show_plan(workplace, assessed, plan, dry_run=True)
    get_run_logger().info("演练 %s:应办事项 %d 项,通知 %s", as_of, len(frame), plan.counts)
    return plan.counts
