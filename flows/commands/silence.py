"""``silence``: hold the steps of a unit or a proposal for a while, with reason and name; and record explanations."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.day import clock
from tasks import silence


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the sub-commands and return the command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="add|list|end|explain")
    adding = _act(acts, "add", "添加静默:到期前不再升级", add)
    _scope(adding, required=False)
    adding.add_argument("--until", required=True, type=options.day, metavar="D", help="截止日期(含当日)")
    adding.add_argument("--why", required=True, metavar="理由")
    _act(acts, "list", "列出全部静默,含已到期的", list_all)
    ending = _act(acts, "end", "提前结束静默", end)
    ending.add_argument("number", type=int, metavar="编号", help="silence list 第一列")
    explaining = _act(acts, "explain", "登记单位的情况说明", explain)
    _scope(explaining, required=True)
    explaining.add_argument("--text", required=True, metavar="内容")
    explaining.add_argument("--on", type=options.day, metavar="D", help="说明日期,缺省为今天")
    explaining.add_argument("--until", type=options.day, metavar="D", help="在此日前不再升级(含当日)")
    for own in (adding, ending, explaining):
        own.add_argument("--by", required=True, metavar="姓名", help="由谁登记")
    return lambda arguments: int(arguments.perform(arguments))


def _act(acts: argparse._SubParsersAction, name: str, told: str, perform: object) -> argparse.ArgumentParser:  # type: ignore[type-arg]
    own: argparse.ArgumentParser = acts.add_parser(name, help=told, description=told)
    options.add_jurisdiction(own)
    own.set_defaults(perform=perform)
    return own


def _scope(parser: argparse.ArgumentParser, *, required: bool) -> None:
    parser.add_argument("--unit", required=required, metavar="单位编号")
    parser.add_argument("--proposal", required=required, metavar="编号")
    parser.add_argument("--duty", metavar="事项", help="如 reply;缺省为全部事项")


def add(arguments: argparse.Namespace) -> int:
    """Add a silence."""
    scope = (arguments.unit, arguments.proposal, arguments.duty)
    number = silence.add_silence(arguments.jurisdiction, *scope, arguments.until, arguments.why, arguments.by, clock())
    print(f"已添加静默 {number},至 {arguments.until}")
    return 0


def list_all(arguments: argparse.Namespace) -> int:
    """Print all silences."""
    print(silence.list_silences(arguments.jurisdiction, clock()))
    return 0


def end(arguments: argparse.Namespace) -> int:
    """End a silence."""
    silence.end_silence(arguments.jurisdiction, arguments.number, arguments.by, clock())
    print(f"已结束静默 {arguments.number}")
    return 0


def explain(arguments: argparse.Namespace) -> int:
    """Record an explanation."""
    scope = (arguments.proposal, arguments.unit, arguments.duty)
    days = (arguments.on, arguments.until)
    number = silence.add_explanation(arguments.jurisdiction, *scope, arguments.text, *days, arguments.by, clock())
    print(f"已登记情况说明 {number}")
    return 0
