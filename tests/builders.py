"""Builders of facts: a case in a few words, everything else by default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pandas as pd

from tasks.domain.deadlines import Limit
from tasks.domain.frames import CANONICAL, Facts, facts_of
from tasks.domain.rules import Duty, Excuse, FixedDate, RuleBook, RuleValue, Trigger
from tasks.domain.workdays import WorkdayCalendar

ROOT = Path(__file__).parents[1]
ALL = ("lead", "co_organising", "separate", "sole")
REPLYING = ("lead", "separate", "sole")
# Weekends only, every year published: what a test needs unless it is about holidays.
PLAIN_CALENDAR = WorkdayCalendar([], [], date(2079, 12, 31))


def facts(
    *,
    proposals: Iterable[Mapping[str, Any]] | None = None,
    assignments: Iterable[Mapping[str, Any]] = (),
    events: Iterable[Mapping[str, Any]] = (),
    units: Iterable[Mapping[str, Any]] | None = None,
    contacts: Iterable[Mapping[str, Any]] = (),
    reply_texts: Iterable[Mapping[str, Any]] = (),
) -> Facts:
    """Return typed facts; proposals and units that assignments name but nobody describes are made up."""
    numbers = count(1)
    assignments = [
        {"assignment_id": f"a{next(numbers)}", "role": "lead", "assigned_on": "2026-03-10", **row}
        for row in assignments
    ]
    events = [{"event_id": f"e{next(numbers)}", **row} for row in events]
    described = {row["proposal_id"]: row for row in proposals or ()}
    cases = {row["proposal_id"]: {} for row in assignments} | described
    offices = {row["unit_id"]: {} for row in assignments} | {row["unit_id"]: row for row in units or ()}
    frames = {
        "proposals": [_proposal(key, row) for key, row in cases.items()],
        "units": [{"unit_id": key, "name": key, "group": "department", **row} for key, row in offices.items()],
        "assignments": assignments,
        "events": events,
        "contacts": list(contacts),
        "reply_texts": list(reply_texts),
    }
    return facts_of({spec.name: _frame(frames[spec.name], spec.names) for spec in CANONICAL})


def _proposal(key: str, row: Mapping[str, Any]) -> dict[str, Any]:
    default = {
        "kind": "deputy_suggestion",
        "number": key,
        "title": f"关于{key}的建议",
        "is_key": False,
        "needs_reply": True,
        "is_confidential": False,
        "disclosure": "open",
    }
    return {"proposal_id": key, **default, **row}


def _frame(rows: list[Mapping[str, Any]], names: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=names)
    for name in names:
        if name.endswith(("_on", "_to", "_from")) or name == "until":
            frame[name] = pd.to_datetime(frame[name])
    return frame


def duty(name: str, **changes: Any) -> Duty:
    """Return a duty as config/rules/duties.yaml has it by default."""
    known: dict[str, dict[str, Any]] = {
        "accept": {"met_by": ("accepted", "return_requested"), "due_soon_days": 2},
        "responsible": {"met_by": ("responsible_named",), "due_soon_days": 2},
        "plan": {"met_by": ("plan_made",), "owed_by": REPLYING, "key_proposals_only": True},
        "meeting_before": {"met_by": ("meeting_before",), "excused_when": {Excuse.MERGED}},
        "meeting_during": {"met_by": ("meeting_during",), "excused_when": {Excuse.MERGED}},
        "opinion": {"met_by": ("opinion_submitted",), "owed_by": ("co_organising",)},
        "reply": {
            "met_by": ("reply_issued",),
            "owed_by": REPLYING,
            "due_soon_days": 15,
            "excused_when": {Excuse.NO_REPLY_NEEDED},
        },
        "meeting_after": {"met_by": ("meeting_after",), "counts_from": Trigger.REPLY_ISSUED},
        "second_reply": {
            "met_by": ("reply_issued",),
            "owed_by": REPLYING,
            "counts_from": Trigger.DISSATISFIED,
            "excused_when": {Excuse.NO_REPLY_NEEDED},
        },
        "publication": {
            "met_by": ("published",),
            "owed_by": REPLYING,
            "counts_from": Trigger.REPLY_ISSUED,
            "excused_when": {Excuse.NOT_DISCLOSED},
        },
        "commitment": {
            "met_by": ("commitment_fulfilled",),
            "owed_by": REPLYING,
            "counts_from": Trigger.COMMITMENT_MADE,
        },
        "progress": {
            "met_by": ("progress_reported", "commitment_fulfilled"),
            "owed_by": REPLYING,
            "counts_from": Trigger.PROGRESS,
        },
        "look_back": {"met_by": ("looked_back",), "owed_by": REPLYING, "counts_from": Trigger.REPLY_ISSUED},
    }
    chosen = {"owed_by": ALL, "counts_from": Trigger.ASSIGNED, "due_soon_days": 7, **known[name], **changes}
    chosen["owed_by"] = frozenset(chosen["owed_by"])
    chosen["excused_when"] = frozenset(chosen.get("excused_when", ()))
    return Duty(duty=name, label=name, **chosen)


LIMITS = {
    "accept": "5 workdays",
    "responsible": "5 workdays",
    "plan": "1 month",
    "meeting_before": "20 days",
    "meeting_during": "2 months",
    "opinion": "1 month",
    "reply": "3 months",
    "meeting_after": "1 month",
    "second_reply": "1 month",
    "publication": "20 workdays",
    "commitment": "end of next year",
    "progress": "3 months",
    "look_back": "6 months",
}


def rule_book(
    *duties: str | Duty,
    limits: Mapping[str, str] | None = None,
    since: date = date(2000, 1, 1),
    fixed_dates: tuple[FixedDate, ...] = (),
    extended: str | None = "6 months",
) -> RuleBook:
    """Return a book of these duties (all thirteen when none is named) with the default limits, for both kinds."""
    chosen = {d.duty: d for d in (duty(d) if isinstance(d, str) else d for d in duties or LIMITS)}
    limits = {**LIMITS, **(limits or {})}
    values = {
        (kind, name): (
            RuleValue(
                since,
                Limit.parse(limits[name]),
                "测试依据",
                f"{kind}/{name}@{since}",
                Limit.parse(extended) if extended and name == "reply" else None,
                since,
            ),
        )
        for kind in ("deputy_suggestion", "cppcc_proposal")
        for name in chosen
    }
    return RuleBook(chosen, values, fixed_dates)
