"""The last day of each obligation: the rule in force, a fixed date, an extension, a suspension."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from tasks.domain.course import KINDS, NO_DAY, Codes, Course, Days, Ints, Mask, suspensions
from tasks.domain.deadlines import LimitUnit, due_on
from tasks.domain.frames import EventKind, Kind
from tasks.domain.implied import NOTE
from tasks.domain.rules import Duty, FixedDate, RuleBook, RuleValue, Trigger
from tasks.domain.workdays import WorkdayCalendar

PROPOSAL_DATE = RuleValue(date.min, None, "交办时为该件指定的期限", "proposals/fixed_due_on", checked_on=date.min)


@dataclass(frozen=True, slots=True)
class Dues:
    """The obligations of one duty as arrays of equal length; missing days are NaT.

    ``position`` is the assignment's, ``own_date`` a date that the trigger itself names, ``met`` the day it was met,
    ``is_implied`` says that the promise behind it was never registered,
    ``due`` the last day by rule or fixed date, ``ceiling`` the last day that an extension can reach, ``extended`` the later
    last day that an extension or a suspension gives. ``rule`` indexes ``rules``. Rounds count from ``first_round``.
    """

    duty: Duty
    position: Ints
    starts: Days
    own_date: Days
    met: Days
    is_implied: Mask
    due: Days
    ceiling: Days
    extended: Days
    rule: Ints
    rules: tuple[RuleValue, ...] = ()
    first_round: int = 1

    def __len__(self) -> int:
        return len(self.position)

    @property
    def effective(self) -> Days:
        """The last day that counts: the extended one where there is one."""
        return np.where(np.isnat(self.extended), self.due, self.extended)

    def where(self, mask: Mask) -> Dues:
        """Return the obligations that ``mask`` keeps."""
        if mask.all():
            return self
        arrays = ("position", "starts", "own_date", "met", "is_implied", "due", "ceiling", "extended", "rule")
        return replace(self, **{name: getattr(self, name)[mask] for name in arrays})


def new_dues(duty: Duty, position: Ints, starts: Days, met: Days) -> Dues:
    """Return obligations without a last day yet."""
    nothing = np.full(len(position), NO_DAY)
    unsaid = np.zeros(len(position), bool)
    return Dues(duty, position, starts, nothing, met, unsaid, nothing, nothing, nothing, unsaid.astype(np.int64))


def dated(due: Dues, now: Course, rules: RuleBook, calendar: WorkdayCalendar) -> Dues:
    """Return the obligations with their last days.

    The value in force on the assignment day counts from the start; the earlier of it and a fixed date wins; an approved
    extension moves the last day, but never beyond the extended limit counted from the start; a suspension that ended moves
    it by its days. The article of what an unregistered promise owes says so.
    """
    capped = _capped(_by_rule(due, now, rules, calendar), now, rules.fixed_dates)
    return _said_to_be_implied(_suspended(_extended(capped, now), now, calendar))


def _by_rule(due: Dues, now: Course, rules: RuleBook, calendar: WorkdayCalendar) -> Dues:
    kinds = now.matters.kind[now.proposal[due.position]]
    rule, values = _rule_in_force(rules, due.duty.duty, kinds, now.begun[due.position])
    last, ceiling = np.full(len(due), NO_DAY), np.full(len(due), NO_DAY)
    for index, value in enumerate(values):
        chosen = rule == index
        for limit, into in ((value.limit, last), (value.extended_limit, ceiling)):
            if limit is not None:
                into[chosen] = due_on(due.starts[chosen], limit, calendar)
    return replace(
        due, due=np.where(np.isnat(due.own_date), last, due.own_date), ceiling=ceiling, rule=rule, rules=values
    )


def _said_to_be_implied(due: Dues) -> Dues:
    if due.duty.counts_from not in (Trigger.COMMITMENT_MADE, Trigger.PROGRESS):
        return due
    rule = np.where(due.is_implied, due.rule + len(due.rules), due.rule)
    return replace(due, rule=rule, rules=(*due.rules, *(value.noted(NOTE) for value in due.rules)))


def _rule_in_force(rules: RuleBook, duty: str, kinds: Codes, assigned: Days) -> tuple[Ints, tuple[RuleValue, ...]]:
    """Return for each row the index of its value, and the values; the same ones whatever the rows."""
    values: list[RuleValue] = []
    index = np.zeros(len(kinds), np.int64)
    for code, kind in enumerate(KINDS):
        own, mask = rules.values.get((kind, duty), ()), kinds == code
        if mask.any():
            rules.value_on(kind, duty, assigned[mask].min().item())  # raises where no value is in force
            since = np.array([value.starts_on for value in own], dtype="datetime64[D]")
            asked = assigned if rules.counts_since is None else np.fmax(assigned, np.datetime64(rules.counts_since))
            index = np.where(mask, np.searchsorted(since, asked, side="right") - 1 + len(values), index)
        values.extend(own)
    return index, tuple(values)


def _capped(due: Dues, now: Course, fixed_dates: tuple[FixedDate, ...]) -> Dues:
    """Let a date fixed by the session's notice, or for the proposal's reply, win where it is earlier than the rule's.

    A fixed date that had passed when the obligation began (a late reassignment, say) binds nobody.
    """
    for fixed in fixed_dates:
        if fixed.duty == due.duty.duty:
            rule_id = f"notice/{fixed.duty}@{fixed.due_on}"
            value = RuleValue(fixed.due_on, None, fixed.notice, rule_id, checked_on=fixed.due_on)
            due = _cap(due, np.where(_concerned(due, now, fixed), np.datetime64(fixed.due_on), NO_DAY), value)
    if due.duty.duty == "reply":
        own = now.matters.fixed_due_on[now.proposal[due.position]]
        due = _cap(due, own, PROPOSAL_DATE)
    return due


def _concerned(due: Dues, now: Course, fixed: FixedDate) -> Mask:
    """Return which rows' proposals the notice speaks of."""
    matters = now.matters
    mask = np.ones(len(matters.kind), bool)
    if fixed.kind is not None:
        mask &= matters.kind == KINDS.index(Kind(fixed.kind))
    for numbers, wanted in ((matters.term, fixed.term), (matters.session, fixed.session)):
        if wanted is not None:
            mask &= numbers == wanted
    return mask[now.proposal[due.position]]


def _cap(due: Dues, fixed: Days, value: RuleValue) -> Dues:
    wins = (fixed < due.due) & (fixed >= due.starts)
    return replace(
        due,
        due=np.where(wins, fixed, due.due),
        rule=np.where(wins, len(due.rules), due.rule),
        rules=(*due.rules, value),
    )


def _extended(due: Dues, now: Course) -> Dues:
    """Set the day that approved extensions give; an approval after the act was done changes nothing."""
    extended = np.full(len(due), NO_DAY)
    if not np.isnat(due.ceiling).all():
        for approved_on, asked_until in now.of_kind(EventKind.EXTENSION_APPROVED).layers(len(now)):
            approved, until = approved_on[due.position], asked_until[due.position]
            granted = np.fmin(until, due.ceiling)
            counts = ~np.isnat(approved) & ~(approved > due.met) & (granted > due.due)
            extended = np.fmax(extended, np.where(counts, granted, NO_DAY))
    return replace(due, extended=extended)


def _suspended(due: Dues, now: Course, calendar: WorkdayCalendar) -> Dues:
    """Move the last day by the days of every suspension that ended; the moved day rolls to a workday."""
    effective, moved = due.effective, np.zeros(len(due), bool)
    counts_workdays = np.array(
        [value.limit is not None and value.limit.unit is LimitUnit.WORKDAYS for value in due.rules]
    )
    for begun, ended in suspensions(now):
        start, stop = np.fmax(begun[due.position], due.starts), ended[due.position]
        counts = (begun[due.position] <= effective) & (stop > start) & ~(due.met < start)
        by_day = calendar.roll(effective + np.where(counts, stop - start, np.timedelta64(0, "D")))
        by_workday = calendar.add_workdays(effective, np.where(counts, calendar.workdays_between(start, stop), 0))
        effective = np.where(counts, np.where(counts_workdays[due.rule], by_workday, by_day), effective)
        moved |= counts
    return replace(due, extended=np.where(moved, effective, due.extended))
