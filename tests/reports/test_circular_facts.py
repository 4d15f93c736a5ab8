"""What a circular says is counted off the day's frames, and nobody is named without a fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from reports.circular_building import Evidence, Publisher, circular_content, notes
from reports.circular_cases import overdue_cases
from reports.circular_charts import ages, on_time_by_unit, overdue_by_week, stages
from reports.circular_content import Named, Rate, UnitCount, ZeroRate
from reports.circular_facts import (
    DayFrames,
    criticised,
    faulty_units,
    highlights,
    praised,
    summed,
    totals,
    zero_rates,
)
from reports.circular_words import deadlines, period_covered, sessions_covered
from tasks.domain.cases import cases
from tasks.domain.circular_terms import CircularTerms
from tasks.domain.commendation import commended
from tasks.domain.deadlines import Limit
from tasks.domain.escalation_record import EXPLANATIONS, explanations, framed
from tasks.domain.frames import BACKLOG, Facts
from tasks.domain.obligations import obligations
from tasks.domain.ranking import ranking
from tasks.domain.ranking_measures import counted_items, excused_items
from tasks.domain.ranking_scheme import Criticism, Measure, Praise
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.domain.schemes import scheme

AS_OF = date(2026, 7, 31)
RULES = rule_book("accept", "reply", "opinion", "commitment", "publication")
GROUPS = {"county": "县（市、区）", "department": "市政府部门"}
SCHEME = scheme(praise=Praise(1), criticism=Criticism(1, zero=(Measure.REPLY_PROGRESS,)))


def lead(proposal, unit="甲局", **more):
    return {"proposal_id": proposal, "unit_id": unit, "role": "lead", **more}


def event(proposal, kind, day, unit="甲局", **more):
    return {"proposal_id": proposal, "unit_id": unit, "kind": kind, "happened_on": day, **more}


def frames(known: Facts, as_of=AS_OF, chosen=SCHEME) -> DayFrames:
    owed = obligations(known, RULES, PLAIN_CALENDAR, as_of)
    ranked = ranking(known, owed, chosen, PLAIN_CALENDAR, as_of)
    return DayFrames(
        facts=known,
        obligations=owed,
        cases=cases(known, owed, as_of),
        backlog=BACKLOG.empty(),
        explanations=explanations(known, framed([], EXPLANATIONS), as_of),
        items=counted_items(known, owed, chosen, as_of),
        ranked=ranked,
        earlier=None,
        lists=commended(ranked, chosen),
        scheme=chosen,
        as_of=as_of,
    )


@pytest.fixture(scope="module")
def month():
    """Three units: all done, one late and one open, nothing done; nobody changes its frames, ``replace`` makes others."""
    return frames(
        facts(
            proposals=[
                {"proposal_id": "一", "term": 15, "session": 5},
                {"proposal_id": "二", "term": 15, "session": 5},
                {
                    "proposal_id": "三",
                    "term": 15,
                    "session": 5,
                    "number": "3",
                    "title": "涉密事项",
                    "is_confidential": True,
                },
                {"proposal_id": "四", "kind": "cppcc_proposal", "term": 14, "session": 3, "number": "4"},
                {"proposal_id": "五", "kind": "cppcc_proposal", "term": 14, "session": 3, "needs_reply": False},
            ],
            assignments=[
                lead("一"),
                lead("二", "乙局"),
                lead("三", "乙局", handler="李明"),
                lead("四", "丙局", handler="王玥"),
                lead("五", "丙局"),
            ],
            events=[
                event("一", "reply_issued", "2026-05-01", value="solved"),
                event("二", "reply_issued", "2026-06-20", "乙局", value="planned"),
                event("二", "feedback", "2026-06-25", "乙局", value="dissatisfied"),
                event("二", "commitment_made", "2026-06-20", "乙局", until="2026-07-01"),
                event("三", "explained", "2026-07-01", "乙局", note="正在会商"),
                event("四", "explained", "2026-07-01", "丙局", note="资金未落实"),
                event("四", "explained", "2026-07-20", "丙局", note="资金已落实"),
            ],
        )
    )


def test_totals_are_counted_by_kind_and_add_up(month):
    suggestions, proposals = totals(month)
    assert (suggestions.label, suggestions.assigned) == ("人大代表建议", 3)
    assert (suggestions.progress, suggestions.on_time) == (Rate(2, 3), Rate(1, 3))
    assert (proposals.assigned, proposals.progress, proposals.overdue) == (2, Rate(0, 1), 1)
    assert (suggestions.late, suggestions.overdue, proposals.no_reply) == (1, 1, 1)
    whole = summed((suggestions, proposals))
    assert (whole.assigned, whole.progress, whole.on_time, whole.overdue) == (5, Rate(2, 4), Rate(1, 4), 2)


def test_the_totals_equal_the_sums_of_the_ranking(month):
    whole = summed(totals(month))
    assert month.ranked["reply_progress_count"].sum() == whole.progress.count
    assert month.ranked["reply_progress_total"].sum() == whole.progress.total
    assert month.ranked["reply_on_time_total"].sum() == whole.on_time.total


def test_each_fault_names_its_units_with_their_counts(month):
    found = faulty_units(month)
    assert found.overdue == (UnitCount("丙局", 1, 51), UnitCount("乙局", 1, 51))
    assert found.late == found.dissatisfied == found.lapsed == (UnitCount("乙局", 1),)
    assert found.in_backlog == ()


def test_a_backlog_case_is_its_lead_units(month):
    rows = pd.DataFrame(
        {"proposal_id": ["四", "四"], "criterion": ["甲", "乙"], "since": pd.Timestamp(AS_OF), "evidence": "依据"}
    )
    assert faulty_units(replace(month, backlog=BACKLOG.typed(rows))).in_backlog == (UnitCount("丙局", 1),)


def test_only_a_unit_that_answered_everything_in_time_is_a_highlight(month):
    assert highlights(month, GROUPS) == (Named(("甲局",), "承办的建议提案已全部答复，且均按期答复"),)


def test_few_cases_or_a_criticism_are_no_highlight(month):
    few = scheme(minimum_caseload=2)
    assert highlights(replace(month, scheme=few), GROUPS) == ()
    blamed = month.lists.criticised.assign(unit_id="甲局")
    assert highlights(replace(month, lists=replace(month.lists, criticised=blamed)), GROUPS) == ()


def test_praise_and_criticism_are_told_by_group_and_each_unit_once(month):
    assert praised(month, GROUPS) == (Named(("甲局",), "市政府部门组综合得分居前"),)
    assert criticised(month, GROUPS) == (Named(("丙局",), "答复率为0"),)
    assert zero_rates(month) == (ZeroRate("丙局", "答复率", 1),)


def test_the_overdue_list_has_a_line_for_each_unit_that_owes_and_hides_confidential_matters(month):
    third, fourth = sorted(overdue_cases(month), key=lambda case: case.name)
    assert (third.name, third.title, third.unit, third.handler) == ("建议第3号", None, "乙局", "李明")
    assert third.explanation == "已收到情况说明（内容不列）"
    assert (fourth.name, fourth.title, fourth.due_on, fourth.days_late) == (
        "提案第4号", "关于四的建议", date(2026, 6, 10), 51,
    )  # fmt: skip
    assert fourth.explanation == "资金已落实"


def test_a_quiet_month_names_nobody():
    quiet = frames(facts(assignments=[lead("一")], events=[event("一", "reply_issued", "2026-05-01")]), chosen=scheme())
    found = faulty_units(quiet)
    assert found.overdue == found.late == found.dissatisfied == found.lapsed == found.in_backlog == ()
    assert (criticised(quiet, GROUPS), zero_rates(quiet), overdue_cases(quiet), praised(quiet, GROUPS)) == (
        (),
        (),
        (),
        (),
    )


def test_the_notes_name_what_is_not_counted_and_what_the_numbers_rest_on(month):
    excused = excused_items(month.facts, month.obligations, month.scheme, month.as_of)
    told = notes(month, Evidence("0123456789abcdef", "规则1", "日历1", excused))
    assert "应答复不足1件的单位只列出、不排名" in told
    assert "免予书面答复的1件不计入（无需书面答复1件）" in told
    assert told[-1] == f"数据 0123456789ab，规则 规则1，日历 日历1，排名方案 {month.scheme.version}"


def test_a_case_answered_separately_is_said_to_count_for_each_unit():
    both = [{"proposal_id": "一", "unit_id": unit, "role": "separate"} for unit in ("甲局", "乙局")]
    told = notes(
        frames(facts(assignments=both)), Evidence("0", "r", "c", pd.DataFrame({"duty": [], "reason": [], "count": []}))
    )
    assert "由几个单位分别答复或改办的，按承办单位分别计件" in told


def test_the_whole_content_passes_its_own_sums_and_says_since_when(month):
    publisher = Publisher(
        "督查室", "市", GROUPS, CircularTerms("督查通报", "各单位：", reply_within=Limit.parse("5 workdays"))
    )
    excused = excused_items(month.facts, month.obligations, month.scheme, month.as_of)
    content = circular_content(
        month, publisher, Evidence("0" * 64, "r", "c", excused), 3, date(2026, 8, 3), PLAIN_CALENDAR, None
    )
    assert content.scope == "市十五届人大五次会议、市政协十四届三次会议以来，"
    assert (content.period, content.serial_no) == ("2026年1—7月", 3)
    assert content.deadlines.reply_by == date(2026, 8, 10)
    assert "答复率" not in {measure.label for measure in content.measures}


def test_proposals_without_a_session_are_not_dated_by_one():
    known = facts(assignments=[lead("一")])
    assert sessions_covered(known, scheme(), AS_OF, "市") == ""


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 10, 31), "2026年1—10月"),
        (date(2026, 1, 31), "2026年1月"),
        (date(2028, 2, 29), "2028年1—2月"),
        (date(2028, 2, 28), "截至2028年2月28日"),
    ],
)
def test_the_title_names_whole_months_only_at_their_end(day, said):
    assert period_covered(day) == said


def test_a_requirement_without_a_limit_has_no_day():
    found = deadlines(
        CircularTerms("督查通报", "各单位：", explain_within=Limit.parse("1 month")), AS_OF, PLAIN_CALENDAR
    )
    assert (found.reply_by, found.explain_by) == (None, date(2026, 8, 31))


def test_the_pictures_count_what_the_text_counts(month):
    whole = summed(totals(month))
    bars = {bar.label: bar.value for bar in stages(month)}
    assert (bars["应答复"], bars["答复"]) == (whole.progress.total, whole.progress.count)
    assert "办前见面" not in bars
    assert sum(bar.value for bar in ages(month)) == whole.overdue
    assert overdue_by_week(month)[-1] == (AS_OF, whole.overdue)


def test_no_stage_exceeds_what_was_assigned(month):
    accepted = [event(name, "accepted", "2026-03-11", unit) for name, unit in (("四", "丙局"), ("五", "丙局"))]
    known = facts(
        proposals=[{"proposal_id": "五", "needs_reply": False}],
        assignments=[lead("四", "丙局"), lead("五", "丙局")],
        events=accepted,
    )
    assert [(bar.label, bar.value) for bar in stages(frames(known))][:2] == [("应答复", 1), ("签收", 1)]


def test_the_trend_starts_where_the_first_reply_fell_due(month):
    points = overdue_by_week(month)
    assert [count for _, count in points][:2] == [0, 4 - 1]
    assert points[0][0] == date(2026, 6, 5)


def test_units_with_few_cases_are_not_shown_as_slow(month):
    assert on_time_by_unit(month) == []
