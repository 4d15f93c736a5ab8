"""``compare``: a published circular's figures beside ours."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from flows.commands import options
from flows.day import clock
from tasks.compare_circular import compare_circular, write_blank


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="录入了已发通报各单位数字的表格(.xlsx 或 CSV)")
    options.add_day(parser)
    parser.add_argument("--scheme", metavar="NAME", help="排名方案;缺省为 ranking.yaml 的 default")
    parser.add_argument("--template", action="store_true", help="不对照,而把空白的录入表写到 FILE")
    parser.add_argument("-o", "--output", type=options.output_file, metavar="FILE", help="全部对照结果")
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Print how the figures stand, or write the empty workbook."""
    if arguments.template:
        write_blank(arguments.file, clock())
        print(f"已写出 {arguments.file};通报没有的列请删去。")
        return 0
    given = (arguments.jurisdiction, arguments.file, arguments.as_of, arguments.scheme, arguments.output)
    print("\n".join(compare_circular(*given, clock())))
    return 0
