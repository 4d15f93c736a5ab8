"""One version of a published folder: its files, and the record of what it discloses."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from tasks.domain.errors import DocumentError

File = tuple[str, bytes]

MARK = "version.txt"
"""Lies in every version and holds its name, so that a folder is known wherever it was moved."""

# Pages and files that stand for what they tell; lists, feeds and scripts only repeat it.
LASTING = ("proposals/", "units/", "files/")


@dataclass(frozen=True, slots=True)
class About:
    """What a version is about: its day and cut-off, the assessment it was made from, and what it discloses.

    ``disclosed`` names whatever could be taken back while its page stays (a text, a column); ``withdrawn`` holds the pages that
    are public no more and since when; ``warnings`` is what whoever shows it should know.
    """

    as_of: date
    cut_off: datetime
    made_from: str = ""
    disclosed: frozenset[str] = frozenset()
    withdrawn: Mapping[str, date] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """A version's record, kept beside it and never served; ``digest`` is the hash of all its files."""

    name: str
    about: About
    paths: frozenset[str]
    digest: str

    @property
    def holdings(self) -> frozenset[str]:
        """All that it discloses: a version that holds more than a newer one holds what was taken back."""
        pages = {path for path in self.paths if path.startswith(LASTING) and not _is_further_page(path)}
        return self.about.disclosed | pages - self.about.withdrawn.keys()

    def text(self) -> str:
        """Return the record as JSON."""
        about = self.about
        said: dict[str, Any] = {
            "name": self.name,
            "as_of": about.as_of.isoformat(),
            "cut_off": about.cut_off.isoformat(),
            "made_from": about.made_from,
            "disclosed": sorted(about.disclosed),
            "withdrawn": {path: day.isoformat() for path, day in about.withdrawn.items()},
            "warnings": about.warnings,
            "paths": sorted(self.paths),
            "digest": self.digest,
        }
        return json.dumps(said, ensure_ascii=False)


def _is_further_page(path: str) -> bool:
    """Return whether the path is the second or a later page of a list, which comes and goes with its length."""
    return path.startswith("units/") and "-" in path


def version_of(text: str) -> Version:
    """Return the version that a record tells of; ``ValueError`` or ``KeyError`` if it is none."""
    said = json.loads(text)
    about = About(
        as_of=date.fromisoformat(said["as_of"]),
        cut_off=datetime.fromisoformat(said["cut_off"]),
        made_from=said["made_from"],
        disclosed=frozenset(said["disclosed"]),
        withdrawn={path: date.fromisoformat(day) for path, day in said["withdrawn"].items()},
        warnings=tuple(said["warnings"]),
    )
    return Version(said["name"], about, frozenset(said["paths"]), said["digest"])


def mark_of(folder: Path) -> str:
    """Return the name of the version that lies in the folder; empty where there is none, or only part of one."""
    try:
        return (folder / MARK).read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""


def write_files(folder: Path, files: Iterable[File]) -> Iterator[File]:
    """Write the files, and yield each that is written.

    A path that leaves the folder or comes twice is a ``DocumentError``.
    """
    made = set[Path]()
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
        yield path, content


def digest_of(files: Iterable[File]) -> tuple[frozenset[str], str]:
    """Return the files' paths, and a hash of all paths and contents that does not depend on their order."""
    lines = [f"{path}\0{hashlib.sha256(content).hexdigest()}" for path, content in files if path != MARK]
    paths = frozenset(line.partition("\0")[0] for line in lines)
    return paths, hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _safe(path: str) -> PurePosixPath:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or not path or "\\" in path or ":" in path or path == MARK:
        raise DocumentError(f"网站文件 {path!r}", "路径不能用于网站", "请检查模板生成的文件名。")
    return parts


def flush(folder: Path) -> None:
    """Return when the files are on the disk: a version shown after a power cut is whole."""
    if hasattr(os, "sync"):
        os.sync()
        return
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb+") as file:
                os.fsync(file.fileno())
