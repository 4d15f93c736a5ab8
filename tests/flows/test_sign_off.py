"""From the ranking to the mails: drafted, reviewed, signed by another, sent, corrected, and rebuilt byte by byte."""

from __future__ import annotations

import email
import email.policy
import io
import re
import shutil
import zipfile
from datetime import date

import pytest

from flows.__main__ import main
from flows.day import clock
from flows.delivery import delivery
from flows.ranking_circular import ranking_circular
from flows.sign_off import ACTS, Opinion, SignOffForm, sign_off
from reports import fonts
from tasks.adapters.ledger import documents, silences, snapshots
from tasks.adapters.workplace import open_workplace
from tasks.domain.documents import Act, DocumentKind
from tasks.domain.errors import DocumentError
from tasks.draft import monthly_is_due
from tasks.rebuild import rebuild_into
from tests.builders import ROOT
from tests.installations import copied, new_installation, ran

pytestmark = pytest.mark.flow
DAY = date(2026, 11, 20)
LATER = date(2026, 11, 27)


def form(opinion, document, name, checksum="", comment=""):
    return SignOffForm(document=document, opinion=opinion, name=name, checksum=checksum, comment=comment)


def issue(town, drafted, reviewer="周敏", signer="王志远"):
    for opinion, name in ((Opinion.REVIEW, reviewer), (Opinion.SIGN, signer)):
        result = sign_off(town.name, form(opinion, drafted["document"], name, drafted["checksum"]))
    return result


@pytest.fixture(scope="module")
def first_draft(tmp_path_factory, prefect_server):
    """An installation with the draft of the first circular, made once; and what the run said."""
    return ran(tmp_path_factory.mktemp("drafted"), lambda: ranking_circular("demo-county", DAY))


@pytest.fixture
def drafted(county, first_draft):
    """A copy of it, as the test's own: what the run said of the draft."""
    var, said = first_draft
    copied(var, county.var)
    return said


def documents_of(town):
    """The circulars, the newest first; their letters are tested elsewhere."""
    found = documents.listing(open_workplace(town.name).ledger, town.name)
    return [document for document in found if document.kind is DocumentKind.CIRCULAR]


def take_back_a_reply(town):
    """The source finds out that a reply it had recorded was never given."""
    last = "select max(答复号) from 答复 where 第几次 = 1 and 答复日期 < '2026/07/01'"
    return town.change(f"delete from 答复 where 答复号 = ({last})")


def opened(path):
    return email.message_from_bytes(path.read_bytes(), policy=email.policy.default)


def test_a_circular_is_drafted_reviewed_signed_and_sent_to_every_unit(county, drafted):
    assert drafted["document"] == "demo-county-circular-2026-001"
    assert county.mails() == []
    delivery(county.name, DAY)
    assert county.mails() == []

    assert (
        sign_off(county.name, form(Opinion.REVIEW, drafted["document"], "周敏", drafted["checksum"]))["state"]
        == "已审核，待签发"
    )
    with pytest.raises(DocumentError, match="两人"):
        sign_off(county.name, form(Opinion.SIGN, drafted["document"], "周敏", drafted["checksum"]))
    result = sign_off(county.name, form(Opinion.SIGN, drafted["document"], "王志远", drafted["checksum"]))
    assert result["state"] == "已印发"
    assert county.mails() == []

    delivery(county.name, DAY)
    mails = [opened(path) for path in county.mails()]
    assert len(mails) == result["mails"] == len(county.ledger("select unit_id from units_versions"))
    one = mails[0]
    assert one["subject"].startswith("督查通报第1期：关于截至2026年11月20日")
    assert [part.get_filename() for part in one.iter_attachments()] == [
        "督查通报第1期.pdf",
        "督查通报第1期（台账）.xlsx",
        "督查通报第1期（排名）.xlsx",
    ]
    assert "附件" in one.get_body(("plain",)).get_content()


def test_a_draft_made_again_from_the_same_source_needs_no_new_signatures(county, drafted):
    sign_off(county.name, form(Opinion.REVIEW, drafted["document"], "周敏", drafted["checksum"]))
    again = ranking_circular(county.name, DAY)
    assert again == drafted
    assert documents_of(county)[0].state == "reviewed"


def test_a_source_that_moved_changes_the_text_and_voids_the_review(county, drafted):
    first = drafted
    sign_off(county.name, form(Opinion.REVIEW, first["document"], "周敏", first["checksum"]))
    assert take_back_a_reply(county) == 1
    again = ranking_circular(county.name, DAY)
    assert (again["document"], again["version"]) == (first["document"], 2)
    assert again["checksum"] != first["checksum"]
    with pytest.raises(DocumentError, match="待审核"):
        sign_off(county.name, form(Opinion.SIGN, first["document"], "王志远", first["checksum"]))


def test_a_returned_draft_keeps_its_number_and_its_comment(county, drafted):
    first = drafted
    sign_off(county.name, form(Opinion.RETURN, first["document"], "王志远", comment="请补充下一步要求"))
    again = ranking_circular(county.name, LATER)
    assert (again["document"], again["version"]) == (first["document"], 2)
    assert county.ledger("select act, name, comment from sign_offs") == [("returned", "王志远", "请补充下一步要求")]


def test_a_correction_lists_what_changed_and_supersedes_the_wrong_one(county, drafted):
    wrong = drafted
    issue(county, wrong)
    with pytest.raises(DocumentError, match="没有任何数字需要更正"):
        ranking_circular(county.name, LATER, corrects=1)
    assert take_back_a_reply(county) == 1
    correction = ranking_circular(county.name, LATER, corrects=1, reason="一件答复误登")
    assert correction["document"] == "demo-county-circular-2026-002"
    workplace = open_workplace(county.name)
    made = documents.by_id(workplace.ledger, county.name, correction["document"])
    assert (made.as_of, made.dated_on, made.corrects) == (DAY, LATER, wrong["document"])
    text = workplace.archive.get(made.contents["text"].content).decode()
    assert "督查通报第1期，因一件答复误登，部分内容有误" in text
    issue(county, correction)
    states = {document.serial: str(document.state) for document in documents_of(county)}
    assert states == {1: "superseded", 2: "sent"}


@pytest.fixture
def own_config(tmp_path, monkeypatch):
    """青云县's configuration in a folder that a test may change."""
    folder = tmp_path / "jurisdictions" / "demo-county"
    shutil.copytree(ROOT / "config" / "jurisdictions" / "demo-county", folder)
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(folder.parent))
    return folder


def rewrite(path, *pairs):
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


def test_any_circular_is_rebuilt_byte_by_byte_whatever_the_office_changed_since(county, drafted, own_config):
    issue(county, drafted)
    issue(county, ranking_circular(county.name, LATER))
    take_back_a_reply(county)
    ranking_circular(county.name, date(2026, 11, 30), corrects=2)
    county_text = own_config / "templates" / "documents" / "circular.txt"
    county_text.parent.mkdir(parents=True, exist_ok=True)
    county_text.write_text("# 全新的写法\n\n{{ c.issuer }}。\n", encoding="utf-8")
    rewrite(own_config / "ranking.yaml", ("points: -5", "points: -9"), ("各乡镇人民政府，", "各有关方面，"))
    rewrite(own_config / "backlog.yaml", ("amount: 90 days", "amount: 30 days"))
    rewrite(own_config / "jurisdiction.yaml", ("0000-6660456", "0000-1111111"))
    workplace = open_workplace(county.name)
    a_late_explanation(workplace)
    for document in documents_of(county):
        compared, why = rebuild_into(county.name, document.document_id, None)
        assert {one.filename: one.is_same for one in compared} == dict.fromkeys(
            [one.filename for one in compared], True
        )
        assert why == ""
    assert len(documents_of(county)) == 3


def a_late_explanation(workplace):
    """Somebody records today what a unit said in the summer."""
    first = documents.by_id(workplace.ledger, workplace.name, "demo-county-circular-2026-001")
    owed = snapshots.load(workplace.ledger, first.made_from["snapshot_id"]).assignments
    for proposal, unit in zip(owed["proposal_id"], owed["unit_id"], strict=True):
        silences.add_explanation(
            workplace.ledger,
            workplace.name,
            proposal,
            unit,
            "补报",
            explained_on=date(2026, 7, 1),
            by="周敏",
            now=clock(),
        )


def test_a_file_that_comes_out_otherwise_is_named(county, drafted, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(fonts.Fonts, "version", property(lambda self: "别的字体"))
    monkeypatch.setattr("reports.official_docx.WRITTEN_AT", (1990, 1, 1, 0, 0, 0))
    assert main(["sign-off", "rebuild", "-j", county.name, drafted["document"], "-o", str(tmp_path / "again")]) == 1
    told = capsys.readouterr()
    assert "不一致  督查通报第1期.docx" in told.out
    assert "一致  督查通报第1期（排名）.xlsx" in told.out
    assert "字体与拟稿时不同" in told.err
    assert (tmp_path / "again" / "督查通报第1期（台账）.xlsx").exists()


def test_the_trend_compares_with_the_last_circular_issued(county):
    issue(county, ranking_circular(county.name, date(2026, 7, 15)))
    second = ranking_circular(county.name, DAY)
    workplace = open_workplace(county.name)
    made = documents.by_id(workplace.ledger, county.name, second["document"])
    assert made.made_from["compared_with"] == "demo-county-circular-2026-001"
    text = workplace.archive.get(made.contents["text"].content).decode()
    assert re.search(r"答复率[\d.]+%，较上期提高[\d.]+个百分点；", text)
    assert re.search(r"逾期未答复\d+件，较上期减少\d+件", text)


def test_the_monthly_circular_ends_with_the_last_month(county):
    ranking_circular(county.name, date(2026, 11, 2), monthly=True)
    (made,) = documents_of(county)
    assert (made.as_of, made.dated_on) == (date(2026, 10, 31), date(2026, 11, 2))
    assert made.title == "关于2026年1—10月人大代表建议和政协提案办理情况的通报"


def test_the_monthly_circular_is_drafted_once_on_the_months_first_workday_or_the_next(county):
    assert [day for day in (1, 2, 3) if monthly_is_due(county.name, date(2026, 11, day))] == [2, 3]
    ranking_circular(county.name, date(2026, 11, 3), monthly=True)
    assert ranking_circular(county.name, date(2026, 11, 4), monthly=True, return_state=True).name == "Skipped"
    (made,) = documents_of(county)
    assert (made.as_of, made.dated_on, made.version) == (date(2026, 10, 31), date(2026, 11, 3), 1)
    assert monthly_is_due(county.name, date(2026, 12, 1))


def test_confidential_titles_stand_in_no_file_of_the_circular(county):
    new_installation(county.var, "demo")
    drafted = ranking_circular("demo", DAY)
    workplace = open_workplace("demo")
    made = documents.by_id(workplace.ledger, "demo", drafted["document"])
    proposals = snapshots.load(workplace.ledger, made.made_from["snapshot_id"]).proposals
    titles = proposals.loc[proposals["is_confidential"].fillna(False).astype(bool), "title"].tolist()
    assert titles
    for part, file in made.contents.items():
        content = unpacked(workplace.archive.get(file.content), file.filename)
        assert [title for title in titles if title.encode() in content] == [], part


def unpacked(content: bytes, name: str) -> bytes:
    """The text of an Office file; a PDF's is not looked for, it is set from the same document as the .docx."""
    if not name.endswith((".xlsx", ".docx")):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return b"".join(packed.read(entry) for entry in packed.namelist())


def test_the_form_offers_every_act_in_chinese():
    assert set(ACTS) == set(Opinion)
    assert set(ACTS.values()) == set(Act)
    schema = SignOffForm.model_json_schema()
    assert [field["title"] for field in schema["properties"].values() if "title" in field] == [
        "编号",
        "处理意见",
        "姓名",
        "校验码",
        "意见",
    ]
    assert schema["$defs"]["Opinion"]["enum"] == ["审核通过", "签发", "退回"]
