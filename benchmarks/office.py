"""An office to work in: a database filled with synthetic facts, a jurisdiction that reads it, a ledger of its own."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from benchmarks.measuring import ROOT
from tasks.adapters.ledger import bulk
from tasks.adapters.ledger.tables import VERSIONS
from tasks.domain.frames import CANONICAL, Facts
from tests.servers import POSTGRESQL_URL

NAME = "bench"
READ = ("units", "contacts", "proposals", "assignments", "events")
KINDS = ("sqlite", "postgresql")


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Yield the URL of an empty database."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        return
    admin = sa.create_engine(POSTGRESQL_URL, isolation_level="AUTOCOMMIT")
    name = f"duban_bench_{time.time_ns()}"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield admin.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


def fill(url: str, made: Facts) -> None:
    """Write the facts as the office's own tables, with the keys that an office's tables have."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        for spec in CANONICAL:
            if spec.name not in READ:
                continue
            columns = [VERSIONS[spec.name].c[name]._copy() for name in spec.names]
            table = sa.Table(f"src_{spec.name}", sa.MetaData(), *columns)
            table.create(connection)
            bulk.insert(connection, table, made.frames()[spec.name])
    engine.dispose()


def queries(folder: Path) -> Path:
    """Write the SQL files that read the office's tables; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for spec in CANONICAL:
        if spec.name in READ:
            columns = ", ".join(f'"{name}"' for name in spec.names)
            (folder / f"{spec.name}.sql").write_text(f"SELECT {columns} FROM src_{spec.name}", encoding="utf-8")
    return folder


@dataclass(frozen=True, slots=True)
class Office:
    """The environment of runs of ``NAME``, and its source's URL."""

    environment: dict[str, str]
    source: str

    @property
    def var(self) -> Path:
        return Path(self.environment["DUBAN_VAR"])


@contextmanager
def office(kind: str, made: Facts, name: str = NAME) -> Iterator[Office]:
    """Yield an office like the demonstration's with these facts as its source, source and ledger on that kind of database."""
    with tempfile.TemporaryDirectory() as folder, database(kind) as source, database(kind) as ledger:
        home = Path(folder)
        place = home / "jurisdictions" / name
        shutil.copytree(ROOT / "config" / "jurisdictions" / "demo", place, ignore=shutil.ignore_patterns("source*"))
        queries(place / "source")
        (place / "source.yaml").write_text("time_zone: Asia/Shanghai\n", encoding="utf-8")
        fill(source, made)
        yield Office(
            {
                "DUBAN_VAR": str(home / "var"),
                "DUBAN_JURISDICTIONS": str(home / "jurisdictions"),
                "DUBAN_LEDGER_URL": ledger,
                f"DUBAN_SOURCE_URL__{name.upper()}": source,
                "DUBAN_MAIL_DOMAINS": "linjiang.gov.example",
            },
            source,
        )


def change(url: str, share: float, night: int) -> int:
    """Say something else in so large a share of the source's events; return how many were changed."""
    engine = sa.create_engine(url)
    statement = (
        f"UPDATE src_events SET note = '第{night}夜' WHERE "
        f"CAST(substr(event_id, 2) AS BIGINT) % {round(1 / share)} = {night % round(1 / share)}"
    )
    with engine.begin() as connection:
        changed = connection.execute(sa.text(statement)).rowcount
    engine.dispose()
    return changed


def environment(given: dict[str, str]) -> dict[str, str]:
    """Return the environment of a process that works in the office; as there, Python keeps what it has compiled."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | given


def sqlite_size(url: str) -> int:
    """Return the bytes of an SQLite database."""
    return (
        sqlite3.connect(url.removeprefix("sqlite:///"))
        .execute("select page_count * page_size from pragma_page_count(), pragma_page_size()")
        .fetchone()[0]
    )
