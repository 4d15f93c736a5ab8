"""The data dictionary: what every column of the downloads means, in the words of a reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.portal_edition import Edition
from reports.portal_feeds import OPENNESS_LABELS, RATE_LABELS, SIDES
from reports.workbooks import labels_of
from tasks.domain.public_frames import PUBLICATION, STATE_LABELS

TYPES = {"text": "文字", "category": "代码", "date": "日期", "integer": "整数", "number": "数", "boolean": "是否"}
MEANINGS: Mapping[str, str] = {
    "page": "该件在本站的页面，从网站根目录起",
    "openness": "公开到什么程度",
    "kind": "人大代表建议，或政协提案",
    "year": "立案年度；没有立案日期的，为首次交办的年度",
    "proposal_id": "办理系统中的唯一编号；案号在不同类别、届次之间会重复，请以编号为准",
    "term": "届",
    "session": "次（会议）",
    "number": "案号，会议印发的号码",
    "title": "标题",
    "topic": "主题分类",
    "lead_proposer": "领衔代表、委员或提出单位，只列姓名或名称",
    "co_signer_count": "联名人数，不含领衔人",
    "is_key": "是否列为重点办理",
    "led_by": "领办的市领导",
    "lead_unit": "现在负责答复的单位；分别答复的，为其中之一",
    "other_units": "其他在办单位：协办，或分别答复的单位",
    "leader": "主办单位分管此件的领导",
    "section": "主办单位承办科室",
    "handler": "主办单位承办人员",
    "assigned_on": "首次交办的日期",
    "due_on": "答复期限的最后一日，批准延期的为延期后的日期",
    "is_provisional": "期限所在年度的放假安排尚未公布，期限为暂定",
    "replied_on": "书面答复的日期；几个单位分别答复的，为最后一个",
    "state": "截止时间的答复状态，每件只有一种",
    "stage": "办理环节",
    "days_late": "超过期限的自然日数，只在超期时有",
    "outcome": "答复的办理结果分类",
    "satisfaction": "代表、委员对办理的评价；对工作和结果分别评价的，取较低者",
    "merged_into": "并案办理的，为并入件的页面",
    "repeats": "往届同题的，为往届件的页面",
}
RATE_MEANINGS: Mapping[str, tuple[str, str]] = {
    "unit": ("单位", "承办单位"),
    "group": ("组别", "单位组别（只在 CSV 中）"),
    "side": ("承办方式", "主办含独办、分办"),
    "duty": ("事项", "应办事项"),
    "total": (RATE_LABELS["total"], "应办件次，不含免办"),
    "done": (RATE_LABELS["done"], "已经办完的件次，不论是否按时"),
    "fallen_due": (RATE_LABELS["fallen_due"], "期限已过的件次，不含中止的"),
    "on_time": (RATE_LABELS["on_time"], "期限已过的件次中按时办完的"),
    "overdue": (RATE_LABELS["overdue"], "期限已过、至今未办完的件次"),
}
STATE_MEANINGS: Mapping[str, str] = {
    "replied": "在期限内已书面答复",
    "replied_late": "已书面答复，晚于期限",
    "handling": "尚未答复，未到期限",
    "due_soon": "尚未答复，期限将至",
    "overdue": "期限已过，尚未答复",
    "suspended": "按规定中止办理，期限暂停计算",
    "not_owed": "撤回、并案、无需书面答复或尚未交办",
    "undisclosed": "按规定不公布办理状态",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a download, explained; ``values`` are codes with their labels."""

    name: str
    label: str
    type: str
    meaning: str
    values: tuple[tuple[str, str], ...] = ()


def proposal_fields(columns: Iterable[str], edition: Edition) -> list[Field]:
    """Return the explained columns of the proposals' downloads."""
    return [_field(name, edition) for name in columns]


def _field(name: str, edition: Edition) -> Field:
    column = PUBLICATION.column(name)
    labels = {"state": STATE_LABELS, "openness": OPENNESS_LABELS}.get(name) or labels_of(column)
    if name == "outcome":
        labels = {code: edition.outcome(code) for code in column.values}
    return Field(name, column.label, TYPES[column.type], MEANINGS[name], tuple(labels.items()))


def rate_fields(duties: Iterable[str], edition: Edition) -> list[Field]:
    """Return the explained columns of the rates' downloads; ``duties`` are those that occur in them."""
    codes = {"duty": tuple((duty, edition.duty(duty)) for duty in duties), "side": tuple(SIDES.items())}
    return [Field(name, label, "", meaning, codes.get(name, ())) for name, (label, meaning) in RATE_MEANINGS.items()]
