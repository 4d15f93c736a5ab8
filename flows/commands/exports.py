"""``obligations`` and ``cases``: one day's frames as files."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.day import clock
from tasks.export import EXPORTS, export


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    options.add_day(parser)
    options.add_known_at(parser)
    options.add_output(parser)
    return lambda arguments: execute(arguments, name)


def execute(arguments: argparse.Namespace, name: str) -> int:
    """Write the frame and say how many rows it has."""
    rows = export(EXPORTS[name], arguments.jurisdiction, arguments.as_of, arguments.known_at, arguments.output, clock())
    print(f"已导出 {rows} 行:{arguments.output}")
    return 0
