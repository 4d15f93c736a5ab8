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
