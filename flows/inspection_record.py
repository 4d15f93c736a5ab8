"""联合督查登记: what an inspection found, or its report, from a form in the Prefect UI."""

from __future__ import annotations

from datetime import date
from typing import Any

from prefect import flow
from pydantic import BaseModel, Field

from flows.day import business_day, clock, recorded
from tasks.close_case import proofs_named
from tasks.follow_inspection import Found, Report, record_finding, record_report


class InspectionForm(BaseModel):
    """The form, as people fill it in: with a proposal, what was found about it; without one, the inspection's report."""

    document: str = Field(title="督查方案编号", description="如 demo-inspection-2026-001", min_length=1)
    proposal: str = Field(title="建议提案编号", description="登记哪一件的核查情况；不填则登记督查报告", default="")
    text: str = Field(title="内容", description="核查情况，或督查报告的结论", min_length=1)
    deadline: date | None = Field(title="整改期限", description="登记核查情况时可填", default=None)
    name: str = Field(title="登记人", min_length=1)
    files: list[str] = Field(
        title="材料", description="督查报告的文件：先放进 DUBAN_VAR/proofs/地区名，这里只写文件名", default=[]
    )


@flow(name="联合督查登记", flow_run_name="督查登记-{form.document}-{form.name}")
def inspection_record(jurisdiction: str, form: InspectionForm) -> dict[str, Any]:
    """登记联合督查的核查情况和整改期限，或报送督查报告。

    Args:
        jurisdiction: 地区名，如 demo。
        form: 登记内容。
    """
    day = business_day(jurisdiction, None)
    with recorded(jurisdiction, "inspection-record", day) as summary:
        document, proposal = form.document.strip(), form.proposal.strip()
        if proposal:
            found = Found(document, proposal, form.text, form.deadline, day.as_of, form.name)
            record_finding(jurisdiction, found, clock())
        else:
            papers = proofs_named(jurisdiction, form.files)
            record_report(jurisdiction, Report(document, form.text, day.as_of, form.name, papers), clock())
        summary |= {"document": document, "proposal": proposal}
    return summary
