"""The page of rules is the one the rules give today."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.show_rules import show_rules

ROOT = Path(__file__).parents[2]


def test_the_page_in_the_repository_is_current(var):
    written = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert written == show_rules("demo"), "python -m flows rules -j demo > docs/rules.md"


def test_a_limit_nobody_checked_says_so(var):
    row = next(line for line in show_rules("demo").splitlines() if line.startswith("| 答复 |"))
    assert row == (
        "| 答复 | 主办、分办、独办 | 交办 | 2010-10-28 | 3个月 | 6个月 | "
        "《中华人民共和国全国人民代表大会和地方各级人民代表大会代表法》第四十二条 | 未核对 |"
    )


@pytest.mark.parametrize("told", ["## 不适用的事项", "- 办中见面:本县规定面商一次", "青云县人民政府建议提案办理办法"])
def test_a_jurisdictions_own_rules_and_what_it_switched_off_are_shown(var, told):
    assert told in show_rules("demo-county")
