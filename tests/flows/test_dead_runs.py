"""Who may be called dead: only a run that is silent, old enough, and while heartbeats arrive at all."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from flows import dead_runs
from flows.dead_runs import HEARTBEAT, MISSED_BEATS, close_dead_runs

NOW = datetime(2026, 7, 13, 4, tzinfo=UTC)
BEAT = 180
LONG_AGO, JUST_NOW = NOW - timedelta(seconds=MISSED_BEATS * BEAT + 1), NOW - timedelta(seconds=60)
ME = uuid4()


class Server:
    """As much of Prefect's API as is asked."""

    def __init__(self, entered, beating=(), mine=True):
        self.runs = [SimpleNamespace(id=uuid4(), name="督办", state=SimpleNamespace(timestamp=at)) for at in entered]
        self.beating = {self.runs[place].id for place in beating} | ({ME} if mine else set())
        self.closed = []

    def read_flow_runs(self, **chosen):
        return self.runs

    def read_events(self, chosen, limit):
        assert chosen.event.name == [HEARTBEAT]
        return SimpleNamespace(total=int(any(f"prefect.flow-run.{run}" in chosen.resource.id for run in self.beating)))

    def set_flow_run_state(self, run_id, state, force):
        self.closed.append((run_id, state.type.value))


@pytest.fixture
def close(monkeypatch):
    """Return a function that sweeps a server and gives what was closed on it."""
    monkeypatch.setattr(dead_runs, "deployment", SimpleNamespace(id=str(uuid4())))
    monkeypatch.setattr(dead_runs, "flow_run", SimpleNamespace(id=str(ME)))
    monkeypatch.setattr(dead_runs, "OWN_BEAT_PAUSE", 0)
    monkeypatch.setattr(dead_runs, "get_run_logger", lambda: SimpleNamespace(warning=lambda *_: None))
    settings = SimpleNamespace(flows=SimpleNamespace(heartbeat_frequency=BEAT))
    monkeypatch.setattr(dead_runs, "get_current_settings", lambda: settings)

    def sweep(server):
        @contextmanager
        def client(sync_client):
            yield server

        monkeypatch.setattr(dead_runs, "get_client", client)
        assert close_dead_runs("demo", NOW) == len(server.closed)
        return server.closed

    return sweep


def test_a_silent_run_is_marked_crashed(close):
    server = Server([LONG_AGO])
    assert close(server) == [(server.runs[0].id, "CRASHED")]


def test_a_run_whose_heart_beats_is_left_alone(close):
    assert close(Server([LONG_AGO], beating=[0])) == []


def test_a_run_that_has_just_begun_is_left_alone(close):
    assert close(Server([JUST_NOW])) == []


def test_where_no_heartbeat_arrives_silence_proves_nothing(close):
    assert close(Server([LONG_AGO], mine=False)) == []


def test_without_a_deployment_nobody_is_judged(close, monkeypatch):
    monkeypatch.setattr(dead_runs, "deployment", SimpleNamespace(id=None))
    assert close(Server([LONG_AGO])) == []
