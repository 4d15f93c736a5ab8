"""Which of many long texts are nearly the same, without comparing each with each (MinHash, then an exact count)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from tasks.domain.similarity import Ints

SHINGLE = 4
BANDS, ROWS = 12, 4
# Odd multipliers; fixed, so that the same texts give the same pairs on every run.
_MULTIPLIERS = np.random.default_rng(20260310).integers(
    1, 2**63, size=BANDS * ROWS + SHINGLE, dtype=np.uint64
) | np.uint64(1)


def near_copies(texts: Sequence[str], least: float) -> pd.DataFrame:
    """Return pairs of texts that share at least ``least`` (0-1) of their runs of four characters.

    Columns ``one`` < ``other`` (positions) and ``similarity`` (shared runs / all runs of both). Of a group of copies each
    is paired with the first, not with every other. Texts shorter than four characters are like none. Pairs at 0.75 are
    found in 99 of 100 cases, closer ones nearly always.
    """
    shingles = [_shingles(text) for text in texts]
    long = np.flatnonzero([len(own) > 0 for own in shingles])
    pairs = _candidates(long, _signatures([shingles[i] for i in long]))
    similarity = np.array([_jaccard(shingles[i], shingles[j]) for i, j in pairs])
    rows = pd.DataFrame({"one": pairs[:, 0], "other": pairs[:, 1], "similarity": similarity})
    return rows[rows["similarity"] >= least].reset_index(drop=True)


def _shingles(text: str) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    """Return the distinct runs of a text as 64-bit numbers."""
    characters = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    count = max(len(characters) - SHINGLE + 1, 0)
    code = np.zeros(count, np.uint64)
    for offset in range(SHINGLE):
        code = (code ^ characters[offset : offset + count]) * _MULTIPLIERS[offset]
        code ^= code >> np.uint64(29)
    return np.unique(code)


def _signatures(
    shingles: list[np.ndarray[tuple[int], np.dtype[np.uint64]]],
) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    """Return one row a text: the smallest number of its runs under each of many orders."""
    if not shingles:
        return np.zeros((0, BANDS * ROWS), np.uint64)
    every, starts = np.concatenate(shingles), np.cumsum([0, *(len(own) for own in shingles[:-1])])
    orders = _MULTIPLIERS[SHINGLE:]
    return np.stack([np.minimum.reduceat(_mixed(every * order), starts) for order in orders], axis=1)


def _mixed(numbers: np.ndarray[tuple[int], np.dtype[np.uint64]]) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    return (numbers ^ (numbers >> np.uint64(32))) * _MULTIPLIERS[0]


def _candidates(texts: Ints, signatures: np.ndarray[tuple[int, int], np.dtype[np.uint64]]) -> Ints:
    """Return pairs of texts that agree in a band of their signatures, each with the first of its kind."""
    found = [np.zeros((0, 2), np.int64)]
    for band in np.split(signatures, BANDS, axis=1):
        group = np.unique(band, axis=0, return_inverse=True)[1].reshape(-1)
        first = pd.Series(texts).groupby(group).transform("min").to_numpy()
        found.append(np.stack([first, texts], axis=1)[first != texts])
    return np.unique(np.concatenate(found), axis=0)


def _jaccard(
    one: np.ndarray[tuple[int], np.dtype[np.uint64]], other: np.ndarray[tuple[int], np.dtype[np.uint64]]
) -> float:
    shared = len(np.intersect1d(one, other, assume_unique=True))
    return shared / (len(one) + len(other) - shared)
