"""``summary.yaml`` of a jurisdiction: the fixed words of its annual summary."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from tasks.adapters.yaml_files import Strict, load_yaml
from tasks.domain.summary_terms import SummaryTerms

DEFAULT = SummaryTerms()


class SummaryFile(Strict):
    """``summary.yaml``; everything may be left out."""

    masthead: str = Field(DEFAULT.masthead, min_length=1)
    addressee: str = Field(DEFAULT.addressee, min_length=1)
    copied_to: str = DEFAULT.copied_to


def load_summary(path: Path) -> SummaryTerms:
    """Return the terms that ``path`` holds; the default ones where there is no such file."""
    return SummaryTerms(**load_yaml(path, SummaryFile).model_dump()) if path.exists() else DEFAULT
