"""Why a case stands at its level, in words."""

from datetime import date

from tasks.domain.escalation_record import NOTHING
from tasks.domain.ladder_explanation import NOTHING_OPEN, explain_levels
from tasks.domain.obligations import obligations
from tasks.domain.workdays import WorkdayCalendar
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.domain.ladders import LADDER, contacts, days, run_nights

CASE = facts(assignments=[{"proposal_id": "p1", "unit_id": "u1"}], contacts=contacts("u1"))
LABELS = {"u1": "市交通局", "reply": "答复"}


def told(as_of, record=NOTHING, calendar=PLAIN_CALENDAR, case=CASE):
    owed = obligations(case, rule_book("reply"), calendar, as_of)
    return explain_levels(owed, LADDER, calendar, as_of, LABELS, record.history)


def test_each_level_has_its_day_its_threshold_and_its_standing() -> None:
    assert told(date(2026, 6, 24)).splitlines() == [
        "升级阶梯:",
        "  市交通局 答复:按《测试办法》(自 2000-01-01 起)",
        "    提醒 2026-05-26(期限前15日):已过",
        "    催办 2026-06-11(逾期1个工作日):已过",
        "    督办单 2026-06-24(逾期10个工作日):现在这一级",
        "    督办函 2026-07-08(逾期20个工作日):未到",
        "    通报批评 2026-07-22(逾期30个工作日):未到",
    ]


def test_what_was_told_stands_beside_its_level() -> None:
    record, _ = run_nights(CASE, days("2026-06-10", "2026-06-16"))
    line = told(date(2026, 6, 16), record).splitlines()[3]
    assert (
        line
        == "    催办 2026-06-11(逾期1个工作日):现在这一级;2026-06-11 已送交 u1-section、2026-06-16 已送交 u1-section"
    )


def test_a_provisional_day_says_why_it_goes_no_further() -> None:
    lines = told(date(2026, 6, 24), calendar=WorkdayCalendar([], [], date(2026, 5, 31))).splitlines()
    assert lines[2].endswith("现在这一级")
    assert lines[4] == "    督办单 2026-06-24(逾期10个工作日):期限暂定,只提醒"


def test_a_case_with_nothing_open_says_so() -> None:
    assert told(date(2026, 3, 1)) == NOTHING_OPEN
