"""The fixed words of a jurisdiction's circular, and by when it asks for what."""

from __future__ import annotations

from dataclasses import dataclass

from tasks.domain.deadlines import Limit


@dataclass(frozen=True, slots=True)
class CircularTerms:
    """``basis`` is the regulation that is enforced; a limit that is None leaves its requirement out.

    Limits count from the day that the circular bears. ``letter_mark`` is the office's mark (机关代字) in the numbers of the
    criticism letters, which are then ``letter_mark〔year〕n号``; ``letters_copied_to`` gets a copy of each.
    """

    masthead: str
    addressee: str
    basis: str = ""
    copied_to: str = ""
    reply_within: Limit | None = None
    rehandle_within: Limit | None = None
    explain_within: Limit | None = None
    inspect_after: Limit | None = None
    letter_mark: str = ""
    letters_copied_to: str = ""

    def letter_no(self, year: int, serial: int) -> str:
        """Return the number of a criticism letter; empty without a mark.

        >>> CircularTerms("督查通报", "各单位：", letter_mark="临政督批").letter_no(2026, 3)
        '临政督批〔2026〕3号'
        """
        return f"{self.letter_mark}〔{year}〕{serial}号" if self.letter_mark else ""
