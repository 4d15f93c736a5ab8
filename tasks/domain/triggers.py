"""What gives rise to each duty, and what met it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tasks.domain.course import NO_DAY, ROLES, Course, Days, Ints, Mask, Occurrences, expanded
from tasks.domain.dues import Dues, new_dues
from tasks.domain.frames import EventKind, Role
from tasks.domain.implied import Promises, all_promises
from tasks.domain.rules import RESPONSIBLE_NAMED, Duty, Trigger


def triggered(duty: Duty, now: Course) -> Dues:
    """Return the obligations that ``duty`` gives rise to, with the day each was met; no last day yet."""
    owed = np.array([role in duty.owed_by for role in ROLES])[now.role]
    if duty.key_proposals_only:
        owed &= now.matters.is_key[now.proposal]
    found = _TRIGGERS[duty.counts_from](duty, now)
    return found.where(owed[found.position])


def _on_assignment(duty: Duty, now: Course) -> Dues:
    position = np.arange(len(now))
    starts = now.begun
    met = now.of_kinds(duty.event_kinds).first_day(position)
    if RESPONSIBLE_NAMED in duty.met_by:
        met = np.fmin(met, _named_on(now, starts))
    return new_dues(duty, position, starts, met)


def _named_on(now: Course, starts: Days) -> Days:
    """Return when the three responsible were named: the day of acceptance, else of assignment; no source dates it."""
    accepted = now.of_kind(EventKind.ACCEPTED).first_day(np.arange(len(now)))
    return np.where(now.is_named, np.where(np.isnat(accepted), starts, accepted), NO_DAY)


def _on_reply(duty: Duty, now: Course) -> Dues:
    """Count from each reply: the unit's own, or for a co-organising unit the lead's."""
    is_co = now.role == ROLES.index(Role.CO_ORGANISING)
    replies = now.replies.where(~is_co[now.replies.assignment])
    co_position, co_reply = _co_units_of(replies, now, is_co)
    position = np.concatenate([replies.assignment, co_position])
    issued = np.concatenate([replies.day, replies.day[co_reply]])
    order = np.argsort(position, kind="stable")
    position, starts = position[order], np.maximum(issued[order], now.begun[position[order]])
    met = now.of_kinds(duty.event_kinds).first_day_at_or_after(position, starts)
    return new_dues(duty, position, starts, met)


def _co_units_of(replies: Occurrences, now: Course, is_co: Mask) -> tuple[Ints, Ints]:
    """Return (co-organising assignment, reply) for every co-organising unit and every reply of its case."""
    co, answered = np.flatnonzero(is_co), now.case[replies.assignment]
    low, high = (np.searchsorted(answered, now.case[co], side=side) for side in ("left", "right"))
    unit, reply = expanded(low, high - low)
    return co[unit], reply


def _on_dissatisfaction(duty: Duty, now: Course) -> Dues:
    """Count from each dissatisfied feedback; the reply of the next round meets it."""
    bad = now.dissatisfied
    met = now.replies.day_of_round(bad.assignment, bad.round + 1)
    return replace(new_dues(duty, bad.assignment, bad.day, met), first_round=2)


def _on_commitment(duty: Duty, now: Course) -> Dues:
    """Count from each commitment; its own date, where it has one, is the last day."""
    promises = all_promises(now, duty.event_kinds)
    made, kept = promises.made, promises.kept
    met = kept.day_of_round(made.assignment, made.round)
    found = replace(new_dues(duty, made.assignment, made.day, met), own_date=made.until)
    return replace(found, is_implied=promises.is_implied[made.assignment])


def _on_progress(duty: Duty, now: Course) -> Dues:
    """Count from the first commitment, then from each report, until every commitment is fulfilled."""
    promises = all_promises(now)
    position, starts = _progress_starts(promises.made, now)
    is_last = np.r_[position[1:] != position[:-1], True][: len(position)]
    reported = np.where(is_last, NO_DAY, np.r_[starts[1:], NO_DAY][: len(starts)])
    done = _all_kept(promises, len(now))[position]
    found = replace(new_dues(duty, position, starts, np.fmin(reported, done)), is_implied=promises.is_implied[position])
    return found.where(~(starts >= done))


def _progress_starts(made: Occurrences, now: Course) -> tuple[Ints, Days]:
    """Return the days from which a report is owed, sorted by assignment and day, each once."""
    reports = now.of_kind(EventKind.PROGRESS_REPORTED)
    promising = np.unique(made.assignment)
    first = made.first_day(promising)
    later = reports.day > made.first_day(reports.assignment)
    position = np.concatenate([promising, reports.assignment[later]])
    starts = np.concatenate([first, reports.day[later]])
    order = np.lexsort((starts, position))
    position, starts = position[order], starts[order]
    again = np.r_[False, (position[1:] == position[:-1]) & (starts[1:] == starts[:-1])][: len(position)]
    return position[~again], starts[~again]


def _all_kept(promises: Promises, size: int) -> Days:
    """Return, per assignment, the day on which its last commitment was fulfilled; NaT while one is open."""
    made, kept = promises.made, promises.kept
    promised = np.bincount(made.assignment, minlength=size)
    fulfilled = np.bincount(kept.assignment, minlength=size)
    last = np.full(size, NO_DAY)
    last[kept.assignment] = kept.day
    return np.where((promised > 0) & (fulfilled >= promised), last, NO_DAY)


_TRIGGERS = {
    Trigger.ASSIGNED: _on_assignment,
    Trigger.REPLY_ISSUED: _on_reply,
    Trigger.DISSATISFIED: _on_dissatisfaction,
    Trigger.COMMITMENT_MADE: _on_commitment,
    Trigger.PROGRESS: _on_progress,
}
