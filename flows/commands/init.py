"""``init``: the files of a new jurisdiction."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from flows.commands import options
from tasks.scaffold import scaffold


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    help_text = "建在哪个文件夹里;缺省为 DUBAN_JURISDICTIONS 的第一个,没有则为 config/jurisdictions"
    parser.add_argument("--folder", type=Path, metavar="FOLDER", help=help_text)
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Write the files and say what comes next."""
    made = scaffold(arguments.jurisdiction, arguments.folder)
    print(f"已建立 {made}。接下来:")
    print("  1. 改 jurisdiction.yaml(名称、电话、邮箱)和 source/*.sql(本地的表名、列名);")
    print("  2. 把数据库地址写进环境变量,见 source.yaml 开头;")
    print(f"  3. python -m flows check-config -j {arguments.jurisdiction}")
    print(f"  4. python -m flows run daily-supervision -j {arguments.jurisdiction} --dry-run")
    return 0
