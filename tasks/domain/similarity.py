"""How alike Chinese texts are, by the characters they share: exact, explainable, without a model or a dictionary."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np

Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float64]]

# Between pieces of a text: no run of characters crosses it.
BREAK = "\n"
NO_WORD = re.compile(r"[\W_]+")
# A code point has 21 bits, so that three of them are one exact integer.
CHARACTER_BITS = 21
SHORTEST_FRAGMENT = 2


def plain(text: str, boilerplate: Sequence[str] = ()) -> str:
    """Return letters, digits and characters only, in one width and case; phrases of ``boilerplate`` become a break.

    >>> plain("关于尽快修复人民路（东段）的建议", ["关于", "的建议"]).split(BREAK)
    ['尽快修复人民路', '东段']
    """
    written = unicodedata.normalize("NFKC", text).lower()
    for phrase in sorted(boilerplate, key=len, reverse=True):
        written = written.replace(phrase, BREAK)
    return NO_WORD.sub(BREAK, written).strip(BREAK)


def shared_fragments(one: str, other: str) -> tuple[str, ...]:
    """Return the runs of two or more characters that two plain texts share in the same order, as they stand in ``one``."""
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    runs = (run for block in blocks for run in one[block.a : block.a + block.size].split(BREAK))
    return tuple(run for run in runs if len(run) >= SHORTEST_FRAGMENT)


def grams(texts: Sequence[str], size: int) -> tuple[Ints, Ints]:
    """Return (text index, code of ``size`` characters) for each run of up to three characters without a break."""
    characters = np.frombuffer(BREAK.join([*texts, ""]).encode("utf-32-le"), dtype=np.uint32).astype(np.int64)
    owner = np.repeat(np.arange(len(texts)), np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts)))
    count = max(len(characters) - size + 1, 0)
    code, whole = np.zeros(count, np.int64), np.ones(count, bool)
    for offset in range(size):
        part = characters[offset : offset + count]
        code = (code << CHARACTER_BITS) | part
        whole &= part != ord(BREAK)
    return owner[:count][whole], code[whole]


@dataclass(frozen=True, slots=True)
class Index:
    """Texts as weighted grams, in both directions: by text and by gram.

    ``by_text`` holds gram numbers and ``start`` where each text's begin; ``texts`` holds text numbers by gram and ``first``
    where each gram's begin. Weights have length 1 per text, so that a sum of products is a cosine.
    """

    size: int
    start: Ints
    by_text: Ints
    weight: Floats
    first: Ints
    texts: Ints
    text_weight: Floats

    @classmethod
    def of(cls, texts: Sequence[str]) -> Index:
        """Return the index of plain texts over single characters and pairs; a rare one weighs more (TF-IDF).

        Single characters find what is written shorter or the other way round: 犬只 and 养犬, 公共厕所 and 公厕.
        """
        parts = [grams(texts, size) for size in (1, 2)]
        owner, code = (np.concatenate(column) for column in zip(*parts, strict=True))
        gram = np.unique(code, return_inverse=True)[1].astype(np.int64)
        width = int(gram.max(initial=0)) + 1
        pair, count = np.unique(owner * width + gram, return_counts=True)
        owner, gram = pair // width, pair % width
        frequency = np.bincount(gram, minlength=width)
        weight = (count * np.log((1 + len(texts)) / np.maximum(frequency, 1)[gram])).astype(np.float64)
        length = np.sqrt(np.bincount(owner, weight**2, minlength=len(texts)))
        weight = weight / np.where(length > 0, length, 1)[owner]
        order = np.argsort(gram, kind="stable")
        start = np.searchsorted(owner, np.arange(len(texts) + 1))
        first = np.r_[0, np.cumsum(frequency)]
        return cls(len(texts), start, gram, weight, first, owner[order], weight[order])

    def scores(self, text: int) -> Floats:
        """Return the cosine (0-1) of one text with every text."""
        own = slice(self.start[text], self.start[text + 1])
        low = self.first[self.by_text[own]]
        count = self.first[self.by_text[own] + 1] - low
        position = _ranges(low, count)
        products = np.repeat(self.weight[own], count) * self.text_weight[position]
        return np.bincount(self.texts[position], products, minlength=self.size).astype(np.float64)


def _ranges(low: Ints, count: Ints) -> Ints:
    """Return ``low[i] … low[i] + count[i] - 1`` for each i, one after the other."""
    before = np.cumsum(count) - count
    return np.repeat(low - before, count) + np.arange(count.sum())


def containment(part: str, whole: str) -> float:
    """Return the share (0-1) of the distinct two-character runs of ``part`` that occur in ``whole``; 1 if it has none."""
    runs = set(_runs(part))
    return sum(run in whole for run in runs) / len(runs) if runs else 1.0


def _runs(text: str) -> Iterable[str]:
    pairs = (text[i : i + SHORTEST_FRAGMENT] for i in range(len(text) - SHORTEST_FRAGMENT + 1))
    return (pair for pair in pairs if BREAK not in pair)
