"""A jurisdiction as ``init`` makes it, with one thing broken in it."""

from __future__ import annotations

import shutil
from pathlib import Path

NAME = "xin-shi"


def broken(good: Path, folder: Path, case: dict) -> None:
    """Copy the good jurisdiction into ``folder`` and break it as the case says."""
    shutil.copytree(good / NAME, folder / NAME)
    if first := case.get("delete_first"):
        (folder / NAME / first).unlink()
    path = folder / NAME / case["file"]
    if case.get("delete"):
        path.unlink()
    elif "write" in case:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(case["write"], encoding=case.get("encoding", "utf-8"))
    else:
        text = path.read_text(encoding="utf-8")
        assert case["replace"] in text, f"{case['file']} no longer says {case['replace']!r}"
        path.write_text(text.replace(case["replace"], case["with"], 1), encoding="utf-8")
