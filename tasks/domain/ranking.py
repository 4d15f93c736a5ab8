"""Who stands where: counted measures, points and ranks of the units (domain.md, section 6)."""

from __future__ import annotations

from decimal import Decimal


def percentage(count: int, total: int, digits: int = 2) -> Decimal | None:
    """Return ``count`` as a percentage of ``total``, rounded half-up to ``digits`` decimals; ``None`` of nothing.

    Only integers are computed with, so 1 of 16 is 6.25 and, to one digit, 6.3. ``ValueError`` where a count is negative
    or greater than its total: such a share would be printed and believed.

    >>> percentage(288, 641)
    Decimal('44.93')
    >>> percentage(0, 19)
    Decimal('0.00')
    >>> percentage(0, 0) is None
    True
    """
    if not 0 <= count <= total:
        raise ValueError(f"{count} of {total} is no share: the count must lie between 0 and its total")
    if total == 0:
        return None
    scaled = (2 * int(count) * 100 * 10**digits + int(total)) // (2 * int(total))
    return Decimal(scaled).scaleb(-digits)
