"""The obligations once more: one row at a time, plain Python, as slow and as obvious as can be.

It shares no code with the program but the declarations (duties, values) and is what the fast code is compared with.
"""

from __future__ import annotations

import calendar as months
from datetime import date, timedelta

import pandas as pd

OUTCOMES = ["solved", "planned", "explained", "reference"]
GRADES = ["satisfied", "basically_satisfied", "dissatisfied"]


class Weekdays:
    """A calendar of listed days off and make-up days, asked one day at a time."""

    def __init__(self, days_off=(), make_up=()):
        self.days_off, self.make_up = set(days_off), set(make_up)

    def works(self, day):
        return day in self.make_up or (day.weekday() < 5 and day not in self.days_off)

    def roll(self, day):
        while not self.works(day):
            day += timedelta(1)
        return day

    def add(self, day, n):
        while n:
            day += timedelta(1)
            n -= self.works(day)
        return day

    def between(self, start, end):
        return sum(self.works(start + timedelta(i + 1)) for i in range((end - start).days))


def last_day(start, limit, calendar):
    text = str(limit)
    if text == "end of next year":
        return date(start.year + 1, 12, 31)
    n, unit = text.split()
    if unit.startswith("workday"):
        return calendar.add(start, int(n))
    if unit.startswith("day"):
        return calendar.roll(start + timedelta(int(n)))
    month = start.month - 1 + int(n)
    year, month = start.year + month // 12, month % 12 + 1
    return calendar.roll(date(year, month, min(start.day, months.monthrange(year, month)[1])))


def rows(frame):
    return [
        {
            k: (None if pd.isna(v) else v.date() if isinstance(v, pd.Timestamp) and k != "recorded_at" else v)
            for k, v in row.items()
        }
        for row in frame.to_dict("records")
    ]


def reference(facts, rules, calendar, as_of):
    """Return {(proposal, unit, duty, round): (starts, due, extended, met, state, days_left, days_late, workdays_late)}."""
    proposals = {p["proposal_id"]: p for p in rows(facts.proposals)}
    assignments = [a for a in rows(facts.assignments) if a["assigned_on"] <= as_of]
    assignments.sort(key=lambda a: (a["proposal_id"], a["unit_id"], a["assigned_on"], a["assignment_id"]))
    events = [e for e in rows(facts.events) if e["happened_on"] <= as_of]
    events.sort(key=lambda e: (e["happened_on"], e["event_id"]))
    for a in assignments:
        a["events"] = [e for e in events if belongs(e, a, assignments)]
    found = []
    for a in assignments:
        proposal = proposals[a["proposal_id"]]
        siblings = [b for b in assignments if b["proposal_id"] == a["proposal_id"]]
        for duty in rules.active_duties:
            if a["role"] not in duty.owed_by or (duty.key_proposals_only and not proposal["is_key"]):
                continue
            for start, own_date, met in triggers(duty, a, siblings):
                dates = deadline(duty, rules, a, proposal, start, own_date, met, calendar)
                found.append(
                    (
                        (a["proposal_id"], a["unit_id"], duty.duty),
                        start,
                        state_of(duty, a, proposal, events, start, met, dates, calendar, as_of),
                    )
                )
    found.sort(key=lambda row: (row[0], row[1]))
    out = {}
    for key, _start, values in found:
        first = 2 if key[2] == "second_reply" else 1
        number = first + sum(1 for other in out if other[:3] == key)
        out[(*key, number)] = values
    return out


def belongs(event, assignment, assignments):
    if event["proposal_id"] != assignment["proposal_id"]:
        return False
    if event["unit_id"] is None:
        return True
    own = [a for a in assignments if (a["proposal_id"], a["unit_id"]) == (event["proposal_id"], event["unit_id"])]
    begun = [a for a in own if a["assigned_on"] <= event["happened_on"]]
    return bool(own) and (begun[-1] if begun else own[0]) is assignment


def of(assignment, *kinds):
    return [e for e in assignment["events"] if e["kind"] in kinds]


def numbered(events):
    return [(e["round"] or i, e) for i, e in enumerate(events, 1)]


def triggers(duty, a, siblings):
    """Yield (start, own date, day met) of every obligation of the duty."""
    match str(duty.counts_from):
        case "assigned":
            days = [e["happened_on"] for e in of(a, *duty.met_by)]
            if "responsible_named" in duty.met_by and a["leader"] and a["section"] and a["handler"]:
                accepted = [e["happened_on"] for e in of(a, "accepted")]
                days.append(min(accepted) if accepted else a["assigned_on"])
            yield a["assigned_on"], None, min(days, default=None)
        case "reply_issued":
            answering = [b for b in siblings if b["role"] != "co_organising"] if a["role"] == "co_organising" else [a]
            for b in answering:
                for reply in of(b, "reply_issued"):
                    start = max(reply["happened_on"], a["assigned_on"])
                    yield start, None, first_from(of(a, *duty.met_by), start)
        case "dissatisfied":
            replies, seen = numbered(of(a, "reply_issued")), set()
            for e in of(a, "feedback"):
                number = e["round"] or max(1, sum(r["happened_on"] <= e["happened_on"] for _, r in replies))
                if worst(e["value"]) == "dissatisfied" and number not in seen:
                    seen.add(number)
                    answers = [r["happened_on"] for n, r in replies if n == number + 1]
                    yield e["happened_on"], None, min(answers, default=None)
        case "commitment_made":
            made, kept = promised(a)
            kept = numbered(kept)
            for number, e in numbered(made):
                yield (
                    e["happened_on"],
                    e["until"],
                    min((k["happened_on"] for n, k in kept if n == number), default=None),
                )
        case "progress":
            yield from progress(a)


def promised(a):
    """Return the promises and fulfilments of an assignment; a planned reply is one where none was registered."""
    made, kept = of(a, "commitment_made"), of(a, "commitment_fulfilled")
    if made:
        return made, kept
    implied = implied_promises(a)
    return implied if implied[0] else (made, kept)


def implied_promises(a):
    order = ["reply_issued", "looked_back", "commitment_fulfilled"]
    said, has_reply, history = None, False, []
    for e in sorted(of(a, *order), key=lambda e: (e["happened_on"], order.index(e["kind"]))):
        value = e["value"]
        if e["kind"] == "reply_issued":
            has_reply = True
            said = value if value in OUTCOMES else said
            outcome = value if value in OUTCOMES else None
        elif e["kind"] == "commitment_fulfilled":
            outcome = "solved"
        elif value == "not_feasible":
            outcome = said if said in ("explained", "reference") else "planned"
        else:
            outcome = {"done": "solved", "pushing": "planned", "planned": "planned"}.get(value)
        if has_reply and outcome and (not history or history[-1][0] != outcome):
            history.append((outcome, {**e, "round": None, "until": None}))
    made, kept = [], []
    for i, (outcome, e) in enumerate(history):
        if outcome == "planned" and (i + 1 == len(history) or history[i + 1][0] == "solved"):
            made.append(e)
        if outcome == "solved" and i and history[i - 1][0] == "planned":
            kept.append(e)
    return made, kept


def progress(a):
    made, kept = promised(a)
    if not made:
        return
    closed = kept[-1]["happened_on"] if len(kept) >= len(made) else None
    first = made[0]["happened_on"]
    starts = sorted({first} | {e["happened_on"] for e in of(a, "progress_reported") if e["happened_on"] > first})
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        if closed is None or start < closed:
            yield start, None, min((d for d in (following, closed) if d), default=None)


def first_from(events, start):
    return min((e["happened_on"] for e in events if e["happened_on"] >= start), default=None)


def worst(value):
    grades = [GRADES.index(g) for g in (value or "").split("/") if g in GRADES]
    return GRADES[max(grades)] if grades else None


def deadline(duty, rules, a, proposal, start, own_date, met, calendar):
    value = rules.value_on(proposal["kind"], duty.duty, a["assigned_on"])
    due = own_date or last_day(start, value.limit, calendar)
    fixed = [
        f.due_on
        for f in rules.fixed_dates
        if f.duty == duty.duty and all(getattr(f, c) in (None, proposal[c]) for c in ("kind", "term", "session"))
    ]
    if duty.duty == "reply" and proposal["fixed_due_on"]:
        fixed.append(proposal["fixed_due_on"])
    by_date = False
    for day in fixed:
        if start <= day < due:
            due, by_date = day, True
    extended = None
    if value.extended_limit:
        ceiling = last_day(start, value.extended_limit, calendar)
        for e in of(a, "extension_approved"):
            granted = min(e["until"] or ceiling, ceiling)
            if granted > due and (met is None or e["happened_on"] <= met):
                extended = max(extended or granted, granted)
    in_workdays = not by_date and "workday" in str(value.limit)
    return due, suspended(a, start, due, extended, met, in_workdays, calendar)


def suspended(a, start, due, extended, met, in_workdays, calendar):
    effective, moved = extended or due, False
    for stop in of(a, "suspended"):
        ends = [e["happened_on"] for e in of(a, "resumed") if e["happened_on"] >= stop["happened_on"]]
        begun = max(stop["happened_on"], start)
        if not ends or stop["happened_on"] > effective or ends[0] <= begun or (met and met < begun):
            continue
        moved = True
        if in_workdays:
            effective = calendar.add(effective, calendar.between(begun, ends[0]))
        else:
            effective = calendar.roll(effective + (ends[0] - begun))
    return effective if moved else extended


def state_of(duty, a, proposal, events, start, met, dates, calendar, as_of):
    due, extended = dates
    effective = extended or due
    excuses = {
        "merged": proposal["merged_into"],
        "no_reply_needed": proposal["needs_reply"] is False,
        "not_disclosed": proposal["disclosure"] == "withheld" or proposal["is_confidential"],
    }
    withdrawn = any(e["kind"] == "withdrawn" and e["proposal_id"] == a["proposal_id"] for e in events)
    ended = a["ended_on"] is not None and a["ended_on"] <= as_of
    late = (met or as_of) > effective
    is_suspended = any(
        not [r for r in of(a, "resumed") if r["happened_on"] >= s["happened_on"]] for s in of(a, "suspended")
    )
    if met:
        state = "met_late" if late else "met"
    elif withdrawn or ended or any(excuses[str(x)] for x in duty.excused_when):
        state = "excused"
    elif is_suspended:
        state = "suspended"
    elif late:
        state = "overdue"
    else:
        state = "due_soon" if (effective - as_of).days <= duty.due_soon_days else "open"
    is_late = state in ("overdue", "met_late")
    return (
        start,
        due,
        extended,
        met,
        state,
        (effective - as_of).days if state in ("open", "due_soon") else None,
        ((met or as_of) - effective).days if is_late else 0,
        calendar.between(effective, met or as_of) if is_late else 0,
    )
