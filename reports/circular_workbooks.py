"""The workbooks that a circular carries: the ranking with its lists, and the ledger (台账) of the cases it counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from reports.circular_facts import DayFrames
from reports.circular_lists import CRITICISED, PRAISED
from reports.workbooks import Sheet, workbook_bytes
from tasks.domain.backlog_criteria import CRITERION_LABELS
from tasks.domain.commendation import BOTTOM, LISTED, TOP, ZERO
from tasks.domain.frames import CASES, Column, State
from tasks.domain.ranking import RANKING
from tasks.domain.ranking_changes import with_trend
from tasks.domain.ranking_measures import current_proposals, excused_items
from tasks.domain.ranking_scheme import MEASURE_LABELS

NOT_LISTED = "（题目不列）"
# The ladder's own business; the circular does not ask how far it has come.
NOT_KNOWN = "level"
TREND = (Column("previous_rank", "integer", "上期名次"), Column("rank_change", "integer", "较上期升降"))
GROUNDS: Mapping[str, str] = {TOP: "名次居前", BOTTOM: "名次居后"} | {
    f"{ZERO}{measure}": f"{label}为0" for measure, label in MEASURE_LABELS.items()
}
EXCUSED = (
    Column("unit_id", "text", "单位编号"),
    Column("unit", "text", "单位名称"),
    Column("duty", "text", "事项"),
    Column("reason", "text", "免办原因"),
    Column("count", "integer", "件数"),
)
OVERDUE = (
    Column("proposal_id", "text", "编号"),
    Column("kind", "category", "类别", values=CASES.column("kind").values),
    Column("number", "text", "案号"),
    Column("title", "text", "标题"),
    Column("unit", "text", "承办单位"),
    Column("handler", "text", "承办人"),
    Column("last_on", "date", "办理期限"),
    Column("days_late", "integer", "逾期天数"),
    Column("workdays_late", "integer", "逾期工作日"),
)


def ranking_workbook(
    frames: DayFrames, groups: Mapping[str, str], duty_labels: Mapping[str, str], created: datetime
) -> bytes:
    """Return the ranking, the units praised and criticised, and what was excused; trends only where there is one."""
    lists = pd.concat([frames.lists.praised.assign(kind=PRAISED), frames.lists.criticised.assign(kind=CRITICISED)])
    excused = excused_items(frames.facts, frames.obligations, frames.scheme, frames.as_of)
    named = excused.assign(unit=frames.unit_name(excused["unit_id"]), duty=excused["duty"].map(duty_labels))
    trend = TREND if frames.earlier is not None else ()
    sheets = [
        Sheet("排名", (*RANKING.columns, *trend), _grouped(with_trend(frames.ranked, frames.earlier), groups)),
        Sheet(
            "表扬与批评",
            (Column("kind", "text", "表扬或批评"), *LISTED.columns),
            _grouped(lists.assign(criterion=lists["criterion"].map(GROUNDS)), groups),
        ),
        Sheet("免办情况", EXCUSED, named),
    ]
    return workbook_bytes(sheets, created)


def _grouped(frame: pd.DataFrame, groups: Mapping[str, str]) -> pd.DataFrame:
    return frame.assign(group=frame["group"].map(lambda name: groups.get(name, name)))


def circular_ledger(frames: DayFrames, created: datetime) -> bytes:
    """Return the ledger that backs the circular's counts, without the titles of confidential matters.

    台账 has every proposal of the sessions that count, 逾期未答复 a row for every reply that the circular calls overdue, 积案
    every backlog case of any year.
    """
    cases = _readable(frames)
    current = cases["proposal_id"].isin(current_proposals(frames.facts, frames.scheme, frames.as_of))
    columns = tuple(_renamed(column) for column in CASES.columns if column.name != NOT_KNOWN)
    sheets = [
        Sheet("台账", columns, cases[current]),
        Sheet("逾期未答复", OVERDUE, _overdue(frames)),
        Sheet("积案", columns, cases[cases["backlog_reasons"].fillna("") != ""]),
    ]
    return workbook_bytes(sheets, created)


def _readable(frames: DayFrames) -> pd.DataFrame:
    """Return the cases with names for ids, labels for criteria, and no title that must not leave."""
    labels = {str(criterion): label for criterion, label in CRITERION_LABELS.items()}
    reasons = frames.cases["backlog_reasons"].fillna("").str.split(";")
    return frames.cases.assign(
        title=frames.cases["title"].mask(frames.cases["proposal_id"].isin(_secret(frames)), NOT_LISTED),
        lead_unit_id=frames.unit_name(frames.cases["lead_unit_id"]),
        backlog_reasons=["、".join(labels.get(name, name) for name in names) for names in reasons],
    )


def _overdue(frames: DayFrames) -> pd.DataFrame:
    rows = frames.replies()
    rows = rows[rows["state"] == State.OVERDUE].sort_values(["days_late", "proposal_id"], ascending=[False, True])
    proposals = frames.facts.proposals.set_index("proposal_id").loc[rows["proposal_id"]]
    handlers = frames.facts.assignments.set_index("assignment_id")["handler"]
    return rows.assign(
        number=proposals["number"].to_numpy(),
        title=proposals["title"].mask(proposals.index.isin(_secret(frames)), NOT_LISTED).to_numpy(),
        unit=frames.unit_name(rows["unit_id"]),
        handler=rows["assignment_id"].map(handlers),
    )


def _secret(frames: DayFrames) -> pd.Series:
    proposals = frames.facts.proposals
    return proposals.loc[proposals["is_confidential"].fillna(False).astype(bool), "proposal_id"]


def _renamed(column: Column) -> Column:
    return Column(column.name, column.type, "主办单位") if column.name == "lead_unit_id" else column
