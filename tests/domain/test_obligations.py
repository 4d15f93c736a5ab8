"""The rules of the obligations, one test a rule."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tasks.domain.errors import ConfigurationError
from tasks.domain.obligations import obligations
from tasks.domain.rules import FixedDate
from tasks.domain.workdays import WorkdayCalendar
from tests.builders import PLAIN_CALENDAR, facts, rule_book

LEAD = {"proposal_id": "p1", "unit_id": "u1", "assigned_on": "2026-03-10"}


def event(kind, happened_on, **more):
    return {"proposal_id": "p1", "unit_id": "u1", "kind": kind, "happened_on": happened_on, **more}


def one(duty, as_of, *events, assignments=(LEAD,), book=None, calendar=PLAIN_CALENDAR, known_at=None, **proposal):
    given = facts(proposals=[{"proposal_id": "p1", **proposal}], assignments=assignments, events=events)
    frame = obligations(given, book or rule_book(duty), calendar, date.fromisoformat(as_of), known_at)
    rows = frame[frame["duty"] == duty].to_dict("records")
    assert len(rows) == 1, rows
    return rows[0]


def day(value):
    return value.date().isoformat()


def test_reply_on_the_last_day_is_in_time():
    assert one("reply", "2026-07-01", event("reply_issued", "2026-06-10"))["state"] == "met"


def test_reply_a_day_after_the_last_is_late_by_one_day():
    row = one("reply", "2026-07-01", event("reply_issued", "2026-06-11"))
    assert (row["state"], row["days_late"], row["workdays_late"]) == ("met_late", 1, 1)


def test_due_today_is_not_overdue_today():
    row = one("reply", "2026-06-10")
    assert (row["state"], row["days_left"], row["days_late"]) == ("due_soon", 0, 0)


def test_the_day_after_the_last_day_is_overdue():
    row = one("reply", "2026-06-11")
    assert (row["state"], row["days_late"]) == ("overdue", 1)


def test_a_reply_dated_after_the_day_does_not_exist_yet():
    assert one("reply", "2026-06-11", event("reply_issued", "2026-06-12"))["state"] == "overdue"


def test_a_reply_recorded_later_was_not_known():
    reply = event("reply_issued", "2026-06-05", recorded_at=datetime(2026, 7, 6, tzinfo=UTC))
    assert one("reply", "2026-07-01", reply, known_at=datetime(2026, 7, 1, tzinfo=UTC))["state"] == "overdue"
    assert one("reply", "2026-07-01", reply, known_at=datetime(2026, 7, 7, tzinfo=UTC))["state"] == "met"


def test_an_approved_extension_clears_an_overdue_flag():
    row = one("reply", "2026-07-01", event("extension_approved", "2026-06-20", until="2026-08-01"))
    assert (row["state"], day(row["extended_to"]), day(row["due_on"])) == ("open", "2026-08-01", "2026-06-10")


def test_an_extension_never_reaches_beyond_six_months_from_the_start():
    row = one("reply", "2026-07-01", event("extension_approved", "2026-06-01", until="2026-12-31"))
    assert day(row["extended_to"]) == "2026-09-10"


def test_the_extended_limit_counts_from_the_start_and_not_from_the_rolled_deadline():
    # 3 months end on Saturday 28 March and roll to 30 March; 6 months from 28 December end on Sunday 28 June.
    lead = {**LEAD, "assigned_on": "2025-12-28"}
    row = one("reply", "2026-07-01", event("extension_approved", "2026-03-01"), assignments=[lead])
    assert (day(row["due_on"]), day(row["extended_to"])) == ("2026-03-30", "2026-06-29")


def test_an_extension_approved_after_the_reply_whitewashes_nothing():
    late = event("reply_issued", "2026-06-15")
    row = one("reply", "2026-07-01", late, event("extension_approved", "2026-06-20", until="2026-08-01"))
    assert row["state"] == "met_late"


def test_a_date_fixed_by_notice_caps_the_computed_one_and_does_not_roll():
    sunday = FixedDate("reply", date(2026, 5, 31), "市府办〔2026〕8号", session=5)
    row = one("reply", "2026-06-01", book=rule_book("reply", fixed_dates=(sunday,)), session=5)
    assert (day(row["due_on"]), row["state"], row["article"]) == ("2026-05-31", "overdue", "市府办〔2026〕8号")


def test_a_fixed_date_later_than_the_computed_one_changes_nothing():
    later = FixedDate("reply", date(2026, 6, 30), "市府办〔2026〕8号")
    assert day(one("reply", "2026-06-01", book=rule_book("reply", fixed_dates=(later,)))["due_on"]) == "2026-06-10"


def test_a_fixed_date_concerns_its_own_session_only():
    other = FixedDate("reply", date(2026, 5, 31), "市府办〔2026〕8号", session=4)
    row = one("reply", "2026-06-01", book=rule_book("reply", fixed_dates=(other,)), session=5)
    assert day(row["due_on"]) == "2026-06-10"


def test_a_proposal_s_own_fixed_date_caps_its_reply():
    row = one("reply", "2026-06-01", fixed_due_on="2026-05-15")
    assert (day(row["due_on"]), row["rule"]) == ("2026-05-15", "proposals/fixed_due_on")


def test_a_fixed_date_that_had_passed_at_assignment_binds_nobody():
    late = {**LEAD, "assigned_on": "2026-05-20"}
    assert day(one("reply", "2026-06-01", fixed_due_on="2026-05-15", assignments=[late])["due_on"]) == "2026-08-20"


def test_a_suspension_moves_the_last_day_by_its_days():
    row = one("reply", "2026-06-20", event("suspended", "2026-05-01"), event("resumed", "2026-05-21"))
    assert (row["state"], day(row["extended_to"])) == ("due_soon", "2026-06-30")


def test_a_suspended_obligation_is_neither_open_nor_overdue():
    row = one("reply", "2026-08-01", event("suspended", "2026-05-01"))
    assert (row["state"], row["days_late"]) == ("suspended", 0)


def test_a_suspension_after_the_last_day_clears_nothing():
    row = one("reply", "2026-07-20", event("suspended", "2026-06-20"), event("resumed", "2026-07-10"))
    assert (row["state"], row["days_late"]) == ("overdue", 40)


@pytest.mark.parametrize(
    ("duty", "proposal", "reason"),
    [
        ("reply", {"needs_reply": False}, "无需书面答复"),
        ("meeting_before", {"merged_into": "p9"}, "并案办理"),
    ],
)
def test_excused_items_say_why(duty, proposal, reason):
    row = one(duty, "2026-12-01", **proposal)
    assert (row["state"], row["reason"], row["days_late"]) == ("excused", reason, 0)


def test_a_merged_proposal_is_answered_separately_all_the_same():
    assert one("reply", "2026-12-01", merged_into="p9")["state"] == "overdue"


def test_a_withdrawn_proposal_is_excused_from_that_day_only():
    withdrawn = event("withdrawn", "2026-07-01")
    assert one("reply", "2026-06-30", withdrawn)["state"] == "overdue"
    assert one("reply", "2026-07-01", withdrawn)["reason"] == "撤回"


def test_a_withheld_or_confidential_proposal_owes_no_publication():
    issued = event("reply_issued", "2026-05-10")
    assert one("publication", "2026-12-01", issued, is_confidential=True)["reason"] == "不予公开"
    assert one("publication", "2026-12-01", issued, disclosure="withheld")["reason"] == "不予公开"


def test_reassignment_excuses_the_old_unit_and_starts_the_new_one_s_clock():
    old = {**LEAD, "ended_on": "2026-05-20", "end_reason": "reassigned"}
    new = {**LEAD, "unit_id": "u2", "assigned_on": "2026-05-21"}
    given = facts(assignments=[old, new])
    frame = obligations(given, rule_book("reply"), PLAIN_CALENDAR, date(2026, 7, 1)).set_index("unit_id")
    assert frame.loc["u1", "state"] == "excused"
    assert frame.loc["u1", "reason"] == "改办"
    assert day(frame.loc["u2", "due_on"]) == "2026-08-21"


def test_an_assignment_that_ends_later_has_not_ended_yet():
    old = {**LEAD, "ended_on": "2026-07-20", "end_reason": "returned"}
    assert one("reply", "2026-07-01", assignments=[old])["state"] == "overdue"


def test_a_unit_assigned_again_has_a_second_obligation():
    again = {**LEAD, "assigned_on": "2026-06-01"}
    old = {**LEAD, "ended_on": "2026-04-01", "end_reason": "returned"}
    given = facts(assignments=[old, again], events=[event("reply_issued", "2026-06-20")])
    frame = obligations(given, rule_book("reply"), PLAIN_CALENDAR, date(2026, 7, 1))
    assert frame[["round", "state"]].to_numpy().tolist() == [[1, "excused"], [2, "met"]]


def test_dissatisfaction_owes_a_second_reply_within_a_month():
    events = [event("reply_issued", "2026-06-01"), event("feedback", "2026-06-08", value="satisfied/dissatisfied")]
    row = one("second_reply", "2026-07-01", *events)
    assert (row["round"], day(row["due_on"]), row["state"]) == (2, "2026-07-08", "due_soon")
    assert one("second_reply", "2026-07-20", *events, event("reply_issued", "2026-07-08"))["state"] == "met"


def test_the_first_reply_does_not_meet_the_second():
    events = [event("reply_issued", "2026-06-08"), event("feedback", "2026-06-08", value="dissatisfied")]
    assert one("second_reply", "2026-08-01", *events)["state"] == "overdue"


def test_satisfied_feedback_owes_nothing_more():
    given = facts(
        assignments=[LEAD],
        events=[
            event("reply_issued", "2026-06-01"),
            event("feedback", "2026-06-08", value="satisfied/basically_satisfied"),
        ],
    )
    assert obligations(given, rule_book("second_reply"), PLAIN_CALENDAR, date(2026, 12, 1)).empty


def test_co_units_owe_an_opinion_and_no_reply():
    given = facts(assignments=[{**LEAD, "role": "co_organising"}])
    frame = obligations(given, rule_book("reply", "opinion"), PLAIN_CALENDAR, date(2026, 4, 11))
    assert frame[["duty", "state"]].to_numpy().tolist() == [["opinion", "overdue"]]


def test_the_third_meeting_counts_from_the_lead_s_reply_for_co_units_too():
    co = {**LEAD, "unit_id": "u2", "role": "co_organising"}
    given = facts(assignments=[LEAD, co], events=[event("reply_issued", "2026-06-10")])
    frame = obligations(given, rule_book("meeting_after"), PLAIN_CALENDAR, date(2026, 7, 1))
    assert [day(due) for due in frame["due_on"]] == ["2026-07-10", "2026-07-10"]


def test_a_commitment_is_due_on_its_own_date_even_on_a_day_off():
    row = one("commitment", "2026-12-01", event("commitment_made", "2026-06-01", until="2026-10-31"))
    assert (day(row["due_on"]), row["state"]) == ("2026-10-31", "overdue")


def test_a_commitment_without_a_date_is_due_on_the_last_day_of_the_next_year():
    assert day(one("commitment", "2026-12-01", event("commitment_made", "2026-06-01"))["due_on"]) == "2027-12-31"


def test_progress_is_owed_again_after_each_report_until_the_promise_is_kept():
    events = [
        event("commitment_made", "2026-01-05"),
        event("progress_reported", "2026-04-03"),
        event("commitment_fulfilled", "2026-06-01"),
    ]
    given = facts(assignments=[LEAD], events=events)
    frame = obligations(given, rule_book("progress"), PLAIN_CALENDAR, date(2026, 12, 1))
    assert [(r, s, day(m)) for r, s, m in frame[["round", "state", "met_on"]].itertuples(index=False)] == [
        (1, "met", "2026-04-03"),
        (2, "met", "2026-06-01"),
    ]


def test_responsible_needs_all_three_names():
    named = {"leader": "张三", "section": "一科", "handler": "李四"}
    assert one("responsible", "2026-05-01", assignments=[{**LEAD, **named}])["state"] == "met"
    assert one("responsible", "2026-05-01", assignments=[{**LEAD, **named, "handler": ""}])["state"] == "overdue"


def test_a_plan_is_owed_for_key_proposals_only():
    given = facts(proposals=[{"proposal_id": "p2", "is_key": True}], assignments=[LEAD, {**LEAD, "proposal_id": "p2"}])
    frame = obligations(given, rule_book("plan"), PLAIN_CALENDAR, date(2026, 5, 1))
    assert frame["proposal_id"].tolist() == ["p2"]


def test_a_due_date_in_an_unpublished_year_is_provisional():
    published = WorkdayCalendar([], [], date(2026, 12, 31))
    lead = {**LEAD, "assigned_on": "2026-10-12"}
    assert one("reply", "2026-11-23", assignments=[lead], calendar=published)["is_provisional"]
    assert not one("reply", "2026-11-23", calendar=published)["is_provisional"]


def test_the_rule_in_force_on_the_assignment_day_holds():
    book = rule_book("reply", since=date(2026, 3, 11))
    with pytest.raises(ConfigurationError, match=r"'reply' 在 2026-03-10 没有适用的期限\(最早一条自 2026-03-11 起\)"):
        one("reply", "2026-06-01", book=book)


def test_an_event_of_a_unit_that_was_never_assigned_meets_nothing():
    stranger = {**event("reply_issued", "2026-05-01"), "unit_id": "u9"}
    assert one("reply", "2026-06-01", stranger)["state"] == "due_soon"


def test_an_event_without_a_unit_concerns_every_unit_of_the_proposal():
    given = facts(
        assignments=[LEAD, {**LEAD, "unit_id": "u2"}], events=[{**event("suspended", "2026-05-01"), "unit_id": None}]
    )
    frame = obligations(given, rule_book("reply"), PLAIN_CALENDAR, date(2026, 7, 1))
    assert frame["state"].tolist() == ["suspended", "suspended"]


def test_a_duty_switched_off_by_name_is_not_owed():
    given = facts(assignments=[LEAD])
    assert obligations(given, rule_book("reply").without("reply"), PLAIN_CALENDAR, date(2026, 7, 1)).empty
