"""Show the rules that a jurisdiction follows."""

from __future__ import annotations

from reports.rule_tables import rules_page
from tasks.adapters.workplace import open_workplace


def show_rules(jurisdiction: str) -> str:
    """Return the jurisdiction's rules as Markdown."""
    found = open_workplace(jurisdiction).jurisdiction
    return rules_page(found.title, found.rules)
