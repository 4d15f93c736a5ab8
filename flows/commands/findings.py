"""``findings``: what may be wrong, for the office to confirm or reject; and how often each rule was right."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.day import clock
from tasks import judge
from tasks.domain.finding_rules import FindingRule
from tasks.domain.judgement import VERDICT_LABELS, Verdict
from tasks.show_quality import write_workbook

ACTS = {
    "confirm": (Verdict.CONFIRMED, "认定疑点属实"),
    "reject": (Verdict.REJECTED, "认定疑点不属实"),
    "reopen": (Verdict.REOPENED, "撤回认定,重新判断"),
}


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the sub-commands and return the command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="list|rules|confirm|reject|reopen")
    listing = acts.add_parser("list", help="列出最近一次核查的疑点")
    options.add_jurisdiction(listing)
    listing.add_argument("--all", action="store_true", help="连同已认定的")
    listing.add_argument("--rule", type=FindingRule, choices=list(FindingRule), help="只列这一类")
    listing.add_argument("--unit", metavar="单位", help="只列这个单位(编号或名称)")
    listing.add_argument("-o", "--output", type=options.workbook, metavar="FILE", help="写成工作簿(.xlsx),含全部内容")
    listing.set_defaults(perform=list_findings)
    ruling = acts.add_parser("rules", help="各类疑点有多少,认定属实多少")
    options.add_jurisdiction(ruling)
    ruling.set_defaults(perform=list_rules)
    for word, (_, told) in ACTS.items():
        own = acts.add_parser(word, help=told, description=told)
        options.add_jurisdiction(own)
        own.add_argument("numbers", type=int, nargs="+", metavar="序号", help="findings list 第一列,可写几个")
        own.add_argument("--by", required=True, metavar="姓名", help="由谁认定")
        own.add_argument("--why", required=True, metavar="理由", help="怎样核实的、为什么")
        own.set_defaults(perform=give_verdict)
    return lambda arguments: int(arguments.perform(arguments))


def list_findings(arguments: argparse.Namespace) -> int:
    """Print the findings, or write the workbook."""
    if arguments.output:
        count = write_workbook(arguments.jurisdiction, arguments.output, clock())
        print(f"已写出 {count} 条疑点:{arguments.output}")
        return 0
    print(judge.list_findings(arguments.jurisdiction, arguments.rule, arguments.unit, everything=arguments.all))
    return 0


def list_rules(arguments: argparse.Namespace) -> int:
    """Print the rules."""
    print(judge.list_rules(arguments.jurisdiction))
    return 0


def give_verdict(arguments: argparse.Namespace) -> int:
    """Record a verdict."""
    verdict, _ = ACTS[arguments.act]
    given = (arguments.jurisdiction, arguments.numbers, verdict, arguments.by, arguments.why)
    judge.judge(*given, clock())
    print(f"已登记 {len(set(arguments.numbers))} 条:{VERDICT_LABELS[verdict]}")
    return 0
