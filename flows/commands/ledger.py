"""``ledger``: version, upgrade and roll-back of the schema, back-up and restore, and pruning of what is old."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from flows.commands import options
from flows.day import clock
from tasks.keep_ledger import back_up, compact_ledger, downgrade_ledger, ledger_version, put_back, upgrade_ledger
from tasks.prune_history import prune_history


def configure(parser: argparse.ArgumentParser, name: str) -> Callable[[argparse.Namespace], int]:
    """Add the arguments and return the command."""
    acts = parser.add_subparsers(dest="act", required=True, metavar="动作")
    acts.add_parser("version", help="台账结构的版本,以及本程序需要的版本")
    acts.add_parser("upgrade", help="升级到本程序需要的版本(运行任何流程时也会自动升级)")
    acts.add_parser("downgrade", help="退回旧版本,以便换回旧程序").add_argument("revision", metavar="REVISION")
    acts.add_parser("backup", help="备份台账和档案(可在运行中进行)").add_argument("folder", type=Path, metavar="FOLDER")
    acts.add_parser("restore", help="用备份恢复(先停 serve)").add_argument("folder", type=Path, metavar="FOLDER")
    pruning = acts.add_parser("prune", help="按 jurisdiction.yaml 的 history 清理旧的快照和核定结果(先备份)")
    options.add_jurisdiction(pruning)
    who = pruning.add_mutually_exclusive_group(required=True)
    who.add_argument("--dry-run", action="store_true", help="只说明将清理什么,什么也不改")
    who.add_argument("--by", default="", metavar="姓名", help="由谁决定(记入经过)")
    acts.add_parser("vacuum", help="压缩台账文件,交还清理后空出的磁盘(只用于 SQLite;先停 serve)")
    return execute


def execute(arguments: argparse.Namespace) -> int:
    """Do it, and say what was done."""
    print(ACTS[arguments.act](arguments))
    return 0


def _version(arguments: argparse.Namespace) -> str:
    has, needs = ledger_version()
    return f"台账版本 {has or '(新建)'},本程序需要 {needs}"


def _downgrade(arguments: argparse.Namespace) -> str:
    downgrade_ledger(arguments.revision)
    return f"台账已退回 {arguments.revision};请先换上相应的旧程序再运行任何流程。"


def _prune(arguments: argparse.Namespace) -> str:
    return prune_history(arguments.jurisdiction, arguments.by, clock(), dry_run=arguments.dry_run)


def _vacuum(arguments: argparse.Namespace) -> str:
    before, after = compact_ledger()
    return f"台账文件由 {before:,} 字节变为 {after:,} 字节。"


ACTS: dict[str, Callable[[argparse.Namespace], str]] = {
    "version": _version,
    "upgrade": lambda arguments: f"台账已是 {upgrade_ledger()}",
    "downgrade": _downgrade,
    "backup": lambda arguments: f"已备份到 {arguments.folder},含 {back_up(arguments.folder)} 份文档,均已核对。",
    "prune": _prune,
    "vacuum": _vacuum,
    "restore": lambda arguments: f"已恢复;原来的台账留在 {put_back(arguments.folder)}。",
}
