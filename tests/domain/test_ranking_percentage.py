"""A share is computed on integers, half-up, and is empty where there is nothing to share."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.domain.ranking import percentage

SHARES = st.integers(1, 10**9).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total)))


@pytest.mark.parametrize(
    ("count", "total", "digits", "printed"),
    [
        (288, 641, 2, "44.93"),
        (0, 19, 2, "0.00"),
        (19, 19, 2, "100.00"),
        (1, 16, 1, "6.3"),
        (1, 200, 0, "1"),
        (1, 8, 2, "12.50"),
        (2, 3, 4, "66.6667"),
    ],
)
def test_a_share_is_rounded_half_up_to_the_digits_shown(count: int, total: int, digits: int, printed: str) -> None:
    assert str(percentage(count, total, digits)) == printed


def test_a_share_of_nothing_is_empty() -> None:
    assert percentage(0, 0) is None


@pytest.mark.parametrize(("count", "total"), [(20, 19), (-1, 19), (-2, -1), (1, 0), (0, -1)])
def test_a_count_outside_its_total_is_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match=f"{count} of {total}"):
        percentage(count, total)


def test_counts_out_of_a_frame_give_the_same_share() -> None:
    assert percentage(*np.array([288, 641])) == Decimal("44.93")


@given(SHARES, st.integers(0, 6))
def test_every_share_equals_the_exact_quotient_rounded_half_up(share: tuple[int, int], digits: int) -> None:
    count, total = share
    with localcontext(prec=60):
        exact = (Decimal(count) * 100 / Decimal(total)).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    assert percentage(count, total, digits) == exact


@given(SHARES)
def test_a_share_and_the_rest_never_differ_from_a_hundred_by_more_than_one_last_digit(share: tuple[int, int]) -> None:
    count, total = share
    there, rest = percentage(count, total), percentage(total - count, total)
    assert there is not None and rest is not None
    assert abs(there + rest - 100) <= Decimal("0.01")
