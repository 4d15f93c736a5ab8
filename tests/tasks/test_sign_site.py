"""A site before those who sign: one draft at a time, bound to every byte, and shown once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from tasks import sign_site
from tasks.adapters.ledger import documents, publications
from tasks.adapters.publishing import folder_of
from tasks.adapters.site import About
from tasks.adapters.workplace import open_workplace
from tasks.domain.documents import Act, Wanted
from tasks.domain.errors import DocumentError
from tasks.domain.publication_duty import MET
from tasks.record import Day
from tasks.sign_off import act_on

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = date(2026, 11, 23)


def show_without_duties(workplace, version, shown_on, shown_at):
    folder_of(workplace).show(version, 3)
    nothing = pd.DataFrame(columns=list(MET))
    return publications.record(workplace.ledger, workplace.name, version, shown_on, shown_at, nothing)


@pytest.fixture
def place(ledger, monkeypatch):
    """The demonstration without Prefect and without facts: sites are three small files."""
    workplace = open_workplace("demo")
    monkeypatch.setattr("tasks.papers.create_markdown_artifact", lambda *_, **__: None)
    monkeypatch.setattr(sign_site, "_made", lambda _, version: {"version": version.name})
    monkeypatch.setattr(sign_site, "show_site", show_without_duties)
    yield workplace
    workplace.ledger.engine.dispose()


def staged(place, *titles: str, minutes: int = 0, disclosed=(), warnings=()) -> str:
    rows = [{"page": f"proposals/ab/{title}.html", "title": title} for title in titles]
    files = [
        ("index.html", f"{minutes}".encode()),
        ("data/proposals.json", json.dumps({"proposals": rows}).encode()),
        ("summary.txt", "\ufeff一页摘要正文".encode()),
        *((row["page"], row["title"].encode()) for row in rows),
    ]
    about = About(DAY, NOW, "an assessment", frozenset(disclosed), warnings=tuple(warnings))
    return folder_of(place).stage(files, about, NOW + timedelta(minutes=minutes)).name


def put(place, *titles: str, minutes: int = 0, disclosed=(), warnings=()):
    name = staged(place, *titles, minutes=minutes, disclosed=disclosed, warnings=warnings)
    at = NOW + timedelta(minutes=minutes)
    return sign_site.put_before_signers(place, name, Day(DAY, at, at))


def act(place, act, drafted, name="周敏"):
    return act_on(place.name, drafted["document"], Wanted(act, name, drafted["checksum"], "图表有误"), NOW)


def review(place, drafted):
    act(place, Act.REVIEWED, drafted)


def sign(place, drafted):
    return act(place, Act.SIGNED, drafted, "王志远")


def shown(place) -> str | None:
    version = folder_of(place).shown()
    return version.name if version else None


def sheet(place, drafted) -> str:
    document = documents.by_id(place.ledger, place.name, drafted["document"])
    return place.archive.get(document.contents["text"].content).decode()


def test_a_site_is_seen_once_it_is_signed(place):
    drafted = put(place, "a")
    review(place, drafted)
    assert shown(place) is None
    assert sign(place, drafted) == ("sent", 0)
    assert shown(place) == drafted["awaiting_sign_off"]


def test_the_signers_are_told_what_the_site_changes(place):
    first = put(place, "旧件", "不变", "改为公开", disclosed=["open:不变"])
    review(place, first)
    sign(place, first)
    told = sheet(place, put(place, "新件", "不变", "改为公开", minutes=1, disclosed=["open:ab改为公开", "open:不变"]))
    assert "新公开1件：\n- 新件" in told
    assert "撤回公开1件：\n- 旧件" in told
    assert "公开方式有变1件：\n- 改为公开" in told
    assert told.endswith("一页摘要正文\n")


def test_the_signers_are_told_what_stays_back(place):
    told = sheet(place, put(place, "a", warnings=["附件未公开：找不到 a.pdf"]))
    assert "请注意1条：\n- 附件未公开：找不到 a.pdf" in told


def test_a_long_list_of_changes_is_cut(place):
    told = sheet(place, put(place, *(f"件{number}" for number in range(25))))
    assert "新公开25件" in told
    assert "另有5件" in told


def test_a_site_that_was_changed_after_it_was_drafted_is_not_shown(place):
    drafted = put(place, "a")
    review(place, drafted)
    (folder_of(place).folder(drafted["awaiting_sign_off"]) / "index.html").write_text("changed")
    with pytest.raises(DocumentError, match="与所签发的不一致"):
        sign(place, drafted)
    assert shown(place) is None


def test_a_file_that_was_added_after_the_draft_is_noticed(place):
    drafted = put(place, "a")
    review(place, drafted)
    (folder_of(place).folder(drafted["awaiting_sign_off"]) / "more.html").write_text("more")
    with pytest.raises(DocumentError, match="与所签发的不一致"):
        sign(place, drafted)


def test_a_new_draft_takes_the_place_of_one_that_nobody_has_reviewed(place):
    first, second = put(place, "a"), put(place, "a", minutes=1)
    assert second["document"] == first["document"]
    assert folder_of(place).staged() == [second["awaiting_sign_off"]]
    with pytest.raises(DocumentError, match="有改动"):
        review(place, first)


def test_a_reviewed_draft_is_not_pulled_away_by_the_next_run(place):
    first = put(place, "a")
    review(place, first)
    again = put(place, "a", "b", minutes=1)
    assert again == first
    assert folder_of(place).staged() == [first["awaiting_sign_off"]]
    sign(place, first)
    assert shown(place) == first["awaiting_sign_off"]


def test_a_reviewed_draft_that_holds_what_was_taken_back_since_is_replaced(place):
    first = put(place, "a", "withdrawn")
    review(place, first)
    second = put(place, "a", minutes=1)
    assert folder_of(place).staged() == [second["awaiting_sign_off"]]
    with pytest.raises(DocumentError):
        sign(place, first)


def test_a_returned_site_is_never_shown_and_the_next_one_keeps_its_number(place):
    drafted = put(place, "a")
    act(place, Act.RETURNED, drafted)
    with pytest.raises(DocumentError, match="已退回"):
        sign(place, drafted)
    assert put(place, "b", minutes=1)["document"] == drafted["document"]
    assert shown(place) is None


def test_the_next_site_has_a_number_of_its_own(place):
    first = put(place, "a")
    review(place, first)
    sign(place, first)
    assert put(place, "a", minutes=1)["document"] == "demo-site-2026-002"


def test_a_signature_whose_site_was_not_shown_is_made_good(place, monkeypatch):
    drafted = put(place, "a")
    review(place, drafted)

    def full(*_):
        raise OSError("disk full")

    with monkeypatch.context() as broken:
        broken.setattr(sign_site, "show_site", full)
        with pytest.raises(OSError, match="disk full"):
            sign(place, drafted)
    assert shown(place) is None
    sign(place, drafted)
    assert shown(place) == drafted["awaiting_sign_off"]


def test_a_signature_made_good_late_does_not_bring_an_old_site_back(place, monkeypatch):
    old = put(place, "a")
    review(place, old)
    with monkeypatch.context() as broken:
        broken.setattr(sign_site, "show_site", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            sign(place, old)
    new = put(place, "b", minutes=1)
    review(place, new)
    sign(place, new)
    with pytest.raises(DocumentError, match="已不在"):
        sign(place, old)
    assert shown(place) == new["awaiting_sign_off"]
