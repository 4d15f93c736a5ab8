"""Attachments of replies, read from the folder that a jurisdiction names."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path


def read_attachments(folder: Path, names: Collection[str]) -> tuple[dict[str, bytes], list[str]]:
    """Return the content of the named files in ``folder``, and the names that are not there; nothing outside it is read."""
    base = folder.resolve()
    places = {name: (base / name.replace("\\", "/")).resolve() for name in names}
    found = {name: place for name, place in places.items() if place.is_relative_to(base) and place.is_file()}
    return {name: place.read_bytes() for name, place in found.items()}, sorted(set(names) - found.keys())
