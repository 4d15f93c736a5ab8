"""The words of a circular that follow from dates: since when it counts, up to when, and by when it asks for what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

import pandas as pd

from reports.circular_content import Deadlines, UnitCount
from reports.passages import chinese_number
from tasks.domain.circular_terms import CircularTerms
from tasks.domain.deadlines import Limit, due_on
from tasks.domain.frames import Facts, Kind
from tasks.domain.ranking_measures import current_proposals
from tasks.domain.ranking_scheme import RankingScheme
from tasks.domain.workdays import WorkdayCalendar


def deadlines(terms: CircularTerms, dated_on: date, calendar: WorkdayCalendar) -> Deadlines:
    """Return the days that the circular's requirements name."""

    def day(limit: Limit | None) -> date | None:
        return due_on(dated_on, limit, calendar) if limit else None

    return Deadlines(
        day(terms.reply_within), day(terms.rehandle_within), day(terms.explain_within), day(terms.inspect_after)
    )


def sessions_covered(facts: Facts, scheme: RankingScheme, as_of: date, place: str) -> str:
    """Return since which sessions the circular counts, e.g. 市十五届人大五次会议、市政协十四届三次会议以来，.

    ``place`` is the level of government (市, 县, 省). Empty when the proposals name no session.
    """
    rows = facts.proposals[facts.proposals["proposal_id"].isin(current_proposals(facts, scheme, as_of))]
    return session_words(rows, place)


def session_words(proposals: pd.DataFrame, place: str) -> str:
    """Return since which sessions these proposals were raised; empty when they name none, or several of one kind."""
    named = proposals.dropna(subset=["term", "session"]).drop_duplicates(["kind", "term", "session"])
    if named.empty or named["kind"].duplicated().any():
        return ""
    words = {
        str(kind): _session(Kind(kind), int(term), int(session), place)
        for kind, term, session in zip(named["kind"], named["term"], named["session"], strict=True)
    }
    return "、".join(words[kind] for kind in map(str, Kind) if kind in words) + "以来，"


def _session(kind: Kind, term: int, session: int, place: str) -> str:
    counted = f"{chinese_number(term)}届", f"{chinese_number(session)}次会议"
    if kind is Kind.DEPUTY_SUGGESTION:
        return f"{place}{counted[0]}人大{counted[1]}"
    return f"{place}政协{counted[0]}{counted[1]}"


def period_covered(as_of: date) -> str:
    """Return the time that the title names: whole months where the cut-off ends one, else up to the day."""
    is_month_end = (pd.Timestamp(as_of) + pd.Timedelta(days=1)).day == 1
    if not is_month_end:
        return f"截至{as_of.year}年{as_of.month}月{as_of.day}日"
    return f"{as_of.year}年1月" if as_of.month == 1 else f"{as_of.year}年1—{as_of.month}月"


MOST_NAMED = 8


def shared_out(units: Sequence[UnitCount], most: int = MOST_NAMED) -> str:
    """Return which units have how many, the most first; where there are many the last of them are only counted.

    Units with equally many are named together or not at all: nobody is spared by the order of a list.

    >>> shared_out([UnitCount("甲局", 5), UnitCount("乙局", 2), UnitCount("丙局", 2), UnitCount("丁局", 1)], 3)
    '甲局5件，乙局、丙局各2件，其余1家单位1件'
    """
    named = next((place for place in range(min(most, len(units)), 0, -1) if _may_end(units, place)), 0)
    parts = [
        _together([unit.unit for unit in same], count) for count, same in groupby(units[:named], lambda u: u.count)
    ]
    return "，".join([*parts, *_counted(units[named:], "其余" if named else "")])


def _may_end(units: Sequence[UnitCount], place: int) -> bool:
    return place == len(units) or units[place - 1].count > units[place].count


def _together(names: Sequence[str], count: int) -> str:
    return f"{'、'.join(names)}{'各' if len(names) > 1 else ''}{count}件"


def _counted(units: Sequence[UnitCount], word: str) -> list[str]:
    if not units:
        return []
    each = {unit.count for unit in units}
    count = (
        f"{'各' if len(units) > 1 else ''}{units[0].count}件"
        if len(each) == 1
        else f"共{sum(u.count for u in units)}件"
    )
    return [f"{word}{len(units)}家单位{count}"]
