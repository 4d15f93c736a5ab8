"""Begin a new jurisdiction: a folder of commented files that passes the check and waits for the office's own words."""

from __future__ import annotations

from pathlib import Path

from tasks.adapters.archive import write_atomically
from tasks.adapters.config_files import JURISDICTION_NAME, jurisdiction_names
from tasks.adapters.settings import ROOT, settings
from tasks.domain.errors import ConfigurationError

TEMPLATE = ROOT / "config" / "template"
# What differs little from office to office starts as the demonstration has it.
BORROWED = ("escalation.yaml", "ranking.yaml", "backlog.yaml", "findings.yaml", "disclosure.yaml")
LENDER = ROOT / "config" / "jurisdictions" / "demo"


def scaffold(name: str, folder: Path | None = None) -> Path:
    """Write the new jurisdiction's folder and return it; ``folder`` defaults to the first of ``DUBAN_JURISDICTIONS``.

    Raises ``ConfigurationError`` for a name that is none or is taken; nothing that exists is written over.
    """
    folders = settings().jurisdiction_folders()
    if not JURISDICTION_NAME.fullmatch(name):
        raise ConfigurationError(f"init -j {name}", "地区名的写法不对", "请用小写英文字母开头,只用字母、数字和减号。")
    target = (folder or folders[0]) / name
    if name in jurisdiction_names(folders) or target.exists():
        raise ConfigurationError(str(target), "已经有这个地区", "请换一个名字,或直接修改它的文件。")
    for source, path in _files():
        write_atomically(target / path, _named(source.read_text(encoding="utf-8"), name).encode())
    return target


def _files() -> list[tuple[Path, Path]]:
    own = [(path, path.relative_to(TEMPLATE)) for path in sorted(TEMPLATE.rglob("*.*")) if path.is_file()]
    return own + [(LENDER / name, Path(name)) for name in BORROWED]


def _named(text: str, name: str) -> str:
    return text.replace("{{NAME}}", name).replace("{{VARIABLE}}", name.upper().replace("-", "_"))
