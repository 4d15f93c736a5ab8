"""Write docs/licences.md: every package that requirements.lock installs, its version and licence."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAD = """# 所用软件及许可证

由 `python docs/deploy/licences.py` 按 `requirements.lock` 和已安装的软件生成。“只在 Windows”等条件以锁定文件为准。

| 软件 | 版本 | 许可证 |
|---|---|---|
"""


def licence(name: str) -> str:
    """Return what the package says of its licence, in one line."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return "本机未安装(其他系统用)"
    classified = [
        each.rpartition(" :: ")[2] for each in told.get_all("Classifier", []) if each.startswith("License ::")
    ]
    words = told.get("License-Expression") or "、".join(classified) or (told.get("License") or "未注明")
    return words.strip().splitlines()[0][:80].replace("|", "/")


def page() -> str:
    """Return the page."""
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    rows = [
        f"| {name} | {version} | {licence(name.partition('[')[0])} |\n"
        for name, version in re.findall(r"^([\w.-]+(?:\[\w+\])?)==([^\s;]+)", lock, re.M)
    ]
    return HEAD + "".join(rows)


def main() -> None:
    """Write the page."""
    (ROOT / "docs" / "licences.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
