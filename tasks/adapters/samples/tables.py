"""Write a sample into an SQLite file, whole or not at all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from threading import get_ident

SCHEMA = Path(__file__).parent / "schema"


def write_tables(path: Path, schema: str, tables: Mapping[str, Iterable[Sequence[object]]]) -> None:
    """Create the database of that schema at ``path`` with these rows; the file appears only when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.{get_ident()}")
    unfinished.unlink(missing_ok=True)
    try:
        _fill(unfinished, schema, tables)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _fill(path: Path, schema: str, tables: Mapping[str, Iterable[Sequence[object]]]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript((SCHEMA / f"{schema}.sql").read_text(encoding="utf-8"))
        for table, rows in tables.items():
            _insert(connection, table, rows)


def _insert(connection: sqlite3.Connection, table: str, rows: Iterable[Sequence[object]]) -> None:
    width = len(connection.execute(f'SELECT * FROM "{table}"').description)
    connection.executemany(f'INSERT INTO "{table}" VALUES ({", ".join("?" * width)})', rows)
