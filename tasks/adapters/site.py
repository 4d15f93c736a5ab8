"""A published folder: built out of sight, shown at once, the last versions kept.

Web servers and people look at ``current``. Where symbolic links can be replaced, ``current`` is one, and a new version is
shown in a single step. Where they can't (Windows, some network drives), ``current`` is the version's own folder, and two
renames replace it: for that instant there may be nothing to see, but never half a site.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks.adapters.archive import write_atomically
from tasks.adapters.site_version import MARK, About, File, Version, digest_of, flush, mark_of, version_of, write_files
from tasks.domain.errors import DocumentError

__all__ = ["About", "SiteFolder", "Version"]

CURRENT, VERSIONS, STAGING = "current", "versions", "staging"
# No site takes that long to build: what is older was left by a process that died.
LEFT_OVER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class SiteFolder:
    """The folder of one jurisdiction's site. ``links``: whether ``current`` may be a symbolic link."""

    root: Path
    links: bool = os.name != "nt"

    @property
    def current(self) -> Path:
        """What web servers show."""
        return self.root / CURRENT

    def folder(self, name: str) -> Path:
        """Return where the files of a version lie: staged, kept, or shown; ``DocumentError`` if there is none."""
        for place in (self.root / STAGING / name, self.root / VERSIONS / name, self.current):
            if mark_of(place) == name:
                return place
        raise DocumentError(f"网站 {self.root}", f"没有版本 {name}", f"可用的版本：{self.kept()}。")

    def shown(self) -> Version | None:
        """Return the version that people see; None before the first."""
        self._recover()
        name = mark_of(self.current)
        return self.record(name) if name else None

    def kept(self) -> list[str]:
        """Return the names of all versions that can be shown again, oldest first, with the one shown."""
        self._recover()
        names = {path.name for path in (self.root / VERSIONS).glob("*") if mark_of(path)}
        shown = mark_of(self.current)
        return sorted(names | ({shown} if shown else set()))

    def stage(self, files: Iterable[File], about: About, made_at: datetime) -> Version:
        """Write a version that nobody sees yet and return its record; the same files made at the same time are the same one.

        A path that leaves the folder or comes twice is a ``DocumentError``; nothing of the version stays then.
        """
        for place in (STAGING, VERSIONS):
            (self.root / place).mkdir(parents=True, exist_ok=True)
        self._clear_left_over(made_at)
        building = Path(tempfile.mkdtemp(prefix=".", dir=self.root / STAGING))
        try:
            paths, digest = digest_of(write_files(building, files))
            name = f"{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:8]}"
            (building / MARK).write_text(name, encoding="ascii")
            building.chmod(0o755)
            flush(building)
            version = Version(name, about, paths, digest)
            write_atomically(self._record_path(name), version.text().encode())
            if name not in self.kept() and not (self.root / STAGING / name).exists():
                building.rename(self.root / STAGING / name)
            return version
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def _clear_left_over(self, now: datetime) -> None:
        """Remove what processes that died have left: half-built versions, and half-removed ones."""
        half_built = [p for p in (self.root / STAGING).iterdir() if not mark_of(p) or p.name.startswith(".")]
        half_removed = [p for p in (self.root / VERSIONS).iterdir() if p.is_dir() and not mark_of(p)]
        for place in (*half_built, *half_removed):
            if place.stat().st_mtime < (now - LEFT_OVER).timestamp():
                shutil.rmtree(place, ignore_errors=True)

    def read(self, name: str) -> Iterator[File]:
        """Yield the files of a version as they lie there, by path."""
        folder = self.folder(name)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path.read_bytes()

    def is_unchanged(self, name: str) -> bool:
        """Return whether the files of a version are still those that were written."""
        return digest_of(self.read(name)) == (self.record(name).paths, self.record(name).digest)

    def show(self, name: str, keep: int) -> None:
        """Show that version and keep the last ``keep`` ones with it, but no older one that holds what it does not.

        What was taken back (a page, a text, a column) would lie around else. Staged versions that are older than the one shown
        go too. ``DocumentError`` if there is no such version.
        """
        self._recover()
        if self.folder(name) == self.root / STAGING / name:
            (self.root / STAGING / name).rename(self.root / VERSIONS / name)
        if mark_of(self.current) != name:
            self._make_current(self.root / VERSIONS / name)
        others, holdings = [other for other in self.kept() if other != name], self.record(name).holdings
        for place, other in enumerate(reversed(others), 2):
            if place > keep or (other < name and not self.record(other).holdings <= holdings):
                self._drop(other)
        for staged in self.staged():
            if staged < name:
                self.discard(staged)

    def staged(self) -> list[str]:
        """Return the names of the versions that nobody sees yet, oldest first."""
        return sorted(path.name for path in (self.root / STAGING).glob("[!.]*") if mark_of(path))

    def discard(self, name: str) -> None:
        """Remove a version that was staged and will not be shown."""
        _remove(self.root / STAGING / name)
        if name not in self.kept():
            self._record_path(name).unlink(missing_ok=True)

    def record(self, name: str) -> Version:
        """Return the record of a version; ``DocumentError`` if it cannot be read."""
        try:
            return version_of(self._record_path(name).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError) as error:
            raise DocumentError(
                str(self._record_path(name)), f"网站版本的记录读不了：{error}", "请从备份恢复这个文件后再公开。"
            ) from None

    def _record_path(self, name: str) -> Path:
        return self.root / VERSIONS / f"{name}.json"

    def _make_current(self, version: Path) -> None:
        if self.links and not self._is_own_folder():
            with suppress(OSError):
                self._link(version)
                return
        self._put_away()
        version.rename(self.current)

    def _is_own_folder(self) -> bool:
        return self.current.is_dir() and not self.current.is_symlink()

    def _link(self, version: Path) -> None:
        link = self.root / f".{CURRENT}.{version.name}"
        link.unlink(missing_ok=True)
        try:
            link.symlink_to(Path(VERSIONS) / version.name, target_is_directory=True)
            link.replace(self.current)
        finally:
            link.unlink(missing_ok=True)

    def _put_away(self) -> None:
        """Move what is shown back among the versions; a link is only removed."""
        if self.current.is_symlink():
            self.current.unlink()
        elif self._is_own_folder():
            name = mark_of(self.current) or f"unknown-{self.current.stat().st_mtime_ns}"
            self.current.rename(self.root / VERSIONS / name)

    def _recover(self) -> None:
        """Finish a change that was interrupted between two renames: the newest version is the one that was to be shown."""
        names = sorted(path.name for path in (self.root / VERSIONS).glob("*") if mark_of(path))
        if names and not self.current.exists():
            self._make_current(self.root / VERSIONS / names[-1])

    def _drop(self, name: str) -> None:
        _remove(self.root / VERSIONS / name)
        self._record_path(name).unlink(missing_ok=True)


def _remove(folder: Path) -> None:
    """Remove a version; its mark goes first, so that what is only half removed is no version any more."""
    (folder / MARK).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
