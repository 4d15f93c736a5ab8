"""Copies of the ledger and the archive, taken while both are in use, and put back."""

from __future__ import annotations

import shutil
from pathlib import Path

import sqlalchemy as sa

from tasks.adapters.archive import Archive
from tasks.adapters.ledger.engine import Ledger
from tasks.domain.errors import ConfigurationError, LedgerError

LEDGER_COPY = "ledger.sqlite"
ARCHIVE_COPY = "archive"


def backup(ledger: Ledger, archive: Archive, folder: Path) -> Path:
    """Write one consistent state of the ledger, and every document it may name, into the new ``folder``; return it.

    Documents are copied last: they are stored before the ledger names them, so none is missing. SQLite only.
    """
    _sqlite_file(ledger)
    folder.mkdir(parents=True)
    # An engine of its own: the ledger's always begins a transaction, and this statement must stand in none.
    engine = sa.create_engine(ledger.url, isolation_level="AUTOCOMMIT", connect_args={"timeout": 60})
    with engine.connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(folder / LEDGER_COPY),))
    engine.dispose()
    if archive.root.is_dir():
        shutil.copytree(archive.root, folder / ARCHIVE_COPY, ignore=shutil.ignore_patterns(".*"))
    check(folder)
    return folder


def check(folder: Path) -> int:
    """Return how many documents the copy holds; ``LedgerError`` if the ledger or any of them is damaged."""
    engine = sa.create_engine(f"sqlite:///{folder / LEDGER_COPY}")
    try:
        with engine.connect() as connection:
            said = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    except sa.exc.DatabaseError as error:
        said = str(error.orig)
    finally:
        engine.dispose()
    if said != "ok":
        raise LedgerError(str(folder / LEDGER_COPY), f"备份已损坏:{said}", "请改用另一份备份。")
    copies = Archive(folder / ARCHIVE_COPY)
    documents = [path.name for path in copies.root.glob("??/*")]
    for digest in documents:
        copies.get(digest)
    return len(documents)


def restore(ledger: Ledger, archive: Archive, folder: Path) -> Path:
    """Put the copy in ``folder`` in place of the ledger and return where the old one went; the archive only grows.

    Raises ``LedgerError`` for a damaged copy: then nothing has changed. No process may be using the ledger.
    """
    target = _sqlite_file(ledger)
    check(folder)
    ledger.engine.dispose()
    aside = target.with_name(f"{target.name}.replaced")
    for ending in ("", "-wal", "-shm"):
        if (old := target.with_name(target.name + ending)).exists():
            old.replace(aside.with_name(aside.name + ending))
    shutil.copy(folder / LEDGER_COPY, target)
    if (folder / ARCHIVE_COPY).is_dir():
        shutil.copytree(folder / ARCHIVE_COPY, archive.root, dirs_exist_ok=True)
    return aside


def compact(ledger: Ledger) -> tuple[int, int]:
    """Give the space of removed rows back to the disk; return the file's bytes before and after. SQLite only.

    It takes as much free space again for a while. ``LedgerError`` if the ledger is in use or the disk is full: then nothing
    has changed.
    """
    if ledger.engine.dialect.name != "sqlite":
        raise ConfigurationError(
            "台账压缩", "只有 SQLite 台账要这样压缩", "PostgreSQL 由 autovacuum 收回空间,不必做什么。"
        )
    file = _sqlite_file(ledger)
    engine = sa.create_engine(ledger.url, isolation_level="AUTOCOMMIT", connect_args={"timeout": 5})
    try:
        with engine.connect() as connection:
            # What was written last lies beside the file until then.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            before = file.stat().st_size
            connection.exec_driver_sql("VACUUM")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    except sa.exc.OperationalError as error:
        raise LedgerError(str(file), f"没有压缩:{error.orig}", "请停下 serve、腾出磁盘空间,再运行一次。") from None
    finally:
        engine.dispose()
    return before, file.stat().st_size


def _sqlite_file(ledger: Ledger) -> Path:
    url = sa.make_url(ledger.url)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise ConfigurationError(
            "台账备份",
            f"这里只备份 SQLite 台账,而本机用的是 {url.get_backend_name()}",
            "请用数据库自己的工具(如 pg_dump)备份台账,再另行复制 DUBAN_VAR/archive。",
        )
    return Path(url.database)
