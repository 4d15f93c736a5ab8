"""``site`` at the command line: list, open, serve, roll back."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.__main__ import main
from tasks.adapters.publishing import folder_of
from tasks.adapters.site import About
from tasks.adapters.workplace import open_workplace

AT = datetime(2026, 7, 15, 0, 30, tzinfo=UTC)
PAGE = "proposals/ab/cd.html"


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    monkeypatch.delenv("DUBAN_LEDGER_URL", raising=False)
    return folder_of(open_workplace("demo"))


def staged(place, day: int, *more: str) -> str:
    files = [("index.html", f"第{day}日".encode()), (PAGE, b"1"), *((path, b"1") for path in more)]
    return place.stage(files, About(date(2026, 7, day), AT), AT + timedelta(days=day)).name


def published(place, day: int, *more: str) -> str:
    name = staged(place, day, *more)
    place.show(name, 5)
    return name


def told(capsys, *arguments: str) -> tuple[int, str, str]:
    code = main(["site", *arguments])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_the_versions_are_listed_with_what_people_see(place, capsys):
    names = [published(place, 1), published(place, 2), staged(place, 3)]
    code, printed, _ = told(capsys, "list", "-j", "demo")
    assert code == 0
    lines = printed.splitlines()
    assert [line.split("  ")[:2] for line in lines] == [
        [names[0], "可以恢复"],
        [names[1], "正在公开"],
        [names[2], "尚未公开"],
    ]
    assert lines[0].endswith("数据截至 2026-07-15 00:30，1 件")


def test_an_older_version_is_shown_again_and_the_log_says_why(place, capsys):
    old, _ = published(place, 1), published(place, 2)
    code, printed, _ = told(capsys, "roll-back", "-j", "demo", old, "--by", "周敏", "--reason", "数字有误")
    assert code == 0
    assert old in printed
    assert place.current.joinpath("index.html").read_text() == "第1日"
    with open_workplace("demo").ledger.connect() as connection:
        entries = connection.exec_driver_sql("select actor, act, subject, details from audit_log").fetchall()
    assert entries == [("周敏", "恢复网站版本", f"site/{old}", '{"reason": "\\u6570\\u5b57\\u6709\\u8bef"}')]


def test_after_a_roll_back_the_newer_version_can_be_shown_again(place, capsys):
    old, new = published(place, 1), published(place, 2)
    for name in (old, new):
        assert told(capsys, "roll-back", "-j", "demo", name, "--by", "周敏", "--reason", "核对")[0] == 0
    assert place.current.joinpath("index.html").read_text() == "第2日"


def test_a_version_that_was_never_shown_cannot_be_rolled_back_to(place, capsys):
    published(place, 1)
    waiting = staged(place, 2)
    code, _, error = told(capsys, "roll-back", "-j", "demo", waiting, "--by", "周敏", "--reason", "抢先")
    assert code == 1
    assert "从未公开" in error
    assert place.current.joinpath("index.html").read_text() == "第1日"


def test_a_version_that_holds_what_was_taken_back_cannot_be_rolled_back_to(place, capsys):
    old = published(place, 1, "proposals/ef/withdrawn.html")
    published(place, 2)
    code, _, error = told(capsys, "roll-back", "-j", "demo", old, "--by", "周敏", "--reason", "核对")
    assert code == 1
    assert "撤回公开" in error


def test_the_version_that_people_see_needs_no_roll_back(place, capsys):
    name = published(place, 1)
    assert "正在公开" in told(capsys, "roll-back", "-j", "demo", name, "--by", "周敏", "--reason", "核对")[2]


def test_open_says_where_the_first_page_lies(place, capsys):
    published(place, 1)
    code, printed, _ = told(capsys, "open", "-j", "demo")
    assert code == 0
    with urllib.request.urlopen(printed.strip()) as page:
        assert page.read().decode() == "第1日"


def test_before_the_first_publication_open_says_what_to_run(place, capsys):
    code, _, error = told(capsys, "open", "-j", "demo")
    assert code == 2
    assert "run publication -j demo" in error


def test_serve_shows_a_version_that_waits_for_its_signature(place):
    published(place, 1)
    waiting = staged(place, 2)
    command = [sys.executable, "-m", "flows", "site", "serve", "-j", "demo", "--version", waiting, "--port", "0"]
    server = subprocess.Popen(command, cwd=Path(__file__).parents[2], stdout=subprocess.PIPE, text=True)
    try:
        address = server.stdout.readline().split()[1]
        with urllib.request.urlopen(address) as page:
            assert page.read().decode() == "第2日"
    finally:
        server.terminate()
        server.wait(20)
