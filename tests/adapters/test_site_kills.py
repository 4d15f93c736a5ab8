"""Publishing that is killed anywhere: people see a whole site at every moment, and the next run gets through."""

from __future__ import annotations

import builtins
import os
import random
import shutil
import signal
import traceback
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tasks.adapters.site import About, SiteFolder

START = datetime(2026, 9, 30, tzinfo=UTC)
FILES = 6


def version_files(number: int) -> Iterator[tuple[str, bytes]]:
    yield "index.html", f"{number}/{FILES}".encode()
    for place in range(FILES):
        yield f"proposals/{place:02}/x.html", str(number).encode()


def publish(folder: SiteFolder, number: int) -> None:
    made_at = START + timedelta(minutes=number)
    # Every other version takes something back, so that an older one has to be deleted.
    about = About(date(2026, 9, 30), made_at, disclosed=frozenset({f"open:{number // 2}"}))
    folder.show(folder.stage(version_files(number), about, made_at).name, keep=3)


def whole(site: Path) -> int:
    """The number of the version that lies there, after making sure that all of it does."""
    number, count = site.joinpath("index.html").read_text().split("/")
    pages = [path.read_text() for path in sorted(site.glob("proposals/*/x.html"))]
    assert pages == [number] * int(count), site
    return int(number)


# Whatever changes the disk passes one of these.
POINTS: list[tuple[Any, str]] = [
    (os, "mkdir"), (os, "rename"), (os, "replace"), (os, "symlink"), (os, "unlink"), (os, "rmdir"), (os, "sync"),
    (builtins, "open"), (shutil, "rmtree"), (Path, "open"), (Path, "rename"), (Path, "replace"), (Path, "unlink"),
    (Path, "symlink_to"), (Path, "mkdir"), (Path, "write_text"),
]  # fmt: skip


def killed_at(point: int, act: Callable[[], None]) -> bool:
    """Do it in a process that kills itself at the n-th change to the disk; return whether it did."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    passed = [0]

    def watched(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            passed[0] += 1
            if passed[0] == point:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*given, **named)

        return call

    for owner, name in POINTS:
        setattr(owner, name, watched(getattr(owner, name)))
    try:
        act()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def kill_everywhere(root: Path, links: bool, points: Iterator[int]) -> int:
    """Publish again and again, each time killed somewhere else; return how often a kill struck."""
    folder, kills, number = SiteFolder(root, links=links), 0, 1
    publish(folder, number)
    shown_before = number
    for point in points:
        number += 1
        kills += killed_at(point, lambda number=number: publish(folder, number))
        before = folder.current.exists()
        assert before or not links  # with links there is a site at every moment
        if before:
            assert whole(folder.current) in (shown_before, number)
        for name in folder.kept():
            whole(folder.folder(name))
        shown_before = whole(folder.current)
    number += 1
    publish(folder, number)
    assert whole(folder.current) == number
    assert len(folder.kept()) <= 3
    return kills


@pytest.mark.parametrize("links", [True, False], ids=["links", "folders"])
def test_a_kill_at_any_moment_leaves_a_whole_site(tmp_path: Path, links: bool) -> None:
    chosen = random.Random(7).sample(range(1, 90), 12)
    assert kill_everywhere(tmp_path, links, iter(chosen)) >= 8


@pytest.mark.slow
@pytest.mark.parametrize("links", [True, False], ids=["links", "folders"])
def test_a_kill_at_every_moment_leaves_a_whole_site(tmp_path: Path, links: bool) -> None:
    assert kill_everywhere(tmp_path, links, iter(range(1, 160))) >= 60
