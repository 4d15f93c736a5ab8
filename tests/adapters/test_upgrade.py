"""From a released schema with rows in every table to this one and back, nothing lost; and PostgreSQL's own back-up, put back."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from tasks.adapters.ledger.engine import Ledger, head, open_ledger
from tests.servers import absent

RELEASED = "0003"
MOMENT = datetime(2026, 7, 13, 8, 30, tzinfo=UTC)
BOOKKEEPING = "alembic_version"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    found = request.getfixturevalue("postgresql")
    engine = sa.create_engine(found, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("drop schema public cascade")
        connection.exec_driver_sql("create schema public")
    engine.dispose()
    return found


def value(column, row):
    """Return something that fits the column; keys refer to the row of the same number in other tables."""
    kind = column.type
    if isinstance(kind, sa.Boolean):
        return bool(row % 2)
    if isinstance(kind, sa.Integer | sa.Numeric):
        return row
    if isinstance(kind, sa.DateTime):
        return MOMENT.replace(tzinfo=None) if column.table.bind_naive else MOMENT
    if isinstance(kind, sa.Date):
        return date(2026, 7, row)
    if isinstance(kind, sa.JSON):
        return {"件": row}
    return f"第{row}条"


def fill(ledger):
    """Put two rows into every table of the schema as it is."""
    schema = sa.MetaData()
    with ledger.begin() as connection:
        schema.reflect(connection)
        for table in schema.sorted_tables:
            table.bind_naive = connection.dialect.name == "sqlite"
            if table.name != BOOKKEEPING:
                rows = [{column.name: value(column, row) for column in table.columns} for row in (1, 2)]
                connection.execute(table.insert(), rows)
    return [table.name for table in schema.sorted_tables if table.name != BOOKKEEPING]


def contents(ledger, names, columns=None):
    """Return the rows of these tables, of these columns only where given."""
    found = {}
    with ledger.connect() as connection:
        schema = sa.MetaData()
        schema.reflect(connection)
        for name in names:
            kept = [c for c in schema.tables[name].columns if columns is None or c.name in columns[name]]
            kept.sort(key=lambda column: column.name)
            found[name] = sorted(map(str, connection.execute(sa.select(*kept)).all()))
    return found


def columns_of(ledger, names):
    inspector = sa.inspect(ledger.engine)
    return {name: {column["name"] for column in inspector.get_columns(name)} for name in names}


def test_an_upgrade_keeps_every_row_and_the_way_back_too(url):
    old = Ledger(url)
    old.upgrade(RELEASED)
    names = fill(old)
    assert len(names) > 15
    before, columns = contents(old, names), columns_of(old, names)
    old.engine.dispose()

    new = open_ledger(url)
    assert new.revision() == head()
    assert contents(new, names, columns) == before
    new.engine.dispose()

    back = Ledger(url)
    back.downgrade(RELEASED)
    assert contents(back, names) == before
    back.engine.dispose()
    again = open_ledger(url)
    assert contents(again, names, columns) == before
    again.engine.dispose()


def run(*words):
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_ledger_on_postgresql_comes_back_from_the_documented_copy(postgresql, tmp_path):
    if not shutil.which("pg_dump"):
        absent("no pg_dump to test with")
    engine = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("drop schema public cascade")
        connection.exec_driver_sql("create schema public")
    ledger = open_ledger(postgresql)
    names = fill(ledger)
    before = contents(ledger, names)
    ledger.engine.dispose()
    plain, copy = sa.make_url(postgresql).set(drivername="postgresql").render_as_string(False), str(tmp_path / "l.dump")
    run("pg_dump", "--format=custom", f"--file={copy}", plain)
    with engine.connect() as connection:
        connection.exec_driver_sql("truncate messages, runs cascade")
    run("pg_restore", "--clean", "--if-exists", f"--dbname={plain}", copy)
    restored = open_ledger(postgresql)
    assert contents(restored, names) == before
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), restored.begin() as connection:
        connection.exec_driver_sql("delete from audit_log")
    restored.engine.dispose()
    engine.dispose()
