"""From the steps that go out to the notices that say so: items with their reasons, recipients, and what is asked by when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pandas as pd

from tasks.domain.deadlines import Limit, due_on
from tasks.domain.delivery import MessageState
from tasks.domain.escalation_record import Desk, Record, latest_match
from tasks.domain.frames import Facts, Level
from tasks.domain.ladder import Ladder, Rung
from tasks.domain.notices import Notice, NoticeItem, ToldBefore
from tasks.domain.recipients import Recipients
from tasks.domain.steps import KEY, effective_due
from tasks.domain.workdays import WorkdayCalendar


def build_notices(
    steps: pd.DataFrame,
    recipients: list[Recipients],
    facts: Facts,
    ladder: Ladder,
    calendar: WorkdayCalendar,
    as_of: date,
    desk: Desk,
    record: Record,
) -> Iterator[tuple[Notice, Rung]]:
    """Yield each notice with its rung, in the order of the steps' ``notice`` number.

    ``group`` of a step indexes ``recipients``. A confidential proposal is named by its number only. What is asked for is
    asked from ``as_of``, the day the notice is made, so that a missed night asks for nothing in the past.
    """
    sent = steps[steps["notice"].notna()].reset_index(drop=True)
    if sent.empty:
        return
    names = facts.units.set_index("unit_id")["name"]
    items = _items(sent, facts, desk, record)
    rows = sent.groupby("notice", sort=True).indices.values()
    firsts = sent.iloc[[own[0] for own in rows]][["policy", "level", "group", "unit_id", "day"]]
    for own, (policy, level, group, unit_id, day) in zip(rows, firsts.itertuples(index=False), strict=True):
        rung = ladder.policies[policy].rung(level)
        who = recipients[group]
        notice = Notice(
            jurisdiction=desk.jurisdiction,
            level=rung.level,
            unit_id=unit_id,
            unit_name=str(names.get(unit_id, unit_id)),
            as_of=day.date(),
            to=who.to,
            cc=who.cc,
            items=tuple(items[row] for row in own),
            act_by=_asked_by(rung.asks_action_within, as_of, calendar),
            explain_by=_asked_by(rung.asks_explanation_within, as_of, calendar),
            explain_to=desk.office.name if rung.asks_explanation_within else None,
            fallback_note=who.note,
            office=desk.office,
        )
        yield notice, rung


def _asked_by(limit: Limit | None, as_of: date, calendar: WorkdayCalendar) -> date | None:
    return due_on(as_of, limit, calendar) if limit else None


def _items(sent: pd.DataFrame, facts: Facts, desk: Desk, record: Record) -> list[NoticeItem]:
    """Return one item for each step, in the same order."""
    cases = ["proposal_id", "kind", "number", "title", "is_confidential"]
    people = ["assignment_id", "leader", "section", "handler"]
    rows = sent.merge(facts.proposals[cases], on="proposal_id", how="left", validate="m:1").merge(
        facts.assignments[people], on="assignment_id", how="left", validate="m:1"
    )
    explained = latest_match(sent, record.explanations, "explained_on")["text"]
    told = _told_before(record.history)
    full = rows.assign(
        effective_on=effective_due(rows).dt.date,
        starts_on=rows["starts_on"].dt.date,
        explanation=explained.to_numpy(),
        turn=_turns(sent, record.history),
    )
    return [
        _item(row, desk, told.get((row["proposal_id"], row["unit_id"], row["duty"], row["round"]), ()))
        for row in full.to_dict("records")
    ]


def _item(row: dict[str, Any], desk: Desk, told: tuple[ToldBefore, ...]) -> NoticeItem:
    is_open = pd.notna(row["days_left"])
    return NoticeItem(
        proposal_id=row["proposal_id"],
        kind=row["kind"],
        number=_text(row["number"]) or row["proposal_id"],
        title=None if pd.notna(row["is_confidential"]) and row["is_confidential"] else row["title"],
        duty=row["duty"],
        duty_label=desk.duty_labels.get(row["duty"], row["duty"]),
        round=int(row["round"]),
        role=row["role"],
        starts_on=row["starts_on"],
        due_on=row["effective_on"],
        is_provisional=bool(row["is_provisional"]),
        days_left=int(row["days_left"]) if is_open else None,
        days_late=int(row["days_late"]),
        workdays_late=int(row["workdays_late"]),
        rule=row["rule"],
        article=row["article"],
        leader=_text(row["leader"]),
        section=_text(row["section"]),
        handler=_text(row["handler"]),
        occurrence=int(row["turn"]),
        told_before=told,
        explanation=_text(row["explanation"]),
    )


def _turns(sent: pd.DataFrame, history: pd.DataFrame) -> Any:
    """Return which notice of its level each step is for its obligation: the units count what they got, not what fell due."""
    valid = history[~history["state"].isin([MessageState.CANCELLED, MessageState.REJECTED])]
    earlier = valid.groupby([*KEY, "level"], as_index=False).size()
    before = sent[[*KEY, "level"]].merge(earlier, on=[*KEY, "level"], how="left", validate="m:1")["size"]
    return before.fillna(0).to_numpy(dtype=int) + sent.groupby([*KEY, "level"]).cumcount().to_numpy() + 1


def _told_before(history: pd.DataFrame) -> dict[tuple[Any, ...], tuple[ToldBefore, ...]]:
    """Return by obligation what has left, oldest first."""
    sent = history[history["state"] == MessageState.SENT].sort_values(["fell_due_on", "occurrence"], kind="stable")
    told: dict[tuple[Any, ...], tuple[ToldBefore, ...]] = {}
    for *key, level, day, names in sent[[*KEY, "level", "fell_due_on", "to_names"]].itertuples(index=False):
        told[tuple(key)] = (*told.get(tuple(key), ()), ToldBefore(Level(level), day.date(), names))
    return told


def _text(value: Any) -> str | None:
    return str(value) if pd.notna(value) and str(value) else None
