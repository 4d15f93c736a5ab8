"""Open the ledger: SQLite when embedded, PostgreSQL in production; the schema is Alembic's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import alembic.command
import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from tasks.domain.errors import LedgerError

MIGRATIONS = Path(__file__).parents[1] / "migrations"
# Any fixed number: it only has to be the same for everybody who upgrades the same ledger.
UPGRADE_LOCK = 20_261_123


@dataclass(frozen=True)
class Ledger:
    """A ledger at a database URL. ``begin`` writes in one transaction, ``connect`` reads."""

    url: str

    @cached_property
    def engine(self) -> sa.Engine:
        """The SQLAlchemy engine; SQLite gets WAL, a busy time-out and honest transactions."""
        url = sa.make_url(self.url)
        if url.get_backend_name() == "sqlite":
            return _sqlite_engine(url)
        return sa.create_engine(url, pool_pre_ping=True)

    @contextmanager
    def begin(self) -> Iterator[sa.Connection]:
        """Write: commits at the end, rolls back on an exception."""
        with self.engine.connect().execution_options(duban_write=True) as connection, connection.begin():
            yield connection

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        """Read from one consistent view."""
        with self.engine.connect() as connection:
            yield connection

    def revision(self) -> str | None:
        """Return the schema revision that the ledger has; None when it is new."""
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def upgrade(self, revision: str = "head") -> None:
        """Bring the schema to ``revision``; two processes may call it at once."""
        with self.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.text("select pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
            alembic.command.upgrade(_alembic(connection), revision)

    def downgrade(self, revision: str) -> None:
        """Take the schema back to ``revision``."""
        with self.begin() as connection:
            alembic.command.downgrade(_alembic(connection), revision)


def open_ledger(url: str) -> Ledger:
    """Return the ledger at ``url`` with the newest schema.

    Raises ``LedgerError`` when the database cannot be reached or was written by a newer version.
    """
    ledger = Ledger(url)
    shown = sa.make_url(url).render_as_string(hide_password=True)
    try:
        revision = ledger.revision()
        if revision != head():
            _refuse_newer(revision, shown)
            ledger.upgrade()
    except sa.exc.OperationalError as error:
        fault = str(error.orig).splitlines()[0]
        raise LedgerError(f"台账 {shown}", f"打不开:{fault}", "请检查 DUBAN_LEDGER_URL、数据库服务和磁盘。") from None
    return ledger


@cache
def head() -> str:
    """Return the revision that this code expects."""
    revision = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    assert revision is not None
    return revision


def _refuse_newer(revision: str | None, shown: str) -> None:
    if revision is None:
        return
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if revision not in known:
        raise LedgerError(f"台账 {shown}", f"版本 {revision} 比本程序新", "请升级本程序,或用新版程序先降级台账。")


def _alembic(connection: sa.Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _sqlite_engine(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, connect_args={"timeout": 60})

    @sa.event.listens_for(engine, "connect")
    def _on_connect(dbapi: sa.engine.interfaces.DBAPIConnection, _record: object) -> None:
        # The driver's own BEGIN comes too late for a safe read-then-write; see "begin" below.
        dbapi.isolation_level = None
        cursor = dbapi.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @sa.event.listens_for(engine, "begin")
    def _on_begin(connection: sa.Connection) -> None:
        write = connection.get_execution_options().get("duban_write", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
