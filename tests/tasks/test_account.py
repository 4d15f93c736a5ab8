"""What ``source.yaml`` says decides what follows from an account that could write."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import tasks.account
from flows.__main__ import main
from tasks.account import account_warning, account_warnings
from tasks.adapters.workplace import open_workplace
from tasks.domain.errors import ConfigurationError, SourceError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def place(var, monkeypatch):
    """Return a function that opens 青云县 with that line in its source.yaml."""
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(var / "own"))
    shutil.copytree(ROOT / "config" / "jurisdictions" / "demo-county", var / "own" / "demo-county")
    monkeypatch.setattr(tasks.account, "write_rights", lambda url: ["可写的表:public.log"])

    def opened(line=""):
        with (var / "own" / "demo-county" / "source.yaml").open("a", encoding="utf-8") as file:
            file.write(line)
        return open_workplace("demo-county")

    return opened


def test_by_default_it_is_told_with_what_to_do(place):
    assert account_warning(place()) == (
        "数据源 demo-county 的账号不是只读的:可写的表:public.log。"
        "请业务库管理员另建一个只有查询权限的账号(语句见 docs/sources.md),换上它的地址。"
    )


def test_it_is_refused_where_the_office_wants_it(place):
    with pytest.raises(ConfigurationError, match="writable_account 改为 warn"):
        account_warning(place("\nwritable_account: refuse\n"))


def test_a_reading_account_is_no_warning(place, monkeypatch):
    monkeypatch.setattr(tasks.account, "write_rights", lambda url: [])
    assert account_warning(place("\nwritable_account: refuse\n")) is None


def test_a_source_that_is_away_is_told_and_does_not_keep_the_service_from_starting(place, monkeypatch):
    place()

    def away(url):
        raise SourceError("数据源", "连接失败", "核对网络。")

    monkeypatch.setattr(tasks.account, "write_rights", away)
    assert account_warnings(["demo-county"]) == ["数据源: 连接失败\n核对网络。"]


def test_the_source_is_tried_before_the_first_run(place, var, capsys):
    place()
    assert main(["check-config", "-j", "demo-county", "--source"]) == 0
    told = capsys.readouterr().out
    assert "数据源读取无误:承办单位" in told
    assert "账号不是只读的" in told
    assert not list(var.glob("ledger.sqlite")) or open_workplace("demo-county").ledger.revision()
