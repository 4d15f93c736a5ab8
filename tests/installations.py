"""A new installation without the work of making it: migrations and samples are carried out once, each test gets a copy."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TypeVar

import pytest

from tasks.adapters.ledger.engine import Ledger, open_ledger
from tasks.adapters.samples import build_sample

T = TypeVar("T")
SAMPLES = {"demo": "prefecture", "demo-county": "county"}


def new_ledger(path: Path) -> Ledger:
    """Return an empty ledger at that path, as ``open_ledger`` makes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_migrated())
    return open_ledger(f"sqlite:///{path}")


def new_installation(folder: Path, *sources: str) -> Path:
    """Put an empty ledger and the sources of these jurisdictions (``demo``, ``demo-county``) where an installation with
    that folder (``DUBAN_VAR``) looks for them; return the folder.
    """
    new_ledger(folder / "ledger.sqlite").engine.dispose()
    for name in sources:
        path = folder / "sources" / f"{name}.sqlite"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_sample(name))
    return folder


def ran(folder: Path, run: Callable[[], T]) -> tuple[Path, T]:
    """Return the folder of a new installation of 青云县 after ``run()``, and what that returned: to be copied by ``copied``."""
    new_installation(folder, "demo-county")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUBAN_VAR", str(folder))
        return folder, run()


def copied(installation: Path, folder: Path) -> None:
    """Make ``folder``, which may hold an installation, a copy of that one."""
    shutil.copytree(installation, folder, symlinks=True, dirs_exist_ok=True)


@cache
def _sample(jurisdiction: str) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.sqlite"
        build_sample(SAMPLES[jurisdiction], path)
        return path.read_bytes()


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        ledger = open_ledger(f"sqlite:///{path}")
        # The last connection that closes takes the write-ahead log into the file.
        ledger.engine.dispose()
        return path.read_bytes()
