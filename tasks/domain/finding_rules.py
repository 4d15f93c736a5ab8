"""The rules of findings (疑点): their names, thresholds and confidence. A finding is for the office to judge."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from tasks.domain.frames import LABELS, Column, FrameSpec


class FindingRule(StrEnum):
    """What looks wrong with the handling of a proposal, or with a unit."""

    REPLY_UNREVIEWED = "reply_unreviewed"
    REPLY_UNSIGNED = "reply_unsigned"
    REPLY_BEFORE_OPINIONS = "reply_before_opinions"
    CLAIMED_MEETING_UNRECORDED = "claimed_meeting_unrecorded"
    FORM_MISSING = "form_missing"
    FORM_ON_REPLY_DAY = "form_on_reply_day"
    ALL_SATISFIED_FEW_FORMS = "all_satisfied_few_forms"
    REPLIES_ON_LAST_DAY = "replies_on_last_day"
    REPLY_COPIED = "reply_copied"
    REPLY_EMPTY = "reply_empty"
    REPLY_OFF_TOPIC = "reply_off_topic"
    DATES_CONTRADICT = "dates_contradict"
    RESPONSIBLE_MISSING = "responsible_missing"
    HANDLER_OVERLOADED = "handler_overloaded"


FINDING_LABELS: Mapping[FindingRule, str] = {
    FindingRule.REPLY_UNREVIEWED: "未经审核即答复",
    FindingRule.REPLY_UNSIGNED: "未经签发即答复",
    FindingRule.REPLY_BEFORE_OPINIONS: "协办意见未齐即答复",
    FindingRule.CLAIMED_MEETING_UNRECORDED: "答复称已见面而无记录",
    FindingRule.FORM_MISSING: "未收回满意度反馈表",
    FindingRule.FORM_ON_REPLY_DAY: "答复当日即反馈满意度",
    FindingRule.ALL_SATISFIED_FEW_FORMS: "反馈表很少而全部满意",
    FindingRule.REPLIES_ON_LAST_DAY: "答复集中在期限最后几天",
    FindingRule.REPLY_COPIED: "不同建议提案答复雷同",
    FindingRule.REPLY_EMPTY: "答复内容空泛",
    FindingRule.REPLY_OFF_TOPIC: "答非所问",
    FindingRule.DATES_CONTRADICT: "日期自相矛盾",
    FindingRule.RESPONSIBLE_MISSING: "三级责任人不全",
    FindingRule.HANDLER_OVERLOADED: "经办过于集中",
}


class Confidence(StrEnum):
    """How sure a finding is: high where the records themselves say so, low where there are good explanations."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


CONFIDENCE_LABELS: Mapping[Confidence, str] = {level: LABELS["confidence"][level] for level in Confidence}

FINDINGS = FrameSpec(
    "findings",
    "疑点清单",
    ("rule", "subject", "unit_id", "year"),
    (
        Column("rule", "category", "疑点", required=True, values=tuple(map(str, FindingRule))),
        Column("subject", "text", "对象", required=True),
        Column("unit_id", "text", "单位编号", required=True),
        Column("year", "integer", "交办年度", required=True),
        Column("evidence", "text", "依据", required=True),
        Column("confidence", "category", "把握", required=True, values=tuple(map(str, Confidence))),
    ),
)


@dataclass(frozen=True, slots=True)
class FindingRules:
    """The thresholds; shares are 0-1, days are calendar days.

    A step that fewer than ``least_recorded_share`` of the replies have is taken as not recorded by the source, and its
    absence is no finding. ``meeting_words`` claim a meeting with the proposer, unless one of ``not_yet_words`` stands
    before them in the same clause. ``off`` names rules that are not used, with the reason.
    """

    least_recorded_share: float
    form_missing_after_days: int
    few_forms_least_replies: int
    few_forms_below_share: float
    last_day_least_replies: int
    last_day_from_share: float
    last_day_counts_days: int
    copied_from_similarity: float
    empty_below_characters: int
    off_topic_below_share: float
    responsible_missing_after_days: int
    handler_above_items: int
    handler_above_share: float
    handler_least_items: int
    meeting_words: tuple[str, ...]
    not_yet_words: tuple[str, ...]
    boilerplate: tuple[str, ...] = ()
    off: Mapping[FindingRule, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """A short hash of everything that can change a finding."""
        text = json.dumps(asdict(self), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:8]
