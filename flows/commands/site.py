"""``site``: the versions of the public site; show an older one again; look at it in a browser."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress

from flows.commands import options
from flows.day import clock
from tasks import site

HOST, PORT = "127.0.0.1", 8080


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the sub-commands and return the command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="list|open|serve|roll-back")
    _act(acts, "list", "列出各版本：哪个正在公开，哪些可以恢复", list_versions)
    opening = _act(acts, "open", "写出网站首页的位置，可直接用浏览器打开", tell_page)
    serving = _act(acts, "serve", f"在本机提供网站，用浏览器查看（缺省 http://{HOST}:{PORT}/）", serve)
    for own in (opening, serving):
        own.add_argument("--version", metavar="版本", help="查看某个版本，如待签发的；缺省为正在公开的")
    serving.add_argument("--host", default=HOST, metavar="地址", help=f"监听的地址，缺省 {HOST}（只有本机能看）")
    serving.add_argument("--port", type=int, default=PORT, metavar="端口", help=f"缺省 {PORT}")
    back = _act(acts, "roll-back", "恢复一个以前公开过的版本", roll_back)
    back.add_argument("version", metavar="版本", help="版本名(site list 第一列)")
    back.add_argument("--by", required=True, metavar="姓名", help="由谁决定")
    back.add_argument("--reason", required=True, metavar="原因", help="为什么恢复，记入操作记录")
    return lambda arguments: int(arguments.perform(arguments))


def _act(
    acts: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    told: str,
    perform: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    own = acts.add_parser(name, help=told, description=told)
    options.add_jurisdiction(own)
    own.set_defaults(perform=perform)
    return own


def list_versions(arguments: argparse.Namespace) -> int:
    """Print the versions, oldest first."""
    for each in site.versions(arguments.jurisdiction):
        print(f"{each.name}  {each.state}  数据截至 {each.cut_off}，{each.proposals} 件")
    return 0


def tell_page(arguments: argparse.Namespace) -> int:
    """Print where the first page lies."""
    print(site.site_page(arguments.jurisdiction, arguments.version).resolve().as_uri())
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """Serve the site until Ctrl-C."""

    def announce(address: str) -> None:
        print(f"请用浏览器打开 {address} （按 Ctrl-C 结束）", flush=True)

    with suppress(KeyboardInterrupt):
        site.serve_site(arguments.jurisdiction, arguments.version, arguments.host, arguments.port, announce)
    return 0


def roll_back(arguments: argparse.Namespace) -> int:
    """Show the older version again."""
    site.roll_back(arguments.jurisdiction, arguments.version, arguments.by, arguments.reason, clock())
    print(f"已恢复 {arguments.version}；下次运行 publication 会再次更新，请先查明原因。")
    return 0
