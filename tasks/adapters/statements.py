"""The SQL files of a source: one query a frame, and nothing but a query."""

from __future__ import annotations

import re
from pathlib import Path

from tasks.adapters.yaml_files import shown
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import CANONICAL

COMMENT_OR_LITERAL = re.compile(r"--[^\n]*|/\*(?![!M]).*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|`[^`]*`", re.DOTALL)
# SELECT INTO writes a table or a file, FOR UPDATE locks rows, MySQL executes /*! comments.
FORBIDDEN = re.compile(r"\bINTO\b|\bFOR\s+UPDATE\b|/\*M?!")


def statements(folder: Path) -> dict[str, str]:
    """Return the query of each ``<frame>.sql`` in ``folder``; ``ConfigurationError`` for anything but one query."""
    if not folder.is_dir():
        raise ConfigurationError(shown(folder), "没有这个文件夹", "为每个数据表放一个 <数据表>.sql。")
    return {_frame(path): query(path) for path in sorted(folder.glob("*.sql"))}


def _frame(path: Path) -> str:
    names = [spec.name for spec in CANONICAL]
    if path.stem not in names:
        raise ConfigurationError(shown(path), "文件名不是数据表的名称", f"可用：{'、'.join(names)}。")
    return path.stem


def query(path: Path) -> str:
    """Return the file's single SELECT or WITH query.

    This finds mistakes; what keeps the source unharmed is the read-only transaction and a read-only account.
    """
    sql = path.read_text(encoding="utf-8").strip().rstrip(";").strip()
    bare = COMMENT_OR_LITERAL.sub(" ", sql).strip().upper()
    if not re.match(r"(SELECT|WITH)\b", bare):
        raise _refused(path, f"以 {bare.split(maxsplit=1)[0] if bare else '空内容'} 开头")
    if ";" in bare:
        raise _refused(path, "有多条语句")
    if found := FORBIDDEN.search(bare):
        raise _refused(path, f"含有 {found[0]}")
    return sql


def _refused(path: Path, why: str) -> ConfigurationError:
    return ConfigurationError(
        shown(path), f"只允许一条 SELECT 或 WITH 查询，而此文件{why}", "改成一条只读查询；未执行任何语句。"
    )
