"""Builders for the ladder: the default rungs, a record of earlier nights, and nights in a row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from tasks.domain.deadlines import Limit
from tasks.domain.escalation import NoticePlan, plan
from tasks.domain.escalation_record import EXPLANATIONS, HISTORY, NOTHING, SILENCES, Desk, Record, framed
from tasks.domain.frames import ContactRole, Facts, Level
from tasks.domain.ladder import Climb, Form, Ladder, LadderPolicy, Rung, Threshold
from tasks.domain.notices import Office
from tasks.domain.obligations import obligations
from tasks.domain.rules import RuleBook
from tasks.domain.workdays import WorkdayCalendar
from tests.builders import PLAIN_CALENDAR, rule_book

DESK = Desk("demo", Office("临江市人民政府督查室", "0791-88886666", "duban@linjiang.example.cn"), {"reply": "答复"})


def before(text: str) -> Threshold:
    return Threshold(Limit.parse(text), is_before=True)


def late(text: str) -> Threshold:
    return Threshold(Limit.parse(text))


H, S, L, T = ContactRole.HANDLER, ContactRole.SECTION, ContactRole.LEADER, ContactRole.TOP_LEADER
RUNGS = (
    Rung(Level.REMIND, before("15 days"), H, (S,), tells_led_by=True),
    Rung(Level.URGE, late("1 workday"), S, (L,), every=Limit.parse("3 workdays")),
    Rung(Level.SUPERVISE, late("10 workdays"), L, (T,), asks_explanation_within=Limit.parse("5 workdays")),
    Rung(Level.SUPERVISION_LETTER, late("20 workdays"), T, (), Form.LETTER, needs_sign_off=True),
    Rung(Level.CRITICISM, late("30 workdays"), T, (), Form.LETTER, needs_sign_off=True, takes_backlog=True),
)
POLICY = LadderPolicy(date(2000, 1, 1), "测试办法", RUNGS, Climb(Level.CRITICISM))
LADDER = Ladder((POLICY,))


def contacts(unit: str, *roles: str) -> list[dict[str, str]]:
    """Return one contact for each role (all five when none is named), named and addressed after unit and role."""
    return [
        {"unit_id": unit, "role": role, "name": f"{unit}-{role}", "email": f"{role}@{unit}.example.cn"}
        for role in roles or ("handler", "section", "leader", "top_leader", "office")
    ]


def as_history(made: NoticePlan, state: str = "sent") -> pd.DataFrame:
    """Return the notices of a plan as the ledger remembers them."""
    steps = made.steps[made.steps["notice"].notna()]
    to = [made.notices[number].notice.to for number in steps["notice"]]
    names = ["、".join(who.name for who in people) for people in to]
    emails = [",".join(who.email for who in people) for people in to]
    return framed(steps.assign(state=state, to_names=names, to_emails=emails), HISTORY)


def after(record: Record, made: NoticePlan, state: str = "sent") -> Record:
    """Return the record once the plan was queued and delivered."""
    history = [part for part in (record.history, as_history(made, state)) if len(part)]
    return replace(
        record,
        history=pd.concat(history, ignore_index=True) if history else record.history,
        planned_through=max(made.as_of, record.planned_through or made.as_of),
    )


def night(
    facts: Facts,
    as_of: date,
    record: Record = NOTHING,
    *,
    ladder: Ladder = LADDER,
    calendar: WorkdayCalendar = PLAIN_CALENDAR,
    rules: RuleBook | None = None,
    backlog: pd.DataFrame | None = None,
) -> NoticePlan:
    """Return the plan of one night; only replies are owed unless ``rules`` says otherwise."""
    owed = obligations(facts, rules or rule_book("reply"), calendar, as_of)
    return plan(owed, facts, ladder, calendar, as_of, desk=DESK, record=record, backlog=backlog)


def run_nights(facts: Facts, nights: Iterable[date], record: Record = NOTHING, **changes) -> tuple[Record, list]:
    """Run the nights one after another; return the record after the last, and all plans."""
    plans = []
    for day in nights:
        made = night(facts, day, record, **changes)
        plans.append(made)
        record = after(record, made)
    return record, plans


def days(first: str, last: str) -> list[date]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [start + timedelta(offset) for offset in range((end - start).days + 1)]


def sent(made: NoticePlan | Record) -> list[tuple[str, int, str]]:
    """Return level, occurrence and true day of what goes out, or went out, by day."""
    steps = made.history if isinstance(made, Record) else made.steps[made.steps["status"] == "send"]
    found = zip(steps["level"], steps["occurrence"], steps["fell_due_on"].dt.strftime("%m-%d"), strict=True)
    return sorted(found, key=lambda step: (step[2], step[0]))


def silence(until: str, **scope: str) -> pd.DataFrame:
    return framed([{"until": pd.Timestamp(until), "why": "单位合并", "by": "张三", **scope}], SILENCES)


def explanation(on: str, until: str | None, text: str = "正在协调资金", **scope: str) -> pd.DataFrame:
    row = {"explained_on": pd.Timestamp(on), "until": pd.Timestamp(until) if until else None, "text": text, **scope}
    return framed([row], EXPLANATIONS)
