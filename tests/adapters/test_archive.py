import os
from datetime import UTC, datetime

import pytest

from tasks.adapters.archive import Archive, write_atomically
from tasks.domain.errors import LedgerError


def test_the_same_content_is_kept_once_and_comes_back_whole(tmp_path):
    archive = Archive(tmp_path)
    digest = archive.put("正文".encode())
    assert archive.put("正文".encode()) == digest
    assert archive.get(digest).decode() == "正文"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_content_is_removed_once_and_what_was_stored_again_since_is_not(tmp_path):
    archive, long_ago, now = Archive(tmp_path), datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
    digest, again = archive.put(b"one night's"), archive.put(b"again")
    for each in (digest, again):
        os.utime(archive.path(each), (long_ago.timestamp(),) * 2)
    archive.put(b"again")
    assert (archive.size(digest, now), archive.size(again, now)) == (11, 0)
    assert [archive.remove(each, now) for each in (digest, again, digest)] == [11, 0, 0]
    assert archive.get(again) == b"again"
    with pytest.raises(LedgerError, match="读不到"):
        archive.get(digest)


def test_content_that_another_account_has_put_there_is_kept_once_too(tmp_path, monkeypatch):
    archive = Archive(tmp_path)
    digest = archive.put("正文".encode())

    def refused(*_):
        raise PermissionError

    monkeypatch.setattr(os, "utime", refused)
    assert archive.put("正文".encode()) == digest


def test_altered_content_is_refused(tmp_path):
    archive = Archive(tmp_path)
    digest = archive.put(b"signed")
    archive.path(digest).write_bytes(b"forged")
    with pytest.raises(LedgerError, match="内容与其校验值不符"):
        archive.get(digest)


def test_missing_content_says_where_it_should_be(tmp_path):
    with pytest.raises(LedgerError, match="读不到"):
        Archive(tmp_path).get("0" * 64)


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, b"new")
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("file", b"old")]
