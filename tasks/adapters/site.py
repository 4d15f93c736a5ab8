"""A published folder: built out of sight, shown at once, the last versions kept.

Web servers and people look at ``current``. Where symbolic links can be replaced, ``current`` is one, and a new version is
shown in a single step. Where they can't (Windows, some network drives), ``current`` is the version's own folder, and two
renames replace it: for that instant there may be nothing to see, but never half a site.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from tasks.adapters.archive import write_atomically
from tasks.domain.errors import DocumentError

File = tuple[str, bytes]

CURRENT, VERSIONS, STAGING = "current", "versions", "staging"
MARK = "version.txt"
"""Lies in every version and holds its name, so that a folder is known wherever it was moved."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version's record, kept beside it and never served: its pages, and since when withdrawn ones are gone."""

    name: str
    as_of: date
    cut_off: datetime
    paths: frozenset[str]
    withdrawn: Mapping[str, date]

    def text(self) -> str:
        """Return the record as JSON."""
        return json.dumps(
            {
                "name": self.name,
                "as_of": self.as_of.isoformat(),
                "cut_off": self.cut_off.isoformat(),
                "paths": sorted(self.paths),
                "withdrawn": {path: day.isoformat() for path, day in self.withdrawn.items()},
            },
            ensure_ascii=False,
        )


def _version(text: str) -> Version:
    said = json.loads(text)
    return Version(
        name=said["name"],
        as_of=date.fromisoformat(said["as_of"]),
        cut_off=datetime.fromisoformat(said["cut_off"]),
        paths=frozenset(said["paths"]),
        withdrawn={path: date.fromisoformat(day) for path, day in said["withdrawn"].items()},
    )


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
            if _mark_of(place) == name:
                return place
        raise DocumentError(f"网站 {self.root}", f"没有版本 {name}", f"可用的版本：{self.kept()}。")

    def shown(self) -> Version | None:
        """Return the version that people see; None before the first."""
        self._recover()
        name = _mark_of(self.current)
        return self._record(name) if name else None

    def kept(self) -> list[str]:
        """Return the names of all versions that can be shown again, oldest first, with the one shown."""
        self._recover()
        names = {path.name for path in (self.root / VERSIONS).glob("*") if _mark_of(path)}
        shown = _mark_of(self.current)
        return sorted(names | ({shown} if shown else set()))

    def stage(
        self, files: Iterable[File], as_of: date, cut_off: datetime, made_at: datetime, withdrawn: Mapping[str, date]
    ) -> Version:
        """Write a version that nobody sees yet and return its record; the same files made at the same time are the same one.

        A path that leaves the folder or comes twice is a ``DocumentError``; nothing of the version stays then.
        """
        for place in (STAGING, VERSIONS):
            (self.root / place).mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(prefix=".", dir=self.root / STAGING))
        try:
            paths, digest = _written(building, files)
            name = f"{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:8]}"
            (building / MARK).write_text(name, encoding="ascii")
            building.chmod(0o755)
            _flushed(building)
            version = Version(name, as_of, cut_off, frozenset(paths), dict(withdrawn))
            write_atomically(self._record_path(name), version.text().encode())
            if name not in self.kept() and not (self.root / STAGING / name).exists():
                building.rename(self.root / STAGING / name)
            return version
        finally:
            shutil.rmtree(building, ignore_errors=True)

    def read(self, name: str) -> Iterator[File]:
        """Yield the files of a version as they lie there, by path."""
        folder = self.folder(name)
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                yield path.relative_to(folder).as_posix(), path.read_bytes()

    def show(self, name: str, keep: int) -> None:
        """Show that version and keep the last ``keep`` ones with it, but none that holds a page withdrawn since.

        ``DocumentError`` if there is no such version.
        """
        self._recover()
        if self.folder(name) == self.root / STAGING / name:
            (self.root / STAGING / name).rename(self.root / VERSIONS / name)
        if _mark_of(self.current) != name:
            self._make_current(self.root / VERSIONS / name)
        others = [other for other in self.kept() if other != name]
        gone = set(self._record(name).withdrawn)
        for place, other in enumerate(reversed(others), 2):
            if place > keep or self._still_holds(other, gone):
                self._drop(other)

    def _still_holds(self, name: str, gone: set[str]) -> bool:
        record = self._record(name)
        return bool(gone & record.paths - record.withdrawn.keys())

    def discard(self, name: str) -> None:
        """Remove a version that was staged and will not be shown."""
        shutil.rmtree(self.root / STAGING / name, ignore_errors=True)
        if name not in self.kept():
            self._record_path(name).unlink(missing_ok=True)

    def _record_path(self, name: str) -> Path:
        return self.root / VERSIONS / f"{name}.json"

    def _record(self, name: str) -> Version:
        try:
            return _version(self._record_path(name).read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError) as error:
            raise DocumentError(
                str(self._record_path(name)), f"网站版本的记录读不了：{error}", "请从备份恢复这个文件后再公开。"
            ) from None

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
            name = _mark_of(self.current) or f"unknown-{self.current.stat().st_mtime_ns}"
            self.current.rename(self.root / VERSIONS / name)

    def _recover(self) -> None:
        """Finish a change that was interrupted between two renames: the newest version is the one that was to be shown."""
        names = sorted(path.name for path in (self.root / VERSIONS).glob("*") if _mark_of(path))
        if names and not self.current.exists():
            self._make_current(self.root / VERSIONS / names[-1])

    def _drop(self, name: str) -> None:
        shutil.rmtree(self.root / VERSIONS / name, ignore_errors=True)
        self._record_path(name).unlink(missing_ok=True)


def _mark_of(folder: Path) -> str:
    try:
        return (folder / MARK).read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


def _written(folder: Path, files: Iterable[File]) -> tuple[list[str], str]:
    """Write the files; return their paths and a hash of everything."""
    paths, digest, made = [], hashlib.sha256(), set[Path]()
    for path, content in files:
        target = folder / _safe(path)
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        try:
            with target.open("xb") as file:
                file.write(content)
        except FileExistsError:
            raise DocumentError(f"网站文件 {path}", "同一路径生成了两次", "请检查模板与编号是否重复。") from None
        paths.append(path)
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return paths, digest.hexdigest()


def _safe(path: str) -> PurePosixPath:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or not path or "\\" in path or ":" in path or path == MARK:
        raise DocumentError(f"网站文件 {path!r}", "路径不能用于网站", "请检查模板生成的文件名。")
    return parts


def _flushed(folder: Path) -> None:
    """Return when the files are on the disk: a version shown after a power cut is whole."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
