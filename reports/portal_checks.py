"""What must hold before a site is published: no broken link, sums that add up, a cut-off on every page.

The checks read the finished files, not what they were made from.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from html import unescape
from posixpath import dirname, join, normpath
from urllib.parse import unquote

from tasks.domain.ranking import percentage

File = tuple[str, bytes]

# Texts from outside are escaped, quotes too: none of these can come from a title.
# A list opens with what is asked for in its address, which is no place in the page.
LINK = re.compile(r'\b(?:href|src|action)="([^"]*)"')
IDENTIFIER = re.compile(r'\bid="([^"]+)"')
OUTSIDE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
PART = re.compile(r'data-part="([^"]+)">(\d+)<')
WHOLE = re.compile(r'data-whole="([^"]+)">(\d+)<')
SHARE = re.compile(r'data-share="(\d+)/(\d+)">([^<]*)<')
LISTED = re.compile(r"data-listed>(\d+)<")
PROPOSAL = '<article class="proposal">'


def site_faults(files: Iterable[File], cut_off: str, outside: Collection[str] = (), base: str = "/") -> list[str]:
    """Return why a site may not be published, in words; empty when it may. The files are read once, one at a time.

    ``cut_off`` is what every page must say, ``outside`` the only addresses elsewhere that a link may have, ``base`` the path
    under which the site is served.
    """
    links, numbers, undated = _Links(set(outside), base=base), _Numbers(), []
    for path, content in files:
        links.see(path, content)
        if path.endswith(".html"):
            numbers.see(path, content.decode())
            if cut_off.encode() not in content:
                undated.append(f"{path}：没有写明截止时间“{cut_off}”")
    return [*(f"链接无效：{link}" for link in links.broken()), *numbers.wrong(), *undated]


def broken_links(files: Iterable[File], base: str = "/") -> list[str]:
    """Return every link in pages and feed that leads nowhere, as "page → target": to no file of the site, to no place in a
    page, or out of the site.
    """
    links = _Links(base=base)
    for path, content in files:
        links.see(path, content)
    return links.broken()


@dataclass(slots=True)
class _Links:
    """The links seen so far with a page that has them, and what they may lead to."""

    targets: set[str] = field(default_factory=set)
    asked: dict[str, str] = field(default_factory=dict)
    base: str = "/"

    def see(self, path: str, content: bytes) -> None:
        """Take note of a file."""
        self.targets.add(path)
        if not path.endswith((".html", ".xml")):
            return
        text = content.decode()
        self.targets.update(f"{path}#{unescape(name)}" for name in IDENTIFIER.findall(text))
        for link in set(LINK.findall(text)):
            if path.endswith(".html") or not OUTSIDE.match(link):  # a feed names the site's full address
                self.asked.setdefault(_target(path, unescape(link), self.base), path)

    def broken(self) -> list[str]:
        """Return the links that lead to nothing seen, as "page → target"."""
        return [f"{page} → {target}" for target, page in self.asked.items() if target not in self.targets]


def _target(path: str, link: str, base: str) -> str:
    """Return where a link on that page leads, from the root; a link out of the site as it is."""
    if OUTSIDE.match(link):
        return link
    if link.startswith(base):
        path, link = "", link.removeprefix(base)
    file, _, place = link.partition("#")
    file = unquote(file.partition("?")[0])
    target = normpath(join(dirname(path), file)) if file else path
    return f"{target}#{place}" if place and "=" not in place else target


@dataclass(slots=True)
class _Numbers:
    """The contradictions seen so far, and what the pages say about the whole."""

    faults: list[str] = field(default_factory=list)
    listed: set[int] = field(default_factory=set)
    proposals: int = 0

    def see(self, path: str, text: str) -> None:
        """Take note of a page."""
        self.listed.update(map(int, LISTED.findall(text)))
        self.proposals += PROPOSAL in text
        self.faults += [f"{path}：{fault}" for fault in (*_wrong_parts(text), *_wrong_shares(text))]

    def wrong(self) -> list[str]:
        """Return all contradictions: within pages, between pages, and with the number of pages."""
        if self.listed == {self.proposals}:
            return self.faults
        return [*self.faults, f"公布总数 {sorted(self.listed)} 与建议提案的页数 {self.proposals} 不一致"]


def _wrong_parts(text: str) -> list[str]:
    sums: Counter[str] = Counter()
    for name, count in PART.findall(text):
        sums[name] += int(count)
    wholes = {name: int(total) for name, total in WHOLE.findall(text)}
    return [
        f"{name} 各部分之和 {sums[name]} 不等于合计 {wholes.get(name, '（没有合计）')}"
        for name in sorted(sums.keys() | wholes.keys())
        if sums[name] != wholes.get(name)
    ]


def _wrong_shares(text: str) -> list[str]:
    return [
        f"{count}/{total} 写成了“{shown}”"
        for count, total, shown in sorted(set(SHARE.findall(text)))
        if int(count) > int(total) or shown != _rate(int(count), int(total))
    ]


def _rate(count: int, total: int) -> str:
    rate = percentage(count, total)
    return "—" if rate is None else f"{rate}%"
