"""A copy of the ledger and the archive is whole, is refused when damaged, and brings everything back."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from tasks.adapters.archive import Archive
from tasks.adapters.ledger import runs
from tasks.adapters.ledger.engine import Ledger, head, open_ledger
from tasks.adapters.settings import settings
from tasks.domain.errors import ConfigurationError, LedgerError
from tasks.keep_ledger import back_up, downgrade_ledger, ledger_version, put_back, upgrade_ledger

NOW = datetime(2026, 7, 13, tzinfo=UTC)


@pytest.fixture
def archive(var):
    return Archive(var / "archive")


def everything(url):
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        names = sorted(sa.inspect(connection).get_table_names())
        rows = {name: connection.exec_driver_sql(f'select * from "{name}"').fetchall() for name in names}
    engine.dispose()
    return rows


def test_a_lost_installation_comes_back_from_its_copy(var, ledger, archive, tmp_path):
    runs.start(ledger, "demo", "daily-supervision", date(2026, 7, 13), NOW)
    digest = archive.put("通报".encode())
    before = everything(ledger.url)
    assert back_up(var / "copy") == 1
    ledger.engine.dispose()
    for path in [*var.glob("ledger.sqlite*"), archive.path(digest)]:
        path.unlink()
    put_back(var / "copy")
    assert everything(ledger.url) == before
    assert archive.get(digest) == "通报".encode()


def test_a_copy_taken_during_a_write_holds_what_was_final(var, ledger):
    runs.start(ledger, "demo", "delivery", date(2026, 7, 12), NOW)
    with ledger.begin() as connection:
        connection.exec_driver_sql("delete from runs")
        back_up(var / "copy")
    assert len(everything(f"sqlite:///{var / 'copy' / 'ledger.sqlite'}")["runs"]) == 1


def test_the_ledger_that_is_replaced_is_kept_aside(var, ledger):
    back_up(var / "copy")
    runs.start(ledger, "demo", "delivery", date(2026, 7, 12), NOW)
    ledger.engine.dispose()
    aside = put_back(var / "copy")
    assert len(everything(f"sqlite:///{aside}")["runs"]) == 1
    assert everything(ledger.url)["runs"] == []


def test_a_damaged_copy_is_refused_and_changes_nothing(var, ledger, archive):
    digest = archive.put("督办函".encode())
    runs.start(ledger, "demo", "delivery", date(2026, 7, 12), NOW)
    back_up(var / "copy")
    before = everything(ledger.url)
    Archive(var / "copy" / "archive").path(digest).write_bytes(b"other")
    with pytest.raises(LedgerError, match="与其校验值不符"):
        put_back(var / "copy")
    (var / "copy" / "ledger.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(LedgerError, match="备份已损坏"):
        put_back(var / "copy")
    assert everything(ledger.url) == before


def test_a_database_server_is_backed_up_with_its_own_tools(var, monkeypatch):
    monkeypatch.setenv("DUBAN_LEDGER_URL", "postgresql+psycopg://root@127.0.0.1/none")
    with pytest.raises(ConfigurationError, match="pg_dump"):
        put_back(var / "copy")


def test_the_schema_goes_back_to_the_first_revision_and_forward_again(var, ledger):
    ledger.engine.dispose()
    downgrade_ledger("0001")
    assert ledger_version() == ("0001", head())
    assert upgrade_ledger() == head()
    assert open_ledger(settings().ledger()).revision() == head()


def test_a_new_ledger_has_no_version_yet(var):
    (var / "ledger.sqlite").unlink()
    assert ledger_version() == (None, head())
    assert Ledger(settings().ledger()).revision() is None
