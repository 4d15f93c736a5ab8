import pytest
import sqlalchemy as sa

from tasks.adapters.ledger.engine import open_ledger
from tasks.adapters.ledger.tables import metadata
from tests.adapters.outboxes import archive_in
from tests.ledgers import new_ledger


@pytest.fixture(params=["sqlite", "postgresql"])
def ledger(request, tmp_path):
    """An empty ledger, on each kind of database."""
    if request.param == "sqlite":
        opened = new_ledger(tmp_path / "ledger.sqlite")
    else:
        opened = open_ledger(request.getfixturevalue("postgresql"))
        with opened.begin() as connection:
            names = ", ".join(
                f'"{name}"' for name in sa.inspect(connection).get_table_names() if name in metadata.tables
            )
            # The audit log refuses to be emptied, as it should.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    yield opened
    opened.engine.dispose()


@pytest.fixture
def archive(tmp_path):
    return archive_in(tmp_path)
