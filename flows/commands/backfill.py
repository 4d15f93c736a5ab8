"""``backfill``: past days, computed and archived, never sent."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.environment import log_plainly, settle
from flows.server import temporary_server

THEN = "then"


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    parser.add_argument("--from", dest="start", type=options.day, required=True, metavar="D", help="自何日")
    parser.add_argument("--to", dest="end", type=options.day, required=True, metavar="D", help="至何日(含)")
    parser.add_argument("--every", choices=("day", "week", "month"), default="day", help="每日、每七日、每月同日")
    parser.add_argument(
        "--known-at",
        type=lambda text: text if text == THEN else options.moment(text),
        metavar="T",
        help="只用该时点已知的数据、规则和日历;then 为每天各用当天开始上班时已知的;缺省为现在所知",
    )
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Run the backfill and say what it stored."""
    ready = temporary_server()
    from flows.backfill import backfill
    from tasks.check import check_configuration

    check_configuration(arguments.jurisdiction)
    log_plainly()
    settle()
    ready()
    then = arguments.known_at == THEN
    counts = backfill(
        arguments.jurisdiction,
        arguments.start,
        arguments.end,
        arguments.every,
        None if then else arguments.known_at,
        then,
    )
    print(f"补算 {counts['days']} 天,本次新算 {counts['stored']} 天,差异 {counts['differences']} 项;未发送任何邮件。")
    return 0
