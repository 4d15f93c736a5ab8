"""Pieces of official Chinese that change with the facts, and text made safe to show."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection

from reports.official import chinese_date
from tasks.domain.frames import Kind, Level, label
from tasks.domain.notices import Notice, NoticeItem

LONGEST_TEXT = 300
VERBS = {
    Level.REMIND: "提醒",
    Level.URGE: "催办",
    Level.SUPERVISE: "督办",
    Level.SUPERVISION_LETTER: "函告",
    Level.CRITICISM: "通报",
}


def legible(text: str, longest: int = LONGEST_TEXT) -> str:
    """Return ``text`` as one line that looks like what it is, shortened to ``longest`` characters.

    Line breaks become spaces; control characters and those that turn or hide what follows (bidi, zero width) go.
    """
    shown = "".join(_shown(character) for character in text)
    line = " ".join(shown.split())
    return line if len(line) <= longest else f"{line[:longest]}……（原文共{len(line)}字，余略）"


def case_number(item: NoticeItem) -> str:
    """Return kind and number, e.g. 人大代表建议第15号."""
    number = f"第{item.number}号" if item.number.isdigit() else f"{item.number.removesuffix('号')}号"
    return f"{label('kind', item.kind)}{number}"


def case_name(item: NoticeItem) -> str:
    """Return kind, number and title; a confidential proposal is named by its number only."""
    if item.title is None:
        return f"{case_number(item)}（题目不列）"
    return f"{case_number(item)}《{item.title.replace('《', '〈').replace('》', '〉')}》"


def act(item: NoticeItem) -> str:
    """Return what is owed and in what capacity, e.g. 答复（主办）; from the second round on with the round."""
    turn = f"，第{item.round}轮" if item.round > 1 else ""
    return f"{item.duty_label}（{label('role', item.role)}{turn}）"


def status(item: NoticeItem) -> str:
    """Return the state of the deadline in a word or two."""
    if item.days_late > 0:
        return f"逾期{item.days_late}天"
    return "当日到期" if not item.days_left else f"剩{item.days_left}天"


def urgency(item: NoticeItem) -> str:
    """Return ``late``, ``soon`` (within three days) or ``ahead``: what a colour may add to ``status``."""
    if item.days_late > 0:
        return "late"
    return "soon" if (item.days_left or 0) <= 3 else "ahead"


def lateness(item: NoticeItem) -> str:
    """Return ``status`` in full: with the workdays where it is late."""
    if item.days_late > 0:
        return f"已逾期{item.days_late}天（{item.workdays_late}个工作日）"
    return "当日到期" if not item.days_left else f"尚余{item.days_left}天"


def responsible(item: NoticeItem) -> str:
    """Return the three responsible persons, as far as they are named."""
    named = {"主管领导": item.leader, "承办科室": item.section, "承办人员": item.handler}
    return "，".join(f"{role}{name}" for role, name in named.items() if name) or "尚未明确"


def told(item: NoticeItem) -> str:
    """Return what was sent before, to whom and when, oldest first; empty if nothing was."""
    return "；".join(
        f"{chinese_date(earlier.on)}{VERBS[earlier.level]}（{earlier.to}）" for earlier in item.told_before
    )


def explanation(item: NoticeItem) -> str:
    """Return the unit's own explanation; for a confidential proposal only that there is one."""
    if not item.explanation:
        return ""
    return "已收到情况说明（内容不列）" if item.title is None else item.explanation


def scope(notice: Notice) -> str:
    """Return what the notice is about: 3件建议提案答复事项; 人大代表建议第15号的2项应办事项 where the duties differ."""
    cases = {item.proposal_id for item in notice.items}
    kinds = {item.kind for item in notice.items}
    duties = {item.duty_label for item in notice.items}
    counted = f"{len(cases)}件{label('kind', kinds.pop()) if len(kinds) == 1 else '建议提案'}"
    named = case_number(notice.items[0]) if len(cases) == 1 else counted
    return f"{named}{duties.pop()}事项" if len(duties) == 1 else f"{named}的{len(notice.items)}项应办事项"


def deadlines(notice: Notice) -> str:
    """Return how the deadlines stand, true for every item: all late, none late, or some."""
    late = sum(item.days_late > 0 for item in notice.items)
    if late == 0:
        return "即将到达办理期限"
    return "已超过办理期限" if late == len(notice.items) else f"中，{late}项已超过办理期限，其余即将到期"


def told_levels(notice: Notice) -> str:
    """Return what every item went through before, e.g. 提醒、催办; empty if the items share nothing."""
    each = [{earlier.level for earlier in item.told_before} for item in notice.items]
    return "、".join(VERBS[level] for level in Level if all(level in levels for levels in each))


def bases(notice: Notice) -> list[str]:
    """Return on what each kind of deadline rests, each once: whose, which act, the article and the rule behind it."""
    return list(
        dict.fromkeys(
            f"{label('kind', item.kind)}{item.duty_label}：{item.article}（规则 {item.rule}）" for item in notice.items
        )
    )


def proposers(notice: Notice) -> str:
    """Return who made the proposals: 代表, 委员 or both."""
    kinds: Collection[str] = {item.kind for item in notice.items}
    return {frozenset({Kind.DEPUTY_SUGGESTION}): "代表", frozenset({Kind.CPPCC_PROPOSAL}): "委员"}.get(
        frozenset(Kind(kind) for kind in kinds), "代表、委员"
    )


def _shown(character: str) -> str:
    category = unicodedata.category(character)
    if category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cf" else character
