"""The pages that list proposals: all of them, a year's, a unit's; fifty rows a page, so that they work without a script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reports.portal_charts import bars
from reports.portal_feeds import SIDES
from reports.portal_overview import NAMELESS_YEAR, Year, year_figures
from reports.portal_rows import Row, Unit
from reports.portal_site import File, Portal, paged
from tasks.domain.frames import LABELS, Role
from tasks.domain.public_figures import Share
from tasks.domain.public_frames import STATE_LABELS
from tasks.domain.public_rates import UnitFigures, summed


def list_pages(portal: Portal) -> Iterator[File]:
    """Yield the whole list; its first page has the search."""
    values: Mapping[str, Any] = {"options": _options(portal), "total": len(portal.rows)}
    for path, page in paged(portal.rows, "list.html", "list/{}.html"):
        yield portal.page(path, "list.html", page=page, **values)


def _options(portal: Portal) -> Mapping[str, Any]:
    rows = portal.rows
    states, kinds = {row.state for row in rows}, {row.kind for row in rows}
    return {
        "kinds": [(code, label) for code, label in LABELS["kind"].items() if code in kinds],
        "units": list(_by_group(portal).items()),
        "topics": sorted({row.topic for row in rows if row.topic}),
        "states": [(code, label) for code, label in STATE_LABELS.items() if code in states],
        "years": year_figures(portal),
    }


def _by_group(portal: Portal) -> dict[str, list[Unit]]:
    groups: dict[str, list[Unit]] = {}
    for unit in portal.units.values():
        groups.setdefault(unit.group, []).append(unit)
    return groups


def year_pages(portal: Portal) -> Iterator[File]:
    """Yield the archive: each year's figures and proposals."""
    for year in year_figures(portal):
        rows = [row for row in portal.rows if (row.year or NAMELESS_YEAR) == year.code]
        for path, page in paged(rows, year.url, f"years/{year.code}-{{}}.html"):
            yield portal.page(path, "year.html", page=page, label=year.label, **_year_charts(year))


def _year_charts(year: Year) -> Mapping[str, Any]:
    return {
        "figures": year.figures,
        "state_bars": bars(year.figures.states),
        "grade_bars": bars(year.figures.grades),
    }


def unit_pages(portal: Portal) -> Iterator[File]:
    """Yield the table of all units, and each unit's rates and proposals: first what it leads, then where it helps."""
    whole = summed(portal.figures.values())
    yield portal.page(
        "units.html", "units.html", groups=_unit_groups(portal), unit_count=len(portal.units), whole=whole
    )
    led: dict[str, list[Row]] = {}
    helped: dict[str, list[Row]] = {}
    for row in portal.rows:
        if row.lead_unit:
            led.setdefault(row.lead_unit.page, []).append(row)
        for unit in row.other_units:
            helped.setdefault(unit.page, []).append(row)
    duties, answering = _duties(portal), _answering(portal)
    for unit in portal.units.values():
        own, others = led.get(unit.page, []), helped.get(unit.page, [])
        sums = portal.figures[unit.page]
        separate = sum((row.page, unit.page) in answering for row in others)
        values: Mapping[str, Any] = {
            "unit": unit,
            "sums": sums,
            "duties": duties.get(unit.page, []),
            "counts": {"lead": len(own), "separate": separate, "co": len(others) - separate},
            "unowed": len(own) + separate - sums.replied.total,
        }
        for path, page in paged([*own, *others], unit.url, f"units/{unit.page}-{{}}.html"):
            yield portal.page(path, "unit.html", page=page, **values)


def _answering(portal: Portal) -> set[tuple[str, str]]:
    """Return which units answer which proposals themselves, as pages (proposal, unit)."""
    assigned = portal.record.assignments
    own = assigned[(assigned["role"] != Role.CO_ORGANISING) & assigned["ended_on"].isna()]
    return set(zip(own["page"], own["unit"], strict=True))


def _unit_groups(portal: Portal) -> list[Mapping[str, Any]]:
    return [
        {
            "id": number,
            "label": label,
            "units": [{"unit": unit, **_fields(portal.figures[unit.page])} for unit in units],
            "sum": summed(portal.figures[unit.page] for unit in units),
        }
        for number, (label, units) in enumerate(_by_group(portal).items(), 1)
    ]


def _fields(figures: UnitFigures) -> dict[str, Any]:
    return {name: getattr(figures, name) for name in UnitFigures.__slots__}


def _duties(portal: Portal) -> dict[str, list[Mapping[str, Any]]]:
    """Return per unit its duties with their shares, in the edition's order of duties."""
    order = {duty: place for place, duty in enumerate(portal.edition.duty_labels)}
    rows = sorted(portal.rates.itertuples(index=False), key=lambda r: (r.side != "lead", order.get(r.duty, len(order))))
    duties: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        shown = {
            "label": portal.edition.duty(row.duty),
            "side": SIDES[row.side],
            "done": Share(row.done, row.total),
            "on_time": Share(row.on_time, row.fallen_due),
            "overdue": row.overdue,
        }
        duties.setdefault(row.unit, []).append(shown)
    return duties
