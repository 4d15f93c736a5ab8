"""Care for the ledger: its schema's version, copies of it, and putting one back."""

from __future__ import annotations

from pathlib import Path

import tasks.adapters.ledger.backup as copies
from tasks.adapters.archive import Archive
from tasks.adapters.ledger.engine import Ledger, head, open_ledger
from tasks.adapters.settings import settings


def ledger_version() -> tuple[str | None, str]:
    """Return the revision that the ledger has (None: new) and the one that this code expects."""
    return Ledger(settings().ledger()).revision(), head()


def upgrade_ledger() -> str:
    """Bring the ledger to this code's revision and return it."""
    open_ledger(settings().ledger())
    return head()


def downgrade_ledger(revision: str) -> None:
    """Take the ledger back to an older revision, for older code; what newer tables held is lost."""
    Ledger(settings().ledger()).downgrade(revision)


def compact_ledger() -> tuple[int, int]:
    """Give the space of removed rows back to the disk; return the file's bytes before and after."""
    return copies.compact(open_ledger(settings().ledger()))


def back_up(folder: Path) -> int:
    """Write the ledger and the archive into the new folder and return the number of documents."""
    chosen = settings()
    return copies.check(copies.backup(open_ledger(chosen.ledger()), Archive(chosen.var / "archive"), folder))


def put_back(folder: Path) -> Path:
    """Put the copy in ``folder`` in place and return where the ledger before it lies now."""
    chosen = settings()
    return copies.restore(Ledger(chosen.ledger()), Archive(chosen.var / "archive"), folder)
