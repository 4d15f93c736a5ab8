"""A dossier read off the day's frames: nothing is missing that an inspection needs, nothing is told that is confidential."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from reports.dossier_building import case_dossier
from reports.dossier_words import case_number, matter_of
from reports.dossiers import Inspection, dossier
from reports.official_text import text_lines
from tests.reports.shelves import TOWN, WORDS, shelf, waiting

SHELF = shelf()
PLAN = Inspection("副市长赵六", ("市水利局",), date(2026, 12, 11))


def told(made, proposal_id, plan=None):
    return case_dossier(made, proposal_id, 1, WORDS, plan)


def whole(made, proposal_id):
    return "\n".join(text_lines(dossier(told(made, proposal_id, PLAN))))


def test_a_matter_is_named_by_the_year_of_its_session_because_numbers_come_again():
    assert matter_of(SHELF, "R1").name == "2025年人大代表建议第15号"
    assert matter_of(SHELF, "R2").name == "2026年人大代表建议第9号"


def test_the_facts_say_its_number_when_it_was_listed_and_who_proposed_it():
    facts = dict(told(SHELF, "R1").facts)
    assert facts["积案编号"] == "2026-001"
    assert facts["列入日期"] == "2026年11月23日"
    assert facts["提出者"] == "钱某等3人"


def test_each_criterion_stands_with_its_own_day_and_evidence():
    reasons = told(SHELF, "R1").reasons
    assert [(reason.criterion, reason.since) for reason in reasons] == [("列入计划久未解决", date(2026, 6, 3))]
    assert "市水利局2025年6月2日答复列入计划" in reasons[0].evidence


def test_a_case_that_meets_nothing_any_more_says_what_it_met():
    case = told(waiting(SHELF), "R1")
    assert [reason.criterion for reason in case.reasons] == ["曾符合：列入计划久未解决"]
    assert dict(case.facts)["目前状态"] == "现已不符合认定情形，待凭据销号"


def test_units_that_answer_come_first_with_their_persons_and_what_became_of_the_others():
    units = told(SHELF, "R1").units
    assert [(u.unit, u.role, u.responsible, u.ended) for u in units] == [
        ("市水利局", "主办", "主管领导王局长，经办李科员", ""),
        ("市住建局", "协办", "", "2025.4.1退办"),
    ]


def test_duties_that_were_done_in_time_or_excused_are_left_to_the_history():
    states = {duty.state for duty in told(SHELF, "R1").duties}
    assert not states & {"按期完成", "免办"}
    assert any(duty.duty == "承诺兑现" for duty in told(SHELF, "R1").duties)


def test_the_history_tells_the_outcome_in_the_office_s_words_and_the_notes():
    history = {(event.what, event.note) for event in told(SHELF, "R1").history}
    assert ("答复：B 列入计划", "") in history
    assert ("签收", "收到") in history


def test_a_plan_without_a_registered_promise_is_listed_as_a_promise_and_says_so():
    (promise,) = told(SHELF, "R1").promises
    assert (promise.text, promise.outcome) == ("答复列入计划而未另行登记承诺，按规则补记", "未到期")
    assert any(event.what.startswith("作出承诺") for event in told(SHELF, "R1").history)


def test_notices_that_were_sent_and_explanations_are_listed():
    case = told(SHELF, "R1")
    assert [(n.level, n.on, n.to) for n in case.notices] == [("督办单", date(2026, 6, 30), "市水利局（王局长）")]
    assert [(e.unit, e.note) for e in case.explanations] == [("市水利局", "资金未到位")]


def test_the_same_matter_of_other_years_is_found_both_ways():
    (later,) = told(SHELF, "R1").earlier
    (earlier,) = told(SHELF, "R2").earlier
    assert (later.year, later.title, later.outcome) == ("2026", "关于再次治理内涝的建议", "未答复")
    assert (earlier.year, earlier.name, earlier.outcome) == ("2025", "人大代表建议第15号", "B 列入计划（2025.6.2）")


@pytest.mark.parametrize("secret", ["绝密", "密件内容", "赵科员", "孙某"])
def test_a_confidential_case_tells_neither_title_nor_persons_nor_notes(secret):
    text = whole(SHELF, "R3")
    assert secret not in text
    assert "2026年人大代表建议第7号" in text


def test_a_case_whose_proposal_left_the_source_still_has_a_dossier():
    gone = replace(SHELF, facts=replace(SHELF.facts, proposals=TOWN.proposals[TOWN.proposals["proposal_id"] != "R1"]))
    assert "R1（来源中已没有这一件）" in whole(gone, "R1")


def test_a_case_listed_again_says_how_often_and_one_of_a_day_gone_by_has_no_number():
    row = pd.Series({"case_no": "2026-004", "occurrence": 2})
    assert case_number(row) == "2026-004（第2次列入）"
    assert case_number(pd.Series({"case_no": None, "occurrence": 1})) == "未编号"


def test_the_same_shelf_gives_the_same_dossier():
    assert told(shelf(), "R1") == told(SHELF, "R1")
