"""``import``: lists of units and contacts from a workbook."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from flows.commands import options
from flows.day import clock
from tasks.domain.errors import ConfigurationError
from tasks.domain.lists import FRAMES
from tasks.import_list import import_list, write_template


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    shown = "、".join(f"{key} {spec.label}" for key, spec in FRAMES.items())
    parser.add_argument("list", choices=list(FRAMES), metavar="LIST", help=shown)
    options.add_jurisdiction(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="填好的表格(.xlsx 或 CSV)")
    parser.add_argument("--template", action="store_true", help="不导入,而把空白表(含现有名单)写到 FILE")
    parser.add_argument("--dry-run", action="store_true", help="只检查、只列出变化,什么也不写")
    parser.add_argument("--from", dest="day", type=options.day, metavar="D", help="名单自何日起用,缺省为今天")
    parser.add_argument("--by", default="", metavar="姓名", help="由谁导入(记入经过)")
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Write the empty workbook, or take the list and say what changed."""
    given = (arguments.jurisdiction, arguments.list, arguments.file)
    if arguments.template:
        print(f"已写出 {arguments.file},含现有名单 {write_template(*given, clock())} 行。")
        return 0
    if not arguments.dry_run and not arguments.by.strip():
        raise ConfigurationError("import", "没有写明由谁导入", "请加 --by 姓名;只检查不导入的加 --dry-run。")
    changes = import_list(*given, arguments.day, arguments.by.strip(), clock(), dry_run=arguments.dry_run)
    print("\n".join(changes))
    print("只检查了一遍,什么也没有写。" if arguments.dry_run else "已导入。请再运行 check-config。")
    return 0
