"""``outbox``: what waits, what left, and what a person has to decide."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from flows.commands import options
from flows.day import clock
from tasks import outbox
from tasks.domain.delivery import Decision, MessageState
from tasks.domain.documents import ACT_LABELS, Act


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the sub-commands and return the command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="list|show|review|sign|return|resolve|…")
    listing = _act(acts, "list", "列出邮件和各自的下一步", list_mails)
    listing.add_argument("--state", action="append", default=[], choices=list(MessageState), help="只列这一状态,可重复")
    showing = _mail(_act(acts, "show", "一封邮件的全部依据和经过", show_mail))
    showing.add_argument("--save", type=Path, metavar="FOLDER", help="把邮件连同附件存为 .eml,供审核、签发前阅看")
    for act, told in (("review", "审核一件函"), ("sign", "签发一件函:签发后自动发出"), ("return", "退回一件函,不发")):
        signing = _mail(_act(acts, act, told, sign_off))
        signing.add_argument("checksum", nargs="?", default="", metavar="校验码", help="所看一稿文件校验值的前 8 位")
        signing.add_argument("--by", required=True, metavar="姓名", help="由谁审核、签发或退回")
        signing.add_argument("--comment", default="", metavar="意见", help="意见;退回时必须写")
    resolving = _mail(_act(acts, "resolve", "登记结果不明的邮件是否送达", resolve))
    resolving.add_argument("decision", choices=list(Decision), help="sent 已送达;not_sent 未送达,重新入箱")
    resending = _mail(_act(acts, "resend", "重发一封邮件", resend))
    for own in (resolving, resending):
        own.add_argument("--by", required=True, metavar="姓名", help="由谁决定")
        own.add_argument("--why", required=True, metavar="理由", help="依据或理由")
    _act(acts, "bounce", "登记退信(.eml 文件或文件夹)", take_bounces).add_argument("path", type=Path)
    trusting = _act(acts, "trust", "恢复一个退过信的邮箱", trust)
    trusting.add_argument("email")
    trusting.add_argument("--by", required=True, metavar="姓名", help="由谁决定")
    return lambda arguments: int(arguments.perform(arguments))


def _act(acts: argparse._SubParsersAction, name: str, told: str, perform: object) -> argparse.ArgumentParser:  # type: ignore[type-arg]
    own: argparse.ArgumentParser = acts.add_parser(name, help=told, description=told)
    options.add_jurisdiction(own)
    own.set_defaults(perform=perform)
    return own


def _mail(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    parser.add_argument("mail", metavar="编号", help="邮件编号(outbox list 第一列)")
    return parser


def list_mails(arguments: argparse.Namespace) -> int:
    """Print the mails."""
    print(outbox.list_mails(arguments.jurisdiction, arguments.state))
    return 0


def show_mail(arguments: argparse.Namespace) -> int:
    """Print one mail's evidence."""
    print(outbox.show_mail(arguments.jurisdiction, arguments.mail))
    if arguments.save:
        print(f"已存为 {outbox.save_mail(arguments.jurisdiction, arguments.mail, arguments.save)}")
    return 0


def sign_off(arguments: argparse.Namespace) -> int:
    """Review, sign or return a letter."""
    act = {"review": Act.REVIEWED, "sign": Act.SIGNED, "return": Act.RETURNED}[arguments.act]
    given = (arguments.jurisdiction, arguments.mail, act, arguments.by, arguments.checksum, arguments.comment)
    outbox.sign_off(*given, clock())
    print(f"已{ACT_LABELS[act]}:{arguments.mail}")
    return 0


def resolve(arguments: argparse.Namespace) -> int:
    """Record what a person found out."""
    given = (arguments.jurisdiction, arguments.mail, arguments.decision, arguments.by, arguments.why)
    outbox.resolve(*given, clock())
    print(f"已登记:{arguments.mail} {arguments.decision}")
    return 0


def resend(arguments: argparse.Namespace) -> int:
    """Queue a mail again."""
    outbox.resend(arguments.jurisdiction, arguments.mail, arguments.by, arguments.why, clock())
    print(f"已重新入箱:{arguments.mail}")
    return 0


def take_bounces(arguments: argparse.Namespace) -> int:
    """Mark the addresses that bounced."""
    for bounce in outbox.take_bounces(arguments.jurisdiction, arguments.path, clock()):
        for address, answer in bounce.failed.items():
            print(f"已标记退信:{address}({answer})")
    return 0


def trust(arguments: argparse.Namespace) -> int:
    """Trust an address again."""
    count = outbox.trust(arguments.jurisdiction, arguments.email, arguments.by, clock())
    print(f"已恢复:{arguments.email}" if count else f"没有退信记录:{arguments.email}")
    return 0
