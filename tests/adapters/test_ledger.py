"""The ledger's schema, both ways, on both databases."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from tasks.adapters.ledger.engine import Ledger, head, open_ledger
from tasks.adapters.ledger.tables import metadata, runs
from tasks.domain.errors import LedgerError


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    return f"sqlite:///{tmp_path / 'l.sqlite'}" if request.param == "sqlite" else request.getfixturevalue("postgresql")


def test_the_schema_goes_up_and_down_again(url):
    ledger = open_ledger(url)
    assert ledger.revision() == head()
    ledger.downgrade("base")
    left = set(sa.inspect(ledger.engine).get_table_names()) - {"alembic_version"}
    assert left == set()
    ledger.upgrade()
    assert set(metadata.tables) <= set(sa.inspect(ledger.engine).get_table_names())
    ledger.engine.dispose()


def test_the_migrations_make_the_tables_that_the_code_declares(url):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    import tasks.adapters.ledger.backlog_tables
    import tasks.adapters.ledger.documents
    import tasks.adapters.ledger.judgement_tables
    import tasks.adapters.ledger.outbox_tables
    import tasks.adapters.ledger.publication_tables  # noqa: F401

    ledger = open_ledger(url)
    with ledger.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    ledger.engine.dispose()
    assert [d for d in differences if "index" not in str(d[0])] == []


def test_a_ledger_of_a_newer_version_is_refused(tmp_path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'l.sqlite'}")
    with ledger.begin() as connection:
        connection.execute(sa.text("update alembic_version set version_num = '9999'"))
    with pytest.raises(LedgerError, match="版本 9999 比本程序新"):
        open_ledger(ledger.url)


def test_a_ledger_that_is_down_is_named_without_its_password():
    with pytest.raises(LedgerError, match="打不开") as refused:
        open_ledger("postgresql+psycopg://duban:geheim-7@127.0.0.1:1/ledger")
    assert "geheim-7" not in str(refused.value)


def test_a_failed_transaction_leaves_nothing(tmp_path):
    ledger = open_ledger(f"sqlite:///{tmp_path / 'l.sqlite'}")
    row = {
        "run_id": "1",
        "jurisdiction": "x",
        "flow": "f",
        "as_of": datetime(2026, 7, 1).date(),
        "started_at": datetime(2026, 7, 1, tzinfo=UTC),
        "state": "running",
        "summary": {},
    }

    def write_and_fail() -> None:
        with ledger.begin() as connection:
            connection.execute(runs.insert(), row)
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        write_and_fail()
    with ledger.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(runs)) == 0


def test_a_moment_without_a_zone_is_refused(tmp_path):
    ledger: Ledger = open_ledger(f"sqlite:///{tmp_path / 'l.sqlite'}")
    row = {
        "run_id": "1",
        "jurisdiction": "x",
        "flow": "f",
        "as_of": datetime(2026, 7, 1).date(),
        "started_at": datetime(2026, 7, 1),
        "state": "running",
        "summary": {},
    }
    with pytest.raises(sa.exc.StatementError, match="needs a time zone"), ledger.begin() as connection:
        connection.execute(runs.insert(), row)
