import os

import pytest

from tasks.adapters.settings import settings
from tasks.domain.errors import ConfigurationError


def test_the_default_ledger_is_a_file_under_var(monkeypatch, tmp_path):
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    assert settings().ledger() == f"sqlite:///{tmp_path / 'ledger.sqlite'}"


def test_the_environment_s_source_url_wins_over_the_file_s(monkeypatch, tmp_path):
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    assert settings().source("demo-county", "sqlite:///{var}/x.db") == f"sqlite:///{tmp_path}/x.db"
    monkeypatch.setenv("DUBAN_SOURCE_URL__DEMO_COUNTY", "postgresql+psycopg://reader@db/city")
    assert settings().source("demo-county", "sqlite:///{var}/x.db") == "postgresql+psycopg://reader@db/city"


def test_a_secret_may_stand_in_a_file(monkeypatch, tmp_path):
    (tmp_path / "url").write_text("postgresql+psycopg://duban:secret@db/ledger\n", "utf-8")
    monkeypatch.setenv("DUBAN_LEDGER_URL_FILE", str(tmp_path / "url"))
    assert settings().ledger() == "postgresql+psycopg://duban:secret@db/ledger"


def test_a_secret_file_that_cannot_be_read_is_named(monkeypatch, tmp_path):
    monkeypatch.setenv("DUBAN_LEDGER_URL_FILE", str(tmp_path / "none"))
    with pytest.raises(ConfigurationError, match=r"密钥文件 .*none: 读不到"):
        settings().ledger()


def test_a_wrong_value_names_its_variable(monkeypatch):
    monkeypatch.setenv("DUBAN_SMTP__SECURITY", "none")
    with pytest.raises(ConfigurationError, match="DUBAN_SMTP__SECURITY"):
        settings()


def test_an_office_s_own_folders_come_before_ours(monkeypatch, tmp_path):
    monkeypatch.setenv("DUBAN_JURISDICTIONS", os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b")]))
    assert [folder.name for folder in settings().jurisdiction_folders()] == ["a", "b", "jurisdictions"]


def test_passwords_do_not_show_in_the_settings_text(monkeypatch):
    monkeypatch.setenv("DUBAN_SMTP__PASSWORD", "geheim-7")
    monkeypatch.setenv("DUBAN_SOURCE_URL__DEMO", "mysql+pymysql://a:geheim-7@db/x")
    assert "geheim-7" not in repr(settings())


def test_several_servers_speak_through_redis_by_one_setting(monkeypatch, tmp_path):
    (tmp_path / "redis").write_text("redis://:geheim-7@cache:6379\n", "utf-8")
    monkeypatch.setenv("DUBAN_REDIS_URL_FILE", str(tmp_path / "redis"))
    found = settings().prefect_servers()
    assert found["PREFECT_REDIS_MESSAGING_URL"] == "redis://:geheim-7@cache:6379/0"
    assert found["PREFECT_SERVER_DOCKET_URL"] == "redis://:geheim-7@cache:6379/1"
    assert {value for name, value in found.items() if "URL" not in name} == {
        "prefect_redis.messaging", "prefect_redis.ordering", "prefect_redis.lease_storage"
    }  # fmt: skip


def test_one_server_needs_neither(monkeypatch):
    assert settings().prefect_servers() == {}


def test_a_rehearsal_has_everything_apart(monkeypatch, tmp_path):
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    monkeypatch.setenv("DUBAN_LEDGER_URL", "postgresql+psycopg://duban@db/ledger")
    apart = settings().rehearsing("xin-shi", "office@example.cn")
    assert apart.ledger() == f"sqlite:///{tmp_path / 'rehearsal' / 'xin-shi' / 'ledger.sqlite'}"
    assert apart.mail_redirect == "office@example.cn"
