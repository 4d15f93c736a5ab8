"""What a paper says comes back from its JSON as it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from reports.summary_content import SummaryContent
from tasks.contents import content_bytes, content_from
from tests.reports.summary_samples import full_summary


@dataclass(frozen=True)
class Pictured:
    """A content with a picture."""

    picture: bytes
    on: date


def test_a_summary_comes_back_as_it_was():
    assert content_from(SummaryContent, content_bytes(full_summary())) == full_summary()


def test_pictures_come_back_byte_for_byte():
    shown = Pictured(b"\x89PNG\x00", date(2026, 11, 30))
    assert content_from(Pictured, content_bytes(shown)) == shown


@dataclass(frozen=True)
class Odd:
    """A content with what has no place in one."""

    what: object


def test_what_has_no_place_in_a_content_is_refused():
    with pytest.raises(TypeError, match="complex has no place"):
        content_bytes(Odd(1j))
