"""Plan a day's notices from its assessment and queue them; nothing leaves here."""

from __future__ import annotations

from datetime import date, datetime

import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from tasks.adapters.backlog_files import load_backlog
from tasks.adapters.config_files import file_of
from tasks.adapters.escalation_files import load_ladder
from tasks.adapters.ledger import contact_faults, outbox, silences
from tasks.adapters.ledger.outbox import Evidence, Queued
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import Assessed, load_assessed
from tasks.compose import composer
from tasks.domain.backlog import backlog
from tasks.domain.escalation import NoticePlan, plan
from tasks.domain.escalation_record import Desk, Record, explanations
from tasks.domain.frames import STEPS, Facts, Level, StepStatus, label
from tasks.domain.ladder import Ladder
from tasks.review import publish_table

SHOWN = ("proposal_id", "unit_id", "duty", "level", "occurrence", "fell_due_on", "status", "reason", "to_whom")


@task(name="升级督办", task_run_name="升级 {assessment_id}", cache_policy=NO_CACHE)
def escalate(jurisdiction: str, assessment_id: str, moment: datetime) -> dict[str, int]:
    """Queue the notices that the assessed day calls for, and return how many steps have each status, and the mails."""
    workplace = open_workplace(jurisdiction)
    assessed = load_assessed(workplace, assessment_id)
    made = plan_notices(workplace, assessed)
    queued = queue_notices(workplace, assessed, made, moment)
    show_plan(workplace, assessed, made)
    counts = made.counts | {"mails": queued.mails}
    get_run_logger().info("升级督办 %s:%s", assessment_id, counts)
    return counts


def plan_notices(workplace: Workplace, assessed: Assessed) -> NoticePlan:
    """Return the day's plan from the assessment, the ladder and what the ledger holds of earlier days."""
    jurisdiction, as_of = workplace.jurisdiction, assessed.record.as_of
    return plan(
        assessed.obligations,
        assessed.facts,
        ladder_of(workplace),
        workplace.calendar(),
        as_of,
        desk=Desk(jurisdiction.name, jurisdiction.office, jurisdiction.rules.labels),
        record=record_of(workplace, assessed.facts, as_of),
        backlog=backlog_of(workplace, assessed.facts, assessed.obligations, as_of),
    )


def queue_notices(workplace: Workplace, assessed: Assessed, made: NoticePlan, moment: datetime) -> Queued:
    """Put the plan into the outbox with the evidence of what it was made from."""
    about = assessed.record
    evidence = Evidence(
        about.assessment_id,
        about.snapshot_id,
        about.rule_version,
        about.calendar_version,
        ladder_of(workplace).version,
        about.code_version,
    )
    compose = composer(workplace, moment)
    return outbox.queue(workplace.ledger, workplace.archive, workplace.name, made, evidence, compose, moment)


def ladder_of(workplace: Workplace) -> Ladder:
    """Return the jurisdiction's ladder."""
    return load_ladder(workplace.jurisdiction.folder / "escalation.yaml", workplace.jurisdiction.rules.duties)


def record_of(workplace: Workplace, facts: Facts, as_of: date) -> Record:
    """Return what the ledger holds about earlier days: notices, silences, explanations, failing addresses."""
    ledger, name = workplace.ledger, workplace.name
    return Record(
        outbox.history(ledger, name),
        silences.active_silences(ledger, name),
        explanations(facts, silences.recorded_explanations(ledger, name), as_of),
        contact_faults.failing(ledger, name),
        outbox.planned_through(ledger, name),
    )


def backlog_of(workplace: Workplace, facts: Facts, obligations: pd.DataFrame, as_of: date) -> pd.DataFrame | None:
    """Return the backlog of the day; None where the jurisdiction has no criteria."""
    path = file_of(workplace.jurisdiction, "backlog.yaml")
    return backlog(facts, obligations, load_backlog(path)[0], as_of) if path else None


def show_plan(workplace: Workplace, assessed: Assessed, made: NoticePlan, *, dry_run: bool = False) -> None:
    """Publish what goes out, and what does not with its reason."""
    names = assessed.facts.units.set_index("unit_id")["name"]
    labels = workplace.jurisdiction.rules.labels
    shown = made.steps[list(SHOWN)].assign(
        unit_id=made.steps["unit_id"].map(names).fillna(made.steps["unit_id"]),
        duty=made.steps["duty"].map(labels),
        level=made.steps["level"].map({str(level): label("level", level) for level in Level}),
        fell_due_on=made.steps["fell_due_on"].dt.strftime("%Y-%m-%d"),
        status=made.steps["status"].map({str(status): label("step_status", status) for status in StepStatus}),
    )
    rows = shown.rename(columns=STEPS.labels).astype("object").where(shown.notna().to_numpy(), "")
    is_sent = (made.steps["status"] == StepStatus.SEND).to_numpy()
    word = "(演练,未入发件箱)" if dry_run else ""
    publish_table(f"{workplace.name}-notices", f"本日通知{word}", rows[is_sent].to_dict("records"))
    publish_table(f"{workplace.name}-held", f"未发的升级步骤及原因{word}", rows[~is_sent].to_dict("records"))
