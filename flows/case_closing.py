"""积案销号: one request from a form in the Prefect UI; the case is closed by the signature, not here."""

from __future__ import annotations

from typing import Any

from prefect import flow
from pydantic import BaseModel, Field

from flows.day import business_day, recorded
from tasks.close_case import Request, ask_to_close, proofs_named


class ClosingForm(BaseModel):
    """The form, as people fill it in."""

    proposal: str = Field(title="编号", description="建议提案编号，如 R2025-0056", min_length=1)
    proof: str = Field(title="销号依据", description="凭什么销号，如竣工验收意见书及文号", min_length=1)
    name: str = Field(title="申请人", min_length=1)
    files: list[str] = Field(
        title="证明材料", description="先放进服务器 DUBAN_VAR/proofs/地区名 文件夹，这里只写文件名", default=[]
    )
    despite: str = Field(title="理由", description="仍符合认定情形而要销号的，写明理由", default="")


@flow(name="积案销号", flow_run_name="销号-{form.proposal}-{form.name}")
def case_closing(jurisdiction: str, form: ClosingForm) -> dict[str, Any]:
    """申请销号：拟出审批表送审；经审核、签发后才销号。

    Args:
        jurisdiction: 地区名，如 demo。
        form: 申请内容。
    """
    day = business_day(jurisdiction, None)
    with recorded(jurisdiction, "case-closing", day) as summary:
        files = proofs_named(jurisdiction, form.files)
        request = Request(form.proposal.strip(), form.proof, form.name, files, form.despite)
        summary |= ask_to_close(jurisdiction, request, day)
    return summary
