"""``province``: the day of many jurisdictions in one run."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from flows.environment import log_plainly, settle
from flows.server import temporary_server


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    parser.add_argument("jurisdictions", nargs="*", metavar="NAME", help="地区名;缺省为本系统服务的全部地区")
    options.add_day(parser)
    parser.add_argument("--dry-run", action="store_true", help="只计划、只展示,什么也不改、不发")
    parser.add_argument("--send", action="store_true", help="为今天以外的日子真正发出邮件")
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Run the flow and say how many jurisdictions are done; which failed is the error's text."""
    ready = temporary_server()
    from flows.province import province
    from tasks.jurisdictions import served_jurisdictions

    log_plainly()
    names = [served.name for served in served_jurisdictions(arguments.jurisdictions)]
    settle()
    ready()
    done = province(names, arguments.as_of, arguments.dry_run, arguments.send)
    print(f"{len(done)} 地全部完成。")
    return 0
