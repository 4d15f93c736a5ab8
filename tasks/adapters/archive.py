"""The archive: documents by content. What is stored under a hash never changes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tasks.domain.errors import LedgerError


@dataclass(frozen=True, slots=True)
class Archive:
    """A folder of files named by the SHA-256 of their content."""

    root: Path

    def path(self, digest: str) -> Path:
        """Return where the content with that hash lies."""
        return self.root / digest[:2] / digest

    def put(self, content: bytes) -> str:
        """Store ``content`` once and return its hash; the file is complete or absent, never half written."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        try:
            # What is stored again is in use again: see remove.
            os.utime(path)
        except FileNotFoundError:
            write_atomically(path, content)
        except PermissionError:
            # Put there by another account, as by a restore: it is there all the same.
            pass
        return digest

    def size(self, digest: str, unused_since: datetime) -> int:
        """Return the bytes of the content; 0 where there is none, or where it was stored since, again or first."""
        try:
            found = self.path(digest).stat()
        except FileNotFoundError:
            return 0
        return found.st_size if found.st_mtime < unused_since.timestamp() else 0

    def remove(self, digest: str, unused_since: datetime) -> int:
        """Remove the content and return its bytes; 0, and nothing is removed, where ``size`` is 0.

        A run stores content before the ledger names it: what was stored lately may be named at any moment.
        """
        size = self.size(digest, unused_since)
        if size:
            self.path(digest).unlink(missing_ok=True)
        return size

    def get(self, digest: str) -> bytes:
        """Return the content; ``LedgerError`` if it is gone or was altered."""
        try:
            content = self.path(digest).read_bytes()
        except OSError as error:
            raise LedgerError(
                f"档案 {self.path(digest)}", f"读不到:{error}", "请从备份恢复 DUBAN_VAR/archive。"
            ) from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise LedgerError(f"档案 {self.path(digest)}", "内容与其校验值不符", "请从备份恢复 DUBAN_VAR/archive。")
        return content


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file that other processes see whole or not at all; its folder is made as needed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:32]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
