"""The public site: every file of it, from the public record alone; the same record and edition give the same bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from reports.official import chinese_date
from reports.portal_edition import Edition
from reports.portal_feeds import (
    atom_feed,
    catalogue_script,
    proposals_csv,
    proposals_json,
    rates_frame,
    rates_json,
    shard_script,
    shards,
)
from reports.portal_lists import list_pages, unit_pages, year_pages
from reports.portal_overview import overview_pages, summary_files
from reports.portal_proposals import proposal_pages
from reports.portal_rows import proposal_url, unit_url
from reports.portal_site import ROWS_PER_PAGE, File, Portal, assets, fingerprinted, portal_of
from reports.portal_words import hotline_script
from reports.workbooks import csv_bytes
from tasks.domain.public_frames import PublicRecord

__all__ = ["Edition", "site", "withdrawn_pages"]

NOT_FOUND = "404.html"


def site(
    record: PublicRecord,
    edition: Edition,
    attachments: Mapping[str, bytes] | None = None,
    withdrawn: Mapping[str, date] | None = None,
    overrides: Path | None = None,
) -> Iterator[File]:
    """Yield every file of the site: its path from the root (with ``/``) and its bytes.

    ``attachments`` holds the content of attachments by the name that the record gives; ``withdrawn`` the day on which each
    page that was public before was withdrawn: it is replaced by a page that says so. ``overrides`` is a folder of the
    jurisdiction's own templates.
    """
    portal = portal_of(record, edition, overrides)
    named, scripts = assets(portal), _row_scripts(portal)
    yield from named.values()
    yield from scripts
    portal = portal.naming(**{name: path for name, (path, _) in named.items()}, catalogue=scripts[-1][0])
    yield from overview_pages(portal)
    yield from summary_files(portal)
    yield from list_pages(portal)
    yield from year_pages(portal)
    yield from unit_pages(portal)
    yield from proposal_pages(portal, attachments or {})
    yield from _withdrawn(portal, withdrawn or {})
    # A web server shows it for any address, so its links start at the server's root.
    yield portal.page(NOT_FOUND, "not_found.html", root=edition.base)
    yield from _downloads(portal)


def _row_scripts(portal: Portal) -> list[File]:
    """Return the scripts with the rows for the search, the catalogue of them last."""
    index = {page: place for place, page in enumerate(portal.units)}
    parts = shards(portal.rows)
    scripts = [fingerprinted("data/rows.js", shard_script(shard, index)) for shard in parts]
    files = [(shard, path) for shard, (path, _) in zip(parts, scripts, strict=True)]
    catalogue = catalogue_script(files, portal.units, ROWS_PER_PAGE)
    return [*scripts, fingerprinted("data/catalogue.js", catalogue)]


def _downloads(portal: Portal) -> Iterator[File]:
    record, rows, units, edition = portal.record, portal.rows, portal.units, portal.edition
    yield "data/proposals.csv", proposals_csv(record, rows, edition)
    yield "data/proposals.json", proposals_json(record, rows, edition)
    yield "data/units.csv", csv_bytes(rates_frame(portal.rates, units, edition))
    yield "data/units.json", rates_json(portal.rates, units, edition)
    yield "feed.xml", atom_feed(rows, edition)
    yield "hotline.txt", hotline_script(rows, edition)


def _withdrawn(portal: Portal, withdrawn: Mapping[str, date]) -> Iterator[File]:
    for path, day in sorted(withdrawn.items()):
        yield portal.page(path, "withdrawn.html", day=day.isoformat(), day_text=chinese_date(day))


def withdrawn_pages(record: PublicRecord, before: Iterable[str], earlier: Mapping[str, date]) -> dict[str, date]:
    """Return the pages that are public no more, with the day since when: those withdrawn ``earlier``, and from today those
    of proposals and units that were there ``before`` (any paths of the site) and aren't now.
    """
    now = _lasting(record)
    was = {path for path in before if path.startswith(("proposals/", "units/")) and "-" not in path}
    return {path: earlier.get(path, record.as_of) for path in sorted(was | earlier.keys()) if path not in now}


def _lasting(record: PublicRecord) -> Collection[str]:
    return {*map(proposal_url, record.proposals["page"]), *map(unit_url, record.units["page"])}
