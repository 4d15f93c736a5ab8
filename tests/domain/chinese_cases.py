"""Rule cases as the office writes them: facts in Chinese words, and what the rule must say of them.

    - 名称: 逾期第91天，列入
      截至: 2026-09-09
      建议提案:
        甲: {交办: [市交通局 主办 2026-03-10], 经过: [2026-04-01 市交通局 批准延期 至2026-07-31]}
      认定: {甲: [答复长期逾期]}

A name with ×n stands for n proposals alike (甲×3: 甲1, 甲2, 甲3). 另有规范办理: n adds n proposals handled by the book.
An entry of 经过 is 「日期 单位 事项 …」; 单位 may be － for none; then in any order: a result (满意, 解决 …), 至日期, 第N轮, 文：全文, 注：说明, 登记于日期.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tasks.domain.frames import LABELS, Facts
from tests.builders import facts

CASES = Path(__file__).parents[1] / "cases"
EVENTS = {label: kind for kind, label in LABELS["event"].items()}
ROLES = {label: role for role, label in LABELS["role"].items()}
ENDS = {label: reason for reason, label in LABELS["end_reason"].items()}
RESULTS = {
    "解决": "solved",
    "计划": "planned",
    "解释": "explained",
    "参考": "reference",
    "满意": "satisfied",
    "基本满意": "basically_satisfied",
    "不满意": "dissatisfied",
    "满意/不满意": "satisfied/dissatisfied",
    "已落实": "done",
    "正在推进": "pushing",
    "列入计划": "planned",
    "确难落实": "not_feasible",
    "面商": "in_person",
    "电话": "phone",
    "网上": "online",
    "开门": "open",
}


def chinese_cases(pattern: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (file: name, case) of every case in the files that match."""
    for path in sorted(CASES.glob(pattern)):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            yield f"{path.stem}：{case['名称']}", case


def facts_of_case(case: dict[str, Any]) -> Facts:
    """Return the facts that a case tells."""
    assignments, events, texts = [], [], []
    told_of = _each(case)
    for proposal_id, told in told_of.items():
        assignments += [_assignment(proposal_id, line) for line in told.get("交办", ())]
        for line in told.get("经过", ()):
            event, text = _event(proposal_id, str(line), f"{proposal_id}-{len(events) + 1}")
            events.append(event)
            texts += [{"event_id": event["event_id"], **text}] if text else []
    proposals = [_proposal(proposal_id, told) for proposal_id, told in told_of.items()]
    return facts(proposals=proposals, assignments=assignments, events=events, reply_texts=texts)


BY_THE_BOOK = {
    "交办": [
        "规范局 主办 2026-03-10 领导：赵 科室：办公室 经办：钱",
        "会办局 协办 2026-03-10 领导：孙 科室：办公室 经办：李",
    ],
    "经过": [
        "2026-03-20 规范局 办前见面 面商",
        "2026-04-01 会办局 提交协办意见",
        "2026-05-08 规范局 拟稿",
        "2026-05-10 规范局 审核",
        "2026-05-11 规范局 签发",
        "2026-05-12 规范局 答复 解决 文：您提出的建议收悉。所提事项已经办结。",
        "2026-05-20 规范局 满意度反馈 满意",
    ],
}


def _each(case: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what is told of each proposal, the repeated and the regular ones included."""
    each: dict[str, dict[str, Any]] = {}
    for name, told in case["建议提案"].items():
        base, _, count = name.partition("×")
        each |= {f"{base}{i + 1}": told for i in range(int(count))} if count else {name: told}
    return each | {f"规范{i + 1}": BY_THE_BOOK for i in range(case.get("另有规范办理", 0))}


def _proposal(proposal_id: str, told: dict[str, Any]) -> dict[str, Any]:
    names = {"标题": "title", "往届同题": "repeats", "立案": "filed_on", "并入": "merged_into", "需答复": "needs_reply"}
    row = {name: told[key] for key, name in names.items() if key in told}
    return {
        "proposal_id": proposal_id,
        "kind": "cppcc_proposal" if "提案" in told.get("类别", "") else "deputy_suggestion",
        **row,
    }


def _assignment(proposal_id: str, line: str) -> dict[str, Any]:
    unit, role, day, *rest = line.split()
    row: dict[str, Any] = {
        "proposal_id": proposal_id,
        "unit_id": unit,
        "role": ROLES[role],
        "assigned_on": date.fromisoformat(day),
    }
    persons = {"领导：": "leader", "科室：": "section", "经办：": "handler"}
    for word in rest:
        if word[-10:].startswith("20") and word[:-10] in ENDS:
            row |= {"end_reason": ENDS[word[:-10]], "ended_on": date.fromisoformat(word[-10:])}
        else:
            row[persons[word[:3]]] = word[3:]
    return row


def _event(proposal_id: str, line: str, event_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    day, unit, act, *rest = line.split()
    row: dict[str, Any] = {
        "event_id": event_id,
        "proposal_id": proposal_id,
        "kind": EVENTS[act],
        "happened_on": date.fromisoformat(day),
    }
    row |= {} if unit == "－" else {"unit_id": unit}
    text: dict[str, Any] = {}
    for word in rest:
        if word.startswith("至"):
            row["until"] = date.fromisoformat(word[1:])
        elif word.startswith("第"):
            row["round"] = int(word[1:-1])
        elif word.startswith("文："):
            text["text"] = word[2:]
        elif word.startswith("附件："):
            text["attachments"] = word[3:]
        elif word.startswith("注："):
            row["note"] = word[2:]
        elif word.startswith("登记于"):
            row["recorded_at"] = f"{word[3:]}T09:00:00+08:00"
        else:
            row["value"] = RESULTS[word]
    return row, text
