"""``ranking``: a day's ranking as a file."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.day import clock
from tasks.rank import export_ranking


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    options.add_day(parser)
    options.add_known_at(parser)
    parser.add_argument("--scheme", metavar="NAME", help="排名方案；缺省为 ranking.yaml 的 default")
    options.add_output(parser)
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Write the ranking and say how many units it lists."""
    given = (arguments.jurisdiction, arguments.scheme, arguments.as_of, arguments.known_at, arguments.output)
    rows = export_ranking(*given, clock())
    print(f"已导出 {rows} 个单位：{arguments.output}")
    return 0
