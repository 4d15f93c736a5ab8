"""Prune a jurisdiction's history as its configuration says, and tell what went and what stayed."""

from __future__ import annotations

from datetime import datetime, timedelta

from tasks.adapters.ledger import pruning
from tasks.adapters.ledger.pruning import Pruned
from tasks.adapters.publishing import folder_of
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.domain.retention import HistoryPolicy, Then

# No run takes as long to name in the ledger what it has put into the archive.
SETTLED = timedelta(days=1)
SITES = "公开网站"
THEN = {Then.MONTH_ENDS: "此前每月留最后一夜", Then.NONE: "此前的不留"}


def prune_history(jurisdiction: str, by: str, now: datetime, *, dry_run: bool = False) -> str:
    """Prune the history, and return in Chinese what went and what stayed; a dry run says what would, and changes nothing.

    The ledger comes first, the files after it: a kill in between leaves files that nothing names, and the next prune
    removes them. ``LedgerError`` while a run of the jurisdiction is going on.
    """
    workplace = open_workplace(jurisdiction)
    policy = workplace.jurisdiction.history
    if policy is None:
        return f"{workplace.jurisdiction.title}:jurisdiction.yaml 没有 history,全部保留,什么也没有清理。"
    zone, sites = workplace.jurisdiction.zone, {SITES: _site_assessments(workplace)}
    made = pruning.prune(workplace.ledger, workplace.name, policy, zone, sites, by, now, dry_run=dry_run)
    archive = workplace.archive
    take = archive.size if dry_run else archive.remove
    freed = [size for digest in made.unnamed if (size := take(digest, now - SETTLED))]
    told = [_told(workplace.jurisdiction.title, policy, made, freed, dry_run=dry_run)]
    if made.kept:
        told.append("政策之外仍保留的核定结果(有引用):" + "、".join(f"{k} {n} 次" for k, n in made.kept.items()) + "。")
    if made.row_versions and not dry_run and workplace.ledger.engine.dialect.name == "sqlite":
        told.append("台账文件本身没有变小;要变小,停下 serve 后运行 python -m flows ledger vacuum。")
    return "\n".join(told)


def _site_assessments(workplace: Workplace) -> set[str]:
    """Return the assessments that versions of the site which lie there were made from."""
    folder = folder_of(workplace)
    names = {*folder.kept(), *folder.staged()} if folder.root.is_dir() else set[str]()
    return {folder.record(name).about.made_from for name in names}


def _told(title: str, policy: HistoryPolicy, made: Pruned, freed: list[int], *, dry_run: bool) -> str:
    return (
        f"{title}(最近 {policy.days} 天全留,{THEN[policy.then]}){'将清理' if dry_run else '已清理'}:"
        f"快照 {made.snapshots} 次、行版本 {made.row_versions} 行、核定结果 {made.assessments} 次;"
        f"档案文件 {len(freed)} 个,共 {sum(freed):,} 字节。"
    )
