"""The files that say how a source is read: one query a frame and nothing but a query, or a list in its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from tasks.adapters.yaml_files import shown
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import CANONICAL

REQUIRED = ("units", "proposals", "assignments", "events")
LISTS = {"units": "organisations.csv", "contacts": "contacts.csv"}
COMMENT_OR_LITERAL = re.compile(r"--[^\n]*|/\*(?![!M]).*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`", re.DOTALL)
# SELECT INTO writes a table or a file, FOR UPDATE and its kin lock rows, MySQL executes /*! comments. What follows a
# parenthesis is the body of a WITH, or what it serves. A quote left over has no partner.
FORBIDDEN = re.compile(
    r"\bINTO\b|\bFOR\s+(?:NO\s+KEY\s+)?UPDATE\b|\bFOR\s+(?:KEY\s+)?SHARE\b|\bLOCK\s+IN\b|/\*M?!"
    r"|[()]\s*(?:INSERT|UPDATE|DELETE|MERGE)\b|['\"`]"
)


@dataclass(frozen=True, slots=True)
class SourceFiles:
    """By frame: the query of its SQL file, or the path of the list that gives it instead."""

    folder: Path
    queries: Mapping[str, str]
    lists: Mapping[str, Path]

    @property
    def settings(self) -> str:
        """How messages name the ``source.yaml`` that belongs to these files."""
        return shown(self.folder.parent / "source.yaml")

    @property
    def names(self) -> dict[str, str]:
        """How messages name the file of each frame."""
        queries = {frame: shown(self.folder / f"{frame}.sql") for frame in self.queries}
        return queries | {frame: shown(path) for frame, path in self.lists.items()}


def source_files(folder: Path) -> SourceFiles:
    """Return the files of the source whose SQL lies in ``folder``; ``ConfigurationError`` if they cannot be one."""
    if not folder.is_dir():
        raise ConfigurationError(shown(folder), "没有这个文件夹", "为每个数据表放一个 <数据表>.sql。")
    queries = {_frame(path): query(path) for path in sorted(folder.glob("*.sql"))}
    lists = {frame: folder.parent / name for frame, name in LISTS.items() if (folder.parent / name).exists()}
    missing = "、".join(f"{name}.sql" for name in REQUIRED if name not in queries and name not in lists)
    if missing:
        to_do = "补上这些查询；单位也可用 organisations.csv 给出。"
        raise ConfigurationError(shown(folder), f"缺少 {missing}", to_do)
    for name in sorted(queries.keys() & lists.keys()):
        what = f"{LISTS[name]} 和 {folder.name}/{name}.sql 都给出 {name}"
        raise ConfigurationError(shown(folder.parent), what, "只保留其中一个。")
    return SourceFiles(folder, queries, lists)


def listed(path: Path) -> pd.DataFrame:
    """Return the rows of a list as text; ``ConfigurationError`` unless it is CSV in UTF-8."""
    try:
        return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        to_do = "另存为“CSV UTF-8（逗号分隔）”。"
        raise ConfigurationError(shown(path), f"不是 UTF-8 编码的 CSV：{error}", to_do) from error


def _frame(path: Path) -> str:
    names = [spec.name for spec in CANONICAL]
    if path.stem not in names:
        raise ConfigurationError(shown(path), "文件名不是数据表的名称", f"可用：{'、'.join(names)}。")
    return path.stem


def query(path: Path) -> str:
    """Return the file's single SELECT or WITH query.

    This finds mistakes; what keeps the source unharmed is the read-only transaction and a read-only account.
    """
    sql = _text(path).strip().rstrip(";").strip()
    if hidden := _ambiguous(sql):
        raise _refused(path, f"含有 {hidden},各数据库的理解不同,可能藏有别的语句")
    bare = COMMENT_OR_LITERAL.sub(" ", sql).strip().upper()
    if not re.match(r"(SELECT|WITH)\b", bare):
        raise _refused(path, f"以 {bare.split(maxsplit=1)[0] if bare else '空内容'} 开头")
    if ";" in bare:
        raise _refused(path, "有多条语句")
    if found := FORBIDDEN.search(bare):
        raise _refused(path, f"含有 {found[0]}")
    return sql


def _ambiguous(sql: str) -> str | None:
    """Return what one database reads as part of a literal or comment and another does not: a statement could hide there."""
    nested = any("/*" in part[2:] for part in COMMENT_OR_LITERAL.findall(sql) if part.startswith("/*"))
    outside = re.search(r"#|\$\w*\$", COMMENT_OR_LITERAL.sub(" ", sql))
    found = re.search(r"\\['\"`]", sql) or outside
    return "/* 里的 /*" if nested else (found[0] if found else None)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(shown(path), "不是 UTF-8 编码", "在编辑器里另存为 UTF-8。") from None


def _refused(path: Path, why: str) -> ConfigurationError:
    what = f"只允许一条 SELECT 或 WITH 查询，而此文件{why}"
    return ConfigurationError(shown(path), what, "改成一条只读查询；未执行任何语句。")
