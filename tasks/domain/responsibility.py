"""Three-level responsibility (三级负责制): who is not named, on whom the work piles up, and who was replaced."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from tasks.domain.frames import Column, EventKind, FrameSpec, Role
from tasks.domain.reply_findings import Handled, is_recorded

PERSONS: Mapping[str, str] = {"leader": "主管领导", "section": "承办科室", "handler": "承办人员"}
BY = ["unit_id", "year"]
RESPONSIBLE_MISSING = FrameSpec(
    "responsible_missing",
    "三级责任人不全",
    ("assignment_id",),
    (
        Column("assignment_id", "text", "交办编号", required=True),
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("role", "category", "承办方式", required=True, values=tuple(map(str, Role))),
        Column("assigned_on", "date", "交办日期", required=True),
        Column("days", "integer", "已交办天数", required=True),
        Column("missing", "text", "未明确", required=True),
        Column("leader", "text", "主管领导"),
        Column("section", "text", "承办科室"),
        Column("handler", "text", "承办人员"),
    ),
)
HANDLER_LOADS = FrameSpec(
    "handler_loads",
    "经办过于集中",
    ("unit_id", "year", "handler"),
    (
        Column("unit_id", "text", "单位编号", required=True),
        Column("year", "integer", "交办年度", required=True),
        Column("handler", "text", "承办人员", required=True),
        Column("load", "integer", "经办件数", required=True),
        Column("items", "integer", "本单位件数", required=True),
    ),
)
HANDLER_CHANGES = FrameSpec(
    "handler_changes",
    "三级责任人变动",
    ("assignment_id", "person", "seen_on"),
    (
        Column("assignment_id", "text", "交办编号", required=True),
        Column("person", "category", "责任层级", required=True, values=tuple(PERSONS)),
        Column("seen_on", "date", "发现日期", required=True),
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("before", "text", "原责任人", required=True),
        Column("after", "text", "现责任人"),
    ),
)


def missing_responsible(case: Handled) -> pd.DataFrame:
    """Return ``RESPONSIBLE_MISSING``: assignments that run, older than so many days, without one of the three.

    A level that the source hardly records is not asked for. Withdrawn proposals are left out.
    """
    running = _running(case)
    named = {column: _name(running[column]) != "" for column in PERSONS}
    missing = pd.Series("", index=running.index, dtype="str")
    for column, person in PERSONS.items():
        if is_recorded(case, named[column]):
            missing = missing.mask(~named[column], missing + "、" + person)
    days = (case.as_of - running["assigned_on"]).dt.days
    withdrawn = case.now.events.loc[case.now.events["kind"] == EventKind.WITHDRAWN, "proposal_id"]
    due = (missing != "") & (days > case.rules.responsible_missing_after_days) & ~running["proposal_id"].isin(withdrawn)
    rows = running.assign(missing=missing.str.removeprefix("、"), days=days)[due]
    return RESPONSIBLE_MISSING.typed(rows.sort_values(["unit_id", "proposal_id"], kind="stable").reset_index(drop=True))


def handler_loads(case: Handled) -> pd.DataFrame:
    """Return ``HANDLER_LOADS``: handlers with more than so many items, or more than a share of a unit's that are not few.

    Items are the running assignments of a year. The most loaded of a unit comes first.
    """
    rules = case.rules
    running = _running(case)
    running = running.assign(year=running["assigned_on"].dt.year, handler=_name(running["handler"]))
    items = running.groupby(BY).size()
    load = running[running["handler"] != ""].groupby([*BY, "handler"]).size().rename("load").reset_index()
    load = load.assign(items=items.reindex(pd.MultiIndex.from_frame(load[BY])).to_numpy())
    many = load["load"] > rules.handler_above_items
    most = (load["items"] >= rules.handler_least_items) & (load["load"] > rules.handler_above_share * load["items"])
    rows = load[many | most].sort_values([*BY, "load", "handler"], ascending=[True, True, False, True])
    return HANDLER_LOADS.typed(rows.reset_index(drop=True))


def handler_changes(versions: pd.DataFrame) -> pd.DataFrame:
    """Return ``HANDLER_CHANGES``, the newest first: who was named at an assignment that runs and then no longer was.

    ``versions`` are the assignments' rows as read over time, each with ``seen_on``, oldest first. A name that was filled in
    for the first time is no change.
    """
    running = versions[versions["ended_on"].isna()]
    changed = []
    for person in PERSONS:
        names = _name(running[person])
        before = names.groupby(running["assignment_id"]).shift()
        rows = running.assign(person=person, before=before, after=names.where(names != ""))
        changed.append(rows[before.notna() & (before != "") & (before != names)])
    rows = pd.concat(changed, ignore_index=True)
    order = ["seen_on", "assignment_id", "person"]
    return HANDLER_CHANGES.typed(rows.sort_values(order, ascending=[False, True, True]).reset_index(drop=True))


def _running(case: Handled) -> pd.DataFrame:
    return case.now.assignments[case.now.assignments["ended_on"].isna()]


def _name(values: pd.Series) -> pd.Series:
    return values.fillna("").str.strip()
