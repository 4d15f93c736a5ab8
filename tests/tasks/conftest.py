from email import message_from_bytes, policy

import pytest

from tasks.adapters.workplace import open_workplace
from tests.installations import new_installation


@pytest.fixture
def var(tmp_path, monkeypatch):
    """An installation of its own: the demonstration's configuration, an empty ledger, no mail server."""
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    for name in ("DUBAN_LEDGER_URL", "DUBAN_JURISDICTIONS", "DUBAN_SMTP__HOST", "DUBAN_OPERATORS"):
        monkeypatch.delenv(name, raising=False)
    return new_installation(tmp_path)


@pytest.fixture
def ledger(var):
    opened = open_workplace("demo").ledger
    yield opened
    opened.engine.dispose()


@pytest.fixture
def alarms_sent(var):
    """Return a function that gives the alarm mails sent so far, oldest first."""

    def sent():
        files = sorted((var / "mail" / "alarms").rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(path.read_bytes(), policy=policy.default) for path in files]

    return sent
