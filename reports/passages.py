"""The words of a document as a template writes them, turned into blocks.

A blank line ends a paragraph; lines in between are one. ``# `` begins a heading of the first level, ``## `` one of the
second, ``### `` of the third; a heading with ``｜`` is set into the line and what follows ``｜`` is its text. ``@name``
alone stands for a table or pictures. Headings are numbered here, so that one left out leaves no gap.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence

from reports.official import Block, Heading, Paragraph
from tasks.domain.errors import DocumentError

NUMERALS = "零一二三四五六七八九十"
MARK = re.compile(r"(#{1,3})\s+(.*)")
RUN_IN = "｜"


def blocks_of(text: str, inserted: Mapping[str, Block]) -> tuple[Block, ...]:
    """Return the text's blocks in order; ``inserted`` are the blocks that it may call by name.

    Raises ``DocumentError`` for a name that is not among them.
    """
    parts = ["".join(line.strip() for line in part.splitlines()) for part in re.split(r"\n\s*\n", text)]
    written = [part for part in parts if part]
    numbers = _numbers([_level(part) for part in written])
    return tuple(_block(part, number, inserted) for part, number in zip(written, numbers, strict=True))


def _block(words: str, number: str, inserted: Mapping[str, Block]) -> Block:
    if words.startswith("@"):
        return _named(words[1:].strip(), inserted)
    mark = MARK.fullmatch(words)
    if not mark:
        return Paragraph(words)
    title, run_in, rest = (number + mark[2]).partition(RUN_IN)
    level = len(mark[1])
    return Paragraph(rest, title, level) if run_in else Heading(title, level)


def _level(words: str) -> int:
    """The heading's level; 0 for anything else."""
    mark = MARK.fullmatch(words)
    return len(mark[1]) if mark else 0


def _numbers(levels: Sequence[int]) -> list[str]:
    """The number of each heading; below the first level an only one among its like has none."""
    counts = [0, 0, 0]
    places: list[tuple[int, ...]] = []
    for level in levels:
        if level:
            counts[level - 1] += 1
            counts[level:] = [0] * (len(counts) - level)
        places.append(tuple(counts[:level]))
    siblings = Counter(place[:-1] for place in places if place)
    return [
        _number(len(place), place[-1]) if len(place) == 1 or (place and siblings[place[:-1]] > 1) else ""
        for place in places
    ]


def _number(level: int, count: int) -> str:
    """The number in the form that the level asks for: 一、 (一) 1."""
    return (f"{chinese_number(count)}、", f"（{chinese_number(count)}）", f"{count}.")[level - 1]


def chinese_number(count: int) -> str:
    """Return 1 to 99 in Chinese numerals.

    >>> [chinese_number(count) for count in (1, 10, 12, 20, 35)]
    ['一', '十', '十二', '二十', '三十五']
    """
    tens, ones = divmod(count, 10)
    ending = NUMERALS[ones] if ones else ""
    return f"{NUMERALS[tens] if tens > 1 else ''}{'十' if tens else ''}{ending}"


def _named(name: str, inserted: Mapping[str, Block]) -> Block:
    if name not in inserted:
        known = "、".join(sorted(inserted)) or "无"
        raise DocumentError("公文文字模板", f"没有名为 {name} 的表或图", f"可用的有：{known}。")
    return inserted[name]
