"""``explain``: why this date, why this state, why this rank."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.day import clock
from tasks.explain import explain_proposal
from tasks.rank import explain_ranked_unit


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("proposal", nargs="?", metavar="PROPOSAL", help="建议提案编号(来源系统的编号)")
    what.add_argument("--unit", metavar="UNIT", help="单位编号或名称:说明它为何排在这个名次")
    parser.add_argument("--scheme", metavar="NAME", help="排名方案,缺省为该地区的默认方案(与 --unit 同用)")
    options.add_day(parser)
    options.add_known_at(parser)
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Print the explanation of one proposal's dates, or of one unit's rank."""
    when = (arguments.as_of, arguments.known_at, clock())
    if arguments.unit:
        print(explain_ranked_unit(arguments.jurisdiction, arguments.unit, arguments.scheme, *when))
    else:
        print(explain_proposal(arguments.jurisdiction, arguments.proposal, *when))
    return 0
