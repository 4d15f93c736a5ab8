"""The published folder: nobody sees half a site, and what was withdrawn does not lie around."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tasks.adapters.attachments import read_attachments
from tasks.adapters.site import About, SiteFolder, Version
from tasks.domain.errors import DocumentError

DAY = date(2026, 9, 30)
MADE_AT = datetime(2026, 9, 30, 1, 2, 3, tzinfo=UTC)
ABOUT = About(DAY, MADE_AT)


@pytest.fixture(params=[True, False], ids=["links", "folders"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> SiteFolder:
    return SiteFolder(tmp_path / "site", links=request.param)


def staged(
    folder: SiteFolder, text: str, minutes: int = 0, disclosed: Iterable[str] = (), **withdrawn: date
) -> Version:
    files = [("index.html", text.encode()), ("proposals/ab/cd.html", b"page"), (f"data/{text}.js", b"1")]
    about = About(DAY, MADE_AT, "a day's assessment", frozenset(disclosed), withdrawn)
    return folder.stage(files, about, MADE_AT + timedelta(minutes=minutes))


def published(folder: SiteFolder, text: str, minutes: int = 0, keep: int = 5) -> Version:
    version = staged(folder, text, minutes)
    folder.show(version.name, keep)
    return version


def seen(folder: SiteFolder) -> str:
    return (folder.current / "index.html").read_text()


def test_a_staged_version_is_not_seen(folder: SiteFolder) -> None:
    staged(folder, "one")
    assert not folder.current.exists()
    assert folder.shown() is None


def test_a_shown_version_is_seen_whole_and_the_last_one_gone(folder: SiteFolder) -> None:
    published(folder, "one")
    published(folder, "two", 1)
    assert seen(folder) == "two"
    assert sorted(path.name for path in (folder.current / "data").iterdir()) == ["two.js"]


def test_a_version_knows_its_day_its_pages_and_what_was_withdrawn(folder: SiteFolder) -> None:
    version = staged(folder, "one", **{"proposals/x.html": DAY})
    folder.show(version.name, 3)
    shown = folder.shown()
    assert shown == version
    assert shown.paths == {"index.html", "proposals/ab/cd.html", "data/one.js"}
    assert shown.about.withdrawn == {"proposals/x.html": DAY}


def test_the_last_versions_are_kept_and_older_ones_removed(folder: SiteFolder) -> None:
    names = [published(folder, f"v{number}", number, keep=3).name for number in range(5)]
    assert folder.kept() == names[2:]
    assert sorted(path.stem for path in (folder.root / "versions").glob("*.json")) == names[2:]


def test_a_version_that_holds_a_withdrawn_page_is_not_kept(folder: SiteFolder) -> None:
    published(folder, "one")
    version = staged(folder, "two", 1, **{"proposals/ab/cd.html": DAY})
    folder.show(version.name, keep=5)
    assert folder.kept() == [version.name]
    published_after = staged(folder, "three", 2, **{"proposals/ab/cd.html": DAY})
    folder.show(published_after.name, keep=5)
    assert folder.kept() == [version.name, published_after.name]


@pytest.mark.parametrize("taken_back", ["open:0123", "column:open:leader", "reply:0123:edu:20260520"])
def test_a_version_that_discloses_what_was_taken_back_is_not_kept(folder: SiteFolder, taken_back: str) -> None:
    stays = "column:open:title"
    folder.show(staged(folder, "one", disclosed=(stays, taken_back)).name, keep=5)
    two = staged(folder, "two", 1, disclosed=(stays,))
    folder.show(two.name, keep=5)
    assert folder.kept() == [two.name]


def test_a_version_with_an_attachment_that_is_gone_is_not_kept(folder: SiteFolder) -> None:
    old = folder.stage([("files/0123.pdf", b"1")], ABOUT, MADE_AT)
    folder.show(old.name, keep=5)
    new = folder.stage([("files/4567.pdf", b"2")], ABOUT, MADE_AT + timedelta(minutes=1))
    folder.show(new.name, keep=5)
    assert folder.kept() == [new.name]


def test_lists_that_get_shorter_take_nothing_back(folder: SiteFolder) -> None:
    old = folder.stage([("list/2.html", b"1"), ("units/0123-2.html", b"1")], ABOUT, MADE_AT)
    folder.show(old.name, keep=5)
    new = folder.stage([("list.html", b"1")], ABOUT, MADE_AT + timedelta(minutes=1))
    folder.show(new.name, keep=5)
    assert folder.kept() == [old.name, new.name]


def test_to_show_an_older_version_keeps_the_newer_ones(folder: SiteFolder) -> None:
    one = staged(folder, "one")
    folder.show(one.name, 5)
    two = staged(folder, "two", 1, disclosed=("reply:0123:edu:20260520",))
    folder.show(two.name, 5)
    folder.show(one.name, 5)
    assert seen(folder) == "one"
    assert folder.kept() == [one.name, two.name]


def test_staged_versions_older_than_the_one_shown_are_removed(folder: SiteFolder) -> None:
    staged(folder, "never signed")
    two, three = staged(folder, "two", 1), staged(folder, "three", 2)
    folder.show(two.name, 5)
    assert folder.staged() == [three.name]
    assert sorted(path.stem for path in (folder.root / "versions").glob("*.json")) == [two.name, three.name]


def test_an_older_version_can_be_shown_again(folder: SiteFolder) -> None:
    one = published(folder, "one")
    published(folder, "two", 1)
    folder.show(one.name, 5)
    assert seen(folder) == "one"
    assert len(folder.kept()) == 2


def test_to_show_a_version_that_is_not_there_changes_nothing(folder: SiteFolder) -> None:
    published(folder, "one")
    with pytest.raises(DocumentError, match="没有版本"):
        folder.show("20200101T000000Z-00000000", 5)
    assert seen(folder) == "one"


def test_a_failure_while_building_leaves_the_site_as_it_was(folder: SiteFolder) -> None:
    published(folder, "one")

    def breaking() -> Iterator[tuple[str, bytes]]:
        yield "index.html", b"half"
        raise RuntimeError("template")

    with pytest.raises(RuntimeError):
        folder.stage(breaking(), ABOUT, MADE_AT + timedelta(hours=1))
    assert seen(folder) == "one"
    assert not list((folder.root / "staging").iterdir())


def test_a_change_interrupted_between_two_renames_is_finished(tmp_path: Path) -> None:
    folder = SiteFolder(tmp_path, links=False)
    one, two = published(folder, "one"), staged(folder, "two", 1)
    (tmp_path / "staging" / two.name).rename(tmp_path / "versions" / two.name)
    folder.current.rename(tmp_path / "versions" / one.name)
    assert folder.shown() == two
    assert seen(folder) == "two"


def test_a_folder_that_was_shown_without_links_takes_them_up_and_back(tmp_path: Path) -> None:
    for number, links in enumerate((False, True, False, True)):
        folder = SiteFolder(tmp_path, links=links)
        published(folder, f"v{number}", number)
        assert seen(folder) == f"v{number}"
        assert len(folder.kept()) == number + 1


def test_where_links_are_refused_the_folder_itself_is_moved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(1314, "A required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    folder = SiteFolder(tmp_path)
    published(folder, "one")
    published(folder, "two", 1)
    assert seen(folder) == "two"
    assert not folder.current.is_symlink()


def test_with_links_the_site_is_there_at_every_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = SiteFolder(tmp_path)
    published(folder, "one")
    replace, moments = Path.replace, []

    def watched(self: Path, target: Path) -> Path:
        moments.append(seen(folder))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", watched)
    version = staged(folder, "two", 1)
    folder.show(version.name, 5)
    assert set(moments) == {"one"}
    assert seen(folder) == "two"


def test_what_a_dead_process_left_is_removed_by_a_later_build(folder: SiteFolder) -> None:
    kept = published(folder, "one")
    half_built, half_removed = folder.root / "staging" / ".tmp1", folder.root / "versions" / "20260101T000000Z-00000000"
    for place in (half_built, half_removed):
        (place / "proposals").mkdir(parents=True)
        os.utime(place, (0, 0))
    fresh = folder.root / "staging" / ".tmp2"
    fresh.mkdir()
    published(folder, "two", 1)
    assert not half_built.exists()
    assert not half_removed.exists()
    assert fresh.exists()
    assert kept.name in folder.kept()


def test_a_half_removed_version_is_none(folder: SiteFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    one = published(folder, "one")
    monkeypatch.setattr("tasks.adapters.site.shutil.rmtree", lambda *_, **__: None)
    two = published(folder, "two", 1, keep=1)
    assert folder.kept() == [two.name]
    with pytest.raises(DocumentError, match="没有版本"):
        folder.show(one.name, 5)


def test_the_same_files_made_at_the_same_time_are_the_same_version(folder: SiteFolder) -> None:
    one = published(folder, "one")
    again = published(folder, "one")
    assert again == one
    assert folder.kept() == [one.name]


def test_a_discarded_version_leaves_nothing(folder: SiteFolder) -> None:
    version = staged(folder, "one")
    folder.discard(version.name)
    assert not [path for path in folder.root.rglob("*") if path.is_file()]


def test_to_discard_never_touches_what_is_kept(folder: SiteFolder) -> None:
    version = published(folder, "one")
    folder.discard(version.name)
    assert folder.shown() == version


def test_a_version_reads_back_as_it_was_written(folder: SiteFolder) -> None:
    version = staged(folder, "one")
    files = dict(folder.read(version.name))
    assert files.pop("version.txt").decode() == version.name
    assert files == {"index.html": b"one", "proposals/ab/cd.html": b"page", "data/one.js": b"1"}


@pytest.mark.parametrize("path", ["../x.html", "/etc/x", "a/../../x", "", "a\\b.html", "c:x.html", "version.txt"])
def test_a_path_that_leaves_the_site_is_refused(folder: SiteFolder, path: str) -> None:
    with pytest.raises(DocumentError, match="路径不能用于网站"):
        folder.stage([(path, b"")], ABOUT, MADE_AT)


def test_two_files_of_one_path_are_refused(folder: SiteFolder) -> None:
    with pytest.raises(DocumentError, match="两次"):
        folder.stage([("a.html", b"1"), ("a.html", b"2")], ABOUT, MADE_AT)


def test_a_lost_record_is_said_and_not_guessed(folder: SiteFolder) -> None:
    version = published(folder, "one")
    (folder.root / "versions" / f"{version.name}.json").unlink()
    with pytest.raises(DocumentError, match="记录读不了"):
        folder.shown()


def test_attachments_are_read_from_their_folder_only(tmp_path: Path) -> None:
    base = tmp_path / "replies"
    (base / "2026").mkdir(parents=True)
    (base / "2026" / "a.pdf").write_bytes(b"A")
    (tmp_path / "secret.pdf").write_bytes(b"S")
    (base / "link.pdf").symlink_to(tmp_path / "secret.pdf")
    outside = ["../secret.pdf", str(tmp_path / "secret.pdf"), "link.pdf", "gone.pdf"]
    found, missing = read_attachments(base, ["2026/a.pdf", *outside])
    assert found == {"2026/a.pdf": b"A"}
    assert missing == sorted(outside)
