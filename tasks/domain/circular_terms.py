"""The fixed words of a jurisdiction's circular, and by when it asks for what."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.domain.deadlines import Limit


@dataclass(frozen=True, slots=True)
class CircularTerms:
    """``basis`` is the regulation that is enforced; a limit that is None leaves its requirement out.

    Limits count from the day that the circular bears.
    """

    masthead: str
    addressee: str
    basis: str = ""
    copied_to: str = ""
    reply_within: Limit | None = None
    rehandle_within: Limit | None = None
    explain_within: Limit | None = None
    inspect_after: Limit | None = None
