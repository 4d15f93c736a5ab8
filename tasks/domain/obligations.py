"""Who owes what by when, under which article, and its state on a day.

One frame carries the system: this unit owes this act on this proposal by this day. Overdue, backlog, rates, notices and
publication are views of it. Everything works on arrays; no loop runs over proposals.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from tasks.domain.dues import Dues, dated
from tasks.domain.frames import LABELS, OBLIGATIONS, Disclosure, EventKind, Facts, Role, State
from tasks.domain.history import Ints, Mask, Timeline, running_count, suspensions, timeline
from tasks.domain.rules import Duty, Excuse, RuleBook
from tasks.domain.triggers import triggered
from tasks.domain.workdays import WorkdayCalendar

COLUMNS = (*OBLIGATIONS.names, "assignment_id", "reason")

# Why a row is excused; "" is not excused. The first that applies is given.
WITHDRAWN, ENDED = "撤回", "交办终止"
EXCUSES = {Excuse.MERGED: "并案办理", Excuse.NO_REPLY_NEEDED: "无需书面答复", Excuse.NOT_DISCLOSED: "不予公开"}
REASONS = ("", WITHDRAWN, *LABELS["end_reason"].values(), ENDED, *EXCUSES.values())


def obligations(
    facts: Facts, rules: RuleBook, calendar: WorkdayCalendar, as_of: date, known_at: datetime | None = None
) -> pd.DataFrame:
    """Return every obligation that exists on ``as_of`` with its state on that day.

    One row per (proposal_id, unit_id, duty, round), sorted by it (duties in the rule book's order); the columns are those
    of ``frames.OBLIGATIONS`` plus ``assignment_id`` and ``reason`` (why a row is excused). Text columns are categorical.
    Facts dated after ``as_of`` do not exist; with ``known_at``, nor do facts recorded later.

    Raises ``ConfigurationError`` when a duty has no limit in force on an assignment's day.
    """
    now = timeline(facts, as_of, known_at)
    found = [dated(due, now, rules, calendar) for duty in rules.active_duties if len(due := triggered(duty, now))]
    if not found:
        return OBLIGATIONS.empty().assign(assignment_id=pd.Series(dtype="str"), reason=pd.Series(dtype="str"))
    whole = pd.concat([_states(due, now, calendar, as_of) for due in found], ignore_index=True)
    return _named(whole, found, now)


def _states(due: Dues, now: Timeline, calendar: WorkdayCalendar, as_of: date) -> pd.DataFrame:
    """Return the rows of one duty with state and days on ``as_of``; texts are still codes."""
    today = np.datetime64(as_of, "D")
    reason = _reason_codes(due.duty, now)[due.position]
    met, effective = ~np.isnat(due.met), due.effective
    until = np.where(met, due.met, today)
    late = until > effective
    left = (effective - today).astype(np.int64)
    conditions = {
        State.MET_LATE: met & late,
        State.MET: met,
        State.EXCUSED: reason > 0,
        State.SUSPENDED: _is_suspended(now)[due.position],
        State.OVERDUE: late,
        State.DUE_SOON: left <= due.duty.due_soon_days,
    }
    codes = [list(State).index(state) for state in conditions]
    state = np.select(list(conditions.values()), codes, list(State).index(State.OPEN))
    is_running = np.isin(state, [list(State).index(s) for s in (State.OPEN, State.DUE_SOON)])
    is_late = np.isin(state, [list(State).index(s) for s in (State.OVERDUE, State.MET_LATE)])
    return pd.DataFrame(
        {
            "position": due.position,
            "starts_on": due.starts,
            "due_on": due.due,
            "is_provisional": calendar.is_provisional(effective),
            "extended_to": due.extended,
            "met_on": due.met,
            "state": state.astype(np.int8),
            "days_left": pd.arrays.IntegerArray(np.where(is_running, left, 0), ~is_running),
            "days_late": np.where(is_late, (until - effective).astype(np.int64), 0),
            "workdays_late": np.where(is_late, calendar.workdays_between(effective, until), 0),
            "rule": due.rule,
            "reason": np.where(state == list(State).index(State.EXCUSED), reason, 0).astype(np.int8),
        }
    )


def _reason_codes(duty: Duty, now: Timeline) -> Ints:
    """Return for each assignment the code of the reason that excuses it from ``duty``; 0 where none does."""
    proposals = now.proposals
    withdrawn = now.events.loc[now.events["kind"] == EventKind.WITHDRAWN, "proposal_id"]
    facts = {
        Excuse.MERGED: proposals["merged_into"].notna(),
        Excuse.NO_REPLY_NEEDED: ~proposals["needs_reply"].fillna(True).astype(bool),
        Excuse.NOT_DISCLOSED: (proposals["disclosure"] == Disclosure.WITHHELD)
        | proposals["is_confidential"].fillna(False).astype(bool),
    }
    why = now.assignments["end_reason"].map(LABELS["end_reason"]).fillna(ENDED).map(REASONS.index).to_numpy()
    code = np.where(now.assignments["ended_on"].notna().to_numpy(), why, 0)
    for excuse in sorted(duty.excused_when, reverse=True):
        holds = facts[excuse].to_numpy(dtype=bool)[now.proposal_row]
        code = np.where((code == 0) & holds, REASONS.index(EXCUSES[excuse]), code)
    is_withdrawn = proposals["proposal_id"].isin(withdrawn).to_numpy()[now.proposal_row]
    return np.where(is_withdrawn, REASONS.index(WITHDRAWN), code)


def _is_suspended(now: Timeline) -> Mask:
    """Return which assignments are suspended on the last known day."""
    out = np.zeros(len(now), bool)
    for begun, ended in suspensions(now):
        out |= ~np.isnat(begun) & np.isnat(ended)
    return out


def _named(whole: pd.DataFrame, found: list[Dues], now: Timeline) -> pd.DataFrame:
    """Return the rows with codes replaced by names, sorted by key, and with rounds that make the key unique."""
    position = whole["position"].to_numpy()
    duty = np.repeat(np.arange(len(found)), [len(due) for due in found])
    case, cases = pd.factorize(now.assignments["proposal_id"].to_numpy(dtype=object), sort=True)
    unit, units = pd.factorize(now.assignments["unit_id"].to_numpy(dtype=object), sort=True)
    key = (case[position] * np.int64(len(units)) + unit[position]) * len(found) + duty
    order = np.lexsort((position, whole["starts_on"].to_numpy(), key))
    # The reply that answers the first dissatisfaction is already the second.
    first_round = np.array([due.first_round for due in found])[duty[order]]
    position = position[order]
    rule, rules = _joint_rules(found, whole["rule"].to_numpy())
    sorted_rows = whole.iloc[order].reset_index(drop=True)
    named = sorted_rows.assign(
        proposal_id=pd.Categorical.from_codes(case[position], cases),
        unit_id=pd.Categorical.from_codes(unit[position], units),
        duty=pd.Categorical.from_codes(duty[order], [due.duty.duty for due in found]),
        round=running_count(key[order]) + first_round - 1,
        role=pd.Categorical(now.assignments["role"].to_numpy(dtype=object), [str(role) for role in Role])[position],
        state=pd.Categorical.from_codes(sorted_rows["state"], [str(state) for state in State]),
        rule=_categorical(rule[order], [value.rule_id for value in rules]),
        article=_categorical(rule[order], [value.citation for value in rules]),
    )
    return OBLIGATIONS.typed(named).assign(
        assignment_id=pd.Categorical(now.assignments["assignment_id"])[position],
        reason=pd.Categorical.from_codes(sorted_rows["reason"], list(REASONS)),
    )


def _joint_rules(found: list[Dues], rule: Ints) -> tuple[Ints, list[Any]]:
    """Return each row's index into the rules of all duties, and those rules."""
    offsets = np.cumsum([0, *(len(due.rules) for due in found)])[:-1]
    joint = rule + np.repeat(offsets, [len(due) for due in found])
    return joint, [value for due in found for value in due.rules]


def _categorical(index: Ints, names: list[str]) -> pd.Categorical:
    """Return a categorical of ``names`` by index; several indices may have the same name."""
    unique = list(dict.fromkeys(names))
    code = np.array([unique.index(name) for name in names], dtype=np.int64)
    return pd.Categorical.from_codes(code[index], unique)
