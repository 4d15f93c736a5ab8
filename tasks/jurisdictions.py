"""Which jurisdictions this installation serves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tasks.adapters.config_files import jurisdiction_names
from tasks.adapters.settings import settings
from tasks.adapters.workplace import open_workplace

DEMONSTRATION = "demo"


@dataclass(frozen=True, slots=True)
class Served:
    """A jurisdiction as deployments name it; ``files`` are the names of its configuration files."""

    name: str
    title: str
    time_zone: str
    files: frozenset[str]


def served_jurisdictions(names: Sequence[str] = ()) -> list[Served]:
    """Return these jurisdictions; without names those in ``DUBAN_JURISDICTIONS``, and without any the demonstration."""
    own = settings().jurisdiction_folders()[:-1]
    chosen = names or jurisdiction_names(own) or [DEMONSTRATION]
    found = [open_workplace(name).jurisdiction for name in chosen]
    return [
        Served(each.name, each.title, str(each.zone), frozenset(path.name for path in each.folder.iterdir()))
        for each in found
    ]
