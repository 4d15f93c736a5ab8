"""Rules as dated data: what is accepted, and the whole message of what is not."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from tasks.adapters.config_files import COMMON_RULES
from tasks.adapters.rule_files import load_rules
from tasks.domain.errors import ConfigurationError

OWN = """kind: deputy_suggestion
duties:
  reply:
    - from: 2026-01-01
      limit: {limit}
      checked_on: null
"""


@pytest.fixture
def own(tmp_path):
    """A jurisdiction's own rules folder; write files into it."""
    folder = tmp_path / "town" / "rules"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def common(tmp_path):
    """A copy of the common rules that a test may spoil."""
    return shutil.copytree(COMMON_RULES, tmp_path / "common")


def test_every_duty_has_a_value_for_both_kinds_and_is_marked_unchecked():
    book = load_rules(COMMON_RULES)
    assert len(book.duties) == 13
    assert {value.checked_on for values in book.values.values() for value in values} == {None}
    assert book.value_on("deputy_suggestion", "reply", date(2026, 3, 1)).citation.endswith("第四十二条(未核对)")


def test_a_stricter_own_limit_holds_from_its_day_and_inherits_the_article(own):
    (own / "a.yaml").write_text(OWN.format(limit="2 months"), "utf-8")
    book = load_rules(COMMON_RULES, own)
    assert str(book.value_on("deputy_suggestion", "reply", date(2025, 12, 31)).limit) == "3 months"
    value = book.value_on("deputy_suggestion", "reply", date(2026, 1, 1))
    assert (str(value.limit), value.rule_id) == ("2 months", "town/reply@2026-01-01")
    assert value.article.startswith("《中华人民共和国全国人民代表大会")


def test_a_laxer_own_limit_needs_an_article(own):
    (own / "a.yaml").write_text(OWN.format(limit="4 months"), "utf-8")
    with pytest.raises(ConfigurationError, match="宽于通用规则或没有通用规则可循,却没有依据"):
        load_rules(COMMON_RULES, own)
    (own / "a.yaml").write_text(OWN.format(limit="4 months") + "      article: 市办法第九条\n", "utf-8")
    value = load_rules(COMMON_RULES, own).value_on("deputy_suggestion", "reply", date(2026, 1, 1))
    assert value.article == "市办法第九条"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("limit: 3 months", "limit: 3 mouths", "期限“3 mouths”写法不对"),
        ("from: 2010-10-28", "from: 2010-09-31", "2010-09-31"),
        ("checked_on: null", "chekced_on: null", "chekced_on"),
        ("  reply:", "  accept:", "accept"),
        ("  reply:", "  replay:", "没有事项 'replay'"),
        ("      article: 《", "      artcle: 《", "artcle"),
    ],
)
def test_a_faulty_rule_file_is_refused_with_its_place(common, old, new, told):
    path = common / "deputy_suggestions.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigurationError) as refused:
        load_rules(common)
    assert "deputy_suggestions.yaml" in str(refused.value)
    assert told in str(refused.value)


def test_two_values_from_the_same_day_overlap(common):
    path = common / "cppcc_proposals.yaml"
    value = "    - from: 2000-01-01\n      limit: 5 workdays\n      article: x\n      checked_on: null\n"
    path.write_text(path.read_text("utf-8").replace("  accept:\n", "  accept:\n" + value), "utf-8")
    with pytest.raises(ConfigurationError, match="accept 的 from 重叠或次序颠倒:2000-01-01、2000-01-01"):
        load_rules(common)


def test_the_version_changes_with_any_limit(common):
    before = load_rules(common).version
    path = common / "cppcc_proposals.yaml"
    path.write_text(path.read_text("utf-8").replace("20 workdays", "19 workdays"), "utf-8")
    assert load_rules(common).version != before
