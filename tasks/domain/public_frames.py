"""The columns of the public record: what people find on the site, in the downloads and in the counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import pandas as pd

from tasks.domain.disclosure import LISTED
from tasks.domain.frames import Column, FrameSpec, Grade, Kind, Outcome, Role, State


class PublicState(StrEnum):
    """Where the reply to a proposal stands for the public; every listed proposal is in exactly one."""

    REPLIED = "replied"
    REPLIED_LATE = "replied_late"
    HANDLING = "handling"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    NOT_OWED = "not_owed"
    UNDISCLOSED = "undisclosed"


STATE_LABELS = {
    "replied": "按期答复",
    "replied_late": "超期答复",
    "handling": "办理中",
    "due_soon": "临近期限",
    "overdue": "超期未答复",
    "suspended": "中止办理",
    "not_owed": "无需答复",
    "undisclosed": "状态不公开",
}

ASSIGNED, ENDED = "assigned", "ended"

PUBLICATION = FrameSpec(
    "publication",
    "公开清单",
    ("page",),
    (
        Column("page", "text", "页面", required=True),
        Column("openness", "category", "公开方式", required=True, values=tuple(map(str, LISTED))),
        Column("kind", "category", "类别", required=True, values=tuple(map(str, Kind))),
        Column("year", "integer", "年度"),
        Column("proposal_id", "text", "编号"),
        Column("term", "integer", "届"),
        Column("session", "integer", "次"),
        Column("number", "text", "案号"),
        Column("title", "text", "标题", required=True),
        Column("topic", "text", "主题分类"),
        Column("lead_proposer", "text", "领衔人"),
        Column("co_signer_count", "integer", "联名人数"),
        Column("is_key", "boolean", "重点"),
        Column("led_by", "text", "领办领导"),
        Column("lead_unit", "text", "主办单位"),
        Column("other_units", "text", "协办或分办单位"),
        Column("leader", "text", "主管领导"),
        Column("section", "text", "承办科室"),
        Column("handler", "text", "承办人员"),
        Column("assigned_on", "date", "交办日期"),
        Column("due_on", "date", "办理期限"),
        Column("is_provisional", "boolean", "期限暂定"),
        Column("replied_on", "date", "答复日期"),
        Column("state", "category", "办理状态", required=True, values=tuple(map(str, PublicState))),
        Column("stage", "text", "办理环节"),
        Column("days_late", "integer", "超期天数"),
        Column("outcome", "category", "办理结果", values=tuple(map(str, Outcome))),
        Column("satisfaction", "category", "满意度", values=tuple(map(str, Grade))),
        Column("merged_into", "text", "并入"),
        Column("repeats", "text", "往届同题"),
    ),
)

PUBLIC_UNITS = FrameSpec(
    "public_units",
    "承办单位",
    ("page",),
    (
        Column("page", "text", "页面", required=True),
        Column("name", "text", "单位名称", required=True),
        Column("group", "text", "单位组别", required=True),
    ),
)

PUBLIC_ASSIGNMENTS = FrameSpec(
    "public_assignments",
    "交办",
    ("page", "unit", "assigned_on"),
    (
        Column("page", "text", "页面", required=True),
        Column("unit", "text", "承办单位", required=True),
        Column("role", "category", "承办方式", required=True, values=tuple(map(str, Role))),
        Column("leader", "text", "主管领导"),
        Column("section", "text", "承办科室"),
        Column("handler", "text", "承办人员"),
        Column("assigned_on", "date", "交办日期"),
        Column("ended_on", "date", "终止日期"),
        Column("end_reason", "category", "终止原因"),
    ),
)

STEPS = FrameSpec(
    "steps",
    "办理过程",
    ("page", "happened_on", "step", "unit"),
    (
        Column("page", "text", "页面", required=True),
        Column("happened_on", "date", "日期", required=True),
        Column("step", "category", "事项", required=True),
        Column("unit", "text", "承办单位"),
        Column("value", "text", "结果"),
        Column("until", "date", "截止日期"),
    ),
)

REPLIES = FrameSpec(
    "replies",
    "答复",
    ("page", "unit", "replied_on"),
    (
        Column("page", "text", "页面", required=True),
        Column("unit", "text", "承办单位"),
        Column("replied_on", "date", "答复日期", required=True),
        Column("text", "text", "答复全文"),
        Column("attachments", "text", "附件"),
    ),
)

PUBLIC_OBLIGATIONS = FrameSpec(
    "public_obligations",
    "应办事项",
    ("page", "unit", "duty", "round"),
    (
        Column("page", "text", "页面", required=True),
        Column("unit", "text", "承办单位", required=True),
        Column("duty", "text", "事项", required=True),
        Column("round", "integer", "轮次", required=True),
        Column("role", "category", "承办方式", required=True),
        Column("due_on", "date", "办理期限", required=True),
        Column("met_on", "date", "完成日期"),
        Column("state", "category", "状态", required=True, values=tuple(map(str, State))),
    ),
)


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What the public may see on ``as_of``; frames as declared above, proposals newest year first.

    ``withheld_count`` counts withheld (never confidential) proposals, None where the policy doesn't tell. ``held`` is for the
    office: pages of which something stays back because it quotes what is not public (columns page, reason). ``columns`` are
    those of ``proposals`` that the policy shows on any level, ``shown`` the chosen ones by level.
    """

    as_of: date
    columns: tuple[str, ...]
    shown: Mapping[str, frozenset[str]]
    proposals: pd.DataFrame
    units: pd.DataFrame
    assignments: pd.DataFrame
    steps: pd.DataFrame
    replies: pd.DataFrame
    obligations: pd.DataFrame
    withheld_count: int | None
    held: pd.DataFrame
