"""The monthly review as the office's run makes it: cases, papers, a plan to sign; and what follows from forms in the UI."""

from __future__ import annotations

from datetime import date

import pytest

from flows.backlog_review import backlog_review
from flows.case_closing import ClosingForm, case_closing
from flows.inspection_follow_up import inspection_follow_up
from flows.inspection_record import InspectionForm, inspection_record
from flows.sign_off import Opinion, SignOffForm, sign_off
from tasks.domain.errors import ConfigurationError
from tests.installations import copied, ran

pytestmark = pytest.mark.flow
NOVEMBER = date(2026, 11, 23)


def signed(town, drafted):
    for opinion, name in ((Opinion.REVIEW, "周敏"), (Opinion.SIGN, "王志远")):
        form = SignOffForm(document=drafted["document"], opinion=opinion, name=name, checksum=drafted["checksum"])
        told = sign_off(town.name, form)
    return told


def papers(town, day="2026-11-23"):
    folder = town.var / "backlog" / town.name / day
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def first_review(tmp_path_factory, prefect_server):
    """An installation after its first review, made once; and what the run said."""
    return ran(tmp_path_factory.mktemp("reviewed"), lambda: backlog_review("demo-county", NOVEMBER))


@pytest.fixture
def reviewed(county, first_review):
    """A copy of it, as the test's own: what the run said."""
    var, said = first_review
    copied(var, county.var)
    return said


def test_a_review_opens_cases_writes_their_papers_and_drafts_the_inspection(county, reviewed):
    summary = reviewed
    assert (summary["cases"], summary["new"], summary["dossiers"]) == (3, 3, 3)
    written = papers(county)
    assert len([name for name in written if name.startswith("案卷/积案2026-001 ")]) == 2
    assert {"积案核定情况 2026-11-23.docx", "积案核定情况 2026-11-23.pdf", "积案台账 2026-11-23.xlsx"} <= set(written)
    assert summary["document"] == "demo-county-inspection-2026-001"
    assert county.ledger("select state from runs where flow = 'backlog-review'") == [("succeeded",)]
    assert county.mails() == []


def test_the_same_review_again_changes_nothing(county, reviewed):
    again = backlog_review(county.name, NOVEMBER)
    assert (again["cases"], again["checksum"], again["version"]) == (3, reviewed["checksum"], 1)
    assert county.ledger("select count(*) from backlog_cases") == [(3,)]


def test_a_review_of_a_day_gone_by_lies_apart_and_plans_nothing(county, reviewed):
    before = county.ledger("select proposal_id, occurrence, year, serial from backlog_cases")
    past = backlog_review(county.name, date(2026, 10, 30))
    assert "document" not in past
    assert "积案核定情况 2026-10-30.pdf" in papers(county, "2026-10-30（补看）")
    assert county.ledger("select proposal_id, occurrence, year, serial from backlog_cases") == before


def test_a_monthly_run_on_any_other_day_does_nothing(county):
    state = backlog_review(county.name, NOVEMBER, monthly=True, return_state=True)
    assert state.name == "Skipped"
    assert not (county.var / "backlog").exists()


def test_a_case_is_closed_from_the_form_by_two_signatures(county, reviewed):
    ((proposal,),) = county.ledger("select proposal_id from backlog_cases where serial = 1")
    proofs = county.var / "proofs" / county.name
    proofs.mkdir(parents=True)
    (proofs / "意见书.pdf").write_bytes(b"%PDF")
    form = ClosingForm(proposal=proposal, proof="已答复并见面", name="李建国", files=["意见书.pdf"], despite="代表同意")
    drafted = case_closing(county.name, form)
    assert county.ledger("select count(*) from backlog_closings") == [(0,)]
    assert signed(county, drafted)["state"] == "已印发"
    assert county.ledger("select proposal_id, signed_by from backlog_closings") == [(proposal, "王志远")]
    assert backlog_review(county.name, date(2026, 12, 31))["closed"] == 1


@pytest.mark.parametrize("name", ["../ledger.sqlite", "/etc/passwd"])
def test_the_form_takes_papers_from_its_own_folder_only(county, reviewed, name):
    form = ClosingForm(proposal="x", proof="依据", name="李建国", files=[name])
    with pytest.raises(ConfigurationError, match="不是文件名"):
        case_closing(county.name, form)


def test_an_inspection_is_signed_recorded_reminded_of_and_reported(county, reviewed):
    assert signed(county, reviewed)["mails"] >= 1
    document = reviewed["document"]
    ((proposal,),) = county.ledger("select min(proposal_id) from inspection_cases")
    form = {"document": document, "name": "李建国"}
    found = InspectionForm(**form, proposal=proposal, text="尚未开工", deadline=date(2026, 12, 31))
    inspection_record(county.name, found)
    ((report_by,),) = county.ledger("select report_by from inspections")
    assert inspection_follow_up(county.name, date.fromisoformat(report_by))["mails"] == 0
    late = date(2027, 1, 11)
    counts = {"late_reports": 1, "lapsed_deadlines": 1}
    assert inspection_follow_up(county.name, late) == {**counts, "mails": 1}
    assert inspection_follow_up(county.name, late) == {**counts, "mails": 0}
    ((subject,),) = county.ledger("select subject from messages where form = 'reminder'")
    assert subject == f"联合督查提醒：{document}督查报告逾期"
    inspection_record(county.name, InspectionForm(**form, text="一件已解决"))
    assert inspection_follow_up(county.name, late)["late_reports"] == 0
