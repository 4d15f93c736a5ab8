"""``inspection``: joint inspections (联合督查): draft a plan, list them, record what was found, hand in the report."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from flows.commands import options
from flows.day import business_day, clock
from tasks import follow_inspection
from tasks.follow_inspection import Found, Report
from tasks.plan_inspection import Wishes, draft_from_last, unreached_by


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the sub-commands and return the command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="list|draft|record|report")
    listing = _act(acts, "list", "列出联合督查：日程、报告、逐件核查情况和整改期限", list_all)
    options.add_day(listing)
    drafting = _act(acts, "draft", "为指定的积案拟联合督查方案，送审", draft)
    drafting.add_argument("proposals", nargs="+", metavar="编号", help="在办积案的建议提案编号")
    drafting.add_argument("--leader", metavar="职务姓名", help="牵头领导，缺省按 inspection.yaml")
    for word, told in (("from", "督查开始"), ("to", "督查结束"), ("report-by", "报告期限")):
        drafting.add_argument(
            f"--{word}", dest=f"on_{word.replace('-', '_')}", type=options.day, metavar="D", help=told
        )
    recording = _act(acts, "record", "登记一件积案的核查情况和整改期限", record)
    recording.add_argument("document", metavar="方案编号")
    recording.add_argument("proposal", metavar="编号")
    recording.add_argument("--found", required=True, metavar="情况")
    recording.add_argument("--deadline", type=options.day, metavar="D", help="整改期限")
    recording.add_argument("--on", type=options.day, metavar="D", help="核查日期，缺省为今天")
    reporting = _act(acts, "report", "报送督查报告，这次督查即告结束", report)
    reporting.add_argument("document", metavar="方案编号")
    reporting.add_argument("--text", required=True, metavar="结论")
    reporting.add_argument("--file", action="append", default=[], type=Path, metavar="FILE", help="报告文件，可写多次")
    reporting.add_argument("--on", type=options.day, metavar="D", help="报告日期，缺省为今天")
    for own in (recording, reporting):
        own.add_argument("--by", required=True, metavar="姓名", help="由谁登记")
    return lambda arguments: int(arguments.perform(arguments))


def _act(acts: argparse._SubParsersAction, name: str, told: str, perform: object) -> argparse.ArgumentParser:  # type: ignore[type-arg]
    own: argparse.ArgumentParser = acts.add_parser(name, help=told, description=told)
    options.add_jurisdiction(own)
    own.set_defaults(perform=perform)
    return own


def list_all(arguments: argparse.Namespace) -> int:
    """Print the inspections."""
    day = business_day(arguments.jurisdiction, arguments.as_of).as_of
    print("\n".join(follow_inspection.listed(arguments.jurisdiction, day)) or "没有联合督查")
    return 0


def draft(arguments: argparse.Namespace) -> int:
    """Put a plan before those who sign and say what to sign."""
    days = (arguments.on_from, arguments.on_to, arguments.on_report_by)
    wishes = Wishes(tuple(arguments.proposals), arguments.leader, *days)
    document = draft_from_last(arguments.jurisdiction, wishes, business_day(arguments.jurisdiction, None))
    print(f"{document.document_id}  校验码 {document.checksum}：已送审（sign-off review、sign-off sign）")
    print("".join(f"注意：{warning}\n" for warning in unreached_by(arguments.jurisdiction, document)), end="")
    return 0


def record(arguments: argparse.Namespace) -> int:
    """Enter what was found about a case."""
    on = arguments.on or business_day(arguments.jurisdiction, None).as_of
    found = Found(arguments.document, arguments.proposal, arguments.found, arguments.deadline, on, arguments.by)
    follow_inspection.add_finding(arguments.jurisdiction, found, clock())
    print(f"已登记 {arguments.proposal} 的核查情况")
    return 0


def report(arguments: argparse.Namespace) -> int:
    """Enter the report of an inspection."""
    on = arguments.on or business_day(arguments.jurisdiction, None).as_of
    handed_in = Report(arguments.document, arguments.text, on, arguments.by, tuple(arguments.file))
    follow_inspection.add_report(arguments.jurisdiction, handed_in, clock())
    print(f"已登记 {arguments.document} 的督查报告")
    return 0
