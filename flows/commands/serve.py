"""``serve``: the Prefect server and all deployments on one machine."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from importlib import import_module

from flows.server import prefect_server
from tasks.account import account_warnings
from tasks.check import check_configuration
from tasks.jurisdictions import served_jurisdictions


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    parser.add_argument(
        "-j",
        "--jurisdiction",
        action="append",
        default=[],
        metavar="NAME",
        help="地区名,可写多次;缺省为 DUBAN_JURISDICTIONS 里的全部地区,没有则为 demo",
    )
    parser.add_argument("--host", default="127.0.0.1", metavar="ADDRESS", help="界面监听的地址,缺省只供本机")
    parser.add_argument("--port", type=int, default=4200, metavar="PORT", help="界面的端口,缺省 4200")
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Serve until stopped."""
    served = served_jurisdictions(arguments.jurisdiction)
    for each in served:
        check_configuration(each.name)
    for warning in account_warnings(each.name for each in served):
        print(f"注意:{warning}", file=sys.stderr)
    with prefect_server(arguments.host, arguments.port) as server:
        print(
            f"界面:http://{arguments.host}:{arguments.port}  地区:{'、'.join(each.title for each in served)}",
            flush=True,
        )
        import_module("flows.serve").serve(served, server)
    return 0
