"""Broken configurations: each is found before a run, and the whole message is what a person needs to mend it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml

from tasks.check import check_configuration
from tasks.domain.errors import ConfigurationError
from tasks.scaffold import scaffold
from tests.bad_configs.broken import NAME, broken

CASES = [
    pytest.param(case, id=f"{path.stem}-{case['case']}")
    for path in sorted(Path(__file__).parent.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    folder = tmp_path_factory.mktemp("good")
    scaffold(NAME, folder)
    return folder


def refusal(folder, monkeypatch):
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(folder))
    with pytest.raises(ConfigurationError) as refused:
        check_configuration(NAME)
    return str(refused.value).replace(f"{folder.resolve()}/{NAME}/", "").replace(f"{folder.resolve()}/{NAME}", ".")


def test_what_init_makes_is_right(good, monkeypatch):
    monkeypatch.setenv("DUBAN_JURISDICTIONS", str(good))
    assert "escalation.yaml" in check_configuration(NAME)


@pytest.mark.parametrize("case", CASES)
def test_a_broken_configuration_is_refused_in_these_words(case, good, tmp_path, monkeypatch):
    broken(good, tmp_path, case)
    assert refusal(tmp_path, monkeypatch) == (
        f"地区 {NAME}: {case.get('faults', 1)} 个文件有错误,什么也没有运行\n{case['says']}\n"
        "逐一改正后,用 check-config 再检查一遍。"
    )


def test_faults_of_several_files_are_told_at_once(good, tmp_path, monkeypatch):
    broken(good, tmp_path, {"file": "escalation.yaml", "replace": "level: urge", "with": "level: urgent"})
    for name, old, new in (("backlog.yaml", "90 days", "90 moons"), ("jurisdiction.yaml", "time_zone:", "timezone:")):
        path = tmp_path / NAME / name
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    told = refusal(tmp_path, monkeypatch)
    assert [name for name in ("jurisdiction.yaml", "escalation.yaml", "backlog.yaml") if f"\n{name}: 有" in told] == [
        "jurisdiction.yaml", "escalation.yaml", "backlog.yaml"
    ]  # fmt: skip


def test_there_are_at_least_sixty_and_none_is_there_twice():
    assert len(CASES) >= 60
    assert [name for name, count in Counter(case.id for case in CASES).items() if count > 1] == []
