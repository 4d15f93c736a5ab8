"""``backlog-case``: the register of backlog cases: list, one case's life, its dossier, and closing (销号)."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from flows.commands import options
from flows.day import business_day
from tasks import backlog_desk
from tasks.close_case import Request, closing_draft


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the sub-commands and return the command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="list|show|dossier|close")
    listing = _act(acts, "list", "列出在办积案（按最近一次核定）", list_cases)
    listing.add_argument("--all", action="store_true", help="连同已销号的")
    listing.add_argument("-o", "--output", type=options.output_file, metavar="FILE", help="另写成文件")
    showing = _act(acts, "show", "一件积案的经过：列入、核定、督查、销号", show)
    fetching = _act(acts, "dossier", "取出一件积案的案卷（最近一次核定时存档的）", dossier)
    fetching.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="输出文件(.docx、.pdf)")
    closing = _act(acts, "close", "申请销号：送审；经审核、签发才销号", close)
    for own in (showing, fetching, closing):
        own.add_argument("proposal", metavar="编号", help="建议提案编号，如 R2025-0056")
    closing.add_argument("--proof", required=True, metavar="依据", help="凭什么销号，如竣工验收意见书及文号")
    closing.add_argument("--file", action="append", default=[], type=Path, metavar="FILE", help="证明材料，可写多次")
    closing.add_argument("--by", required=True, metavar="姓名", help="由谁申请")
    closing.add_argument("--despite", default="", metavar="理由", help="仍符合认定情形而销号的理由")
    return lambda arguments: int(arguments.perform(arguments))


def _act(acts: argparse._SubParsersAction, name: str, told: str, perform: object) -> argparse.ArgumentParser:  # type: ignore[type-arg]
    own: argparse.ArgumentParser = acts.add_parser(name, help=told, description=told)
    options.add_jurisdiction(own)
    own.set_defaults(perform=perform)
    return own


def list_cases(arguments: argparse.Namespace) -> int:
    """Print the cases, and write them to a file if asked."""
    heading, lines = backlog_desk.listed(arguments.jurisdiction, closed_too=arguments.all)
    print("\n".join([heading, *lines]) if lines else f"{heading}没有积案")
    if arguments.output:
        rows = backlog_desk.write_list(arguments.jurisdiction, arguments.output)
        print(f"已导出 {rows} 行：{arguments.output}")
    return 0


def show(arguments: argparse.Namespace) -> int:
    """Print the life of a proposal's cases."""
    print("\n".join(backlog_desk.life_of(arguments.jurisdiction, arguments.proposal)))
    return 0


def dossier(arguments: argparse.Namespace) -> int:
    """Write the archived dossier."""
    review = backlog_desk.fetch_dossier(arguments.jurisdiction, arguments.proposal, arguments.output)
    print(f"已取出 {review} 的案卷：{arguments.output}")
    return 0


def close(arguments: argparse.Namespace) -> int:
    """Put the closing before those who sign and say what to sign."""
    request = Request(arguments.proposal, arguments.proof, arguments.by, tuple(arguments.file), arguments.despite)
    document = closing_draft(arguments.jurisdiction, request, business_day(arguments.jurisdiction, None))
    print(
        f"{document.document_id}  校验码 {document.checksum}：已送审，审核、签发之后才销号（sign-off review、sign-off sign）"
    )
    return 0
