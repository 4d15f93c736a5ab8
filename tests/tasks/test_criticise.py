"""A criticism letter goes with one text of its circular, after it, to one head, and under a signature of its own."""

from __future__ import annotations

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from flows.day import clock
from tasks import sign_off
from tasks.adapters.ledger import document_mails, documents, sign_offs
from tasks.adapters.ledger.outbox_tables import messages
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import assess_day
from tasks.criticise import draft_letters
from tasks.domain.documents import Act, DocumentKind, DocumentState, Wanted
from tasks.domain.errors import DocumentError
from tasks.draft import draft_circular
from tasks.rank import rank_assessed
from tasks.record import office_day
from tasks.refresh import take_snapshot
from tests.builders import ROOT
from tests.installations import new_installation

NAME = "demo-county"
DAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """青云县 with an empty ledger and a configuration that a test may change."""
    folder = new_installation(tmp_path_factory.mktemp("installation"), NAME)
    shutil.copytree(ROOT / "config" / "jurisdictions" / NAME, folder / "jurisdictions" / NAME)
    return folder


@pytest.fixture(scope="module")
def drafted_once(installation: Path, tmp_path_factory: pytest.TempPathFactory):
    """The same with its first circular drafted, and what was drafted."""
    folder = shutil.copytree(installation, tmp_path_factory.mktemp("drafted"), dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        return folder, drafted(opened(folder, patch))


@pytest.fixture
def office(tmp_path: Path, installation: Path, monkeypatch: pytest.MonkeyPatch) -> Workplace:
    """A copy of the installation, as the test's own."""
    return opened(shutil.copytree(installation, tmp_path, dirs_exist_ok=True), monkeypatch)


@pytest.fixture
def first(office: Workplace, drafted_once):
    """Return the first circular and its letters, and put them into the test's office."""
    folder, draft = drafted_once
    shutil.copytree(folder, office.settings.var, dirs_exist_ok=True)
    return draft


def opened(folder: Path, patch: pytest.MonkeyPatch) -> Workplace:
    patch.setenv("DUBAN_VAR", str(folder))
    patch.setenv("DUBAN_JURISDICTIONS", str(folder / "jurisdictions"))
    # Pictures and pages are not what is tested here, and take most of the time.
    for module in ("papers", "compose_circular"):
        patch.setattr(f"tasks.{module}.fonts_of", lambda workplace: None)
    return open_workplace(NAME)


def drafted(office: Workplace, corrects: str | None = None):
    """The circular's draft and its letters, as a run makes them."""
    now, workplace = clock(), open_workplace(office.name)
    snapshot = take_snapshot(workplace, now)
    made = rank_assessed(workplace, assess_day(workplace, snapshot.snapshot_id, DAY, now), None, now)
    day = office_day(NAME, DAY, None, now)
    circular, _ = draft_circular(workplace, made, day, corrects, "县住房和城乡建设局的一件登记有误")
    return circular, {letter.made_from["units"][0]: letter for letter in draft_letters(workplace, circular, day)}


def act(document, what, name):
    current = documents.by_id(open_workplace(NAME).ledger, NAME, document.document_id)
    return sign_off.act_on(NAME, document.document_id, Wanted(what, name, current.checksum), clock())


def issue(document):
    act(document, Act.REVIEWED, "周敏")
    return act(document, Act.SIGNED, "王志远")


def configure(office: Workplace, old: str, new: str) -> None:
    path = office.jurisdiction.folder / "ranking.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def nobody_is_criticised(office: Workplace) -> None:
    configure(
        office, "criticise: {bottom: 2, below_score: 96, one_in: 3, zero: [reply_progress]}", "criticise: {bottom: 0}"
    )


def mails(office: Workplace, document):
    with office.ledger.connect() as connection:
        found = connection.execute(messages.select().where(messages.c.level == "通报批评函")).mappings().all()
    return [row for row in found if row["message_id"] == document_mails.mail_id(document, row["unit_id"])]


def text_of(office: Workplace, document) -> str:
    return office.archive.get(document.contents["text"].content).decode()


def states(office: Workplace) -> dict[str, str]:
    found = documents.listing(office.ledger, NAME)
    return {one.made_from["units"][0]: str(one.state) for one in found if one.kind is DocumentKind.CRITICISM}


def test_each_criticised_unit_has_a_letter_with_its_grounds_its_cases_and_the_day(office, first):
    _, letters = first
    assert sorted(letters) == ["108", "109"]
    told = text_of(office, letters["109"])
    assert "关于对县交通运输局予以通报批评的函" in told
    assert "在督查通报第1期中，对你单位予以通报批评。原因如下：列本组第" in told
    assert "逾期未答复的建议提案共1件" in told
    assert re.search(r"按期答复率\s+[\d.]+%（\d+/\d+）\s+[\d.]+%（\d+/\d+）", told)
    assert "2026年11月27日前将情况说明和整改措施书面报" in told
    assert "青政督批〔2026〕" in told
    assert letters["109"].state is DocumentState.DRAFT


def test_a_letter_is_not_signed_before_its_circular(office, first):
    circular, letters = first
    letter = letters["109"]
    act(letter, Act.REVIEWED, "周敏")
    with pytest.raises(DocumentError, match="督查通报2026年第1期还没有签发：函随通报发出"):
        act(letter, Act.SIGNED, "王志远")
    issue(circular)
    assert act(letter, Act.SIGNED, "王志远") == (DocumentState.SENT, 1)
    assert states(office) == {"108": "draft", "109": "sent"}


def test_a_letter_goes_to_the_head_of_the_unit_alone_and_carries_the_letter(office, first):
    circular, letters = first
    issue(circular)
    issue(letters["109"])
    (mail,) = mails(office, letters["109"])
    assert mail["unit_id"] == "109"
    assert [who["role"] for who in mail["recipients"] if who["kind"] == "to"] == ["top_leader"]
    assert [one["filename"] for one in mail["mail"]["attachments"]] == ["关于对县交通运输局予以通报批评的函.docx"]


def test_two_people_sign_a_letter_too(office, first):
    circular, letters = first
    issue(circular)
    act(letters["109"], Act.REVIEWED, "周敏")
    with pytest.raises(DocumentError, match="两人"):
        act(letters["109"], Act.SIGNED, "周敏")


def test_the_same_draft_again_leaves_the_letters_their_reviews(office, first):
    _, letters = first
    act(letters["109"], Act.REVIEWED, "周敏")
    _, again = drafted(office)
    assert {unit: letter.document_id for unit, letter in again.items()} == {
        unit: letter.document_id for unit, letter in letters.items()
    }
    assert again["109"].state is DocumentState.REVIEWED


def test_a_circular_that_changed_voids_what_was_given_to_its_letters(office, first):
    _, letters = first
    act(letters["109"], Act.REVIEWED, "周敏")
    configure(office, "各乡镇人民政府，", "各有关方面，")
    _, again = drafted(office)
    assert again["109"].state is DocumentState.DRAFT
    assert again["109"].document_id == letters["109"].document_id


def test_a_letter_of_an_earlier_text_is_never_signed(office, first):
    circular, letters = first
    configure(office, "各乡镇人民政府，", "各有关方面，")
    workplace, now = open_workplace(NAME), clock()
    made = rank_assessed(workplace, assess_day(workplace, circular.made_from["snapshot_id"], DAY, now), None, now)
    changed, _ = draft_circular(workplace, made, office_day(NAME, DAY, None, now), None, "")
    issue(changed)
    act(letters["109"], Act.REVIEWED, "周敏")
    with pytest.raises(DocumentError, match="定稿已有变化；请退回本函"):
        act(letters["109"], Act.SIGNED, "王志远")


def test_a_letter_that_the_new_draft_does_not_call_for_is_taken_back(office, first):
    _, letters = first
    act(letters["109"], Act.REVIEWED, "周敏")
    nobody_is_criticised(office)
    _, again = drafted(office)
    assert again == {}
    assert set(states(office).values()) == {"returned"}
    last = sign_offs.signed_off(office.ledger, letters["109"].document_id)[-1]
    assert (last["name"], last["comment"]) == ("系统", "督查通报2026年第1期改稿后不再批评该单位")


def test_a_unit_that_cannot_be_reached_is_told_to_who_signs(office):
    path = office.jurisdiction.folder / "contacts.csv"
    rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(row for row in rows if not row.startswith("109,")), encoding="utf-8")
    circular, letters = drafted(office)
    issue(circular)
    act(letters["109"], Act.REVIEWED, "周敏")
    with pytest.raises(DocumentError, match="没有可用的邮箱"):
        act(letters["109"], Act.SIGNED, "王志远")


def test_a_correction_takes_back_a_criticism_in_writing_and_repeats_none(office, first):
    circular, letters = first
    issue(circular)
    for unit in ("108", "109"):
        issue(letters[unit])
    # The office finds that its limit for the last was wrong: only 县交通运输局 stays below it.
    configure(office, "below_score: 96", "below_score: 92")
    correction, found = drafted(office, circular.document_id)
    assert sorted(found) == ["108", "109"]
    issue(correction)
    taken_back = found["108"]
    told = text_of(office, taken_back)
    assert "关于撤销对县住房和城乡建设局通报批评的函" in told
    assert "经核实，因县住房和城乡建设局的一件登记有误，原通报有误，督查通报第2期已作更正" in told
    assert issue(taken_back) == (DocumentState.SENT, 1)


def test_letters_left_open_when_their_circular_is_corrected_are_taken_back(office, first):
    circular, _ = first
    issue(circular)
    nobody_is_criticised(office)
    drafted(office, circular.document_id)
    assert set(states(office).values()) == {"returned"}
