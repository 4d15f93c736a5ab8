"""Look for what may be wrong with the handling, and keep what was found for the office to judge. Nothing is sent."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.quality_frames import QualityFrames
from tasks.adapters.backlog_files import load_backlog
from tasks.adapters.config_files import file_of
from tasks.adapters.findings_files import load_findings
from tasks.adapters.ledger import findings as stored
from tasks.adapters.ledger import repeat_decisions, snapshots
from tasks.adapters.ledger.findings import Review
from tasks.adapters.ledger.row_histories import changed_rows
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import Assessed, load_assessed
from tasks.domain.errors import ConfigurationError
from tasks.domain.finding_rules import FindingRules
from tasks.domain.findings import findings
from tasks.domain.frames import ASSIGNMENTS, Facts
from tasks.domain.history import known
from tasks.domain.judgement import judged, rule_record
from tasks.domain.look_backs import look_backs, reclassified
from tasks.domain.repeat_decisions import undecided
from tasks.domain.repeats import REPEAT_CANDIDATES, RepeatRules, repeat_candidates, session_years
from tasks.domain.reply_findings import handled
from tasks.domain.responsibility import handler_changes, handler_loads, missing_responsible


@task(name="核查办理质量", task_run_name="核查 {assessment_id}", cache_policy=NO_CACHE)
def find(jurisdiction: str, assessment_id: str, made_at: datetime) -> str:
    """Store the findings of an assessed day and return the review's id; those seen before keep their number and verdict."""
    workplace = open_workplace(jurisdiction)
    made, new = find_in(workplace, load_assessed(workplace, assessment_id), made_at)
    get_run_logger().info("核查 %s：新列疑点 %d 条", made.review_id, new)
    return made.review_id


def find_in(workplace: Workplace, assessed: Assessed, made_at: datetime) -> tuple[Review, int]:
    """Return the review of an assessed day, stored, and how many of its findings were never seen before."""
    rules, about = rules_of(workplace), assessed.record
    found = findings(assessed.facts, assessed.obligations, rules, about.as_of)
    review_id = f"{about.assessment_id}-{rules.version}"
    made = Review(review_id, workplace.name, about.as_of, about.assessment_id, rules.version, made_at)
    return made, len(stored.record(workplace.ledger, made, found))


def rules_of(workplace: Workplace) -> FindingRules:
    """Return what counts as a finding; ``ConfigurationError`` where the jurisdiction has not said so."""
    path: Path | None = file_of(workplace.jurisdiction, "findings.yaml")
    if path is None:
        raise ConfigurationError(
            f"地区 {workplace.name}", "没有 findings.yaml，不核查疑点", "可从 config/jurisdictions/demo 复制一份再改。"
        )
    return load_findings(path)


def latest_review(workplace: Workplace) -> Review:
    """Return the newest review; ``ConfigurationError`` if there was none yet."""
    review = stored.latest(workplace.ledger, workplace.name)
    if review is None:
        raise ConfigurationError(
            f"地区 {workplace.name}",
            "还没有核查过办理质量",
            f"请先运行 python -m flows run quality-review -j {workplace.name}。",
        )
    return review


def listed_of(workplace: Workplace, review: Review) -> pd.DataFrame:
    """Return what a review found with what people have said of it until now: ``JUDGED``."""
    said = stored.verdicts(workplace.ledger, workplace.name)
    return judged(stored.seen_in(workplace.ledger, review.review_id), said)


def frames_of(workplace: Workplace, review: Review) -> QualityFrames:
    """Return everything that the office looks at of a review."""
    assessed, rules = load_assessed(workplace, review.assessment_id), rules_of(workplace)
    facts, owed, about = assessed.facts, assessed.obligations, assessed.record
    listed, case = listed_of(workplace, review), handled(facts, owed, rules, about.as_of)
    snapshot = snapshots.snapshot_by_id(workplace.ledger, about.snapshot_id)
    versions = changed_rows(workplace.ledger, ASSIGNMENTS, snapshot, workplace.jurisdiction.zone)
    return QualityFrames(
        title=workplace.jurisdiction.title,
        as_of=about.as_of,
        facts=facts,
        listed=listed,
        record=rule_record(listed, stored.verdicts(workplace.ledger, workplace.name)),
        missing=missing_responsible(case),
        loads=handler_loads(case),
        changes=handler_changes(versions),
        look_backs=look_backs(facts, owed, about.as_of),
        reclassified=reclassified(facts, about.as_of),
        candidates=undecided_candidates(workplace, known(facts, about.as_of, about.known_at)),
        off=rules.off,
        trace={
            "快照": about.snapshot_id,
            "规则版本": about.rule_version,
            "疑点规则版本": review.rules_version,
            "日历版本": about.calendar_version,
            "程序版本": about.code_version,
        },
    )


def undecided_candidates(workplace: Workplace, facts: Facts, year: int | None = None) -> pd.DataFrame:
    """Return the pairs of the latest session (or of ``year``) that may be one matter and that nobody decided on.

    ``facts`` are those known on a day. Empty where the jurisdiction does not say how to look for them.
    """
    rules, years = repeat_rules(workplace), session_years(facts).dropna()
    if rules is None or years.empty:
        return REPEAT_CANDIDATES.empty()
    pairs = repeat_candidates(facts, rules, year or int(years.max()))
    return undecided(pairs, facts, repeat_decisions.decisions(workplace.ledger, workplace.name))


def repeat_rules(workplace: Workplace) -> RepeatRules | None:
    """Return how repeated matters are looked for; None where the jurisdiction has no backlog.yaml."""
    path = file_of(workplace.jurisdiction, "backlog.yaml")
    return load_backlog(path)[1] if path else None
