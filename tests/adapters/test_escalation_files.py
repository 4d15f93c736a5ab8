"""``escalation.yaml``: what it says is what the ladder does, and what it gets wrong is told at its line."""

import re
from datetime import date
from pathlib import Path

import pytest

from tasks.adapters.escalation_files import load_ladder
from tasks.domain.deadlines import Limit
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import ContactRole, Level
from tasks.domain.ladder import Form
from tests.builders import LIMITS

CONFIG = Path(__file__).parents[2] / "config" / "jurisdictions"
GOOD = """\
policies:
  - from: 2016-01-01
    article: 办法第九条
    checked_on: null
    rungs:
      - level: remind
        when: {before: 15 days}
        to: handler
        form: digest
    duties:
      default: {up_to: remind}
"""


def ladder_of(tmp_path: Path, text: str):
    path = tmp_path / "escalation.yaml"
    path.write_text(text, encoding="utf-8")
    return load_ladder(path, LIMITS)


@pytest.mark.parametrize("name", ["demo", "demo-county", "cixi"])
def test_every_shipped_ladder_loads(name: str) -> None:
    assert load_ladder(CONFIG / name / "escalation.yaml", LIMITS).policies


def test_the_demo_ladder_has_the_documented_defaults() -> None:
    (policy,) = load_ladder(CONFIG / "demo" / "escalation.yaml", LIMITS).policies
    shown = [(str(r.level), str(r.when), str(r.every or ""), str(r.to), [str(c) for c in r.cc]) for r in policy.rungs]
    assert shown == [
        ("remind", "before 15 days", "", "handler", ["section"]),
        ("urge", "late 1 workday", "3 workdays", "section", ["leader"]),
        ("supervise", "late 10 workdays", "", "leader", ["top_leader"]),
        ("supervision_letter", "late 20 workdays", "", "top_leader", []),
        ("criticism", "late 30 workdays", "", "top_leader", []),
    ]
    assert [r.needs_sign_off for r in policy.rungs] == [False, False, False, True, True]
    assert [rung.level for rung, _ in policy.climbed_by("opinion")] == ["remind", "urge", "supervise"]
    assert [rung.level for rung, _ in policy.climbed_by("commitment")][-1] == "criticism"


def test_a_rung_reads_as_written(tmp_path: Path) -> None:
    (policy,) = ladder_of(tmp_path, GOOD).policies
    (rung,) = policy.rungs
    assert (policy.starts_on, policy.article, policy.checked_on) == (date(2016, 1, 1), "办法第九条", None)
    assert (rung.level, rung.to, rung.form) == (Level.REMIND, ContactRole.HANDLER, Form.DIGEST)
    assert (rung.when.limit, rung.when.is_before) == (Limit.parse("15 days"), True)


@pytest.mark.parametrize(
    ("wrong", "instead", "told"),
    [
        ("{before: 15 days}", "{before: 15 days, late: 1 workday}", r":7\b.*只写一个"),
        ("{before: 15 days}", "{before: 1 month}", r":7\b.*days"),
        ("{before: 15 days}", "{before: 15}", r":7\b.*文字"),
        ("level: remind", "level: warn", r":6\b.*warn"),
        ("to: handler", "to: boss", r":8\b.*boss"),
        ("form: digest", "from: digest", r":9\b.*from"),
        ("checked_on: null", "checked_at: null", r"checked_on"),
        ("default: {up_to: remind}", "reply: {up_to: remind}", r"default"),
        ("{up_to: remind}", "{up_to: none}", r":11\b.*理由"),
        ("default: {up_to: remind}", "default: {up_to: remind}\n      replies: {up_to: remind}", r"replies"),
    ],
)
def test_a_fault_is_told_with_file_line_and_remedy(tmp_path: Path, wrong: str, instead: str, told: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        ladder_of(tmp_path, GOOD.replace(wrong, instead))
    assert "escalation.yaml" in str(error.value)
    assert re.search(told, str(error.value).replace("\n", " ")), str(error.value)


def test_policies_out_of_order_are_refused(tmp_path: Path) -> None:
    second = GOOD.removeprefix("policies:\n").replace("2016-01-01", "2015-01-01")
    with pytest.raises(ConfigurationError, match="由早到晚"):
        ladder_of(tmp_path, GOOD + second)
