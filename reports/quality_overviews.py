"""A week's review at a glance: rows for the run's artifacts, lines for the command line."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reports.quality_frames import QualityFrames, columns_shown, findings_shown, named, record_shown
from tasks.domain.finding_rules import Confidence
from tasks.domain.frames import LABELS, Column, State, label
from tasks.domain.judgement import TO_JUDGE
from tasks.domain.look_backs import LOOK_BACKS, look_back_totals
from tasks.domain.repeats import REPEAT_CANDIDATES

Row = dict[str, str | int]


def findings_to_judge(frames: QualityFrames) -> list[Row]:
    """Return one row a finding that nobody judged, the surest first, as the artifact shows them."""
    columns, listed = findings_shown(frames)
    waiting = listed[frames.listed["judged"].isin(list(map(str, TO_JUDGE))).to_numpy()]
    order = waiting["confidence"].map({level: place for place, level in enumerate(reversed(Confidence))})
    shown = (
        waiting.assign(order=order)
        .sort_values("order", kind="stable")
        .assign(
            judged=lambda rows: rows["judged"].map(LABELS["judged"]),
            confidence=lambda rows: rows["confidence"].map(LABELS["confidence"]),
        )
    )
    told = [column for column in columns if column.name not in ("name", "at", "reason", "year")]
    return _rows(shown, told)


def rules_judged(frames: QualityFrames) -> list[Row]:
    """Return one row a rule: how many there are, how many wait, how often it was right."""
    columns, record = record_shown(frames)
    return _rows(record, columns)


def look_backs_waiting(frames: QualityFrames) -> list[Row]:
    """Return one row a look-back that is still owed, the longest due first."""
    waiting = frames.look_backs[
        frames.look_backs["looked_back_on"].isna() & (frames.look_backs["state"] != State.EXCUSED)
    ]
    shown = named(waiting, frames.facts).assign(
        state=waiting["state"].map(LABELS["state"]), outcome=waiting["outcome"].map(LABELS["outcome"])
    )
    names = ("proposal_id", "title", "unit", "replied_on", "outcome", "due_on", "state", "days_late")
    return _rows(shown, [column for column in columns_shown(LOOK_BACKS) if column.name in names])


def candidates_waiting(frames: QualityFrames) -> list[Row]:
    """Return one row a pair that may be the same matter, the likeliest first."""
    return _rows(named(frames.candidates, frames.facts), columns_shown(REPEAT_CANDIDATES))


def quality_overview(frames: QualityFrames, path: str, new: int) -> str:
    """Return the review in a few lines of Markdown."""
    waiting = int(frames.record["to_judge"].sum())
    owed = look_back_totals(frames.look_backs)
    lines = [
        f"# {frames.title} {frames.as_of} 办理质量核查",
        "",
        f"现有疑点 **{len(frames.listed)}** 条，待判断 **{waiting}** 条，其中本次新列 {new} 条。疑点只供判断，不自动发送。",
    ]
    if len(owed):
        lines.append(
            f"应回头看 {owed['owed'].sum()} 件次，已回头看 {owed['looked'].sum()} 件次，逾期 {owed['overdue'].sum()} 件次；"
            f"答复称已解决而未落实 {owed['overturned'].sum()} 件次。"
        )
    lines += [f"疑似往届同题 {len(frames.candidates)} 对，待认定。"] if len(frames.candidates) else []
    lines += ["", f"全部内容见工作簿：`{path}`", "", *(f"- {name}：`{value}`" for name, value in frames.trace.items())]
    return "\n".join(lines)


def finding_line(row: Mapping[str, object]) -> str:
    """Return one finding as the command line prints it: number, state, rule, subject, evidence, what was said of it."""
    subject = f"{row['subject']} {row['title']}" if row["subject"] != row["unit_id"] else ""
    told = [f"    {row['evidence']}"]
    if pd.notna(row["name"]):
        told.append(f"    {row['name']}：{row['reason']}")
    if pd.notna(row["earlier"]):
        told.append(f"    此前{row['earlier']}")
    head = f"{row['finding_id']}  {label('judged', row['judged'])}  {row['rule']}（把握{label('confidence', row['confidence'])}）"
    return "\n".join([f"{head}  {row['unit']} {row['year']}年 {subject}".rstrip(), *told])


def _rows(frame: pd.DataFrame, columns: tuple[Column, ...] | list[Column]) -> list[Row]:
    """Return the columns as texts by their labels, days as people write them in tables."""
    texts = {
        column.label: frame[column.name].dt.strftime("%Y-%m-%d").fillna("")
        if column.type == "date"
        else frame[column.name].astype(object).where(frame[column.name].notna(), "").astype(str)
        for column in columns
    }
    return [dict(row) for row in pd.DataFrame(texts).to_dict("records")]
