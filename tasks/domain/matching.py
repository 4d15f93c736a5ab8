"""Which rows two answers share, found in whole numbers: texts of millions of rows are never compared one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

Ints = np.ndarray[Any, np.dtype[np.int64]]
Mask = np.ndarray[Any, np.dtype[np.bool_]]

Pair = tuple[Ints, Ints]

MOST = 2**63 - 1
MISSING = -1


def places(values: pd.Series, known: pd.Series) -> Ints:
    """Return each value's place among the distinct ``known`` texts, -1 where it is none of them.

    One pass of codes: ``Series.isin`` and ``Index.get_indexer`` make an object of every text first.
    """
    code, _ = pd.factorize(pd.concat([known, values], ignore_index=True))
    place = code[len(known) :]
    return np.where(place < len(known), place, -1)


def is_among(values: pd.Series, known: pd.Series) -> pd.Series:
    """Return which of the texts ``values`` are in ``known``; what is missing is in none."""
    found = places(values.astype("str"), known.astype("str").dropna().drop_duplicates())
    return pd.Series(values.notna().to_numpy() & (found >= 0), index=values.index)


def unequal(
    one: pd.DataFrame, other: pd.DataFrame, key: Sequence[str], columns: Sequence[str]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the rows of each frame that the other lacks, or has with another value in ``columns``.

    Texts may be categorical; missing equals missing. The key is unique in each frame.
    """
    keys = _packed([_codes(one[name], other[name]) for name in key])
    place = pd.Index(keys[1]).get_indexer(keys[0])
    found = np.flatnonzero(place >= 0)
    same = np.ones(len(found), bool)
    for name in columns:
        ours, theirs = _codes(one[name], other[name])
        same &= ours[found] == theirs[place[found]]
    kept_one, kept_other = np.ones(len(one), bool), np.ones(len(other), bool)
    kept_one[found[same]], kept_other[place[found[same]]] = False, False
    return one[kept_one], other[kept_other]


def _packed(columns: Sequence[Pair]) -> Pair:
    """Return one number for each row of either side that tells all the columns of its key."""
    one, other = (np.zeros(len(side), np.int64) for side in columns[0])
    size = 1
    for ours, theirs in columns:
        low = min(int(ours.min(initial=0)), int(theirs.min(initial=0)))
        span = max(int(ours.max(initial=0)), int(theirs.max(initial=0))) - low + 1
        size *= span
        if size > MOST:
            raise OverflowError("the values of a key do not fit into one number")
        one, other = one * span + (ours - low), other * span + (theirs - low)
    return one, other


def _codes(one: pd.Series, other: pd.Series) -> Pair:
    """Return numbers that are equal where the values are."""
    if one.dtype.kind == "M":
        return _seconds(one), _seconds(other)
    if pd.api.types.is_numeric_dtype(one.dtype):
        return _whole(one), _whole(other)
    (ours, our_names), (theirs, their_names) = _named(one), _named(other)
    place = pd.factorize(pd.concat([our_names, their_names], ignore_index=True))[0]
    return np.append(place[: len(our_names)], -1)[ours], np.append(place[len(our_names) :], -1)[theirs]


def _seconds(days: pd.Series) -> Ints:
    return days.to_numpy(dtype="datetime64[s]").view(np.int64)


def _whole(numbers: pd.Series) -> Ints:
    return numbers.astype("Int64").fillna(MISSING).to_numpy(dtype=np.int64)


def _named(values: pd.Series) -> tuple[Ints, pd.Series]:
    """Return the codes of a column of texts, and what they stand for."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.cat.codes.to_numpy(dtype=np.int64), pd.Series(values.cat.categories, dtype="str")
    code, names = pd.factorize(values.astype("str"))
    return code, pd.Series(names, dtype="str")
