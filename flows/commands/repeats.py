"""``repeats``: proposals that may be the same matter as earlier ones, for a person to decide."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.day import clock
from tasks import relate
from tasks.domain.repeat_decisions import DECISION_LABELS, Decision

ACTS = {
    "confirm": (Decision.CONFIRMED, "认定是同一事项"),
    "reject": (Decision.REJECTED, "认定不是同一事项"),
    "withdraw": (Decision.WITHDRAWN, "撤回认定"),
}


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the sub-commands and return the command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="candidates|list|confirm|reject|withdraw")
    offering = acts.add_parser("candidates", help="列出疑似往届同题,附相似度和相同文字")
    options.add_jurisdiction(offering)
    options.add_day(offering)
    offering.add_argument("--year", type=int, metavar="Y", help="哪一年提出的;缺省为最近一次会议")
    offering.set_defaults(perform=list_candidates)
    listing = acts.add_parser("list", help="列出历次认定")
    options.add_jurisdiction(listing)
    listing.set_defaults(perform=list_decisions)
    for word, (_, told) in ACTS.items():
        own = acts.add_parser(word, help=told, description=told)
        options.add_jurisdiction(own)
        own.add_argument("proposal", metavar="编号")
        own.add_argument("earlier", metavar="往届编号")
        own.add_argument("--by", required=True, metavar="姓名", help="由谁认定")
        own.add_argument("--why", required=True, metavar="理由")
        own.set_defaults(perform=decide)
    return lambda arguments: int(arguments.perform(arguments))


def list_candidates(arguments: argparse.Namespace) -> int:
    """Print the candidates."""
    print(relate.list_candidates(arguments.jurisdiction, arguments.as_of, arguments.year, clock()))
    return 0


def list_decisions(arguments: argparse.Namespace) -> int:
    """Print the decisions."""
    print(relate.list_decisions(arguments.jurisdiction))
    return 0


def decide(arguments: argparse.Namespace) -> int:
    """Record a decision."""
    decision, _ = ACTS[arguments.act]
    pair = (arguments.proposal, arguments.earlier)
    relate.decide(arguments.jurisdiction, pair, decision, arguments.by, arguments.why, clock())
    print(f"已登记:{pair[0]} 与 {pair[1]} {DECISION_LABELS[decision]}")
    return 0
