"""The weekly review, the annual summary and the leaders' briefs as flows: drafted, signed by two, sent to those they are for."""

from __future__ import annotations

import email
import email.policy
import json
import sqlite3
from dataclasses import replace
from datetime import date

import pytest

from flows.annual_summary import annual_summary
from flows.delivery import delivery
from flows.finding_verdict import VERDICTS, FindingForm, finding_verdict
from flows.finding_verdict import Opinion as FindingOpinion
from flows.key_proposals import key_proposals
from flows.quality_review import quality_review
from flows.repeat_decision import DECISIONS, RepeatForm, repeat_decision
from flows.repeat_decision import Opinion as RepeatOpinion
from flows.sign_off import Opinion, SignOffForm, sign_off
from reports.summary_changes import summary_differences
from reports.summary_content import SummaryContent
from tasks.adapters.ledger import documents, findings, repeat_decisions
from tasks.adapters.workplace import open_workplace
from tasks.contents import content_from
from tasks.domain.documents import DocumentState
from tasks.domain.errors import ConfigurationError, DocumentError, LedgerError
from tasks.domain.judgement import Verdict
from tasks.domain.repeat_decisions import Decision
from tasks.rebuild import rebuild_into
from tests.installations import copied, new_installation, ran

pytestmark = pytest.mark.flow
DAY, LATER = date(2026, 11, 20), date(2026, 11, 25)


def issue(town, drafted, signer="王志远"):
    for opinion, name in ((Opinion.REVIEW, "周敏"), (Opinion.SIGN, signer)):
        form = SignOffForm(document=drafted["document"], opinion=opinion, name=name, checksum=drafted["checksum"])
        result = sign_off(town, form)
    return result


def opened(path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_the_weekly_review_lists_findings_for_the_office_and_sends_nothing(county):
    found = quality_review(county.name, DAY)
    assert found["findings"] == found["to_judge"] == found["new"] > 0
    assert (county.var / "quality" / county.name / f"办理质量核查-{DAY}.xlsx").is_file()
    delivery(county.name, DAY)
    assert county.mails() == []
    assert county.ledger("select count(*) from messages") == [(0,)]

    number = county.ledger("select min(finding_id) from findings")[0][0]
    form = FindingForm(numbers=f"{number}、", opinion=FindingOpinion.REJECT, name="周敏", reason="漏登记")
    assert finding_verdict(county.name, form) == {"findings": 1, "verdict": "不属实"}
    with pytest.raises(LedgerError, match="已经认定不属实"):
        finding_verdict(county.name, form)
    again = quality_review(county.name, DAY)
    assert (again["to_judge"], again["findings"]) == (found["to_judge"] - 1, found["findings"])
    ledger = open_workplace(county.name).ledger
    assert findings.verdicts(ledger, county.name)["name"].tolist() == ["周敏"]


def test_a_repeat_is_decided_by_a_form(county):
    quality_review(county.name, DAY)
    rows = county.ledger(
        "select proposal_id, substr(min(assigned_on), 1, 4) from assignments_versions group by 1 order by 2, 1"
    )
    earlier, later = rows[0], rows[-1]
    if earlier[1] == later[1]:
        pytest.skip("the county has one year only")
    form = RepeatForm(
        proposal=later[0], earlier=earlier[0], opinion=RepeatOpinion.CONFIRM, name="周敏", reason="同一事项"
    )
    assert repeat_decision(county.name, form)["decision"] == "同一事项"
    ledger = open_workplace(county.name).ledger
    assert repeat_decisions.decisions(ledger, county.name)["decision"].tolist() == [Decision.CONFIRMED]


def test_the_forms_offer_every_verdict_and_decision_in_chinese():
    assert set(VERDICTS.values()) == set(Verdict)
    assert set(DECISIONS.values()) == set(Decision)
    assert FindingForm.model_json_schema()["$defs"]["Opinion"]["enum"] == ["属实", "不属实", "撤回认定"]
    assert RepeatForm.model_json_schema()["$defs"]["Opinion"]["enum"] == ["同一事项", "不是同一事项", "撤回认定"]
    with pytest.raises(ValueError, match="numbers"):
        FindingForm(numbers="全部", opinion=FindingOpinion.CONFIRM, name="周敏", reason="x")


@pytest.fixture(scope="module")
def first_summary(tmp_path_factory, prefect_server):
    """An installation with the draft of the year's summary, made once; and what the run said."""
    return ran(tmp_path_factory.mktemp("summary"), lambda: annual_summary("demo-county", DAY))


@pytest.fixture
def drafted(county, first_summary):
    """A copy of it, as the test's own: what the run said of the draft."""
    var, said = first_summary
    copied(var, county.var)
    return said


def test_the_annual_summary_is_signed_by_two_and_sent_to_every_unit(county, drafted):
    assert drafted["document"] == f"{county.name}-summary-2026-001"
    delivery(county.name, DAY)
    assert county.mails() == []
    result = issue(county.name, drafted)
    assert result["state"] == "已印发"
    delivery(county.name, DAY)
    mails = [opened(path) for path in county.mails()]
    assert len(mails) == result["mails"] == len(county.ledger("select unit_id from units_versions"))
    assert mails[0]["subject"].startswith("建议提案办理年度总结第1期：关于2026年度")
    assert [part.get_filename() for part in mails[0].iter_attachments()] == [
        "2026年度建议提案办理总结.pdf",
        "2026年度建议提案办理总结（数据）.xlsx",
    ]
    compared, why = rebuild_into(county.name, drafted["document"], None)
    assert [one.filename for one in compared if not one.is_same] == []
    assert why == ""


def test_a_summary_drafted_again_from_the_same_source_keeps_its_number_and_its_signatures(county, drafted):
    form = SignOffForm(document=drafted["document"], opinion=Opinion.REVIEW, name="周敏", checksum=drafted["checksum"])
    sign_off(county.name, form)
    assert annual_summary(county.name, DAY) == drafted
    ledger = open_workplace(county.name).ledger
    assert documents.by_id(ledger, county.name, drafted["document"]).state is DocumentState.REVIEWED


@pytest.fixture(scope="module")
def issued_once(tmp_path_factory, first_summary):
    """An installation whose summary was signed and sent, made once: what the run said of it."""
    var, said = first_summary
    folder = tmp_path_factory.mktemp("issued")
    copied(var, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUBAN_VAR", str(folder))
        issue("demo-county", said)
        delivery("demo-county", DAY)
    return folder, said


@pytest.fixture
def issued(county, issued_once):
    """A copy of it, as the test's own, of which the source then finds that a reply was never given."""
    folder, said = issued_once
    copied(folder, county.var)
    last = "select max(答复号) from 答复 where 第几次 = 1 and 答复日期 < '2026/07/01'"
    assert county.change(f"delete from 答复 where 答复号 = ({last})") == 1
    return said


def paper(town, drafted):
    return documents.by_id(open_workplace(town.name).ledger, town.name, drafted["document"])


def said_by(town, drafted):
    archive = open_workplace(town.name).archive
    return content_from(SummaryContent, archive.get(paper(town, drafted).contents["content"].content))


def test_a_signed_summary_is_corrected_under_a_new_number_that_says_what_changed(county, issued):
    first, before = paper(county, issued), len(county.mails())
    correction = annual_summary(county.name, LATER, corrects=1, reason="一件答复误登")
    made = paper(county, correction)
    assert (made.number, made.corrects) == ("年度总结2026年第2期", first.document_id)
    assert (made.as_of, made.dated_on, made.made_from["year"]) == (DAY, LATER, first.made_from["year"])
    text = open_workplace(county.name).archive.get(made.contents["text"].content).decode()
    assert "2026年11月20日印发的建议提案办理年度总结第1期，因一件答复误登，部分内容有误" in text
    places = {each.where for each in said_by(county, correction).correction.differences}
    assert "合计：答复率" in places
    assert any(place.startswith("单位“") and place.endswith("”：已答复") for place in places)

    delivery(county.name, LATER)
    assert len(county.mails()) == before
    assert paper(county, issued).state is DocumentState.SENT
    result = issue(county.name, correction)
    delivery(county.name, LATER)
    sent = [opened(path) for path in county.mails() if str(LATER) in str(path)]
    assert len(sent) == result["mails"] == before
    assert {str(mail["to"]) for mail in sent} == {
        str(opened(path)["to"]) for path in county.mails() if str(DAY) in str(path)
    }
    assert [part.get_filename() for part in sent[0].iter_attachments()] == [
        "2026年度建议提案办理总结（更正）.pdf",
        "2026年度建议提案办理总结（更正）（数据）.xlsx",
    ]
    assert (paper(county, issued).state, paper(county, correction).state) == (
        DocumentState.SUPERSEDED,
        DocumentState.SENT,
    )
    assert replace(paper(county, issued), state=first.state) == first
    for document in (issued, correction):
        compared, why = rebuild_into(county.name, document["document"], None)
        assert [one.filename for one in compared if not one.is_same] == [], why


def test_a_correction_needs_two_people_like_any_summary(county, issued):
    correction = annual_summary(county.name, LATER, corrects=1)
    asked = {"document": correction["document"], "checksum": correction["checksum"]}
    with pytest.raises(DocumentError, match="不能签发"):
        sign_off(county.name, SignOffForm(**asked, opinion=Opinion.SIGN, name="王志远"))
    sign_off(county.name, SignOffForm(**asked, opinion=Opinion.REVIEW, name="周敏"))
    with pytest.raises(DocumentError, match="两人"):
        sign_off(county.name, SignOffForm(**asked, opinion=Opinion.SIGN, name="周敏"))
    assert paper(county, issued).state is DocumentState.SENT


def test_a_correction_drafted_again_keeps_its_number_and_its_signatures(county, issued):
    correction = annual_summary(county.name, LATER, corrects=1, reason="一件答复误登")
    sign_off(
        county.name,
        SignOffForm(
            document=correction["document"], opinion=Opinion.REVIEW, name="周敏", checksum=correction["checksum"]
        ),
    )
    assert annual_summary(county.name, LATER, corrects=1, reason="一件答复误登") == correction
    assert paper(county, correction).state is DocumentState.REVIEWED


def test_whoever_got_the_wrong_summary_and_is_no_unit_any_more_gets_its_correction_where_that_went(county, issued):
    with sqlite3.connect(county.var / "ledger.sqlite") as connection:
        connection.execute("update messages set recipients = replace(recipients, '@', '@then.')")
        connection.execute("update messages set unit_id = '已撤并' where unit_id = '105'")
    correction = annual_summary(county.name, LATER, corrects=1)
    issue(county.name, correction)
    sent = dict(
        county.ledger(
            "select m.unit_id, m.recipients from messages m join document_mails d on d.message_id = m.message_id"
            f" where d.document_id = '{correction['document']}'"
        )
    )
    assert {unit for unit, recipients in sent.items() if "@then." in recipients} == {"已撤并"}
    assert json.loads(sent["已撤并"].replace("@then.", "@")) == json.loads(sent["105"])


def test_nothing_is_corrected_where_no_figure_changes(county, issued_once):
    folder, _ = issued_once
    copied(folder, county.var)
    with pytest.raises(DocumentError, match="没有任何数字需要更正"):
        annual_summary(county.name, LATER, corrects=1)


def test_only_an_issued_summary_is_corrected(county, drafted):
    with pytest.raises(DocumentError, match="还没有签发，改稿即可"):
        annual_summary(county.name, LATER, corrects=1)


def test_what_a_correction_took_the_place_of_is_not_corrected_again(county, issued):
    issue(county.name, annual_summary(county.name, LATER, corrects=1))
    with pytest.raises(DocumentError, match="已由年度总结2026年第2期更正"):
        annual_summary(county.name, LATER, corrects=1)


def test_a_correction_keeps_the_year_of_what_it_corrects(county, issued):
    with pytest.raises(ConfigurationError, match="总结的是 2026 年，不是 2025 年"):
        annual_summary(county.name, LATER, corrects=1, year=2025)


def test_a_summary_from_before_its_figures_were_kept_is_worked_out_as_of_its_day(county, issued):
    printed = said_by(county, issued)
    with sqlite3.connect(county.var / "ledger.sqlite") as connection:
        connection.execute("drop trigger if exists document_versions_no_update")
        ((contents,),) = connection.execute("select contents from document_versions").fetchall()
        old = {part: file for part, file in json.loads(contents).items() if part != "content"}
        connection.execute("update document_versions set contents = ?", (json.dumps(old),))
    corrected = said_by(county, annual_summary(county.name, LATER, corrects=1))
    assert corrected.correction.differences == summary_differences(printed, corrected)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 1, 5), date(2026, 2, 2)])
def test_the_yearly_run_drafts_on_the_first_workday_of_january_only(county, day):
    assert annual_summary(county.name, day, yearly=True, return_state=True).name == "Skipped"


@pytest.fixture
def led(county):
    """The demonstration's city, which records who leads; beside the county, whose server it shares."""
    new_installation(county.var, "demo")
    return "demo"


def test_each_leader_is_briefed_and_the_brief_goes_to_the_leaders_office_or_to_ours(county, led):
    drafted = key_proposals(led, date(2026, 7, 15))["documents"]
    assert len(drafted) == 5
    for each in drafted:
        assert issue(led, each)["mails"] == 1
    delivery(led, date(2026, 7, 15))
    sent = {str(mail["to"]): str(mail["subject"]) for mail in map(opened, county.mails())}
    addresses = sorted(to.rpartition("<")[2].rstrip(">") for to in sent)
    # 秦晓琳 has no address of her own: the office takes hers there.
    offices = [f"mishu{n}@linjiang.gov.example" for n in range(1, 5)]
    assert addresses == sorted([*offices, "ducha@linjiang.gov.example"])
    told = {to.rpartition("<")[2].rstrip(">"): subject for to, subject in sent.items()}
    assert "秦晓琳" in told["ducha@linjiang.gov.example"]
    assert "周文博副市长" in told["mishu2@linjiang.gov.example"]


def test_a_scheduled_run_briefs_each_leader_once_when_their_day_has_come(county, led):
    first = key_proposals(led, date(2026, 7, 6), scheduled=True)["documents"]
    assert len(first) == 5
    assert key_proposals(led, date(2026, 7, 7), scheduled=True)["documents"] == []
    # 周文博 asked for a fortnight, the others for a month.
    (own,) = key_proposals(led, date(2026, 7, 20), scheduled=True)["documents"]
    ledger = open_workplace(led).ledger
    assert documents.by_id(ledger, led, own["document"]).made_from["leader"] == "副市长 周文博"
