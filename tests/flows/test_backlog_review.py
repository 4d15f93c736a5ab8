"""The monthly review as the office's run makes it: cases, papers, a plan to sign; and what follows from forms in the UI."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, date, datetime, time, timedelta

import pytest

from flows.__main__ import main
from flows.backfill import backfill
from flows.backlog_review import backlog_review
from flows.case_closing import ClosingForm, case_closing
from flows.day import clock
from flows.delivery import delivery
from flows.inspection_follow_up import inspection_follow_up
from flows.inspection_record import InspectionForm, inspection_record
from flows.sign_off import Opinion, SignOffForm, sign_off
from tasks.adapters.calendars import load_calendar
from tasks.adapters.config_files import CALENDARS
from tasks.adapters.workplace import open_workplace
from tasks.domain.errors import ConfigurationError
from tasks.refresh import take_snapshot
from tests.flows.conftest import Town
from tests.installations import copied, ran

pytestmark = pytest.mark.flow
NOVEMBER = date(2026, 11, 23)
WORKDAYS = load_calendar(CALENDARS)
SUNDAY = date(2026, 12, 27)


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
    assert inspection_follow_up(county.name, late).items() >= {**counts, "mails": 1}.items()
    assert inspection_follow_up(county.name, late).items() >= {**counts, "mails": 0}.items()
    ((subject,),) = county.ledger("select subject from messages where form = 'reminder' and unit_id = 'office'")
    assert subject == f"联合督查提醒：{document}督查报告逾期"
    inspection_record(county.name, InspectionForm(**form, text="一件已解决"))
    assert inspection_follow_up(county.name, late)["late_reports"] == 0


@pytest.fixture(scope="module")
def inspected_once(tmp_path_factory, first_review):
    """An installation with a signed plan whose own mails have left, made once: its document."""
    var, said = first_review
    folder = tmp_path_factory.mktemp("inspected")
    copied(var, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUBAN_VAR", str(folder))
        signed(Town("demo-county", folder), said)
        delivery("demo-county", date(2026, 11, 24))
    return folder, said["document"]


@pytest.fixture
def inspected(county, inspected_once):
    """A copy of it, as the test's own: the plan's document, and its report date."""
    folder, document = inspected_once
    copied(folder, county.var)
    ((report_by,),) = county.ledger("select report_by from inspections")
    return document, date.fromisoformat(report_by)


def unit_mails(town, columns="unit_id, state, subject"):
    where = "form = 'reminder' and unit_id <> 'office'"
    return town.ledger(f"select {columns} from messages where {where} order by plan_id")


def units_of(town):
    (made_from,) = town.ledger("select made_from from document_versions where document_id like '%inspection%'")[-1]
    return set(json.loads(made_from)["units"])


def test_the_units_are_reminded_once_before_the_report_date_and_once_when_it_has_passed(county, inspected):
    _, report_by = inspected
    near = WORKDAYS.add_workdays(report_by, -5)
    assert inspection_follow_up(county.name, near - timedelta(days=1))["unit_mails"] == 0
    assert inspection_follow_up(county.name, near)["unit_mails"] == len(units_of(county))
    assert {unit for unit, _, _ in unit_mails(county)} == units_of(county)
    for day in (near, near + timedelta(days=1), report_by):
        assert inspection_follow_up(county.name, day)["unit_mails"] == 0
    delivery(county.name, report_by)
    assert {state for _, state, _ in unit_mails(county)} == {"sent"}
    for day, mails in ((1, len(units_of(county))), (2, 0), (40, 0)):
        assert inspection_follow_up(county.name, report_by + timedelta(days=day))["unit_mails"] == mails
    words = {subject.rpartition("督查报告期限")[2] for _, _, subject in unit_mails(county)}
    assert words == {"临近", "已过"}


def test_a_reminder_leaves_only_on_a_workday(county, inspected):
    _, report_by = inspected
    saturday = report_by + timedelta(days=(5 - report_by.weekday()) % 7)
    assert inspection_follow_up(county.name, saturday)["unit_mails"] > 0
    delivery(county.name, saturday)
    assert {state for _, state, _ in unit_mails(county)} == {"queued"}
    delivery(county.name, WORKDAYS.add_workdays(saturday, 1))
    assert {state for _, state, _ in unit_mails(county)} == {"sent"}


def test_a_silence_holds_the_reminder_and_it_comes_when_the_silence_is_over(county, inspected):
    _, report_by = inspected
    for unit in units_of(county):
        held = ["--unit", unit, "--until", str(report_by), "--why", "单位合并", "--by", "张三"]
        assert main(["silence", "add", "-j", county.name, *held]) == 0
    assert inspection_follow_up(county.name, report_by)["unit_mails"] == 0
    assert inspection_follow_up(county.name, report_by + timedelta(days=1))["unit_mails"] == len(units_of(county))


def test_a_queued_reminder_is_taken_back_when_the_inspection_has_reported(county, inspected):
    document, report_by = inspected
    inspection_follow_up(county.name, report_by)
    inspection_record(county.name, InspectionForm(document=document, name="李建国", text="一件已解决"))
    assert "reminders_withdrawn" not in delivery(county.name, SUNDAY)
    assert delivery(county.name, report_by)["reminders_withdrawn"] == len(units_of(county))
    assert {state for _, state, _ in unit_mails(county)} == {"cancelled"}
    assert inspection_follow_up(county.name, report_by + timedelta(days=1))["unit_mails"] == 0


def test_a_reminder_that_was_overtaken_by_the_date_gives_way_to_the_next(county, inspected):
    _, report_by = inspected
    inspection_follow_up(county.name, report_by)
    counts = inspection_follow_up(county.name, report_by + timedelta(days=1))
    assert counts["unit_mails"] == counts["unit_mails_withdrawn"] == len(units_of(county))


def test_a_rehearsed_reminder_says_that_it_is_one(county, inspected, monkeypatch):
    _, report_by = inspected
    monkeypatch.setenv("DUBAN_MAIL_REDIRECT", "ducha@qingyun.gov.example")
    inspection_follow_up(county.name, report_by)
    assert all(subject.startswith("【演练】联合督查提醒") for _, _, subject in unit_mails(county))
    assert unit_mails(county)


def test_a_reminder_of_unknown_outcome_holds_the_next_one(county, inspected):
    _, report_by = inspected
    inspection_follow_up(county.name, report_by)
    with sqlite3.connect(county.var / "ledger.sqlite") as connection:
        connection.execute("update messages set state = 'uncertain' where form = 'reminder'")
    assert inspection_follow_up(county.name, report_by + timedelta(days=1))["unit_mails"] == 0


def test_a_unit_without_an_address_is_counted_and_the_others_are_reminded(county, inspected):
    _, report_by = inspected
    lost = min(units_of(county))
    with sqlite3.connect(county.var / "ledger.sqlite") as connection:
        connection.execute(f"update contacts_versions set email = null where unit_id = '{lost}'")
    counts = inspection_follow_up(county.name, report_by)
    assert (counts["unit_mails"], counts["units_unreached"]) == (len(units_of(county)) - 1, 1)


def test_who_took_a_case_over_is_reminded_of_it_and_who_gave_it_up_is_not(county, inspected):
    _, report_by = inspected
    given_up = min(units_of(county))
    assert county.change(f"update 办理 set 单位号 = '102' where 单位号 = '{given_up}'")
    take_snapshot(open_workplace(county.name), clock())
    inspection_follow_up(county.name, report_by)
    assert {unit for unit, _, _ in unit_mails(county)} == (units_of(county) - {given_up}) | {"102"}


def test_a_backfill_over_the_report_date_reminds_nobody(county, inspected, monkeypatch):
    _, report_by = inspected
    later = datetime.combine(report_by + timedelta(days=3), time(9), UTC)
    monkeypatch.setattr("flows.backfill.clock", lambda: later)
    backfill(county.name, report_by - timedelta(days=1), report_by + timedelta(days=1))
    assert unit_mails(county) == []


def test_what_units_were_told_of_the_report_date_is_explained(county, inspected, capsys):
    document, report_by = inspected
    inspection_follow_up(county.name, report_by)
    ((proposal,),) = county.ledger("select min(proposal_id) from inspection_cases")
    main(["explain", "-j", county.name, proposal, "--as-of", str(report_by)])
    told = capsys.readouterr().out
    assert f"  {document}:报告期限 {report_by},未报告" in told
    assert f"    {report_by} 待发送 " in told
    main(["explain", "-j", county.name, proposal, "--as-of", "2026-11-20"])
    assert "联合督查:" not in capsys.readouterr().out
