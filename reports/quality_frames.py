"""What the office looks at once a week: findings to judge, look-backs, responsibility, matters raised again.

For the office's own eyes; confidential proposals have no title and no words of their replies even here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from tasks.domain.finding_rules import FINDING_LABELS, FindingRule
from tasks.domain.frames import Column, Facts, FrameSpec
from tasks.domain.judgement import JUDGED, RULE_RECORD
from tasks.domain.records import unit_names

NOT_LISTED = "（题目不列）"
WORDS_NOT_LISTED = "（内容不列）"
# Their evidence quotes the title or the reply.
QUOTING = (FindingRule.REPLY_OFF_TOPIC, FindingRule.CLAIMED_MEETING_UNRECORDED)


@dataclass(frozen=True, slots=True)
class QualityFrames:
    """One review's frames, all of one day; ``candidates`` are empty where the jurisdiction names no way to find them.

    ``off`` names the rules that are not used, with the reason; ``trace`` what the findings rest on.
    """

    title: str
    as_of: date
    facts: Facts
    listed: pd.DataFrame
    record: pd.DataFrame
    missing: pd.DataFrame
    loads: pd.DataFrame
    changes: pd.DataFrame
    look_backs: pd.DataFrame
    reclassified: pd.DataFrame
    candidates: pd.DataFrame
    off: Mapping[FindingRule, str]
    trace: Mapping[str, str]


def findings_shown(frames: QualityFrames) -> tuple[tuple[Column, ...], pd.DataFrame]:
    """Return the columns of the findings, and the findings in words."""
    hidden = ("subject", "unit_id")
    own = {column.name: column for column in JUDGED.columns if column.name not in hidden}
    own["rule"] = Column("rule", "text", "疑点")
    place = (Column("proposal_id", "text", "编号"), Column("title", "text", "题目"), Column("unit", "text", "承办单位"))
    front = [own.pop(name) for name in ("finding_id", "judged", "rule", "confidence", "year")]
    return (*front, *place, *own.values()), listed_findings(frames.listed, frames.facts)


def record_shown(frames: QualityFrames) -> tuple[tuple[Column, ...], pd.DataFrame]:
    """Return the columns of the rules, and how often each was right."""
    judged = frames.record["confirmed"] + frames.record["rejected"]
    share = frames.record["confirmed"].astype(str) + "/" + judged.astype(str)
    names = frames.record["rule"].map({str(rule): name for rule, name in FINDING_LABELS.items()})
    columns = (Column("rule", "text", "疑点"), *RULE_RECORD.columns[1:], Column("share", "text", "属实/已认定"))
    return columns, frames.record.assign(rule=names, share=share.mask(judged == 0))


def listed_findings(listed: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Return ``JUDGED`` with ``unit``, ``title`` and the rules' labels; a confidential proposal keeps its words to itself."""
    rows = named(listed.assign(proposal_id=listed["subject"]), facts)
    hidden = rows["rule"].isin(list(map(str, QUOTING))) & rows["title"].eq(NOT_LISTED)
    is_unit = rows["subject"] == rows["unit_id"]
    return rows.assign(
        proposal_id=rows["proposal_id"].mask(is_unit),
        title=rows["title"].mask(is_unit),
        evidence=rows["evidence"].mask(hidden, WORDS_NOT_LISTED),
        earlier=rows["earlier"].mask(hidden & rows["earlier"].notna(), WORDS_NOT_LISTED),
        rule=rows["rule"].map({str(rule): name for rule, name in FINDING_LABELS.items()}),
    )


def columns_shown(spec: FrameSpec) -> tuple[Column, ...]:
    """Return the columns with names in place of the units' ids, titles behind the proposals' ids, and no machine's ids."""
    shown: list[Column] = []
    for column in spec.columns:
        match column.name:
            case "assignment_id" | "event_id":
                continue
            case "proposal_id":
                shown += [column, Column("title", "text", "题目")]
            case "earlier_id":
                shown += [column, Column("earlier_title", "text", "往届题目")]
            case "unit_id":
                shown.append(Column("unit", "text", "承办单位"))
            case "source":
                shown.append(Column("source", "text", column.label))
            case _:
                shown.append(column)
    return tuple(shown)


def named(frame: pd.DataFrame, facts: Facts) -> pd.DataFrame:
    """Return the frame with ``unit``, ``title`` and ``earlier_title`` where it has their ids."""
    proposals = facts.proposals
    secret = proposals["is_confidential"].fillna(False).astype(bool)
    titles = proposals["title"].mask(secret, NOT_LISTED).set_axis(proposals["proposal_id"])
    named: dict[str, pd.Series] = {}
    if "unit_id" in frame:
        named["unit"] = unit_names(facts.units, frame["unit_id"])
    for column, title in (("proposal_id", "title"), ("earlier_id", "earlier_title")):
        if column in frame:
            named[title] = frame[column].map(titles)
    if "fragments" in frame:
        hidden = named["title"].eq(NOT_LISTED) | named["earlier_title"].eq(NOT_LISTED)
        named["fragments"] = frame["fragments"].mask(hidden, WORDS_NOT_LISTED)
    return frame.assign(**named)
