"""往届同题认定: whether a proposal is the same matter as an earlier one, from a form in the Prefect UI."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from prefect import flow
from pydantic import BaseModel, Field

from flows.day import business_day, clock, recorded
from tasks.domain.repeat_decisions import Decision
from tasks.relate import relate


class Opinion(StrEnum):
    """What the form offers; people see the values."""

    CONFIRM = "同一事项"
    REJECT = "不是同一事项"
    WITHDRAW = "撤回认定"


DECISIONS = {
    Opinion.CONFIRM: Decision.CONFIRMED,
    Opinion.REJECT: Decision.REJECTED,
    Opinion.WITHDRAW: Decision.WITHDRAWN,
}


class RepeatForm(BaseModel):
    """The form, as people fill it in."""

    proposal: str = Field(title="编号", description="今年的一件，如 Z2026-0151", min_length=1)
    earlier: str = Field(title="往届编号", description="往年的一件，如 Z2025-0150", min_length=1)
    opinion: Opinion = Field(title="认定", description="同一事项的，从登记之时起按多年重复提出计算")
    name: str = Field(title="姓名", description="由谁认定", min_length=1)
    reason: str = Field(title="理由", description="为什么", min_length=1)


@flow(name="往届同题认定", flow_run_name="{form.opinion.value}-{form.proposal}-{form.earlier}")
def repeat_decision(jurisdiction: str, form: RepeatForm) -> dict[str, Any]:
    """登记两件建议提案是不是同一事项，或撤回认定；只登记，不发送。

    Args:
        jurisdiction: 地区名，如 demo。
        form: 认定意见。
    """
    day = business_day(jurisdiction, None)
    with recorded(jurisdiction, "repeat-decision", day) as summary:
        pair = (form.proposal.strip(), form.earlier.strip())
        summary |= relate(jurisdiction, pair, DECISIONS[form.opinion], form.name, form.reason, clock())
    return summary
