"""The year's frames turned into everything that an annual summary says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from reports.circular_content import UnitCount
from reports.circular_words import session_words
from reports.fonts import Fonts
from reports.official import Imprint
from reports.summary_charts import summary_charts
from reports.summary_content import Item, Line, Pair, Section, SummaryContent
from tasks.domain.frames import Facts, State
from tasks.domain.records import unit_names
from tasks.domain.repeats import session_years
from tasks.domain.summary import SECTIONS
from tasks.domain.summary_breakdown import FIGURES
from tasks.domain.summary_terms import SummaryTerms


@dataclass(frozen=True, slots=True)
class SummaryFrames:
    """The frames that a summary is read off: ``YEAR_SUMMARY``, ``BREAKDOWN``, and what both were made from."""

    facts: Facts
    obligations: pd.DataFrame
    summary: pd.DataFrame
    breakdown: pd.DataFrame
    backlog: pd.DataFrame
    year: int
    as_of: date


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who issues the summary; ``place`` is the level of government (市, 县, 省), ``trace`` what the figures rest on."""

    name: str
    place: str
    terms: SummaryTerms
    trace: str


def summary_content(
    frames: SummaryFrames, issuer: Issuer, serial_no: int, dated_on: date, fonts: Fonts | None
) -> SummaryContent:
    """Return the summary's content; ``DocumentError`` if the parts of any total don't add up."""
    lines = {by: tuple(map(_line, rows)) for by, rows in _grouped(frames.breakdown, "by").items()}
    sections = tuple(_section(name, rows) for name, rows in _grouped(frames.summary, "section").items())
    kinds = lines.get("kind", ())
    years = session_years(frames.facts)
    own = frames.facts.proposals[frames.facts.proposals["proposal_id"].isin(years.index[years == frames.year])]
    return SummaryContent(
        masthead=issuer.terms.masthead,
        issuer=issuer.name,
        serial_no=serial_no,
        year=frames.year,
        scope=session_words(own, issuer.place),
        addressee=issuer.terms.addressee,
        cut_off=frames.as_of,
        dated_on=dated_on,
        whole=_summed(kinds),
        kinds=kinds,
        topics=lines.get("topic", ()),
        units=lines.get("unit", ()),
        sections=sections,
        backlog=int(frames.backlog["proposal_id"].isin(own["proposal_id"]).sum()) if len(frames.backlog) else 0,
        lapsed_units=_behind(frames, own, "commitment"),
        unpublished_units=_behind(frames, own, "publication"),
        unlooked_units=_behind(frames, own, "look_back"),
        charts=summary_charts(kinds, lines.get("topic", ()), sections, fonts),
        notes=notes(frames.year, issuer.trace),
        imprint=Imprint(issuer.terms.copied_to, issuer.name, dated_on),
    )


def notes(year: int, trace: str) -> tuple[str, ...]:
    """Return the notes under the tables: how things are counted, and what the numbers rest on."""
    return (
        "件次按承办单位计：主办、独办、分办各计一次，协办不计；已改办、退办的计入现承办单位",
        "答复率＝已答复/应答复（免予书面答复的不计）；按期率＝按期答复/已答复；解决率＝现为“已解决或采纳”的/承办件次；"
        "满意率＝满意和基本满意/收回的反馈表（最近一次）",
        f"上年数为上年同期：{year - 1}年度交办的建议提案在一年前同一天的情况",
        trace,
    )


def _grouped(frame: pd.DataFrame, by: str) -> dict[str, list[dict[str, Any]]]:
    return {str(name): rows.to_dict("records") for name, rows in frame.groupby(by, sort=False, observed=True)}


def _section(name: str, rows: list[dict[str, Any]]) -> Section:
    total = Pair(rows[0]["total"], rows[0]["last_total"])
    items = (Item(row["item"], row["name"], Pair(row["count"], row["last_count"]), total) for row in rows)
    return Section(name, SECTIONS[name], tuple(items), total)


def _line(row: Mapping[str, Any]) -> Line:
    return Line(row["name"], *(Pair(row[figure], row[f"last_{figure}"]) for figure in FIGURES))


def _summed(lines: tuple[Line, ...]) -> Line:
    def total(figure: str) -> Pair:
        pairs = [getattr(line, figure) for line in lines]
        return Pair(sum(pair.this for pair in pairs), sum(pair.last for pair in pairs))

    return Line("合计", *(total(figure) for figure in FIGURES))


def _behind(frames: SummaryFrames, own: pd.DataFrame, duty: str) -> tuple[UnitCount, ...]:
    """Return the units that are overdue with a duty on the year's proposals, most first."""
    owed = frames.obligations
    late = owed[
        (owed["duty"] == duty) & (owed["state"] == State.OVERDUE) & owed["proposal_id"].isin(own["proposal_id"])
    ]
    counts = unit_names(frames.facts.units, late["unit_id"]).value_counts()
    ordered = sorted(counts.items(), key=lambda each: (-each[1], str(each[0])))
    return tuple(UnitCount(str(unit), int(count)) for unit, count in ordered)
