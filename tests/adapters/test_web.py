"""The site over HTTP: right types, strict headers, no listings, and the site's own page for what is not there."""

from __future__ import annotations

import re
import threading
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest

from tasks.adapters.settings import ROOT
from tasks.adapters.web import HEADERS, web_server
from tasks.domain.errors import ConfigurationError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "versions" / "one"
    (root / "data").mkdir(parents=True)
    files = {
        "index.html": "首页",
        "404.html": "没有这一页",
        "data/rows.js": "1",
        "hotline.txt": "口径",
        "feed.xml": "<a/>",
    }
    for path, text in files.items():
        (root / path).write_text(text, encoding="utf-8")
    (tmp_path / "secret.txt").write_text("秘密", encoding="utf-8")
    (tmp_path / "current").symlink_to(root, target_is_directory=True)
    return tmp_path / "current"


@pytest.fixture
def ask(folder: Path):
    server = web_server(folder, "127.0.0.1", 0)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()

    def answer(path: str, method: str = "GET") -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", server.server_port, timeout=10)
        connection.request(method, path)
        given = connection.getresponse()
        return given, given.read()

    yield answer
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/data/rows.js", "text/javascript; charset=utf-8"),
        ("/hotline.txt", "text/plain; charset=utf-8"),
        ("/feed.xml", "application/atom+xml; charset=utf-8"),
    ],
)
def test_a_file_comes_with_its_type_and_the_headers(ask, path: str, kind: str) -> None:
    given, _ = ask(path)
    assert (given.status, given.getheader("Content-Type")) == (200, kind)
    assert {name: given.getheader(name) for name in HEADERS} == HEADERS


@pytest.mark.parametrize(
    "path", ["/gone.html", "/data/", "/../secret.txt", "/%2e%2e/secret.txt", "/data/../../secret.txt"]
)
def test_what_is_not_there_gets_the_sites_own_page(ask, path: str) -> None:
    given, content = ask(path)
    assert given.status == 404
    assert content.decode() == "没有这一页"
    assert given.getheader("Content-Security-Policy")


def test_the_head_of_a_missing_page_has_no_body(ask) -> None:
    given, content = ask("/gone.html", "HEAD")
    assert (given.status, content) == (404, b"")


def test_without_a_page_of_its_own_the_answer_is_still_404(ask, folder: Path) -> None:
    (folder / "404.html").unlink()
    assert ask("/gone.html")[0].status == 404


def test_nothing_can_be_sent(ask) -> None:
    assert ask("/index.html", "POST")[0].status == 501


def test_a_new_version_is_served_from_the_moment_it_is_shown(ask, folder: Path) -> None:
    assert ask("/")[1].decode() == "首页"
    other = folder.parent / "versions" / "two"
    other.mkdir()
    (other / "index.html").write_text("新首页", encoding="utf-8")
    link = folder.parent / ".next"
    link.symlink_to(other, target_is_directory=True)
    link.replace(folder)
    assert ask("/")[1].decode() == "新首页"


def test_a_port_that_is_taken_is_said(folder: Path) -> None:
    with web_server(folder, "127.0.0.1", 0) as server, pytest.raises(ConfigurationError, match="--port"):
        web_server(folder, "127.0.0.1", server.server_port)


def test_the_web_server_in_the_guide_sends_the_same_headers() -> None:
    text = (ROOT / "docs" / "deploy" / "nginx-site.conf").read_text(encoding="utf-8")
    assert dict(re.findall(r'add_header (\S+) "([^"]*)" always;', text)) == HEADERS
