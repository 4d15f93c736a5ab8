from datetime import date

from reports.overviews import changes, daily_overview, totals_by_duty, totals_by_unit
from tasks.domain.obligations import obligations
from tests.builders import PLAIN_CALENDAR, facts, rule_book

LEAD = {"proposal_id": "p1", "unit_id": "u1", "assigned_on": "2026-03-10"}
REPLY = {"proposal_id": "p2", "unit_id": "u2", "kind": "reply_issued", "happened_on": "2026-06-11"}
GIVEN = facts(assignments=[LEAD, {**LEAD, "proposal_id": "p2", "unit_id": "u2"}], events=[REPLY])


def owed(day: str):
    return obligations(GIVEN, rule_book("accept", "reply"), PLAIN_CALENDAR, date.fromisoformat(day))


def test_every_row_of_the_totals_adds_up():
    rows = totals_by_duty(owed("2026-06-11"), {"accept": "签收", "reply": "答复"})
    assert [row["事项"] for row in rows] == ["签收", "答复", "合计"]
    for row in rows:
        assert row["总数"] == sum(count for name, count in row.items() if name not in ("事项", "总数"))
    assert (rows[-1]["总数"], rows[1]["逾期"], rows[1]["逾期完成"]) == (4, 1, 1)


def test_the_unit_with_most_overdue_comes_first():
    rows = totals_by_unit(owed("2026-06-11"), {"u1": "市教育局", "u2": "市民政局"})
    assert [(row["单位"], row["逾期事项"], row["逾期未答复"], row["已答复"]) for row in rows] == [
        ("市教育局", 2, 1, 0),
        ("市民政局", 1, 0, 1),
    ]


def test_what_is_new_since_the_last_run_is_listed():
    news = changes(owed("2026-06-11"), owed("2026-06-10"), {"p1": "关于停车的建议"})
    assert [(row["变化"], row["编号"], row["标题"], row["事项"], row["期限"]) for row in news] == [
        ("新逾期", "p1", "关于停车的建议", "reply", "2026-06-10"),
        ("新完成", "p2", "", "reply", "2026-06-10"),
    ]


def test_a_moved_last_day_is_news():
    later = {**LEAD, "kind": "extension_approved", "happened_on": "2026-06-11", "until": "2026-07-10"}
    given = facts(assignments=[LEAD], events=[later])
    frames = [obligations(given, rule_book("reply"), PLAIN_CALENDAR, date(2026, 6, day)) for day in (11, 10)]
    assert [(row["变化"], row["期限"]) for row in changes(*frames, {})] == [("期限变动", "2026-07-10")]


def test_a_run_that_found_nothing_to_do_says_so():
    rows = totals_by_duty(owed("2026-06-11"), {"accept": "签收", "reply": "答复"})
    text = daily_overview("临江市", date(2026, 6, 11), rows, [], 0, {"send": 0}, {"快照": "demo-000001"})
    assert "今日没有需要发出的通知。" in text
    assert "隔离记录 0 条。" in text
    assert "- 快照:`demo-000001`" in text
