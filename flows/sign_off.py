"""审核签发: one act of one person, from a form in the Prefect UI or from the command line; nothing waits in a process."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from prefect import flow
from pydantic import BaseModel, Field

from flows.day import business_day, clock, recorded
from tasks.domain.documents import Act, Wanted
from tasks.sign_off import show_waiting, sign_off_subject


class Opinion(StrEnum):
    """What the form offers; people see the values."""

    REVIEW = "审核通过"
    SIGN = "签发"
    RETURN = "退回"


ACTS = {Opinion.REVIEW: Act.REVIEWED, Opinion.SIGN: Act.SIGNED, Opinion.RETURN: Act.RETURNED}


class SignOffForm(BaseModel):
    """The form, as people fill it in."""

    document: str = Field(title="编号", description="送审稿上的编号，如 demo-circular-2026-001", min_length=1)
    opinion: Opinion = Field(title="处理意见", description="先审核，后签发；需要修改的退回")
    name: str = Field(title="姓名", description="审核、签发须是名单里的人，并由两人分别进行", min_length=1)
    checksum: str = Field(
        title="校验码", description="送审稿上的 8 位校验码：所看的就是这一稿（退回可不填）", default=""
    )
    comment: str = Field(title="意见", description="退回时必填", default="")


@flow(name="审核签发", flow_run_name="{form.opinion.value}-{form.document}-{form.name}")
def sign_off(jurisdiction: str, form: SignOffForm) -> dict[str, Any]:
    """审核、签发或退回一份文件；签发后即入发件箱，发给各单位、抄送领导。

    Args:
        jurisdiction: 地区名，如 demo。
        form: 处理意见。
    """
    day = business_day(jurisdiction, None)
    with recorded(jurisdiction, "sign-off", day) as summary:
        wanted = Wanted(ACTS[form.opinion], form.name.strip(), form.checksum.strip(), form.comment.strip())
        summary |= sign_off_subject(jurisdiction, form.document.strip(), wanted, clock())
        show_waiting(jurisdiction)
    return summary
