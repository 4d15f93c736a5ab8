"""``disclosure.yaml``: what it decides, and what is said when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasks.adapters.disclosure_files import load_disclosure
from tasks.adapters.settings import ROOT
from tasks.domain.disclosure import Openness
from tasks.domain.errors import ConfigurationError

DEMO = ROOT / "config" / "jurisdictions" / "demo" / "disclosure.yaml"
DUTIES = [
    "accept",
    "responsible",
    "plan",
    "meeting_before",
    "meeting_during",
    "opinion",
    "reply",
    "meeting_after",
    "second_reply",
    "publication",
    "commitment",
    "progress",
    "look_back",
]


def changed(folder: Path, old: str, new: str) -> Path:
    text = DEMO.read_text(encoding="utf-8")
    assert old in text
    path = folder / "disclosure.yaml"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return path


def test_the_demo_shows_less_of_a_title_only_proposal() -> None:
    policy = load_disclosure(DEMO, DUTIES).policy
    assert set(policy.columns[Openness.TITLE_ONLY]) < set(policy.columns[Openness.OPEN])
    assert "lead_proposer" not in policy.columns[Openness.TITLE_ONLY]


def test_attachments_lie_in_a_folder_beside_the_file(tmp_path: Path) -> None:
    rules = load_disclosure(changed(tmp_path, "attachments: null ", "attachments: replies "), DUTIES)
    assert rules.attachments == tmp_path / "replies"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("leader, section", "leader, phone", "phone"),
        ("steps: [accepted", "steps: [accpeted", "steps"),
        ("rates: [accept", "rates: [praise, accept", "praise"),
        ("attachment_types: [pdf", "attachment_types: [html", "html"),
        ("keep_versions: 5", "keep_versions: 0", "keep_versions"),
        ("address: null", "address: linjiang.gov.example", "address"),
        ("unmarked: title_only", "unmarked: confidential", "unmarked"),
        ("counts_withheld: false", "counts_witheld: false", "counts_witheld"),
        ("footer: []", "footer: [{text: 备案号, link: 'javascript:alert(1)'}]", "footer"),
    ],
)
def test_a_wrong_file_is_refused_with_its_name_and_the_fault(tmp_path: Path, old: str, new: str, fault: str) -> None:
    with pytest.raises(ConfigurationError, match=r"disclosure\.yaml") as refused:
        load_disclosure(changed(tmp_path, old, new), DUTIES)
    assert fault in str(refused.value)


def test_what_numbers_and_a_count_would_tell_together_is_refused(tmp_path: Path) -> None:
    counting = changed(tmp_path, "counts_withheld: false", "counts_withheld: true")
    with pytest.raises(ConfigurationError, match="涉密件数"):
        load_disclosure(counting, DUTIES)
    text = counting.read_text(encoding="utf-8").replace("proposal_id, ", "").replace("number, ", "")
    counting.write_text(text, encoding="utf-8")
    assert load_disclosure(counting, DUTIES).policy.counts_withheld


def test_the_foot_of_the_pages_may_name_what_a_city_must_name(tmp_path: Path) -> None:
    foot = "footer: [{text: 网站标识码 3300000000}, {text: 备案号, link: 'https://beian.miit.gov.cn/'}]"
    rules = load_disclosure(changed(tmp_path, "footer: []", foot), DUTIES)
    assert rules.footer == (("网站标识码 3300000000", ""), ("备案号", "https://beian.miit.gov.cn/"))


def test_without_the_file_nothing_is_published(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="不能公开"):
        load_disclosure(tmp_path / "disclosure.yaml", DUTIES)
