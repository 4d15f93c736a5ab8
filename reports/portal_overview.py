"""The pages that say how it stands: overview, years, explanations, and one page for the newspapers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from reports.portal_charts import bars, curve, stack
from reports.portal_feeds import FEED_LENGTH
from reports.portal_fields import STATE_MEANINGS, proposal_fields, rate_fields
from reports.portal_rows import Row
from reports.portal_site import File, Portal
from reports.portal_words import lead_paragraph
from tasks.domain import public_figures
from tasks.domain.public_figures import NO_YEAR, Overview, by_kind, overview, years
from tasks.domain.public_frames import STATE_LABELS, PublicState
from tasks.domain.public_rates import UnitFigures, rates, summed, unit_figures

BRIEF = 8
LATE_UNITS = 6
LATE_CASES = 5
NAMELESS_YEAR = "none"


@dataclass(frozen=True, slots=True)
class Year:
    """One year's figures; ``code`` names its pages, ``label`` is what people read."""

    code: str
    label: str
    figures: Overview

    @property
    def url(self) -> str:
        """Its page, from the site's root."""
        return f"years/{self.code}.html"


def year_figures(portal: Portal) -> list[Year]:
    """Return the figures of every year, newest first."""
    named = [(name, _overview(portal, group)) for name, group in years(portal.record.proposals)]
    return [
        Year(NAMELESS_YEAR, "年度未注明", figures) if name == NO_YEAR else Year(name, f"{name}年", figures)
        for name, figures in named
    ]


def _overview(portal: Portal, proposals: Any) -> Overview:
    return overview(proposals, portal.record.as_of, portal.edition.outcome_labels, portal.record.shown)


def overview_pages(portal: Portal) -> Iterator[File]:
    """Yield overview, list of years, downloads with their dictionary, and explanations."""
    whole = _overview(portal, portal.record.proposals)
    by_year = year_figures(portal)
    yield portal.page("index.html", "index.html", **_index(portal, whole, by_year))
    yield portal.page("years.html", "years.html", all=whole, years=by_year)
    yield portal.page(
        "data.html",
        "data.html",
        fields=proposal_fields(portal.record.columns, portal.edition),
        rate_fields=rate_fields(dict.fromkeys(portal.rates["duty"]), portal.edition),
        rate_count=len(portal.rates),
        feed_count=min(sum(bool(row.replied_on) for row in portal.rows), FEED_LENGTH),
    )
    states = [{"state": code, "badge": label, "meaning": STATE_MEANINGS[code]} for code, label in STATE_LABELS.items()]
    yield portal.page("about.html", "about.html", states=states)


def _index(portal: Portal, whole: Overview, by_year: list[Year]) -> Mapping[str, Any]:
    return {
        "all": whole,
        "years": by_year,
        "curve": _curve(portal, by_year),
        "state_stack": stack(whole.states),
        "state_bars": bars(whole.states),
        "late_bars": bars(whole.lateness),
        "grade_bars": bars(whole.grades),
        "outcome_bars": bars(whole.outcomes),
        "kind_bars": bars(whole.kinds),
        "latest": sorted((r for r in portal.rows if r.replied_on), key=lambda r: r.replied_on, reverse=True)[:BRIEF],
        "longest": longest_overdue(portal)[:BRIEF],
    }


def _curve(portal: Portal, by_year: list[Year]) -> Any:
    proposals = portal.record.proposals
    if not by_year or by_year[0].code == NAMELESS_YEAR:
        return None
    newest = proposals[proposals["year"] == int(by_year[0].code)]
    return curve(by_year[0].code, public_figures.curve(newest, portal.record.as_of))


def longest_overdue(portal: Portal) -> list[Row]:
    """Return the proposals whose reply is overdue, the longest first."""
    overdue = [row for row in portal.rows if row.state == PublicState.OVERDUE]
    return sorted(overdue, key=lambda row: row.days_late, reverse=True)


@dataclass(frozen=True, slots=True)
class NamedFigures:
    """A unit's figures under its name."""

    label: str
    figures: UnitFigures


def summary_files(portal: Portal) -> Iterator[File]:
    """Yield the newspapers' page about the newest year, as HTML and as text."""
    newest, *_ = years(portal.record.proposals) or [("", portal.record.proposals)]
    proposals = portal.record.proposals[: len(newest[1])]
    scope = "" if newest[0] in ("", NO_YEAR) else f"{newest[0]}年"
    values = _summary(portal, proposals, scope)
    yield portal.page("summary.html", "summary.html", **values)
    path, text = portal.page("summary.txt", "summary.txt", **values)
    yield path, text.decode().replace("\n", "\r\n").encode("utf-8-sig")


def _summary(portal: Portal, proposals: Any, scope: str) -> Mapping[str, Any]:
    figures = _overview(portal, proposals)
    shown = set(proposals["page"])
    named = _late_units(portal, shown)
    return {
        "headline": f"{portal.edition.place}{scope}建议提案办理情况",
        "lead": lead_paragraph(scope, figures, portal.edition),
        "all": figures,
        "kinds": by_kind(proposals, portal.record.as_of),
        "late_units": named,
        "unit_sum": summed(unit.figures for unit in named),
        "longest": [row for row in longest_overdue(portal) if row.page in shown][:LATE_CASES],
    }


def _late_units(portal: Portal, shown: set[str]) -> list[NamedFigures]:
    """Return the units with most overdue replies among these proposals, and all others together, so that sums add up."""
    part = replace(portal.record, obligations=portal.record.obligations[portal.record.obligations["page"].isin(shown)])
    figures = unit_figures(part, rates(part))
    late = sorted((f for f in figures.items() if f[1].overdue), key=lambda f: f[1].overdue, reverse=True)[:LATE_UNITS]
    named = {page for page, _ in late}
    others = [f for page, f in figures.items() if page not in named]
    rest = [NamedFigures(f"其余{len(others)}个单位", summed(others))] if late and others else []
    return [*(NamedFigures(portal.units[page].name, f) for page, f in late), *rest]
