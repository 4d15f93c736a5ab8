import os

import pytest

from tasks.adapters.archive import Archive, write_atomically
from tasks.domain.errors import LedgerError


def test_the_same_content_is_kept_once_and_comes_back_whole(tmp_path):
    archive = Archive(tmp_path)
    digest = archive.put("正文".encode())
    assert archive.put("正文".encode()) == digest
    assert archive.get(digest).decode() == "正文"
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


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
