"""``rules``: every limit of a jurisdiction with its article."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from tasks.show_rules import show_rules


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Print them as Markdown."""
    print(show_rules(arguments.jurisdiction), end="")
    return 0
