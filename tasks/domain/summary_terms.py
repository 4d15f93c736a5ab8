"""The fixed words of a jurisdiction's annual summary."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SummaryTerms:
    """What stands on top of the summary, to whom it is written, and who gets a copy."""

    masthead: str = "建议提案办理年度总结"
    addressee: str = "各承办单位："
    copied_to: str = ""
