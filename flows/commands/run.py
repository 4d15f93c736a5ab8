"""``run``: one flow, now, with its parameters."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

from flows.commands import options
from flows.environment import log_plainly, settle
from flows.server import temporary_server
from tasks.domain.errors import ConfigurationError

FLOWS = (
    "daily-supervision",
    "delivery",
    "ranking-circular",
    "weekly-brief",
    "backlog-review",
    "inspection-follow-up",
    "publication",
    "annual-summary",
    "key-proposals",
    "quality-review",
    "catch-up",
)


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    parser.add_argument("flow", choices=FLOWS, metavar="FLOW", help="、".join(FLOWS))
    options.add_jurisdiction(parser)
    options.add_day(parser)
    parser.add_argument("--dry-run", action="store_true", default=None, help="只计划、只展示,什么也不改、不发")
    parser.add_argument("--send", action="store_true", default=None, help="为今天以外的日子真正发出邮件")
    parser.add_argument("--scheme", default=None, metavar="NAME", help="排名方案(ranking-circular)")
    parser.add_argument("--corrects", default=None, metavar="N", help="更正第 N 期(ranking-circular、annual-summary)")
    parser.add_argument(
        "--reason", default=None, metavar="TEXT", help="更正的原因,写进通报、总结(ranking-circular、annual-summary)"
    )
    parser.add_argument("--year", type=int, default=None, metavar="Y", help="总结哪一年交办的(annual-summary)")
    parser.add_argument("--leader", default=None, metavar="NAME", help="只为这位领办领导拟专报(key-proposals)")
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Run the flow in this process; an expected failure is a ``DubanError``."""
    ready = temporary_server()
    from tasks.check import check_configuration

    check_configuration(arguments.jurisdiction)
    module = arguments.flow.replace("-", "_")
    flow = getattr(import_module(f"flows.{module}"), module)
    parameters = _parameters(flow, arguments)
    log_plainly()
    settle()
    ready()
    flow(**parameters)
    return 0


def _parameters(flow: Any, arguments: argparse.Namespace) -> dict[str, Any]:
    given = {
        name: value
        for name, value in vars(arguments).items()
        if name not in ("flow", "command", "execute") and value is not None
    }
    allowed = set(inspect.signature(flow.fn).parameters)
    if unknown := sorted(set(given) - allowed):
        raise ConfigurationError(
            f"run {arguments.flow}",
            f"没有参数 {'、'.join('--' + name.replace('_', '-') for name in unknown)}",
            f"可用:{'、'.join('--' + name.replace('_', '-') for name in sorted(allowed - {'jurisdiction'}))}。",
        )
    return given
