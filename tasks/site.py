"""The versions of a jurisdiction's site: which there are, show an older one again, look at one in a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tasks.adapters.ledger import publications
from tasks.adapters.publishing import folder_of, rules_of
from tasks.adapters.site import SiteFolder, Version
from tasks.adapters.web import web_server
from tasks.adapters.workplace import open_workplace
from tasks.domain.errors import ConfigurationError, DocumentError

PAGE = "proposals/"
SHOWN, KEPT, STAGED = "正在公开", "可以恢复", "尚未公开"


@dataclass(frozen=True, slots=True)
class Listed:
    """A version: its name, its day and cut-off, how many proposals it lists, and whether people see it."""

    name: str
    cut_off: str
    proposals: int
    state: str


def versions(jurisdiction: str) -> list[Listed]:
    """Return all versions that lie there, oldest first."""
    folder = folder_of(open_workplace(jurisdiction))
    shown = folder.shown()
    states = {name: SHOWN if shown and name == shown.name else KEPT for name in folder.kept()}
    states |= dict.fromkeys(folder.staged(), STAGED)
    return [_listed(folder.record(name), state) for name, state in sorted(states.items())]


def _listed(version: Version, state: str) -> Listed:
    pages = [path for path in version.paths if path.startswith(PAGE) and path not in version.about.withdrawn]
    return Listed(version.name, f"{version.about.cut_off:%Y-%m-%d %H:%M}", len(pages), state)


def roll_back(jurisdiction: str, name: str, by: str, reason: str, now: datetime) -> None:
    """Show a version again that was public before; the audit log says who did it and why.

    ``DocumentError`` if that version is not kept: it is too old, was never shown, or holds what was taken back since.
    """
    workplace = open_workplace(jurisdiction)
    folder = folder_of(workplace)
    shown = folder.shown()
    if shown is not None and shown.name == name:
        raise DocumentError(f"网站 {jurisdiction}", f"版本 {name} 正在公开", "请用 site list 查看可以恢复的版本。")
    if name not in folder.kept():
        raise DocumentError(
            f"网站 {jurisdiction}",
            f"不能恢复版本 {name}：没有保留，或者从未公开，或者含有后来撤回公开的内容",
            f"可以恢复的版本：{'、'.join(_others(folder)) or '没有'}。",
        )
    folder.show(name, rules_of(workplace).keep_versions)
    publications.enter_roll_back(workplace.ledger, jurisdiction, name, by, reason, now)


def _others(folder: SiteFolder) -> list[str]:
    shown = folder.shown()
    return [name for name in folder.kept() if shown is None or name != shown.name]


def site_page(jurisdiction: str, name: str | None = None) -> Path:
    """Return the first page of the site that people see, or of another version; ``ConfigurationError`` if there is none."""
    folder = folder_of(open_workplace(jurisdiction))
    place = folder.folder(name) if name else folder.current
    if not (place / "index.html").exists():
        raise ConfigurationError(
            f"网站 {jurisdiction}", "还没有公开过", f"请先运行 python -m flows run publication -j {jurisdiction}。"
        )
    return place / "index.html"


def serve_site(jurisdiction: str, name: str | None, host: str, port: int, announce: Callable[[str], None]) -> None:
    """Serve the site (or another version) until interrupted; ``announce`` is told the address once it can be reached.

    A version shown meanwhile is served from then on.
    """
    page = site_page(jurisdiction, name)
    with web_server(page.parent, host, port) as server:
        announce(f"http://{host}:{server.server_port}/")
        server.serve_forever()
