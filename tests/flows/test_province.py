"""Many jurisdictions in one run: one that fails stops no other, and the runner changes no result."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from prefect.task_runners import ThreadPoolTaskRunner

from flows.province import province
from flows.runners import task_runner
from tasks.domain.errors import SourceError

pytestmark = pytest.mark.flow
DAY = date(2026, 7, 15)
NAMES = ["east", "north", "west"]
CONFIG = Path(__file__).parents[2] / "config" / "jurisdictions" / "demo-county"


@pytest.fixture
def counties(county, tmp_path, monkeypatch):
    """Three jurisdictions like 青云县, all with its source."""
    folder = tmp_path / "jurisdictions"
    for name in NAMES:
        shutil.copytree(CONFIG, folder / name)
        monkeypatch.setenv(f"DUBAN_SOURCE_URL__{name.upper()}", f"sqlite:///{county.source}")
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(folder))
    return county


def obligations_by_name(town):
    return dict(town.ledger("select jurisdiction, obligations_hash from assessments"))


def test_a_source_that_fails_stops_no_other_and_is_named(counties, monkeypatch):
    monkeypatch.setenv("DUBAN_SOURCE_URL__NORTH", f"sqlite:///{counties.var / 'gone.sqlite'}")
    with pytest.raises(SourceError, match="3 地中 1 地失败\nnorth"):
        province(NAMES, DAY)
    assert set(obligations_by_name(counties)) == {"east", "west"}


def test_without_a_setting_the_runner_is_threads(monkeypatch):
    monkeypatch.setenv("DUBAN_MAX_WORKERS", "3")
    runner = task_runner()
    assert isinstance(runner, ThreadPoolTaskRunner)


@pytest.mark.slow
def test_dask_and_threads_give_the_same_bytes(counties, monkeypatch):
    pytest.importorskip("prefect_dask")
    province(NAMES, DAY)
    by_threads = obligations_by_name(counties)
    monkeypatch.setenv("DUBAN_TASK_RUNNER", "dask")
    monkeypatch.setenv("DUBAN_MAX_WORKERS", "2")
    monkeypatch.setenv("DUBAN_VAR", str(counties.var / "dask"))
    province.with_options(task_runner=task_runner())(NAMES, DAY)
    assert obligations_by_name(type(counties)(counties.name, counties.var / "dask")) == by_threads
