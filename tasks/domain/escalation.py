"""What to send tonight, to whom, and why not the rest.

The plan is made anew each night from the obligations, the ladder and what the ledger holds. It sends a step that fell due on
a night not planned yet, and the highest step reached if that was not told; every other step is listed with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from tasks.domain.delivery import UNKNOWN, MessageState
from tasks.domain.escalation_record import Desk, Record, latest_match
from tasks.domain.frames import LABELS, STEPS, Facts, Level, StepStatus
from tasks.domain.ladder import Form, Ladder
from tasks.domain.notice_building import build_notices
from tasks.domain.notices import Addressee, Notice
from tasks.domain.recipients import Recipients, directory, resolve
from tasks.domain.steps import KEY, pending, reached_steps, schedule
from tasks.domain.workdays import WorkdayCalendar


@dataclass(frozen=True, slots=True)
class PlannedNotice:
    """A notice to be queued."""

    notice: Notice
    form: Form
    needs_sign_off: bool


@dataclass(frozen=True, slots=True)
class NoticePlan:
    """The night's plan: every step reached and not told yet (``frames.STEPS``), and the notices that go out.

    A step's ``notice`` is the position of its notice in ``notices``; a notice's items follow the order of its steps.
    """

    as_of: date
    steps: pd.DataFrame
    notices: tuple[PlannedNotice, ...] = field(default=())

    @property
    def unreachable(self) -> pd.DataFrame:
        """The steps for which nobody has a working address."""
        return self.steps[self.steps["status"] == StepStatus.UNREACHABLE]

    @property
    def counts(self) -> dict[str, int]:
        """How many steps have each status; every status is named."""
        found = self.steps["status"].value_counts()
        return {str(status): int(found.get(str(status), 0)) for status in StepStatus}


def plan(
    obligations: pd.DataFrame,
    facts: Facts,
    ladder: Ladder,
    calendar: WorkdayCalendar,
    as_of: date,
    *,
    desk: Desk,
    record: Record,
    backlog: pd.DataFrame | None = None,
) -> NoticePlan:
    """Return the plan for ``as_of``.

    A step that fell due after ``record.planned_through`` goes out once, dated with its own day, even if a higher one fell
    due on a later missed night. Of the older steps only the highest reached one goes out; it mutes the lower. A step is
    held, and listed, while a silence or an explanation runs or the outcome of an earlier delivery is unknown.
    ``backlog`` (proposal_id, since) lets overdue backlog cases climb to the rung that takes them.
    """
    open_ones = pending(obligations)
    rungs = schedule(open_ones, ladder, calendar, backlog)
    reached = reached_steps(rungs, ladder, calendar, as_of, record.planned_through)
    untold = _untold(_numbered(_joined(reached, open_ones, facts), record.history), record)
    if untold.empty:
        return NoticePlan(as_of, STEPS.empty())  # most nights, for most places
    judged = _judged(untold, record, as_of)
    addressed, recipients = _addressed(judged, facts, ladder, as_of, record.failing)
    numbered = _in_notices(addressed, ladder, as_of)
    notices = tuple(
        PlannedNotice(notice, rung.form, rung.needs_sign_off)
        for notice, rung in build_notices(numbered, recipients, facts, ladder, calendar, as_of, desk, record)
    )
    return NoticePlan(as_of, STEPS.typed(numbered), notices)


def _joined(reached: pd.DataFrame, open_ones: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Return the steps with their obligation's columns and their proposal's leader, if a key proposal has one."""
    own = open_ones.iloc[reached["row"].to_numpy(dtype=np.int64)].reset_index(drop=True)
    leaders = facts.proposals.loc[facts.proposals["is_key"].fillna(False).astype(bool)].set_index("proposal_id")[
        "led_by"
    ]
    return pd.concat([own, reached], axis=1).assign(led_by=own["proposal_id"].map(leaders).astype("str").fillna(""))


def _numbered(steps: pd.DataFrame, history: pd.DataFrame) -> pd.DataFrame:
    """Return the steps with their occurrence: after an extension the numbers go on from those of the old last day."""
    earlier = steps.drop_duplicates([*KEY, "level"])[[*KEY, "level", "extended_to"]].merge(
        history[[*KEY, "level", "occurrence", "extended_to"]], on=[*KEY, "level"], suffixes=("", "_then")
    )
    is_other = earlier["extended_to"].fillna(pd.Timestamp(0)) != earlier["extended_to_then"].fillna(pd.Timestamp(0))
    if not is_other.any():
        return steps.assign(occurrence=steps["step"])
    used = earlier[is_other].groupby([*KEY, "level"], as_index=False)["occurrence"].max()
    offset = steps[[*KEY, "level"]].merge(used, on=[*KEY, "level"], how="left", validate="m:1")["occurrence"]
    return steps.assign(occurrence=steps["step"].to_numpy() + offset.fillna(0).to_numpy(dtype=np.int64))


def _untold(steps: pd.DataFrame, record: Record) -> pd.DataFrame:
    """Return the steps that were not told yet. A cancelled notice told nobody, nor did one whose addresses all fail."""
    history = record.history
    is_void = history["state"] == MessageState.CANCELLED
    for row in history.index[history["state"] == MessageState.REJECTED]:
        is_void[row] = set(history.at[row, "to_emails"].lower().split(",")) <= record.failing
    told = history.loc[~is_void, [*KEY, "level", "occurrence"]].assign(is_told=True)
    merged = steps.merge(told, on=[*KEY, "level", "occurrence"], how="left", validate="m:1")
    return merged[merged["is_told"].isna()].reset_index(drop=True)


def _judged(steps: pd.DataFrame, record: Record, as_of: date) -> pd.DataFrame:
    """Return the steps with status and reason, as far as they do not depend on addresses."""
    today = pd.Timestamp(as_of)
    silence = latest_match(steps, record.silences[record.silences["until"] >= today], "until")
    explained = latest_match(steps, record.explanations[record.explanations["until"] >= today], "until")
    unknown = record.history[record.history["state"].isin([str(state) for state in UNKNOWN])]
    is_unknown = steps.merge(unknown[KEY].drop_duplicates().assign(hit=True), on=KEY, how="left")["hit"].notna()
    conditions = {
        StepStatus.MUTED: ~(steps["is_fresh"] | steps["is_current"]).to_numpy(dtype=bool),
        StepStatus.PROVISIONAL: steps["is_barred"].to_numpy(dtype=bool),
        StepStatus.SILENCED: silence["until"].notna().to_numpy(),
        StepStatus.EXPLAINED: (explained["until"].notna() & (steps["level"] != Level.REMIND)).to_numpy(),
        StepStatus.HELD: is_unknown.to_numpy(),
    }
    reasons = {
        StepStatus.SILENCED: "静默至" + _iso(silence["until"]) + ":" + silence["why"].fillna("").astype("str"),
        StepStatus.EXPLAINED: "已作情况说明,至" + _iso(explained["until"]) + "前不再升级",
    }
    choices = [str(status) for status in conditions]
    status = pd.Series(np.select(list(conditions.values()), choices, str(StepStatus.SEND)), dtype="str")
    reason = status.map(LABELS["step_status"]).where(status != StepStatus.SEND)
    for which, text in reasons.items():
        reason = reason.mask(status == which, text)
    return steps.assign(status=status, reason=reason)


def _addressed(
    steps: pd.DataFrame, facts: Facts, ladder: Ladder, as_of: date, failing: frozenset[str]
) -> tuple[pd.DataFrame, list[Recipients]]:
    """Return the steps with whom they go to, and the distinct recipients that ``group`` indexes."""
    book = directory(facts.contacts, as_of, failing)
    tells = {(i, str(r.level)) for i, policy in enumerate(ladder.policies) for r in policy.rungs if r.tells_led_by}
    is_told = pd.MultiIndex.from_frame(steps[["policy", "level"]]).isin(tells) if tells else np.zeros(len(steps), bool)
    keys = steps[["unit_id", "policy", "level"]].assign(led_by=steps["led_by"].where(is_told, ""))
    group, distinct = pd.factorize(pd.MultiIndex.from_frame(keys))
    found = []
    for unit_id, policy, level, led_by in distinct:
        rung = ladder.policies[policy].rung(level)
        found.append(resolve(book, unit_id, rung.to, rung.cc, led_by or None))
    names = [("、".join(_shown(who) for who in r.to), "、".join(_shown(who) for who in r.cc), r.note) for r in found]
    texts = pd.DataFrame(names, columns=["to_whom", "copied_to", "recipient_note"], dtype="str").iloc[group]
    addressed = steps.assign(group=group, **{name: texts[name].to_numpy() for name in texts})
    is_lost = (addressed["status"] == StepStatus.SEND) & (addressed["to_whom"] == "")
    status = addressed["status"].mask(is_lost, str(StepStatus.UNREACHABLE))
    return addressed.assign(status=status, reason=addressed["reason"].mask(is_lost, addressed["recipient_note"])), found


def _in_notices(steps: pd.DataFrame, ladder: Ladder, as_of: date) -> pd.DataFrame:
    """Return the steps with the number of the notice each is told in; no number for those not sent.

    A digest gathers what one recipient is told about one unit at one level for one day; a letter keeps to one proposal.
    A night that was missed keeps its own day; what was held or never assessed before is told for today.
    """
    day = steps["fell_due_on"].where(steps["is_fresh"].astype(bool), pd.Timestamp(as_of))
    is_letter = [
        ladder.policies[policy].rung(level).form is Form.LETTER
        for policy, level in zip(steps["policy"], steps["level"], strict=True)
    ]
    rank = steps["level"].map({str(level): rank for rank, level in enumerate(Level)})
    dated = steps.assign(day=day, rank=rank, case=steps["proposal_id"].where(pd.Series(is_letter, dtype=bool), ""))
    ordered = dated.sort_values(["day", "rank", "unit_id", "group", "case", "due_on", *KEY[:1]], kind="stable")
    sent = ordered[ordered["status"] == StepStatus.SEND]
    number = sent.groupby(["day", "rank", "unit_id", "policy", "group", "case"], sort=False).ngroup()
    return ordered.assign(notice=number.astype("Int64")).reset_index(drop=True)


def _shown(who: Addressee) -> str:
    return f"{who.name}({LABELS['contact_role'].get(who.role, who.role)})"


def _iso(days: pd.Series) -> pd.Series:
    return days.astype("datetime64[s]").dt.strftime("%Y-%m-%d").astype("str")
