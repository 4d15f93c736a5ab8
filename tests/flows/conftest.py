"""Flows against a real Prefect test server, each test with a ledger, a source and a mail folder of its own."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from flows.environment import QUIET
from tests.installations import new_installation

# The server child inherits these; they have to stand before Prefect is imported.
os.environ.update(QUIET)
os.environ.pop("PREFECT_API_URL", None)

import prefect.settings
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings
from prefect.testing.utilities import prefect_test_harness

# What the server does beside answering and recording; no test of this suite looks at it, the ones that do start ``serve``.
ASIDE = ("CANCELLATION_CLEANUP", "EVENT_PERSISTER", "FOREMAN", "LATE_RUNS", "PAUSE_EXPIRATIONS", "REPOSSESSOR", "SCHEDULER",
         "TRIGGERS")  # fmt: skip


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """A Prefect test server for the whole session; without heartbeats, which cost a second a flow."""
    logging.getLogger("prefect").setLevel(logging.ERROR)
    aside = {getattr(prefect.settings, f"PREFECT_SERVER_SERVICES_{name}_ENABLED"): False for name in ASIDE}
    with (
        temporary_settings(aside),
        prefect_test_harness(server_startup_timeout=180),
        temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}),
    ):
        yield


@dataclass(frozen=True)
class Town:
    """A jurisdiction whose source a test may change."""

    name: str
    var: Path

    @property
    def source(self) -> Path:
        return self.var / "sources" / f"{self.name}.sqlite"

    def change(self, statement: str) -> int:
        with sqlite3.connect(self.source) as connection:
            return connection.execute(statement).rowcount

    def largest_table(self) -> str:
        with sqlite3.connect(self.source) as connection:
            names = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
            return max(names, key=lambda name: connection.execute(f'select count(*) from "{name}"').fetchone())

    def mails(self) -> list[Path]:
        return sorted((self.var / "mail").rglob("*.eml"))

    def ledger(self, query: str) -> list[tuple]:
        with sqlite3.connect(self.var / "ledger.sqlite") as connection:
            return connection.execute(query).fetchall()


@pytest.fixture
def county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, prefect_server: None) -> Town:
    """青云县 with an empty ledger."""
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    return Town("demo-county", new_installation(tmp_path, "demo-county"))


@pytest.fixture(scope="module")
def databases(postgresql):
    """An empty ledger, and beside it a database of Prefect's own: both keep their schema's version under the same name."""
    engine = sa.create_engine(postgresql, isolation_level="AUTOCOMMIT")
    name = f"{engine.url.database}_prefect"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    yield (
        postgresql,
        engine.url.set(drivername="postgresql+asyncpg", database=name).render_as_string(hide_password=False),
    )
    with engine.connect() as connection:
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()
