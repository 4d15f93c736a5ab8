"""What import-linter cannot say: which single modules may use a library, and that only flows/ has a clock."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.trees import CODE, ROOT, nodes_of

ALLOWED = {
    "prefect": ("flows/", "tasks/*.py"),
    "prefect_dask": ("flows/",),
    "sqlalchemy": (
        "tasks/adapters/source.py",
        "tasks/adapters/source_account.py",
        "tasks/adapters/ledger/",
        "tasks/adapters/migrations/",
    ),
    "alembic": ("tasks/adapters/ledger/", "tasks/adapters/migrations/"),
    "yagmail": ("tasks/adapters/mail.py",),
    "jinja2": ("reports/environment.py",),
    "smtplib": (),
    "requests": (),
    "httpx": (),
}


def imported(path: Path) -> set[str]:
    names = {alias.name for node in nodes_of(path) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in nodes_of(path) if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}


def may(path: Path, places: tuple[str, ...]) -> bool:
    relative = path.relative_to(ROOT).as_posix()
    return any(
        (path.parent == ROOT / "tasks" if place == "tasks/*.py" else relative.startswith(place)) for place in places
    )


@pytest.mark.parametrize("library", ALLOWED)
def test_a_library_is_used_only_where_the_architecture_puts_it(library):
    users = [p.relative_to(ROOT).as_posix() for p in CODE if library in imported(p)]
    assert [user for user in users if not may(ROOT / user, ALLOWED[library])] == []


def test_only_flows_read_the_clock():
    clocks = {("date", "today"), ("datetime", "now"), ("datetime", "today"), ("datetime", "utcnow"), ("time", "time")}
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{node.lineno}"
        for path in CODE
        if not path.is_relative_to(ROOT / "flows")
        for node in nodes_of(path)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in clocks
    ]
    assert found == []


def test_the_configuration_holds_no_code():
    assert list((ROOT / "config").rglob("*.py")) == []
