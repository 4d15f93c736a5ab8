"""How many random examples a property is tried on: a few each time, all of them in the slow run."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

IS_FULL = os.environ.get("DUBAN_TEST_EXAMPLES") == "full"


def examples(full: int, few: int) -> Any:
    """Return the settings of a property: ``full`` examples where DUBAN_TEST_EXAMPLES=full, else ``few``; no time limit."""
    return settings(max_examples=full if IS_FULL else few, deadline=None)
