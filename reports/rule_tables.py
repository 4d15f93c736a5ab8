"""The rule book as a table that people can check against the official texts."""

from __future__ import annotations

from collections.abc import Iterator

from tasks.domain.frames import Kind, Role, label
from tasks.domain.rules import Duty, RuleBook, RuleValue, Trigger

STARTS = {
    Trigger.ASSIGNED: "交办",
    Trigger.REPLY_ISSUED: "答复",
    Trigger.DISSATISFIED: "反馈不满意",
    Trigger.COMMITMENT_MADE: "作出承诺",
    Trigger.PROGRESS: "作出承诺,以后每次通报",
}
HEAD = "| 事项 | 由谁办 | 起算 | 自何日起 | 期限 | 延期最长 | 依据 | 核对日期 |\n|---|---|---|---|---|---|---|---|"


def rules_page(title: str, rules: RuleBook) -> str:
    """Return the rules of a jurisdiction as Markdown: every dated limit with its article, and who has checked it when."""
    unchecked = sum(value.checked_on is None for values in rules.values.values() for value in values)
    total = sum(map(len, rules.values.values()))
    parts = [
        f"# {title}的办理期限",
        "由 `python -m flows rules` 生成,请勿手改;要改期限,改 `config/rules/` 或本地区的 `rules/`。",
        f"共 {total} 条期限,其中 **{unchecked} 条未核对**:还没有人对照过官方文本。起算当日不计;月、日期限的最后一日为休息日的顺延,"
        "工作日期限不含休息日。",
        *(f"## {label('kind', kind)}\n\n{_table(str(kind), rules)}" for kind in Kind),
        *_announced(rules),
        *_switched_off(rules),
    ]
    return "\n\n".join(parts) + "\n"


def _table(kind: str, rules: RuleBook) -> str:
    rows = [_row(duty, value) for duty in rules.active_duties for value in rules.values.get((kind, duty.duty), ())]
    return "\n".join([HEAD, *rows])


def _row(duty: Duty, value: RuleValue) -> str:
    name = f"{duty.label}(重点件)" if duty.key_proposals_only else duty.label
    cells = (
        name,
        "、".join(label("role", role) for role in Role if role in duty.owed_by),
        STARTS[duty.counts_from],
        value.starts_on,
        value.limit.label if value.limit else "",
        value.extended_limit.label if value.extended_limit else "",
        value.article,
        value.checked_on or "未核对",
    )
    return f"| {' | '.join(str(cell).replace('|', '｜') for cell in cells)} |"


def _announced(rules: RuleBook) -> Iterator[str]:
    if rules.fixed_dates:
        lines = [f"- {rules.labels[each.duty]}:最迟 {each.due_on},{each.notice}" for each in rules.fixed_dates]
        yield "## 通知统一规定的最后期限\n\n" + "\n".join(lines)


def _switched_off(rules: RuleBook) -> Iterator[str]:
    if rules.duties_off:
        lines = [f"- {rules.labels[duty]}:{why}" for duty, why in rules.duties_off.items()]
        yield "## 不适用的事项\n\n" + "\n".join(lines)
