"""The closing form says on what proof a case is to be closed, and warns where it still meets a criterion."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from openxml_audit import OpenXmlValidator

from reports.backlog_lines import case_lines
from reports.closings import STILL_MET, Closing, Proof, closing_form
from reports.official_docx import docx_bytes
from reports.official_text import text_lines
from tests.reports.shelves import shelf, waiting

SHELF = shelf()
DAY = date(2026, 11, 25)
STILL = Closing("市政府督查室", case_lines(SHELF)[0], DAY, "李建国", "竣工验收意见书")
DONE = replace(STILL, line=case_lines(waiting(SHELF))[0])


def text(closing):
    return "\n".join(text_lines(closing_form(closing)))


def test_the_form_names_the_case_the_proof_and_who_asks():
    told = text(DONE)
    for said in ("积案2026-001", "竣工验收意见书", "李建国，2026年11月25日", "现已不符合"):
        assert said in told
    assert STILL_MET not in told


def test_a_case_that_still_meets_a_criterion_warns_whoever_signs():
    told = text(replace(STILL, despite="代表书面同意"))
    assert STILL_MET in told
    assert "仍符合情形而销号的理由\t代表书面同意" in told


def test_papers_are_listed_with_their_checksums_and_their_absence_is_said():
    assert "1.意见书.pdf（校验码0a1b2c3d）" in text(replace(DONE, papers=(Proof("意见书.pdf", "0a1b2c3d"),)))
    assert "证明材料\t未附材料" in text(DONE)


def test_what_an_inspection_found_stands_on_the_form():
    assert "联合督查" not in text(DONE)
    assert "联合督查\t副市长赵六牵头：已完工" in text(replace(DONE, inspected="副市长赵六牵头：已完工"))


def test_word_opens_it_without_repair(tmp_path):
    path = tmp_path / "closing.docx"
    path.write_bytes(docx_bytes(closing_form(STILL)))
    assert OpenXmlValidator().validate(str(path)).errors == []
