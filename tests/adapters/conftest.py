import pytest
import sqlalchemy as sa

from tasks.adapters.ledger.engine import open_ledger
from tasks.adapters.ledger.tables import metadata
from tests.adapters.outboxes import archive_in
from tests.installations import new_ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request, tmp_path):
    """An empty ledger, on each kind of database."""
    if request.param == "sqlite":
        opened = new_ledger(tmp_path / "ledger.sqlite")
    else:
        opened = open_ledger(request.getfixturevalue("postgresql"))
        _empty(opened)
    yield opened
    opened.engine.dispose()


def _empty(ledger):
    """Delete the few rows: to truncate makes new files for all tables and indexes, and the disk has to take each."""
    with ledger.begin() as connection:
        tables = [name for name in sa.inspect(connection).get_table_names() if name in metadata.tables]
        sequences = connection.exec_driver_sql("SELECT sequencename FROM pg_sequences").scalars()
        # The audit log refuses to be emptied, as it should.
        statements = [
            "SET LOCAL session_replication_role = replica",
            *(f'DELETE FROM "{name}"' for name in tables),
            *(f'ALTER SEQUENCE "{name}" RESTART' for name in sequences),
        ]
        connection.exec_driver_sql("; ".join(statements))


@pytest.fixture
def archive(tmp_path):
    return archive_in(tmp_path)
