"""What each measure counts, and out of what."""

from __future__ import annotations

from datetime import date

import pytest

from tasks.domain.frames import Facts
from tasks.domain.obligations import obligations
from tasks.domain.ranking_measures import counted_items, excused_items
from tasks.domain.ranking_scheme import MEASURES, SatisfactionBase, Sessions
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.domain.schemes import scheme

LATE_YEAR = date(2026, 12, 1)
RULES = rule_book()


def shares(known: Facts, as_of: date = LATE_YEAR, rules=RULES, **changes) -> dict[str, tuple[int, int]]:
    """Count and total of every measure that has a total, all units together."""
    owed = obligations(known, rules, PLAIN_CALENDAR, as_of)
    items = counted_items(known, owed, scheme(**changes), as_of)
    grouped = items.groupby("measure")["is_counted"].agg(["sum", "size"])
    return {str(name): (int(row["sum"]), int(row["size"])) for name, row in grouped.to_dict("index").items()}


def lead(proposal: str, unit: str = "甲局", **more):
    return {"proposal_id": proposal, "unit_id": unit, "role": "lead", **more}


def co(proposal: str, unit: str = "乙局", **more):
    return {"proposal_id": proposal, "unit_id": unit, "role": "co_organising", **more}


def event(proposal: str, kind: str, day: str, unit: str = "甲局", **more):
    return {"proposal_id": proposal, "unit_id": unit, "kind": kind, "happened_on": day, **more}


def test_progress_counts_all_that_is_owed_and_on_time_only_what_has_fallen_due():
    known = facts(
        assignments=[lead("按期"), lead("逾期答复"), lead("未答复"), lead("未到期", assigned_on="2026-11-01")],
        events=[event("按期", "reply_issued", "2026-05-01"), event("逾期答复", "reply_issued", "2026-07-01")],
    )
    found = shares(known, rules=rule_book("reply"))
    assert found["reply_progress"] == (2, 4)
    assert found["reply_on_time"] == (1, 3)


def test_what_is_due_today_has_not_fallen_due():
    known = facts(assignments=[lead("案")])
    assert "reply_on_time" not in shares(known, date(2026, 6, 10))
    assert shares(known, date(2026, 6, 11))["reply_on_time"] == (0, 1)


def test_an_early_reply_counts_as_on_time_once_its_day_has_passed():
    known = facts(assignments=[lead("案")], events=[event("案", "reply_issued", "2026-04-01")])
    assert "reply_on_time" not in shares(known, date(2026, 5, 1))
    assert shares(known, date(2026, 7, 1))["reply_on_time"] == (1, 1)


def test_an_approved_extension_moves_the_day_on_which_it_falls_due():
    known = facts(
        assignments=[lead("案")], events=[event("案", "extension_approved", "2026-06-01", until="2026-08-10")]
    )
    assert "reply_on_time" not in shares(known, date(2026, 8, 10))
    assert shares(known, date(2026, 8, 11))["reply_on_time"] == (0, 1)


def test_a_suspended_reply_is_owed_but_has_not_fallen_due():
    known = facts(assignments=[lead("案")], events=[event("案", "suspended", "2026-05-01")])
    assert shares(known, rules=rule_book("reply")) == {"reply_progress": (0, 1)}


def test_opinions_never_help_the_reply_rate():
    known = facts(
        assignments=[lead("案"), co("案"), co("案", "丙局")],
        events=[event("案", "opinion_submitted", "2026-04-01", "乙局")],
    )
    found = shares(known)
    assert found["reply_progress"] == (0, 1)
    assert found["opinion_on_time"] == (1, 2)


def test_meetings_and_responsible_persons_are_counted_apart_for_lead_and_co_work():
    named = {"leader": "王", "section": "办公室", "handler": "李"}
    known = facts(
        assignments=[lead("案", **named), co("案")],
        events=[
            event("案", "meeting_before", "2026-03-20"),
            event("案", "meeting_during", "2026-12-01"),
            event("案", "meeting_before", "2026-03-25", "乙局"),
        ],
    )
    found = shares(known)
    assert (found["meetings"], found["co_meetings"]) == ((2, 2), (1, 2))
    assert (found["responsible"], found["co_responsible"]) == ((1, 1), (0, 1))


def test_an_excused_item_stands_in_no_denominator_and_is_shown_with_its_reason():
    known = facts(
        proposals=[{"proposal_id": "无需答复", "needs_reply": False}],
        assignments=[lead("案"), lead("无需答复"), lead("撤回")],
        events=[event("撤回", "withdrawn", "2026-04-01", None)],
    )
    book = rule_book("reply")
    assert shares(known, rules=book)["reply_progress"] == (0, 1)
    owed = obligations(known, book, PLAIN_CALENDAR, LATE_YEAR)
    excused = excused_items(known, owed, scheme(), LATE_YEAR)
    assert excused[["reason", "count"]].to_dict("split")["data"] == [["撤回", 1], ["无需书面答复", 1]]


REPLIED = [event(name, "reply_issued", "2026-05-01", value="solved") for name in ("满意", "不满意", "未反馈")]
FORMS = [
    event("满意", "feedback", "2026-05-10", value="satisfied/basically_satisfied"),
    event("不满意", "feedback", "2026-05-10", value="satisfied/dissatisfied"),
]


@pytest.mark.parametrize(
    ("base", "share"), [(SatisfactionBase.RETURNED_FORMS, (1, 2)), (SatisfactionBase.ALL_ITEMS, (1, 4))]
)
def test_the_scheme_names_the_denominator_of_satisfaction(base: SatisfactionBase, share: tuple[int, int]):
    assignments = [lead(name) for name in ("满意", "不满意", "未反馈", "未答复")]
    known = facts(assignments=assignments, events=[*REPLIED, *FORMS])
    assert shares(known, satisfaction=base)["satisfaction"] == share


def test_the_form_of_the_second_round_does_not_mend_the_first():
    again = [
        event("不满意", "reply_issued", "2026-06-01"),
        event("不满意", "feedback", "2026-06-10", value="satisfied"),
    ]
    known = facts(assignments=[lead("不满意")], events=[REPLIED[1], FORMS[1], *again])
    assert shares(known)["satisfaction"] == (0, 1)


def test_a_later_round_does_not_spoil_the_first():
    later = event("满意", "feedback", "2026-09-01", value="dissatisfied", round=2)
    known = facts(assignments=[lead("满意")], events=[REPLIED[0], FORMS[0], later])
    assert shares(known)["satisfaction"] == (1, 1)


def test_a_look_back_that_found_the_matter_unfinished_takes_it_out_of_the_solved():
    looked = event("乙", "looked_back", "2026-10-01", value="pushing")
    known = facts(
        assignments=[lead("甲"), lead("乙"), lead("未分类")],
        events=[
            event("甲", "reply_issued", "2026-05-01", value="solved"),
            event("乙", "reply_issued", "2026-05-01", value="solved"),
            event("未分类", "reply_issued", "2026-05-01"),
            looked,
        ],
    )
    assert shares(known)["solved"] == (1, 2)


def test_a_commitment_counts_when_it_has_fallen_due_whatever_its_session():
    earlier = {"assigned_on": "2025-03-10"}
    known = facts(
        proposals=[
            {"proposal_id": "上年", "term": 15, "session": 4},
            {"proposal_id": "本年", "term": 15, "session": 5},
        ],
        assignments=[lead("上年", **earlier), lead("本年")],
        events=[
            event("上年", "commitment_made", "2025-06-01", until="2026-06-01"),
            event("上年", "commitment_fulfilled", "2026-08-01"),
            event("本年", "commitment_made", "2026-06-01", until="2026-10-01"),
        ],
    )
    found = shares(known)
    assert (found["commitment"], found["reply_progress"]) == ((1, 2), (0, 1))
    assert shares(known, follow_up_months=3)["commitment"] == (0, 1)
    assert shares(known, sessions=Sessions.ALL)["reply_progress"] == (0, 2)


def test_the_latest_session_is_each_kinds_own_and_includes_what_came_after_the_session():
    known = facts(
        proposals=[
            {"proposal_id": "旧建议", "term": 15, "session": 4},
            {"proposal_id": "新建议", "term": 15, "session": 5},
            {"proposal_id": "闭会建议", "term": 15, "session": 5},
            {"proposal_id": "迟交的旧建议", "term": 15, "session": 4},
            {"proposal_id": "提案", "kind": "cppcc_proposal", "term": 14, "session": 3},
        ],
        assignments=[
            lead("旧建议", assigned_on="2025-03-10"),
            lead("新建议"),
            lead("闭会建议", assigned_on="2026-07-01"),
            lead("迟交的旧建议", assigned_on="2026-09-01"),
            lead("提案", assigned_on="2025-09-01"),
        ],
    )
    owed = obligations(known, RULES, PLAIN_CALENDAR, LATE_YEAR)
    items = counted_items(known, owed, scheme(), LATE_YEAR)
    progress = items.loc[items["measure"] == "reply_progress", "proposal_id"]
    assert set(progress) == {"新建议", "闭会建议", "提案"}


def test_a_proposal_without_a_session_belongs_to_the_year_of_its_first_assignment():
    known = facts(assignments=[lead("旧", assigned_on="2025-05-01"), lead("新")])
    owed = obligations(known, RULES, PLAIN_CALENDAR, LATE_YEAR)
    items = counted_items(known, owed, scheme(), LATE_YEAR)
    assert set(items.loc[items["measure"] == "reply_progress", "proposal_id"]) == {"新"}


def test_every_measure_can_be_counted():
    """A duty renamed in the rule book would silently empty its measure."""
    named = {"leader": "王", "section": "办公室", "handler": "李"}
    known = facts(
        assignments=[lead("案", **named), co("案", **named)],
        events=[
            event("案", "reply_issued", "2026-04-01", value="solved"),
            event("案", "feedback", "2026-04-02", value="satisfied"),
            event("案", "commitment_made", "2026-04-01", until="2026-06-01"),
        ],
    )
    assert set(shares(known)) == {str(spec.measure) for spec in MEASURES}
