"""``sign-off``: what waits, and a review, signature or return on it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from flows.commands import options
from flows.day import clock
from tasks import sign_off
from tasks.domain.documents import STATE_LABELS, Act, DocumentState, Wanted
from tasks.rebuild import rebuild_into

ACTS = {
    "review": (Act.REVIEWED, "审核通过"),
    "sign": (Act.SIGNED, "签发，并发给各单位"),
    "return": (Act.RETURNED, "退回，写明意见"),
}


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the sub-commands and return the command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="list|show|review|sign|return|rebuild")
    listing = acts.add_parser("list", help="列出待审核、待签发的文件和邮件")
    options.add_jurisdiction(listing)
    listing.add_argument("--all", action="store_true", help="列出全部文件，包括已印发的")
    listing.set_defaults(perform=list_papers)
    showing = acts.add_parser("show", help="一份文件的经过：谁何时审核、签发、退回，所看的是哪一稿")
    options.add_jurisdiction(showing)
    showing.add_argument("paper", metavar="编号", help="文件编号(sign-off list 第一列)")
    showing.set_defaults(perform=show_paper)
    again = acts.add_parser("rebuild", help="由快照和当时的配置重新生成一份文件，逐字节与存档比对")
    options.add_jurisdiction(again)
    again.add_argument("paper", metavar="编号", help="文件编号(sign-off list --all 第一列)")
    again.add_argument(
        "-o", "--output", type=Path, default=None, metavar="文件夹", help="重新生成的文件放在哪里(不写只比对)"
    )
    again.set_defaults(perform=rebuild_paper)
    for word, (_, told) in ACTS.items():
        own = acts.add_parser(word, help=told, description=told)
        options.add_jurisdiction(own)
        own.add_argument("paper", metavar="编号", help="文件或邮件编号(sign-off list 第一列)")
        own.add_argument("--by", required=True, metavar="姓名", help="由谁处理")
        own.add_argument("--checksum", default="", metavar="校验码", help="所看那一稿的校验码(退回可不写)")
        own.add_argument("--comment", default="", metavar="意见", help="意见；退回必写")
        own.set_defaults(perform=act_on)
    return lambda arguments: int(arguments.perform(arguments))


def list_papers(arguments: argparse.Namespace) -> int:
    """Print what waits, or every document."""
    rows = (
        sign_off.listed(arguments.jurisdiction, tuple(DocumentState))
        if arguments.all
        else sign_off.waiting(arguments.jurisdiction)
    )
    for paper, title, state, checksum, next_act in rows:
        print(f"{paper}  {checksum}  {state}（{next_act}）\n    {title}")
    if not rows:
        print("没有文件" if arguments.all else "没有待审核、待签发的文件和邮件")
    return 0


def show_paper(arguments: argparse.Namespace) -> int:
    """Print who did what with a document."""
    print("\n".join(sign_off.history(arguments.jurisdiction, arguments.paper)) or "还没有人处理")
    return 0


def rebuild_paper(arguments: argparse.Namespace) -> int:
    """Rebuild a document and say of each file whether it is the same; 1 if any is not."""
    compared, why = rebuild_into(arguments.jurisdiction, arguments.paper, arguments.output)
    for file in compared:
        print(f"{'一致' if file.is_same else '不一致'}  {file.filename}")
    if why:
        print(why, file=sys.stderr)
    return int(bool(why))


def act_on(arguments: argparse.Namespace) -> int:
    """Record the act and say where the paper stands."""
    wanted = Wanted(ACTS[arguments.act][0], arguments.by, arguments.checksum, arguments.comment)
    state, mails = sign_off.act_on(arguments.jurisdiction, arguments.paper, wanted, clock())
    print(f"{arguments.paper}：{STATE_LABELS[state]}" + (f"，{mails} 封邮件已入发件箱" if mails else ""))
    return 0
