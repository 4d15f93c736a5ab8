"""Queueing: a night's notices enter the outbox in one transaction, and each step enters it once, whoever tries again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from tasks.adapters.archive import Archive
from tasks.adapters.frame_files import parquet_bytes
from tasks.adapters.ledger import bulk
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.ledger.outbox_mails import Compose, Entered, key_of, write_mails
from tasks.adapters.ledger.outbox_tables import NOTICE_KEY, messages, notices, plans
from tasks.domain.delivery import MessageState
from tasks.domain.escalation import NoticePlan
from tasks.domain.escalation_record import HISTORY, framed

INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
# SQLite allows 32,766 bound values in a statement.
CHUNK = 1_000
# (notice_id, generation) of a step that has not entered yet.
NEW = (0, 1)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a night's plan was made from."""

    assessment_id: str
    snapshot_id: str
    rule_version: str
    calendar_version: str
    ladder_version: str
    code_version: str


@dataclass(frozen=True, slots=True)
class Queued:
    """What entered the outbox: new mails, the steps they tell, and steps that another run had already queued."""

    plan_id: int
    mails: int
    steps: int
    already_there: int


def queue(
    ledger: Ledger,
    archive: Archive,
    jurisdiction: str,
    plan: NoticePlan,
    evidence: Evidence,
    compose: Compose,
    now: datetime,
) -> Queued:
    """Put the plan's notices into the outbox, all of them or, on an error, none.

    A step that is already there stays as it is: its mail is made without it, or not at all. ``compose`` writes the mail of
    a notice; it is called with the notice and the mail's id. The day counts as planned even if there was nothing to tell.
    """
    rows = _step_rows(plan, jurisdiction)
    steps_hash = archive.put(parquet_bytes(plan.steps))
    # Letters take a tenth of a second each: nobody else should wait for the ledger meanwhile.
    prepared = write_mails(archive, plan, rows, dict.fromkeys(map(key_of, rows), NEW), compose, {})
    texts = {mail.values["message_id"]: mail.values for mail in prepared}
    with ledger.begin() as connection:
        plan_id = _insert_plan(connection, jurisdiction, plan, evidence, steps_hash, now)
        entered = _enter_steps(connection, rows)
        new = [row for row in rows if key_of(row) in entered]
        mails = write_mails(archive, plan, new, entered, compose, texts)
        common = {"plan_id": plan_id, "jurisdiction": jurisdiction, "as_of": plan.as_of, "queued_at": now}
        if mails:
            connection.execute(messages.insert(), [{**common, **mail.values} for mail in mails])
            told = [
                {"id": notice_id, "mail": mail.values["message_id"]} for mail in mails for notice_id in mail.notice_ids
            ]
            which = notices.c.notice_id == sa.bindparam("id")
            connection.execute(notices.update().where(which).values(message_id=sa.bindparam("mail")), told)
    return Queued(plan_id, len(mails), len(new), len(rows) - len(new))


def planned_through(ledger: Ledger, jurisdiction: str) -> date | None:
    """Return the last day planned; None when nothing was ever planned. Issuing a document plans no night."""
    nights = (plans.c.jurisdiction == jurisdiction, plans.c.kind == "night")
    with ledger.connect() as connection:
        return connection.scalar(sa.select(sa.func.max(plans.c.as_of)).where(*nights))


def history(ledger: Ledger, jurisdiction: str) -> pd.DataFrame:
    """Return every step ever queued with what became of its mail, as the ladder reads it (``HISTORY``)."""
    names = [name for name in HISTORY if name in notices.c]
    steps = sa.select(*(notices.c[name] for name in (*names, "message_id", "cancelled_at")))
    rows = bulk.fetch(ledger, steps.where(notices.c.jurisdiction == jurisdiction))
    told = _told(ledger, jurisdiction).reindex(rows["message_id"]).set_axis(rows.index)
    state = told["state"].mask(rows["cancelled_at"].notna(), str(MessageState.CANCELLED))
    names_and_addresses = told[["to_names", "to_emails"]].fillna("")
    return framed(rows.assign(state=state, **names_and_addresses), HISTORY)


def _told(ledger: Ledger, jurisdiction: str) -> pd.DataFrame:
    """Return each mail's state and whom it goes to, by its id; a mail of many steps is read once."""
    query = sa.select(messages.c.message_id, messages.c.state, messages.c.recipients)
    with ledger.connect() as connection:
        rows = connection.execute(query.where(messages.c.jurisdiction == jurisdiction)).all()
    to = [[who for who in row.recipients if who["kind"] == "to"] for row in rows]
    columns = {
        "state": [row.state for row in rows],
        "to_names": ["、".join(who["name"] for who in own) for own in to],
        "to_emails": [",".join(who["email"] for who in own) for own in to],
    }
    return pd.DataFrame(columns, index=[row.message_id for row in rows], dtype="str")


def _step_rows(plan: NoticePlan, jurisdiction: str) -> list[dict[str, Any]]:
    """Return the steps that go out, in the order of the notices; ``place`` is the step's place in its notice."""
    sent = plan.steps[plan.steps["notice"].notna()].sort_values("notice", kind="stable")
    place = sent.groupby("notice").cumcount()
    columns = [*NOTICE_KEY[1:], "fell_due_on", "due_on", "extended_to", "notice"]
    rows = sent[columns].assign(place=place).astype({"round": int, "occurrence": int, "notice": int})
    for name in ("fell_due_on", "due_on", "extended_to"):
        rows[name] = rows[name].dt.date.astype(object).where(rows[name].notna(), None)
    return [{"jurisdiction": jurisdiction, **row} for row in rows.to_dict("records")]


def _insert_plan(
    connection: sa.Connection,
    jurisdiction: str,
    plan: NoticePlan,
    evidence: Evidence,
    steps_hash: str,
    now: datetime,
) -> int:
    values = {"jurisdiction": jurisdiction, "as_of": plan.as_of, "planned_at": now, "counts": plan.counts}
    made = plans.insert().values(**values, **asdict(evidence), steps_hash=steps_hash).returning(plans.c.plan_id)
    return connection.execute(made).scalar_one()


def _enter_steps(connection: sa.Connection, rows: list[dict[str, Any]]) -> Entered:
    """Insert the steps and return those that entered: key → (notice_id, generation).

    A step that was cancelled, or whose mail was rejected, may enter again as its next generation. Rows go in the order of
    their keys: two runs at once then wait for each other instead of blocking each other.
    """
    insert = INSERT[connection.dialect.name](notices)
    rejected = sa.select(messages.c.message_id).where(messages.c.state == MessageState.REJECTED)
    told_nobody = notices.c.cancelled_at.is_not(None) | notices.c.message_id.in_(rejected)
    renewed = {name: insert.excluded[name] for name in ("fell_due_on", "due_on", "extended_to")}
    cleared = {"message_id": None, "cancelled_at": None, "cancelled_why": None}
    statement = insert.on_conflict_do_update(
        index_elements=list(NOTICE_KEY),
        set_={**renewed, **cleared, "generation": notices.c.generation + 1},
        where=told_nobody,
    ).returning(notices.c.notice_id, notices.c.generation, *(notices.c[name] for name in NOTICE_KEY))
    stored = [name for name in notices.c.keys() if name in rows[0]] if rows else []  # noqa: SIM118
    ordered = [{name: row[name] for name in stored} | {"generation": 1} for row in sorted(rows, key=key_of)]
    entered = {}
    for start in range(0, len(ordered), CHUNK):
        for row in connection.execute(statement.values(ordered[start : start + CHUNK])).mappings():
            entered[key_of(dict(row))] = (row["notice_id"], row["generation"])
    return entered
