"""The day's frames turned into everything that a circular says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from reports.circular_cases import overdue_cases
from reports.circular_charts import circular_charts
from reports.circular_content import CircularContent, Difference, Total, Trend
from reports.circular_facts import DayFrames, criticised, faulty_units, highlights, praised, summed, totals, zero_rates
from reports.circular_lists import CRITICISED, PRAISED, criteria, listed
from reports.circular_ranking import group_tables, overall_measures
from reports.circular_words import deadlines, period_covered, sessions_covered
from reports.fonts import Fonts
from reports.official import Imprint, chinese_date
from tasks.domain.circular_terms import CircularTerms
from tasks.domain.ranking import RANKING
from tasks.domain.ranking_changes import with_trend
from tasks.domain.ranking_scheme import MEASURE_LABELS, Measure
from tasks.domain.workdays import WorkdayCalendar

# Printed in the totals already.
IN_TOTALS = (Measure.REPLY_PROGRESS, Measure.REPLY_ON_TIME)


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who issues the circular, as it is printed; ``place`` is the level of government (市, 县, 省)."""

    issuer: str
    place: str
    groups: Mapping[str, str]
    terms: CircularTerms


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the numbers were made from, as the notes name it; ``content`` is the hash of the source's rows.

    A snapshot's number would change with every reading, and the text with it, though not a single row had.
    """

    content: str
    rule_version: str
    calendar_version: str
    excused: pd.DataFrame


def circular_content(
    frames: DayFrames,
    publisher: Publisher,
    evidence: Evidence,
    serial_no: int,
    dated_on: date,
    calendar: WorkdayCalendar,
    fonts: Fonts | None,
    last: CircularContent | None = None,
) -> CircularContent:
    """Return the circular's content; ``last`` is the one to compare with.

    Raises ``DocumentError`` if the parts of any total don't add up.
    """
    kinds = totals(frames)
    total = summed(kinds)
    measures = overall_measures(frames.ranked, frames.scheme, frames.earlier)
    faulty = faulty_units(frames)
    printed = {MEASURE_LABELS[measure] for measure in IN_TOTALS}
    return CircularContent(
        masthead=publisher.terms.masthead,
        issuer=publisher.issuer,
        serial_no=serial_no,
        period=period_covered(frames.as_of),
        scope=sessions_covered(frames.facts, frames.scheme, frames.as_of, publisher.place),
        basis=publisher.terms.basis,
        addressee=publisher.terms.addressee,
        cut_off=frames.as_of,
        dated_on=dated_on,
        totals=kinds,
        total=total,
        measures=tuple(measure for measure in measures if measure.label not in printed),
        groups=group_tables(with_trend(frames.ranked, frames.earlier), publisher.groups, frames.scheme),
        highlights=highlights(frames, publisher.groups),
        praised=praised(frames, publisher.groups),
        overdue_units=faulty.overdue,
        late_units=faulty.late,
        dissatisfied_units=faulty.dissatisfied,
        rehandling_units=faulty.rehandling,
        lapsed_units=faulty.lapsed,
        backlog_units=faulty.in_backlog,
        zero_rates=zero_rates(frames),
        criticised=criticised(frames, publisher.groups),
        listed=listed(frames.lists, publisher.groups),
        criteria=criteria(frames.scheme),
        deadlines=deadlines(publisher.terms, dated_on, calendar),
        overdue=overdue_cases(frames),
        charts=circular_charts(frames, fonts),
        notes=notes(frames, evidence, last),
        trend=trend(total, last) if last else None,
        imprint=Imprint(publisher.terms.copied_to, publisher.issuer, dated_on),
    )


def trend(total: Total, last: CircularContent) -> Trend:
    """Return how the totals moved since the ``last`` circular."""
    before = last.total
    return Trend(
        last.serial_no,
        last.cut_off,
        total.progress.since(before.progress),
        total.on_time.since(before.on_time),
        total.overdue - before.overdue,
    )


def notes(frames: DayFrames, evidence: Evidence, last: CircularContent | None = None) -> tuple[str, ...]:
    """Return the notes under the ranking: who is not ranked, what is not counted, and what the numbers rest on."""
    scheme, excused = frames.scheme, evidence.excused
    replies = frames.replies()
    apart = replies["proposal_id"].duplicated().any()
    published = frames.items[frames.items["measure"] == Measure.PUBLICATION]
    published_again = published.duplicated(["unit_id", "proposal_id"]).any()
    free = excused[excused["duty"] == "reply"].groupby("reason")["count"].sum()
    reasons = "、".join(f"{reason}{count}件" for reason, count in free.items())
    listed = (
        f"应答复不足{scheme.minimum_caseload}件的单位只列出、不排名",
        f"免予书面答复的{free.sum()}件不计入（{reasons}）" if len(free) else "",
        "由几个单位分别答复或改办的，按承办单位分别计件" if apart else "",
        "再次答复的，公开另计1次" if published_again else "",
        f"上期为{last.masthead}第{last.serial_no}期，截至{chinese_date(last.cut_off)}" if last else "",
        f"排名办法：{scheme.label}，{scheme.citation}",
        f"数据 {evidence.content[:12]}，规则 {evidence.rule_version}，日历 {evidence.calendar_version}，"
        f"排名方案 {scheme.version}",
    )
    return tuple(note for note in listed if note)


def ranking_differences(
    changes: pd.DataFrame, before: CircularContent, after: CircularContent
) -> tuple[Difference, ...]:
    """Return what a correction changes: the totals first, then every figure of the ranking (``CHANGES``)."""
    labels = RANKING.labels
    moved = zip(changes["name"], changes["column"], changes["before"], changes["after"], strict=True)
    figures = [Difference(f"{name}：{labels[column]}", _shown(old), _shown(new)) for name, column, old, new in moved]
    return (*_total_differences(before, after), *_list_differences(before, after), *figures)


def _total_differences(before: CircularContent, after: CircularContent) -> list[Difference]:
    pairs = {
        "交办件数": (before.total.assigned, after.total.assigned),
        "答复率": (before.total.progress.in_full, after.total.progress.in_full),
        "按期答复率": (before.total.on_time.in_full, after.total.on_time.in_full),
        "逾期后答复件数": (before.total.late, after.total.late),
        "逾期未答复件数": (before.total.overdue, after.total.overdue),
        "临期件数": (before.total.due_soon, after.total.due_soon),
    }
    return [Difference(f"合计：{name}", str(old), str(new)) for name, (old, new) in pairs.items() if old != new]


def _list_differences(before: CircularContent, after: CircularContent) -> list[Difference]:
    """Return which lists name other units than before: whom a correction clears must read it."""
    pairs = {word: (_names(before, word), _names(after, word)) for word in (PRAISED, CRITICISED)}
    return [Difference(f"{word}单位", old or "无", new or "无") for word, (old, new) in pairs.items() if old != new]


def _names(content: CircularContent, word: str) -> str:
    return "、".join(one.unit for one in content.listed if one.word == word)


def _shown(value: object) -> str:
    return "—" if pd.isna(value) else str(value)
