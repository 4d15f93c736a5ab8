"""What all pages of a site share: the rows, the figures, the names of its files, and how a page is rendered."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from reports.environment import Environment, environment
from reports.portal_edition import Edition
from reports.portal_rows import Row, Unit, proposal_rows, unit_rows
from reports.portal_words import contact
from tasks.domain.public_frames import PublicRecord
from tasks.domain.public_rates import UnitFigures, rates, unit_figures

File = tuple[str, bytes]

ROWS_PER_PAGE = 50
FRAME = ("top", "bottom")
# The entry of the navigation under which a template's pages stand.
SECTIONS = {
    "index.html": "index",
    "list.html": "list",
    "units.html": "units",
    "unit.html": "units",
    "years.html": "years",
    "year.html": "years",
    "data.html": "data",
    "about.html": "about",
}
ASSETS = {"css": "portal.css", "js": "portal.js", "icon": "icon.svg"}


@dataclass(frozen=True, slots=True)
class Portal:
    """One edition in the making. ``shared`` are the values that every template sees as ``site``."""

    record: PublicRecord
    edition: Edition
    env: Environment
    units: Mapping[str, Unit]
    rows: Sequence[Row]
    rates: pd.DataFrame
    figures: Mapping[str, UnitFigures]
    shared: Mapping[str, Any]
    frames: dict[tuple[str, str], Mapping[str, str]]

    def page(self, path: str, template: str, root: str | None = None, **values: Any) -> File:
        """Return one rendered file; its links lead to the root by as many steps as its path has folders, or to ``root``."""
        root = "../" * path.count("/") if root is None else root
        frame = self._frame(root, SECTIONS.get(template, ""))
        return path, self.env.text(f"portal/{template}", site=self.shared, root=root, **frame, **values).encode()

    def _frame(self, root: str, here: str) -> Mapping[str, str]:
        """Return what stands above and below every page of a section, rendered once."""
        if (root, here) not in self.frames:
            self.frames[root, here] = {
                part: self.env.text(f"portal/{part}.html", site=self.shared, root=root, here=here) for part in FRAME
            }
        return self.frames[root, here]

    def naming(self, **files: str) -> Portal:
        """Return the portal with further files that templates may name."""
        return replace(self, shared={**self.shared, **files}, frames={})


def portal_of(record: PublicRecord, edition: Edition, overrides: Path | None) -> Portal:
    """Return the portal of a record; templates in ``overrides`` come before ours."""
    env = environment(overrides)
    units = unit_rows(record, edition)
    rows, counted = proposal_rows(record, units), rates(record)
    shared = {
        "title": edition.title,
        "place": edition.place,
        "office": edition.office,
        "contact": f"联系{contact(edition)}",
        "footer": edition.footer,
        "cut_off": edition.cut_off_text,
        "stamp": f"{edition.as_of:%Y%m%d}",
        "cut_off_iso": edition.cut_off.isoformat(),
        "listed": len(rows),
        "withheld": record.withheld_count,
    }
    return Portal(record, edition, env, units, rows, counted, unit_figures(record, counted), shared, {})


def assets(portal: Portal) -> dict[str, File]:
    """Return style, script and icon by their short names; a jurisdiction's own come first."""
    return {
        name: fingerprinted(f"assets/{file}", portal.env.source(f"portal/{file}").encode())
        for name, file in ASSETS.items()
    }


def fingerprinted(path: str, content: bytes) -> File:
    """Return the file under a name that changes with its content, so that no browser mixes two editions."""
    stem, _, ending = path.rpartition(".")
    return f"{stem}.{hashlib.sha256(content).hexdigest()[:10]}.{ending}", content


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a longer list; ``previous`` and ``next`` are addresses from this page, empty at the ends."""

    number: int
    count: int
    rows: Sequence[Row]
    previous: str
    next: str


def paged(rows: Sequence[Row], first: str, further: str) -> Iterator[tuple[str, Page]]:
    """Yield the path and the page of each part of a list, at least one; ``further`` has ``{}`` for the number."""
    count = max(-(-len(rows) // ROWS_PER_PAGE), 1)
    paths = [first, *(further.format(number) for number in range(2, count + 1))]
    for place, path in enumerate(paths):
        root = "../" * path.count("/")
        yield (
            path,
            Page(
                number=place + 1,
                count=count,
                rows=rows[place * ROWS_PER_PAGE : (place + 1) * ROWS_PER_PAGE],
                previous=root + paths[place - 1] if place else "",
                next=root + paths[place + 1] if place + 1 < count else "",
            ),
        )
