"""``check-config``: every mistake of a jurisdiction's configuration, before a run."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from flows.commands import options
from tasks.check import check_configuration
from tasks.jurisdictions import rehearsal_note
from tasks.refresh import try_source


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    options.add_jurisdiction(parser)
    parser.add_argument("--source", action="store_true", help="连同数据源一起检查:连接、账号权限、每个查询的结果")
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Check, and say what was checked."""
    print(f"配置无误:{'、'.join(check_configuration(arguments.jurisdiction))}")
    if note := rehearsal_note(arguments.jurisdiction):
        print(note)
    if arguments.source:
        print("\n".join(try_source(arguments.jurisdiction)))
    return 0
