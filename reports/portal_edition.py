"""What a site says about itself: whose it is, of which moment, in whose words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlsplit

from reports.official import chinese_date
from tasks.domain.frames import LABELS


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a site. ``cut_off`` is aware and in the office's zone; labels are what people read for each code.

    ``address`` is where the site is served (for the feed's links), None while nobody knows. ``footer`` are further texts for the
    foot of every page, each with an address elsewhere or an empty text.
    """

    place: str
    office: str
    as_of: date
    cut_off: datetime
    phone: str = ""
    address: str | None = None
    footer: tuple[tuple[str, str], ...] = ()
    group_labels: Mapping[str, str] = field(default_factory=dict)
    duty_labels: Mapping[str, str] = field(default_factory=dict)
    outcome_labels: Mapping[str, str] = field(default_factory=lambda: LABELS["outcome"])

    def __post_init__(self) -> None:
        """Refuse a cut-off that nobody could place."""
        if self.cut_off.tzinfo is None:
            raise ValueError(f"a cut-off needs a time zone: {self.cut_off!r}")

    @property
    def title(self) -> str:
        """The site's name."""
        return f"{self.place}建议提案办理公开"

    @property
    def base(self) -> str:
        """The path under which the site is served, from the server's root; / while nobody knows."""
        return urlsplit(self.address or "").path.rstrip("/") + "/"

    @property
    def cut_off_text(self) -> str:
        """The cut-off as every page says it, e.g. 2026年9月30日8时30分."""
        return f"{chinese_date(self.cut_off)}{self.cut_off.hour}时{self.cut_off.minute:02}分"

    def outcome(self, code: str) -> str:
        """Return how this place names an outcome."""
        return self.outcome_labels.get(code, LABELS["outcome"].get(code, code))

    def group(self, code: str) -> str:
        """Return how this place names a group of units."""
        return self.group_labels.get(code, code)

    def duty(self, code: str) -> str:
        """Return how this place names a duty."""
        return self.duty_labels.get(code, code)
