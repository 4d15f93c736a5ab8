"""The office's weekly workbook: findings, responsibility, look-backs, matters raised again, on a sheet each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from reports.quality_frames import QualityFrames, columns_shown, findings_shown, named, record_shown
from reports.workbooks import Sheet, workbook_bytes
from tasks.domain.finding_rules import FINDING_LABELS
from tasks.domain.frames import LABELS, Column, Facts, FrameSpec, State
from tasks.domain.look_backs import LOOK_BACK_TOTALS, LOOK_BACKS, look_back_totals
from tasks.domain.outcomes import OUTCOME_HISTORY
from tasks.domain.repeats import REPEAT_CANDIDATES
from tasks.domain.responsibility import HANDLER_CHANGES, HANDLER_LOADS, PERSONS, RESPONSIBLE_MISSING

# In half characters; other columns are as wide as their texts.
WIDTHS: Mapping[str, int] = {
    "judged": 10,
    "rule": 14,
    "confidence": 6,
    "year": 8,
    "proposal_id": 13,
    "earlier_id": 13,
    "title": 28,
    "earlier_title": 28,
    "unit": 18,
    "evidence": 40,
    "earlier": 26,
    "name": 10,
    "reason": 22,
    "missing": 16,
    "outcome": 16,
    "outcome_now": 16,
    "previous": 16,
    "source": 12,
    "finding": 12,
    "is_overturned": 14,
    "fragments": 26,
}
NOTES = (
    ("用途", "疑点只供督查室判断，不自动发给任何单位，也不影响排名、催办。"),
    (
        "认定",
        "逐条核实后登记属实或不属实（写明姓名、理由）：python -m flows findings confirm|reject，或运行“疑点认定”。",
    ),
    ("再次列出", "已认定的不再作为新疑点；依据有变化的重新列为待判断，并附此前的认定。"),
    ("把握", "高：记录本身说明问题；中：多半有问题；低：常有合理的解释。"),
    ("往届同题", "只是疑似，认定后才算多年重复提出：python -m flows repeats confirm|reject，或运行“往届同题认定”。"),
)


def quality_workbook(frames: QualityFrames, created: datetime) -> bytes:
    """Return the office's workbook (.xlsx); the same frames and ``created`` give the same bytes."""
    facts = frames.facts
    sheets = [
        _about(frames),
        Sheet("疑点清单", *findings_shown(frames), WIDTHS),
        Sheet("各类疑点", *record_shown(frames)),
        _sheet("三级责任人不全", RESPONSIBLE_MISSING, frames.missing, facts),
        _sheet("经办过于集中", HANDLER_LOADS, frames.loads, facts),
        _sheet(
            "责任人变动", HANDLER_CHANGES, frames.changes.assign(person=frames.changes["person"].map(PERSONS)), facts
        ),
        _sheet("回头看清单", LOOK_BACKS, unmet_first(frames.look_backs), facts),
        _sheet("各单位回头看", LOOK_BACK_TOTALS, look_back_totals(frames.look_backs), facts),
        _sheet("办理结果沿革", OUTCOME_HISTORY, _sourced(frames.reclassified), facts),
        _sheet("往届同题待认定", REPEAT_CANDIDATES, frames.candidates, facts),
    ]
    return workbook_bytes(sheets, created)


def unmet_first(look_backs: pd.DataFrame) -> pd.DataFrame:
    """Return the look-backs that are still owed first, the longest due on top; then what was found, the newest on top.

    Excused ones are left out.
    """
    look_backs = look_backs[look_backs["state"] != State.EXCUSED]
    waiting = look_backs["looked_back_on"].isna()
    done = look_backs[~waiting].sort_values("looked_back_on", ascending=False, kind="stable")
    return pd.concat([look_backs[waiting], done], ignore_index=True)


def _about(frames: QualityFrames) -> Sheet:
    listed = frames.record[["current", "to_judge"]].sum()
    rows = [
        ("地区", frames.title),
        ("核查日", f"{frames.as_of.year}年{frames.as_of.month}月{frames.as_of.day}日"),
        ("疑点", f"现有{listed['current']}条，待判断{listed['to_judge']}条"),
        *NOTES,
        *((f"停用：{FINDING_LABELS[rule]}", reason) for rule, reason in frames.off.items()),
        *frames.trace.items(),
    ]
    columns = (Column("item", "text", "项目"), Column("content", "text", "内容"))
    return Sheet("说明", columns, pd.DataFrame(rows, columns=["item", "content"]), {"item": 26, "content": 76})


def _sheet(name: str, spec: FrameSpec, frame: pd.DataFrame, facts: Facts) -> Sheet:
    return Sheet(name, columns_shown(spec), named(frame, facts), WIDTHS)


def _sourced(reclassified: pd.DataFrame) -> pd.DataFrame:
    return reclassified.assign(source=reclassified["source"].map(LABELS["event"]))
