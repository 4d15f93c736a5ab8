"""疑点认定: what one person says of findings, from a form in the Prefect UI."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Any

from prefect import flow
from pydantic import BaseModel, Field

from flows.day import business_day, clock, recorded
from tasks.domain.judgement import Verdict
from tasks.judge import judge_findings


class Opinion(StrEnum):
    """What the form offers; people see the values."""

    CONFIRM = "属实"
    REJECT = "不属实"
    REOPEN = "撤回认定"


VERDICTS = {Opinion.CONFIRM: Verdict.CONFIRMED, Opinion.REJECT: Verdict.REJECTED, Opinion.REOPEN: Verdict.REOPENED}


class FindingForm(BaseModel):
    """The form, as people fill it in."""

    numbers: str = Field(
        title="疑点序号",
        description="疑点清单第一列的序号；几条一起认定的用顿号或空格隔开",
        pattern=r"^[\d\s、，,]*\d[\d\s、，,]*$",
    )
    opinion: Opinion = Field(title="认定", description="核实后认定属实或不属实；认定错了可以撤回")
    name: str = Field(title="姓名", description="由谁认定", min_length=1)
    reason: str = Field(title="理由", description="怎样核实的、为什么", min_length=1)


@flow(name="疑点认定", flow_run_name="{form.opinion.value}-{form.numbers}-{form.name}")
def finding_verdict(jurisdiction: str, form: FindingForm) -> dict[str, Any]:
    """登记一条或几条疑点属实、不属实，或撤回认定；只登记，不发送。

    Args:
        jurisdiction: 地区名，如 demo。
        form: 认定意见。
    """
    day = business_day(jurisdiction, None)
    with recorded(jurisdiction, "finding-verdict", day) as summary:
        numbers = [int(number) for number in re.findall(r"\d+", form.numbers)]
        summary |= judge_findings(jurisdiction, numbers, VERDICTS[form.opinion], form.name, form.reason, clock())
    return summary
