"""Shares as a circular prints them: which counts could have given them, and whether any could."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tasks.domain.ranking import percentage

NUMBER = re.compile(r"(\d+)(?:\.(\d+))?\s*[%％]?")


@dataclass(frozen=True, slots=True)
class Share:
    """One measure of one unit as published: count, total and rate, each None where the circular does not print it."""

    count: int | None
    total: int | None
    rate: Decimal | None


def impossible(share: Share, most: int) -> str | None:
    """Return in Chinese why no counts give these figures, None if some do; a rate is rounded half-up.

    >>> impossible(Share(None, 31, Decimal("96.55")), 100)
    '31 件里没有哪个件数得出 96.55%;最近的是 30/31 = 96.77%'
    """
    count, total, rate = share.count, share.total, share.rate
    if count is not None and total is not None and count > total:
        return f"{count} 件多于总数 {total} 件"
    if rate is None:
        return None
    if rate > 100:
        return f"{rate}% 超过 100%"
    if count is not None and total is not None:
        return (
            None if _gives(count, total, rate) else f"{count}/{total} = {rate_like(count, total, rate)}%,不是 {rate}%"
        )
    if total is not None:
        return _no_count(total, rate)
    if count is not None:
        return (
            None if any(_gives(count, t, rate) for t in range(max(count, 1), most + 1)) else _none_of(count, rate, most)
        )
    fits = any(_gives(_nearest(t, rate), t, rate) for t in range(1, most + 1))
    return None if fits else f"不超过 {most} 件的任何件数都得不出 {rate}%"


def _none_of(count: int, rate: Decimal, most: int) -> str:
    return f"没有哪个不超过 {most} 件的总数使 {count} 件是 {rate}%"


def _no_count(total: int, rate: Decimal) -> str | None:
    near = _nearest(total, rate)
    if total and _gives(near, total, rate):
        return None
    shown = f";最近的是 {near}/{total} = {rate_like(near, total, rate)}%" if total else ""
    return f"{total} 件里没有哪个件数得出 {rate}%{shown}"


def _nearest(total: int, rate: Decimal) -> int:
    return min(total, int(Fraction(rate) * total / 100 + Fraction(1, 2)))


def _digits(rate: Decimal) -> int:
    exponent = rate.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0


def _gives(count: int, total: int, rate: Decimal) -> bool:
    return 0 <= count <= total and rate_like(count, total, rate) == rate


def rate_like(count: int, total: int, like: Decimal) -> Decimal | None:
    """Return the percentage with as many digits as ``like``; None of nothing."""
    return percentage(count, total, _digits(like))


def printed(text: str) -> Decimal | None:
    """Return the number as printed, with its digits; None for what is no number."""
    found = NUMBER.fullmatch(text.strip())
    return Decimal(f"{found[1]}.{found[2]}" if found[2] else found[1]) if found else None
