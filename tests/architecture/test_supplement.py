"""Facts are completed before anything is worked out from them, wherever that is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TASKS = Path(__file__).parents[2] / "tasks"
# They look up names and addresses, or what the source itself says.
SOURCE_ONLY = {"import_list.py", "issue.py", "plan_inspection.py", "relate.py"}
FACTS = re.compile(r"snapshots\.load\(|read_now\(workplace\)\.facts")


@pytest.mark.parametrize("path", sorted(TASKS.glob("*.py")), ids=lambda path: path.name)
def test_facts_are_supplemented_where_they_are_loaded(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    bare = len(FACTS.findall(text)) - len(re.findall(r"supplemented\(\s*workplace,", text))
    assert bare <= 0 or path.name in SOURCE_ONLY, "facts of a snapshot go through tasks.supplement.supplemented"
