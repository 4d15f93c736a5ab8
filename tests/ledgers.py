"""A new ledger without the work of all migrations: they are carried out once, and each test gets a copy of the file."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from tasks.adapters.ledger.engine import Ledger, open_ledger


def new_ledger(path: Path) -> Ledger:
    """Return an empty ledger at that path, as ``open_ledger`` makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated())
    return open_ledger(f"sqlite:///{path}")


def new_installation(folder: Path) -> Path:
    """Put an empty ledger where an installation with that folder (``DUBAN_VAR``) looks for it; return the folder."""
    new_ledger(folder / "ledger.sqlite").engine.dispose()
    return folder


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        ledger = open_ledger(f"sqlite:///{path}")
        # The last connection that closes takes the write-ahead log into the file.
        ledger.engine.dispose()
        return path.read_bytes()
