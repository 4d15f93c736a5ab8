"""Which font files set an official document, and which characters none of them has.

The standard's faces are licensed; a configured folder with the office's own wins, then free look-alikes of the system.
Every face is a chain: a character that the first family lacks comes from the next.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import typst
from fontTools.ttLib import TTFont

from tasks.domain.errors import ConfigurationError


class Face(StrEnum):
    """The faces that GB/T 9704-2012 names."""

    TEXT = "仿宋"
    KAI = "楷体"
    HEI = "黑体"
    TITLE = "小标宋"
    SONG = "宋体"


BOLD = 600
"""From this weight on a family counts as bold."""

FAMILIES: Mapping[Face, tuple[str, ...]] = {
    Face.TEXT: (
        "仿宋_GB2312",
        "FangSong_GB2312",
        "FZFangSong-Z02S",
        "方正仿宋_GBK",
        "方正仿宋简体",
        "仿宋",
        "FangSong",
        "FandolFang R",
        "FandolFang",
        "AR PL UMing",
        "Noto Serif CJK SC",
    ),
    Face.KAI: (
        "楷体_GB2312",
        "KaiTi_GB2312",
        "FZKai-Z03S",
        "方正楷体_GBK",
        "方正楷体简体",
        "楷体",
        "KaiTi",
        "FandolKai",
        "AR PL UKai",
        "AR PL UMing",
        "Noto Serif CJK SC",
    ),
    Face.HEI: (
        "黑体",
        "SimHei",
        "FZHei-B01S",
        "方正黑体_GBK",
        "方正黑体简体",
        "Noto Sans CJK SC",
        "Source Han Sans SC",
        "FandolHei",
    ),
    Face.TITLE: (
        "方正小标宋简体",
        "FZXiaoBiaoSong-B05S",
        "方正小标宋_GBK",
        "FZXiaoBiaoSong-B05",
        "Noto Serif CJK SC",
        "Source Han Serif SC",
        "FandolSong",
    ),
    Face.SONG: ("宋体", "SimSun", "Noto Serif CJK SC", "Source Han Serif SC", "FandolSong", "AR PL UMing"),
}

STAND_INS: Mapping[Face, tuple[str, ...]] = {
    Face.TEXT: ("AR PL UMing", "Noto Serif CJK SC"),
    Face.KAI: ("AR PL UMing", "Noto Serif CJK SC"),
}
"""Families of another design, that only keep the text legible."""

HEAVY_ONLY = {"Noto Serif CJK SC", "Source Han Serif SC", "FandolSong"}
"""Text faces that stand in for 小标宋 in their bold cut only."""

LEND_SIGNS = ("FandolFang R", "FandolFang", "FandolKai", "AR PL UMing", "AR PL UKai")
"""Free text faces whose digits are too heavy or whose 、。 hang in the middle: ``SIGNS`` come from 宋体 instead."""

SIGNS = "[!-~–—…、。，；：？！（）〔〕《》“”‘’]"

PACKAGES: Mapping[Face, str] = {
    Face.TEXT: "texlive-lang-chinese（FandolFang）或 fonts-arphic-uming",
    Face.KAI: "texlive-lang-chinese（FandolKai）或 fonts-arphic-ukai",
    Face.HEI: "fonts-noto-cjk",
    Face.TITLE: "fonts-noto-cjk",
    Face.SONG: "fonts-noto-cjk",
}

WITHOUT_SHAPE = {"Cc", "Cf", "Zs", "Zl", "Zp"}
"""Unicode categories that print nothing."""

SYSTEM_FOLDERS: tuple[Path, ...] = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("/usr/share/texlive/texmf-dist/fonts/opentype/public/fandol"),
    Path("/System/Library/Fonts"),
    Path("/Library/Fonts"),
    Path("C:/Windows/Fonts"),
)


@dataclass(frozen=True, slots=True)
class Font:
    """One cut of a family: the file it is in and its place in a collection."""

    family: str
    weight: int
    path: str
    index: int


@dataclass(frozen=True, slots=True)
class Fonts:
    """The resolved chains, never empty, and the font book typst sets them from."""

    chains: Mapping[Face, tuple[Font, ...]]
    book: typst.Fonts

    def families(self, face: Face) -> list[str]:
        """Return the family names of a face, preferred first."""
        return [font.family for font in self.chains[face]]

    @property
    def version(self) -> str:
        """The files in use by name and size, as a short hash: other files set other pages."""
        used = sorted({Path(font.path) for chain in self.chains.values() for font in chain})
        names = "|".join(f"{path.name}/{path.stat().st_size}" for path in used)
        return hashlib.sha256(names.encode()).hexdigest()[:12]

    @property
    def substitutes(self) -> dict[Face, str]:
        """The faces that no font of the standard sets, each with the family that stands in for it."""
        first = {face: chain[0].family for face, chain in self.chains.items()}
        return {face: family for face, family in first.items() if family in STAND_INS.get(face, ())}

    def signs_from(self, face: Face) -> str | None:
        """Return the family that sets the face's digits and punctuation, when its own are unfit."""
        return self.families(Face.SONG)[0] if self.families(face)[0] in LEND_SIGNS else None


def find_fonts(folder: Path | None = None, system: Sequence[Path] = SYSTEM_FOLDERS) -> Fonts:
    """Return the fonts of ``folder`` and, behind them, of the system folders that exist.

    Raises ``ConfigurationError`` naming the faces without any font and the packages that bring one.
    """
    return _find(tuple(str(path) for path in (folder, *system) if path is not None and path.is_dir()), folder)


@lru_cache(maxsize=8)
def _find(folders: tuple[str, ...], folder: Path | None) -> Fonts:
    book = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))
    found = [Font(f.family, f.weight, f.path, f.index) for f in book.fonts() if f.path and f.style == "normal"]
    own = str(folder) if folder else None
    chains = {face: _chain(face, found, own) for face in Face}
    absent = [face for face in Face if not chains[face]]
    if absent:
        raise _absent_fonts(absent, folder)
    return Fonts(chains, book)


def _chain(face: Face, found: Sequence[Font], own: str | None) -> tuple[Font, ...]:
    """One cut per family, families in the order of preference, those of the office's own folder before all others."""
    heavy = {name: face is Face.TITLE and name in HEAVY_ONLY for name in FAMILIES[face]}
    fitting = [f for f in found if f.family in heavy and (f.weight >= BOLD) == heavy[f.family]]
    order = {name: place for place, name in enumerate(FAMILIES[face])}
    fitting.sort(key=lambda f: (own is None or not f.path.startswith(own), order[f.family], f.weight, f.path))
    return tuple({font.family: font for font in reversed(fitting)}.values())[::-1]


def _absent_fonts(absent: Iterable[Face], folder: Path | None) -> ConfigurationError:
    packages = "；".join(f"{face}：{PACKAGES[face]}" for face in absent)
    return ConfigurationError(
        f"字体（{folder or '系统字体目录'}）",
        f"缺少{'、'.join(absent)}，不能生成 PDF（docx 不受影响）",
        f"请安装软件包（{packages}），或在字体目录中放入本单位持有许可的字体文件。",
    )


def missing_glyphs(text: str, fonts: Fonts, face: Face = Face.TEXT) -> str:
    """Return the characters of ``text`` that no font of the face's chain has, each once, sorted.

    Private-use characters count: old name databases keep rare characters there.
    """
    absent = {character for character in text if unicodedata.category(character) not in WITHOUT_SHAPE}
    for font in fonts.chains[face]:
        absent -= _characters(font.path, font.index)
        if not absent:
            break
    return "".join(sorted(absent))


@lru_cache(maxsize=32)
def _characters(path: str, index: int) -> frozenset[str]:
    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap() or {}))
