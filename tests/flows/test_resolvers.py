"""Only people on the list decide what became of a mail, and their names are on record."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.__main__ import main
from tasks.domain.documents import SignOffPolicy

ROOT = Path(__file__).parents[2]
ACTS = [
    ["outbox", "resolve", "m-1", "sent", "--why", "电话核实"],
    ["outbox", "resend", "m-1", "--why", "对方误删"],
    ["outbox", "trust", "a@example.cn"],
]


@pytest.fixture
def demo(tmp_path, monkeypatch):
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(tmp_path / "own"))
    shutil.copytree(ROOT / "config" / "jurisdictions" / "demo", tmp_path / "own" / "demo")
    path = tmp_path / "own" / "demo" / "jurisdiction.yaml"
    path.write_text(path.read_text("utf-8").replace("  signers:", "  resolvers: [周敏]\n  signers:"), "utf-8")


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act[1])
def test_somebody_else_is_refused(demo, act, capsys):
    assert main([*act, "-j", "demo", "--by", "外人"]) == 1
    assert "外人不在可以核实、重发邮件的人员名单内：周敏" in capsys.readouterr().err


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act[1])
def test_somebody_on_the_list_is_not(demo, act, capsys):
    main([*act, "-j", "demo", "--by", "周敏"])
    assert "名单" not in capsys.readouterr().err


def test_an_empty_list_means_anybody_with_a_name():
    assert SignOffPolicy().refuses_to_resolve("谁都行") is None
    assert SignOffPolicy().refuses_to_resolve(" ") == "没有写姓名"
