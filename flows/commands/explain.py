"""``explain``: why this date, why this state."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.day import clock
from tasks.adapters.workplace import open_workplace
from tasks.domain.errors import ConfigurationError
from tasks.domain.explanation import explain
from tasks.export import computed_day


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    parser.add_argument("proposal", metavar="PROPOSAL", help="建议提案编号(来源系统的编号)")
    options.add_day(parser)
    options.add_known_at(parser)
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Print the explanation of one proposal."""
    workplace = open_workplace(arguments.jurisdiction)
    day = computed_day(workplace, arguments.as_of, arguments.known_at, clock())
    known_on = arguments.known_at.astimezone(workplace.jurisdiction.zone).date() if arguments.known_at else None
    rules, calendar = workplace.jurisdiction.rules, workplace.calendar(known_on)
    try:
        print(explain(day.facts, day.obligations, rules, calendar, arguments.proposal, day.as_of, arguments.known_at))
    except KeyError:
        raise ConfigurationError(
            f"地区 {workplace.name}",
            f"{day.as_of} 没有编号为 {arguments.proposal!r} 的建议提案",
            "请用 cases 导出台账查编号。",
        ) from None
    return 0
