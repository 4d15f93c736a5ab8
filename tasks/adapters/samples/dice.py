"""Chance without a generator's state: every draw is named, so adding one draw changes no other.

Draws come from BLAKE2b over the seed and the name; they are the same on every machine and Python version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from math import fsum
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Dice:
    """Named draws under one seed. A name is any sequence of strings, numbers and dates."""

    seed: str

    def fraction(self, *name: object) -> float:
        """Return the draw of that name, in [0, 1)."""
        text = "|".join((self.seed, *map(str, name)))
        return int.from_bytes(blake2b(text.encode(), digest_size=6).digest(), "big") / 2**48

    def chance(self, probability: float, *name: object) -> bool:
        """Return true with that probability."""
        return self.fraction(*name) < probability

    def between(self, low: int, high: int, *name: object) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + int(self.fraction(*name) * (high - low + 1))

    def pick(self, items: Sequence[T], *name: object) -> T:
        """Return one of ``items``; each is as likely."""
        return items[int(self.fraction(*name) * len(items))]

    def weighted(self, weights: Mapping[T, float], *name: object) -> T:
        """Return a key of ``weights`` with the likelihood of its weight."""
        left = self.fraction(*name) * fsum(weights.values())  # sum() of floats differs between Python versions
        for item, weight in weights.items():
            left -= weight
            if left < 0:
                return item
        return list(weights)[-1]

    def some(self, items: Sequence[T], count: int, *name: object) -> list[T]:
        """Return ``count`` different items (all of them if there are fewer), in drawn order."""
        order = sorted(range(len(items)), key=lambda index: self.fraction(*name, index))
        return [items[index] for index in order[:count]]
