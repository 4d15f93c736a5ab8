"""The sheet by which a site is put before those who sign: what would be public, and what that changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST_LIST = 20


@dataclass(frozen=True, slots=True)
class SiteSheet:
    """What signers are told. ``summary`` is the newspapers' page; titles are those of proposals added, gone and changed.

    ``changed`` are still listed, but more or less of them is public than now.
    """

    version: str
    cut_off: str
    listed: int
    added: Sequence[str]
    gone: Sequence[str]
    changed: Sequence[str]
    warnings: Sequence[str]
    folder: str
    summary: str


def sheet_text(sheet: SiteSheet) -> str:
    """Return the sheet as text."""
    parts = [
        f"公开网站送审单\n版本：{sheet.version}\n数据截至：{sheet.cut_off}\n公布：{sheet.listed}件",
        f"请打开网站逐页查看：{sheet.folder}",
        *_listed("比现在的网站新公开", sheet.added),
        *_listed("比现在的网站撤回公开", sheet.gone),
        *_listed("公开方式有变", sheet.changed),
        *_listed("请注意", sheet.warnings, "条"),
        f"以下为一页摘要：\n\n{sheet.summary.strip()}",
    ]
    return "\n\n".join(parts) + "\n"


def _listed(what: str, titles: Sequence[str], measure: str = "件") -> list[str]:
    if not titles:
        return []
    more = [f"……另有{len(titles) - LONGEST_LIST}{measure}"] if len(titles) > LONGEST_LIST else []
    lines = [*(f"- {title}" for title in titles[:LONGEST_LIST]), *more]
    return [f"{what}{len(titles)}{measure}：\n" + "\n".join(lines)]
