"""``ranking.yaml``: what it says is how units are ranked, and what it gets wrong is told at its line."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tasks.adapters.ranking_files import load_ranking
from tasks.domain.deadlines import Limit
from tasks.domain.errors import ConfigurationError
from tasks.domain.ranking_scheme import Measure, PointRule, PointsFor, SatisfactionBase
from tests.builders import LIMITS, ROOT

CONFIG = ROOT / "config" / "jurisdictions"
GOOD = """\
default: weighted
schemes:
  weighted:
    label: 综合得分
    versions:
      - from: 2016-01-01
        article: 办法第九条
        checked_on: null
        sessions: latest
        follow_up_months: 12
        satisfaction: returned_forms
        minimum_caseload: 3
        weights: {reply_progress: 1}
        points:
          - {for: late, points: -1}
        praise: {top: 3, least_score: 90}
        criticise: {bottom: 3, below_score: 60, zero: [reply_progress]}
"""
LATER = GOOD.split("    versions:\n")[1].replace("2016-01-01", "2026-01-01").replace("3\n", "5\n", 1)


def schemes_of(tmp_path: Path, text: str):
    path = tmp_path / "ranking.yaml"
    path.write_text(text, encoding="utf-8")
    return load_ranking(path, LIMITS)


@pytest.mark.parametrize("name", ["demo", "demo-county", "cixi"])
def test_every_shipped_jurisdiction_has_a_weighted_and_a_points_scheme(name: str) -> None:
    schemes = load_ranking(CONFIG / name / "ranking.yaml", LIMITS)
    assert set(schemes.versions) == {"weighted", "points"}
    assert schemes.scheme("weighted", date(2026, 7, 1)).weights
    assert not schemes.scheme("points", date(2026, 7, 1)).weights


def test_the_demo_points_scheme_has_the_documented_points() -> None:
    scheme = load_ranking(CONFIG / "demo" / "ranking.yaml", LIMITS).scheme("points", date(2026, 7, 1))
    assert PointRule(PointsFor.EARLY, Decimal(1), "reply", Limit.parse("10 days")) in scheme.points
    assert PointRule(PointsFor.LATE, Decimal(-1)) in scheme.points
    assert PointRule(PointsFor.DISSATISFIED, Decimal(-5)) in scheme.points
    assert scheme.minimum_caseload == 3


def test_the_version_in_force_on_the_day_is_taken() -> None:
    schemes = load_ranking(CONFIG / "demo-county" / "ranking.yaml", LIMITS)
    assert schemes.scheme(None, date(2025, 12, 31)).satisfaction is SatisfactionBase.RETURNED_FORMS
    assert schemes.scheme(None, date(2026, 1, 1)).satisfaction is SatisfactionBase.ALL_ITEMS


def test_a_day_before_the_first_version_and_an_unknown_scheme_are_told(tmp_path: Path) -> None:
    schemes = schemes_of(tmp_path, GOOD)
    with pytest.raises(ConfigurationError, match=r"2015-12-31 还没有适用的版本（最早一条自 2016-01-01 起）"):
        schemes.scheme(None, date(2015, 12, 31))
    with pytest.raises(ConfigurationError, match="没有排名方案 'best'\n可用：weighted"):
        schemes.scheme("best", date(2026, 1, 1))


def test_a_tenth_of_a_point_is_a_tenth(tmp_path: Path) -> None:
    scheme = schemes_of(tmp_path, GOOD.replace("points: -1}", "points: -0.1}")).scheme(None, date(2026, 1, 1))
    assert scheme.points[0].points == Decimal("-0.1")
    assert scheme.weights == {Measure.REPLY_PROGRESS: Decimal(1)}


def test_a_changed_number_changes_the_version(tmp_path: Path) -> None:
    before = schemes_of(tmp_path, GOOD).scheme(None, date(2026, 1, 1)).version
    after = schemes_of(tmp_path, GOOD.replace("least_score: 90", "least_score: 91")).scheme(None, date(2026, 1, 1))
    assert before.startswith("weighted@2016-01-01+")
    assert after.version != before


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("reply_progress: 1", "replies: 1", "ranking.yaml:13.*replies"),
        ("reply_progress: 1", "reply_progress: 0", "权重须大于 0：reply_progress"),
        ("for: late, points", "for: early, points", "early 须写 ahead"),
        ("for: late, points", "for: late, ahead: 3 days, points", "early 须写 ahead"),
        ("for: late, points: -1", "for: early, ahead: 2 months, points: 1", "以 days 或 workdays 计"),
        ("for: late, points", "for: late, duty: replyy, points", "没有这样的事项：\\['replyy'\\]"),
        ("default: weighted", "default: best", "default 写的“best”不在 schemes 里"),
        ("        sessions: latest\n", "", "sessions"),
        ("minimum_caseload: 3", "minimum_caseload: 0", "ranking.yaml:12"),
        ("satisfaction: returned_forms", "satisfaction: forms", "ranking.yaml:11"),
        ("        checked_on: null\n", "", "checked_on"),
    ],
)
def test_what_is_wrong_is_told(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigurationError) as error:
        schemes_of(tmp_path, GOOD.replace(old, new))
    assert re.search(told, str(error.value), re.DOTALL), error.value


def test_a_scheme_that_counts_nothing_is_refused(tmp_path: Path) -> None:
    text = GOOD.replace("        weights: {reply_progress: 1}\n", "")
    text = text.replace("        points:\n          - {for: late, points: -1}\n", "")
    with pytest.raises(ConfigurationError, match="至少写一个"):
        schemes_of(tmp_path, text)


def test_versions_out_of_order_are_refused(tmp_path: Path) -> None:
    assert schemes_of(tmp_path, GOOD + LATER).scheme(None, date(2026, 1, 1)).starts_on == date(2026, 1, 1)
    with pytest.raises(ConfigurationError, match="次序颠倒"):
        schemes_of(tmp_path, GOOD.replace("2016", "2027") + LATER)


def test_a_scheme_answers_to_its_label_too_and_the_default_comes_first() -> None:
    schemes = load_ranking(CONFIG / "demo-county" / "ranking.yaml", LIMITS)
    assert schemes.labels == ("计分制（满分起评，逐件加减）", "综合得分（按比率加权）")
    day = date(2026, 7, 1)
    assert schemes.scheme("综合得分（按比率加权）", day) == schemes.scheme("weighted", day)
    assert schemes.scheme(None, day).name == "points"
