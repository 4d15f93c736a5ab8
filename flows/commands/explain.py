"""``explain``: why this date, why this state."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.day import clock
from tasks.explain import explain_proposal


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    parser.add_argument("proposal", metavar="PROPOSAL", help="建议提案编号(来源系统的编号)")
    options.add_day(parser)
    options.add_known_at(parser)
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Print the explanation of one proposal."""
    given = (arguments.jurisdiction, arguments.proposal, arguments.as_of, arguments.known_at)
    print(explain_proposal(*given, clock()))
    return 0
