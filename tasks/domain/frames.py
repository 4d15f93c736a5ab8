"""Every column once: type, meaning, Chinese label, key.

The canonical frames are what a source is read into, the derived frames what the domain computes. All other modules take
column names, types and labels from here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum

import pandas as pd


class Kind(StrEnum):
    """The two kinds of proposal."""

    DEPUTY_SUGGESTION = "deputy_suggestion"
    CPPCC_PROPOSAL = "cppcc_proposal"


class Role(StrEnum):
    """In what capacity a unit is assigned."""

    LEAD = "lead"
    CO_ORGANISING = "co_organising"
    SEPARATE = "separate"
    SOLE = "sole"


class EventKind(StrEnum):
    """What can happen to a proposal at a unit."""

    ACCEPTED = "accepted"
    RETURN_REQUESTED = "return_requested"
    RETURNED = "returned"
    PLAN_MADE = "plan_made"
    MEETING_BEFORE = "meeting_before"
    MEETING_DURING = "meeting_during"
    MEETING_AFTER = "meeting_after"
    OPINION_SUBMITTED = "opinion_submitted"
    EXTENSION_APPROVED = "extension_approved"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    REPLY_DRAFTED = "reply_drafted"
    REPLY_REVIEWED = "reply_reviewed"
    REPLY_SIGNED_OFF = "reply_signed_off"
    REPLY_ISSUED = "reply_issued"
    FEEDBACK = "feedback"
    REHANDLING_ORDERED = "rehandling_ordered"
    COMMITMENT_MADE = "commitment_made"
    COMMITMENT_FULFILLED = "commitment_fulfilled"
    PROGRESS_REPORTED = "progress_reported"
    LOOKED_BACK = "looked_back"
    PUBLISHED = "published"
    EXPLAINED = "explained"
    JOINT_INSPECTION_OPENED = "joint_inspection_opened"
    JOINT_INSPECTION_CLOSED = "joint_inspection_closed"
    WITHDRAWN = "withdrawn"


class Outcome(StrEnum):
    """The class of a reply; each jurisdiction maps its own letters or words to these."""

    SOLVED = "solved"
    PLANNED = "planned"
    EXPLAINED = "explained"
    REFERENCE = "reference"


class Grade(StrEnum):
    """A satisfaction grade."""

    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    DISSATISFIED = "dissatisfied"


class LookBackFinding(StrEnum):
    """What a look-back found."""

    DONE = "done"
    PUSHING = "pushing"
    PLANNED = "planned"
    NOT_FEASIBLE = "not_feasible"


class Disclosure(StrEnum):
    """How much of a proposal may be published."""

    OPEN = "open"
    TITLE_ONLY = "title_only"
    WITHHELD = "withheld"


class ContactRole(StrEnum):
    """To whom a notice goes, from the one who handles to the one who heads the unit."""

    HANDLER = "handler"
    SECTION = "section"
    LEADER = "leader"
    TOP_LEADER = "top_leader"
    OFFICE = "office"


class EndReason(StrEnum):
    """Why an assignment ended before it was met."""

    RETURNED = "returned"
    REASSIGNED = "reassigned"
    CANCELLED = "cancelled"


class State(StrEnum):
    """The state of an obligation on a day."""

    OPEN = "open"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    MET = "met"
    MET_LATE = "met_late"
    SUSPENDED = "suspended"
    EXCUSED = "excused"


class Light(StrEnum):
    """The traffic light of a case."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    GREY = "grey"


class Level(StrEnum):
    """The rungs of the escalation ladder, lowest first."""

    REMIND = "remind"
    URGE = "urge"
    SUPERVISE = "supervise"
    SUPERVISION_LETTER = "supervision_letter"
    CRITICISM = "criticism"


class StepStatus(StrEnum):
    """What becomes of a step that an obligation has reached and that was not told yet."""

    SEND = "send"
    MUTED = "muted"
    PROVISIONAL = "provisional"
    SILENCED = "silenced"
    EXPLAINED = "explained"
    HELD = "held"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``type`` is text, date, timestamp, integer, number, boolean or category (text out of ``values``)."""

    name: str
    type: str
    label: str
    required: bool = False
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameSpec:
    """A frame: its columns in order and the columns that identify a row."""

    name: str
    label: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [column.name for column in self.columns]

    @property
    def labels(self) -> dict[str, str]:
        """Chinese label by column name."""
        return {column.name: column.label for column in self.columns}

    def column(self, name: str) -> Column:
        """Return the column of that name; ``KeyError`` if there is none."""
        return next(c for c in self.columns if c.name == name) if name in self.names else _missing(name, self.name)

    def empty(self) -> pd.DataFrame:
        """Return the frame without rows, typed."""
        return self.typed(pd.DataFrame({name: [] for name in self.names}))

    def of(self, rows: Sequence[Mapping[str, object]]) -> pd.DataFrame:
        """Return rows by column name as the typed frame."""
        return self.typed(pd.DataFrame(list(rows), columns=self.names))

    def typed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return ``frame`` with exactly these columns in this order and these types; absent columns become null."""
        return pd.DataFrame(
            {c.name: _cast(frame[c.name], c) if c.name in frame else _nulls(frame.index, c) for c in self.columns},
            copy=False,
        )


PANDAS_TYPES: Mapping[str, str] = {
    "text": "str",
    "category": "str",
    "date": "datetime64[s]",
    "timestamp": "datetime64[s, UTC]",
    "integer": "Int64",
    "number": "Float64",
    "boolean": "boolean",
}
# Parsed once: pandas takes longer to read these names than to convert a short column.
DTYPES = {kind: pd.api.types.pandas_dtype(name) for kind, name in PANDAS_TYPES.items()}


def _missing(name: str, frame: str) -> Column:
    raise KeyError(f"{frame} has no column {name!r}")


def _cast(values: pd.Series, column: Column) -> pd.Series:
    wanted = DTYPES[column.type]
    if values.dtype == wanted:
        return values
    if column.type == "timestamp":
        return pd.to_datetime(values, utc=True).astype(wanted)
    if isinstance(values.dtype, pd.CategoricalDtype) and column.type in ("text", "category"):
        return values
    return values.astype(wanted)


def _nulls(index: pd.Index, column: Column) -> pd.Series:
    return pd.Series(None, index=index, dtype=DTYPES[column.type])


def _values(enum: type[StrEnum]) -> tuple[str, ...]:
    return tuple(str(member) for member in enum)


UNITS = FrameSpec(
    "units",
    "承办单位",
    ("unit_id",),
    (
        Column("unit_id", "text", "单位编号", required=True),
        Column("name", "text", "单位名称", required=True),
        Column("group", "text", "单位组别", required=True),
        Column("parent_id", "text", "上级单位"),
        Column("valid_from", "date", "启用日期"),
        Column("valid_to", "date", "停用日期"),
        Column("former_names", "text", "曾用名"),
    ),
)

CONTACTS = FrameSpec(
    "contacts",
    "联系人",
    ("unit_id", "role", "valid_from"),
    (
        Column("unit_id", "text", "单位编号", required=True),
        Column("role", "category", "联系人角色", required=True, values=_values(ContactRole)),
        Column("valid_from", "date", "启用日期"),
        Column("name", "text", "姓名"),
        Column("email", "text", "邮箱"),
        Column("valid_to", "date", "停用日期"),
    ),
)

PROPOSALS = FrameSpec(
    "proposals",
    "建议提案",
    ("proposal_id",),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("kind", "category", "类别", required=True, values=_values(Kind)),
        Column("term", "integer", "届"),
        Column("session", "integer", "次"),
        Column("number", "text", "案号"),
        Column("title", "text", "标题", required=True),
        Column("topic", "text", "主题分类"),
        Column("raised_in", "text", "提出时间(会议期间/闭会期间)"),
        Column("submitted_by", "text", "提出方式"),
        Column("lead_proposer", "text", "领衔人"),
        Column("co_signer_count", "integer", "联名人数"),
        Column("is_key", "boolean", "重点"),
        Column("led_by", "text", "领办领导"),
        Column("filed_on", "date", "立案日期"),
        Column("needs_reply", "boolean", "需书面答复"),
        Column("disclosure", "category", "公开方式", values=_values(Disclosure)),
        Column("is_confidential", "boolean", "涉密"),
        Column("merged_into", "text", "并入"),
        Column("repeats", "text", "往届同题"),
        Column("fixed_due_on", "date", "指定办理期限"),
    ),
)

ASSIGNMENTS = FrameSpec(
    "assignments",
    "交办",
    ("assignment_id",),
    (
        Column("assignment_id", "text", "交办编号", required=True),
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("role", "category", "承办方式", required=True, values=_values(Role)),
        Column("assigned_on", "date", "交办日期", required=True),
        Column("ended_on", "date", "终止日期"),
        Column("end_reason", "category", "终止原因", values=_values(EndReason)),
        Column("leader", "text", "主管领导"),
        Column("section", "text", "承办科室"),
        Column("handler", "text", "承办人员"),
    ),
)

EVENTS = FrameSpec(
    "events",
    "办理记录",
    ("event_id",),
    (
        Column("event_id", "text", "记录编号", required=True),
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号"),
        Column("kind", "category", "事项", required=True, values=_values(EventKind)),
        Column("happened_on", "date", "发生日期", required=True),
        Column("recorded_at", "timestamp", "登记时间"),
        Column("round", "integer", "轮次"),
        Column("value", "text", "结果"),
        Column("until", "date", "截止日期"),
        Column("note", "text", "说明"),
    ),
)

REPLY_TEXTS = FrameSpec(
    "reply_texts",
    "答复全文",
    ("event_id",),
    (
        Column("event_id", "text", "记录编号", required=True),
        Column("text", "text", "答复全文"),
        Column("attachments", "text", "附件"),
    ),
)

CANONICAL: tuple[FrameSpec, ...] = (UNITS, CONTACTS, PROPOSALS, ASSIGNMENTS, EVENTS, REPLY_TEXTS)

OBLIGATIONS = FrameSpec(
    "obligations",
    "应办事项",
    ("proposal_id", "unit_id", "duty", "round"),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("duty", "text", "事项", required=True),
        Column("round", "integer", "轮次", required=True),
        Column("role", "category", "承办方式", required=True, values=_values(Role)),
        Column("starts_on", "date", "起算日期", required=True),
        Column("due_on", "date", "办理期限", required=True),
        Column("is_provisional", "boolean", "暂定", required=True),
        Column("extended_to", "date", "延至"),
        Column("met_on", "date", "完成日期"),
        Column("state", "category", "状态", required=True, values=_values(State)),
        Column("days_left", "integer", "剩余天数"),
        Column("days_late", "integer", "逾期天数"),
        Column("workdays_late", "integer", "逾期工作日"),
        Column("rule", "text", "规则", required=True),
        Column("article", "text", "依据", required=True),
    ),
)

CASES = FrameSpec(
    "cases",
    "案件台账",
    ("proposal_id",),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("kind", "category", "类别", required=True, values=_values(Kind)),
        Column("number", "text", "案号"),
        Column("title", "text", "标题", required=True),
        Column("lead_unit_id", "text", "主办单位"),
        Column("stage", "text", "办理环节", required=True),
        Column("due_on", "date", "办理期限"),
        Column("replied_on", "date", "答复日期"),
        Column("outcome", "category", "办理结果", values=_values(Outcome)),
        Column("satisfaction", "category", "满意度", values=_values(Grade)),
        Column("light", "category", "预警灯", required=True, values=_values(Light)),
        Column("days_late", "integer", "逾期天数"),
        Column("backlog_reasons", "text", "积案情形"),
        Column("level", "category", "督办级别", values=_values(Level)),
    ),
)

QUARANTINE = FrameSpec(
    "quarantine",
    "隔离记录",
    ("frame", "key", "column"),
    (
        Column("frame", "text", "数据表", required=True),
        Column("key", "text", "记录"),
        Column("column", "text", "列"),
        Column("value", "text", "原值"),
        Column("reason", "text", "隔离原因", required=True),
    ),
)

BACKLOG = FrameSpec(
    "backlog",
    "积案清单",
    ("proposal_id", "criterion"),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("criterion", "text", "认定情形", required=True),
        Column("since", "date", "起始日期", required=True),
        Column("evidence", "text", "依据", required=True),
    ),
)


STEPS = FrameSpec(
    "steps",
    "升级步骤",
    ("proposal_id", "unit_id", "duty", "round", "level", "occurrence"),
    (
        Column("proposal_id", "text", "编号", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("duty", "text", "事项", required=True),
        Column("round", "integer", "轮次", required=True),
        Column("level", "category", "督办级别", required=True, values=_values(Level)),
        Column("occurrence", "integer", "第几次", required=True),
        Column("fell_due_on", "date", "应发日期", required=True),
        Column("status", "category", "处理", required=True, values=_values(StepStatus)),
        Column("reason", "text", "原因"),
        Column("due_on", "date", "办理期限", required=True),
        Column("extended_to", "date", "延至"),
        Column("to_whom", "text", "主送"),
        Column("copied_to", "text", "抄送"),
        Column("recipient_note", "text", "送达说明"),
        Column("notice", "integer", "通知序号"),
    ),
)


@dataclass(frozen=True, slots=True)
class Facts:
    """All canonical frames of one jurisdiction, as one snapshot knows them."""

    units: pd.DataFrame
    contacts: pd.DataFrame
    proposals: pd.DataFrame
    assignments: pd.DataFrame
    events: pd.DataFrame
    reply_texts: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name, in canonical order."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def facts_of(frames: Mapping[str, pd.DataFrame]) -> Facts:
    """Return typed facts from canonical frames by name; an absent frame is empty."""
    return Facts(
        **{spec.name: spec.typed(frames[spec.name]) if spec.name in frames else spec.empty() for spec in CANONICAL}
    )


LABELS: Mapping[str, Mapping[str, str]] = {
    "kind": {"deputy_suggestion": "人大代表建议", "cppcc_proposal": "政协提案"},
    "role": {"lead": "主办", "co_organising": "协办", "separate": "分办", "sole": "独办"},
    "state": {
        "open": "办理中",
        "due_soon": "临期",
        "overdue": "逾期",
        "met": "按期完成",
        "met_late": "逾期完成",
        "suspended": "中止",
        "excused": "免办",
    },
    "outcome": {
        "solved": "已解决或采纳",
        "planned": "正在解决或列入计划",
        "explained": "留作解释说明",
        "reference": "留作参考",
    },
    "grade": {"satisfied": "满意", "basically_satisfied": "基本满意", "dissatisfied": "不满意"},
    "light": {"green": "绿灯", "yellow": "黄灯", "red": "红灯", "grey": "灰灯"},
    "level": {
        "remind": "提醒",
        "urge": "催办",
        "supervise": "督办单",
        "supervision_letter": "督办函",
        "criticism": "通报批评",
    },
    "step_status": {
        "send": "发送",
        "muted": "已由更高一级代替",
        "provisional": "期限暂定,只提醒",
        "silenced": "静默",
        "explained": "已有情况说明",
        "held": "等待上一次送达结果",
        "unreachable": "无人可送",
    },
    "message_state": {
        "awaiting_sign_off": "待签发",
        "queued": "待发送",
        "sending": "正在发送",
        "retry": "稍后重试",
        "sent": "已送交",
        "rejected": "被拒收",
        "uncertain": "结果不明",
        "cancelled": "已取消",
    },
    "end_reason": {"returned": "退办", "reassigned": "改办", "cancelled": "撤销交办"},
    "contact_role": {
        "top_leader": "主要领导",
        "leader": "分管领导",
        "section": "承办科室",
        "handler": "承办人员",
        "office": "办公室",
    },
    "disclosure": {"open": "全文公开", "title_only": "仅公开标题", "withheld": "不公开"},
    "method": {"in_person": "面商", "phone": "电话沟通", "online": "网上办理", "open": "开门办理"},
    "confidence": {"high": "高", "medium": "中", "low": "低"},
    "judged": {"pending": "待判断", "changed": "依据有变，待重新判断", "confirmed": "属实", "rejected": "不属实"},
    "look_back": {"done": "已落实", "pushing": "正在推进", "planned": "列入计划", "not_feasible": "确难落实"},
    "event": {
        "accepted": "签收",
        "return_requested": "申请退办",
        "returned": "退办",
        "plan_made": "制定办理方案",
        "meeting_before": "办前见面",
        "meeting_during": "办中见面",
        "meeting_after": "办后见面",
        "opinion_submitted": "提交协办意见",
        "extension_approved": "批准延期",
        "suspended": "中止",
        "resumed": "恢复办理",
        "reply_drafted": "拟稿",
        "reply_reviewed": "审核",
        "reply_signed_off": "签发",
        "reply_issued": "答复",
        "feedback": "满意度反馈",
        "rehandling_ordered": "责成重新办理",
        "commitment_made": "作出承诺",
        "commitment_fulfilled": "承诺兑现",
        "progress_reported": "通报进度",
        "looked_back": "回头看",
        "published": "公开",
        "explained": "情况说明",
        "joint_inspection_opened": "启动联合督查",
        "joint_inspection_closed": "联合督查销号",
        "withdrawn": "撤回",
    },
}


def label(group: str, value: object) -> str:
    """Return the Chinese label of a value of that group, or the value's own text."""
    return LABELS[group].get(str(value), str(value))


def concatenated(parts: Sequence[pd.DataFrame], spec: FrameSpec) -> pd.DataFrame:
    """Return the parts below one another as one typed frame; empty parts change no type."""
    filled = [part for part in parts if len(part)]
    return spec.typed(pd.concat(filled, ignore_index=True)) if filled else spec.empty()
