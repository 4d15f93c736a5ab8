"""The code as Python reads it, each file parsed once for all tests that look at it."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = sorted(path for top in ("flows", "tasks", "reports") for path in (ROOT / top).rglob("*.py"))


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Return every node of the file."""
    return tuple(ast.walk(ast.parse(path.read_text("utf-8"))))
