"""What people did stays on record: the database itself refuses to change or remove an entry, on both kinds of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tasks.adapters.ledger import audit
from tasks.adapters.ledger.document_tables import documents, sign_offs
from tasks.adapters.ledger.engine import head
from tasks.adapters.ledger.tables import audit_log

NOW = datetime(2026, 7, 13, tzinfo=UTC)
TABLES = (audit_log, sign_offs)
DOCUMENT = {
    "document_id": "d1", "jurisdiction": "demo", "kind": "circular", "year": 2026, "serial": 1, "subject": "s",
    "title": "t", "as_of": NOW.date(), "dated_on": NOW.date(), "state": "draft", "version": 1, "opened_at": NOW,
}  # fmt: skip
SIGNATURE = {
    "jurisdiction": "demo", "document_id": "d1", "act": "signed", "name": "王志远", "at": NOW,
    "document_hash": "0" * 64, "comment": "",
}  # fmt: skip
GUARDED = [pytest.param(table, id=table.name) for table in TABLES]


@pytest.fixture
def signed(ledger):
    """A ledger with an entry in each guarded table."""
    with ledger.begin() as connection:
        audit.enter(connection, "demo", "周敏", "核实送达", "m1", NOW, why="对方确认")
        connection.execute(documents.insert(), DOCUMENT)
        connection.execute(sign_offs.insert(), SIGNATURE)
    return ledger


def contents(ledger):
    with ledger.connect() as connection:
        return {table.name: connection.execute(sa.select(table)).all() for table in TABLES}


def refused(ledger, statement):
    before = contents(ledger)
    with pytest.raises(sa.exc.DBAPIError, match="is append-only"), ledger.begin() as connection:
        connection.exec_driver_sql(statement) if isinstance(statement, str) else connection.execute(statement)
    assert contents(ledger) == before
    assert all(len(rows) == 1 for rows in before.values())


@pytest.mark.parametrize("table", GUARDED)
def test_an_entry_cannot_be_changed(signed, table):
    refused(signed, table.update().values(jurisdiction="other"))


@pytest.mark.parametrize("table", GUARDED)
def test_an_entry_cannot_be_removed(signed, table):
    refused(signed, table.delete())


@pytest.mark.parametrize("table", GUARDED)
def test_postgresql_does_not_empty_the_table_either(signed, table):
    if signed.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    refused(signed, f"TRUNCATE {table.name} CASCADE")


def test_entries_go_on_being_added(signed):
    with signed.begin() as connection:
        audit.enter(connection, "demo", "周敏", "重发", "m1", NOW)
        assert len(audit.entries(connection, "m1")) == 2


def test_an_older_schema_has_no_guard_and_the_newer_one_has_it_again(signed):
    signed.downgrade("0003")
    with signed.begin() as connection:
        connection.execute(audit_log.update().values(actor="谁"))
    signed.upgrade(head())
    refused(signed, audit_log.delete())
