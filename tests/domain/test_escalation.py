"""The ladder: what is told when, to whom, and why not.

Unless a test says otherwise: a reply assigned on 10 March 2026, due on Wednesday 10 June, weekends only.
"""

from dataclasses import replace
from datetime import date
from functools import cache

import pandas as pd
import pytest

from tasks.domain.deadlines import Limit
from tasks.domain.errors import ConfigurationError
from tasks.domain.escalation import NoticePlan
from tasks.domain.escalation_record import NOTHING, Record, explanations
from tasks.domain.frames import Level
from tasks.domain.ladder import Climb, Form, Ladder, LadderPolicy, Threshold
from tasks.domain.obligations import obligations
from tasks.domain.steps import case_levels, levels
from tasks.domain.workdays import WorkdayCalendar
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.domain.ladders import (
    LADDER,
    POLICY,
    RUNGS,
    after,
    before,
    contacts,
    days,
    explanation,
    late,
    night,
    run_nights,
    sent,
    silence,
)

ONE = [{"proposal_id": "p1", "unit_id": "u1"}]
EVENT = {"proposal_id": "p1", "unit_id": "u1"}


def one_case(*, events=(), people=None, **proposal):
    return facts(
        proposals=[{"proposal_id": "p1", **proposal}],
        assignments=ONE,
        events=events,
        contacts=contacts("u1") if people is None else people,
    )


CASE = one_case()


@cache
def every_night() -> tuple[list[Record], list[NoticePlan]]:
    """The nights of CASE from 20 May to 22 July, run once: the record after each, and its plan."""
    record, records, plans = NOTHING, [], []
    for day in days("2026-05-20", "2026-07-22"):
        record, made = run_nights(CASE, [day], record)
        records.append(record)
        plans += made
    return records, plans


def through(day: str) -> Record:
    """The record of CASE after every night up to that day."""
    return next(record for record in every_night()[0] if record.planned_through == date.fromisoformat(day))


# When each level is reached


def test_the_whole_ladder_night_by_night() -> None:
    assert sent(through("2026-07-22")) == [
        ("remind", 1, "05-26"),
        ("urge", 1, "06-11"),
        ("urge", 2, "06-16"),
        ("urge", 3, "06-19"),
        ("supervise", 1, "06-24"),
        ("supervision_letter", 1, "07-08"),
        ("criticism", 1, "07-22"),
    ]


@pytest.mark.parametrize(
    ("day", "level"),
    [
        ("2026-05-25", None),
        ("2026-05-26", "remind"),
        ("2026-06-10", "remind"),  # due today is not overdue today
        ("2026-06-11", "urge"),
        ("2026-06-23", "urge"),
        ("2026-06-24", "supervise"),
        ("2026-07-08", "supervision_letter"),
        ("2026-07-22", "criticism"),
    ],
)
def test_the_level_reached_follows_the_days_alone(day: str, level: str | None) -> None:
    as_of = date.fromisoformat(day)
    owed = obligations(CASE, rule_book("reply"), PLAIN_CALENDAR, as_of)
    found = levels(owed, LADDER, PLAIN_CALENDAR, as_of)
    assert found.fillna("").tolist() == [level or ""]


def test_a_case_is_at_the_highest_level_of_its_obligations() -> None:
    case = facts(assignments=[*ONE, {"proposal_id": "p1", "unit_id": "u2", "role": "co_organising"}])
    rules = rule_book("reply", "opinion")
    owed = obligations(case, rules, PLAIN_CALENDAR, date(2026, 5, 29))
    found = case_levels(owed, LADDER, PLAIN_CALENDAR, date(2026, 5, 29))
    assert found.to_numpy().tolist() == [["p1", "criticism"]]  # the opinion was due on 10 April


def test_lateness_counts_workdays_of_the_calendar() -> None:
    calendar = WorkdayCalendar([date(2026, 6, 11), date(2026, 6, 12)], [date(2026, 6, 13)], date(2079, 12, 31))
    record, _ = run_nights(CASE, days("2026-06-10", "2026-06-15"), calendar=calendar)
    assert ("urge", 1, "06-13") in sent(record)


def test_nobody_is_reminded_before_the_obligation_exists() -> None:
    rules = rule_book("accept")
    assert sent(night(CASE, date(2026, 3, 10), rules=rules)) == [("remind", 1, "03-10")]


def test_a_met_obligation_is_told_nothing() -> None:
    case = one_case(events=[{**EVENT, "kind": "reply_issued", "happened_on": "2026-06-12"}])
    assert sent(night(case, date(2026, 6, 30))) == []


def test_a_withdrawn_proposal_is_told_nothing() -> None:
    case = one_case(events=[{**EVENT, "kind": "withdrawn", "happened_on": "2026-06-12"}])
    assert sent(night(case, date(2026, 6, 30))) == []


def test_a_suspended_obligation_is_told_nothing() -> None:
    case = one_case(events=[{**EVENT, "kind": "suspended", "happened_on": "2026-05-01"}])
    assert sent(night(case, date(2026, 6, 30))) == []


# Nights


def test_the_same_night_twice_plans_nothing_new() -> None:
    again = night(CASE, date(2026, 6, 24), through("2026-06-24"))
    assert sent(again) == []
    assert again.notices == ()


def test_missed_nights_send_each_step_once_with_its_true_day() -> None:
    record = through("2026-06-17")
    made = night(CASE, date(2026, 6, 25), record)
    assert sent(made) == [("urge", 3, "06-19"), ("supervise", 1, "06-24")]
    assert [(n.notice.level, n.notice.as_of) for n in made.notices] == [
        ("urge", date(2026, 6, 19)),
        ("supervise", date(2026, 6, 24)),
    ]


def test_a_missed_night_asks_for_nothing_in_the_past() -> None:
    record = through("2026-06-17")
    made = night(CASE, date(2026, 7, 7), record)
    supervise = next(n.notice for n in made.notices if n.notice.level == "supervise")
    assert supervise.as_of == date(2026, 6, 24)
    assert supervise.explain_by == date(2026, 7, 14)
    assert supervise.explain_to == "临江市人民政府督查室"


def test_the_first_assessment_of_an_old_case_tells_only_the_highest_level() -> None:
    made = night(CASE, date(2026, 6, 30))
    assert sent(made) == [("supervise", 1, "06-24")]
    muted = made.steps[made.steps["status"] == "muted"]
    assert sorted(muted["level"]) == ["remind", "urge"]


def test_a_case_that_turns_up_late_in_a_running_system_tells_only_the_highest_level() -> None:
    record = replace(NOTHING, planned_through=date(2026, 6, 29))
    assert sent(night(CASE, date(2026, 6, 30), record)) == [("supervise", 1, "06-24")]


def test_a_first_assessment_is_told_in_one_digest_of_today() -> None:
    rows = [{"proposal_id": f"p{n}", "unit_id": "u1", "assigned_on": f"2026-03-0{n}"} for n in (4, 5, 6)]
    made = night(facts(assignments=rows, contacts=contacts("u1")), date(2026, 6, 12))
    assert [(n.notice.level, n.notice.as_of, len(n.notice.items)) for n in made.notices] == [
        ("urge", date(2026, 6, 12), 3)
    ]


# Muting


def test_a_higher_level_ends_the_repeats_of_the_lower() -> None:
    assert [step for step in sent(through("2026-07-07")) if step[2] > "06-24"] == []


def test_a_duty_climbs_no_further_than_the_policy_lets_it() -> None:
    ladder = Ladder((replace(POLICY, climbs={"reply": Climb(Level.URGE)}),))
    record, _ = run_nights(CASE, days("2026-06-10", "2026-07-31")[::7], ladder=ladder)
    assert {level for level, _, _ in sent(record)} == {"remind", "urge"}
    assert ("urge", 12, "07-28") in sent(record)  # and goes on being urged


def test_a_duty_that_never_escalates_is_left_alone() -> None:
    ladder = Ladder((replace(POLICY, climbs={"reply": Climb(None)}),))
    assert night(CASE, date(2026, 7, 31), ladder=ladder).steps.empty


def test_a_duty_may_have_thresholds_of_its_own() -> None:
    ladder = Ladder((replace(POLICY, climbs={"reply": Climb(Level.CRITICISM, {Level.REMIND: before("2 workdays")})}),))
    assert sent(night(CASE, date(2026, 6, 8), ladder=ladder)) == [("remind", 1, "06-08")]
    assert sent(night(CASE, date(2026, 6, 7), ladder=ladder)) == []


# The policy is frozen when the obligation starts


def test_a_case_follows_the_policy_in_force_when_its_obligation_began() -> None:
    stricter = LadderPolicy(
        date(2026, 4, 1), "新办法", (replace(RUNGS[0], when=before("30 days")), *RUNGS[1:]), Climb(Level.CRITICISM)
    )
    ladder = Ladder((POLICY, stricter))
    both = facts(
        assignments=[*ONE, {"proposal_id": "p2", "unit_id": "u1", "assigned_on": "2026-04-01"}],
        contacts=contacts("u1"),
    )
    made = night(both, date(2026, 6, 2), ladder=ladder)
    steps = made.steps.set_index("proposal_id")["fell_due_on"].dt.strftime("%m-%d")
    assert steps.to_dict() == {"p1": "05-26", "p2": "06-01"}


def test_an_obligation_older_than_the_first_policy_is_an_error_that_names_the_file() -> None:
    ladder = Ladder((replace(POLICY, starts_on=date(2026, 4, 1)),), "config/jurisdictions/demo/escalation.yaml")
    with pytest.raises(ConfigurationError, match=r"demo/escalation.yaml.*2026-03-10"):
        night(CASE, date(2026, 6, 2), ladder=ladder)


# A new round, a reassignment, an extension


def test_a_reassignment_starts_the_ladder_again() -> None:
    case = facts(
        assignments=[
            {**ONE[0], "ended_on": "2026-07-01", "end_reason": "reassigned"},
            {"proposal_id": "p1", "unit_id": "u2", "assigned_on": "2026-07-01"},
        ],
        contacts=[*contacts("u1"), *contacts("u2")],
    )
    nights = [*days("2026-06-30", "2026-07-02"), *days("2026-07-03", "2026-09-30")[::9], date(2026, 10, 2)]
    record, _ = run_nights(case, nights)
    assert [step for step in sent(record) if step[2] > "07-01"] == [("remind", 1, "09-16"), ("urge", 1, "10-02")]


def test_a_new_round_starts_the_ladder_again() -> None:
    case = one_case(
        events=[
            {**EVENT, "kind": "reply_issued", "happened_on": "2026-06-12"},
            {**EVENT, "kind": "feedback", "happened_on": "2026-06-20", "value": "dissatisfied"},
        ]
    )
    rules = rule_book("reply", "second_reply")
    record, _ = run_nights(case, [*days("2026-05-26", "2026-07-17")[::4], date(2026, 7, 21)], rules=rules)
    by_duty = record.history.groupby("duty")["level"].agg(list).to_dict()
    assert by_duty == {"reply": ["remind", "urge"], "second_reply": ["remind", "urge"]}
    assert set(record.history.loc[record.history["duty"] == "second_reply", "round"]) == {2}


def test_an_extension_ends_the_urging_and_reminds_again_before_the_new_day() -> None:
    extended = {**EVENT, "kind": "extension_approved", "happened_on": "2026-06-12", "until": "2026-08-10"}
    nights = [
        *days("2026-05-25", "2026-06-08")[::7],
        *days("2026-06-11", "2026-06-19"),
        *days("2026-06-24", "2026-08-12")[::7],
    ]
    record, _ = run_nights(one_case(events=[extended]), nights)
    assert sent(record) == [
        ("remind", 1, "05-26"),
        ("urge", 1, "06-11"),
        ("remind", 2, "07-26"),
        ("urge", 2, "08-11"),
    ]


# Provisional days


def test_a_provisional_day_is_never_escalated_past_a_reminder() -> None:
    calendar = WorkdayCalendar([], [], date(2026, 5, 31))
    made = night(CASE, date(2026, 6, 24), calendar=calendar)
    assert sent(made) == [("remind", 1, "05-26")]
    assert made.steps.set_index("level")["status"].to_dict() == {
        "remind": "send",
        "urge": "provisional",
        "supervise": "provisional",
    }


def test_the_level_of_a_provisional_day_stays_a_reminder() -> None:
    calendar = WorkdayCalendar([], [], date(2026, 5, 31))
    owed = obligations(CASE, rule_book("reply"), calendar, date(2026, 6, 24))
    assert levels(owed, LADDER, calendar, date(2026, 6, 24)).tolist() == ["remind"]


# Silences and explanations


def test_a_silence_holds_a_step_and_says_why() -> None:
    record = replace(NOTHING, silences=silence("2026-06-30", unit_id="u1"))
    made = night(CASE, date(2026, 6, 24), record)
    held = made.steps[made.steps["status"] == "silenced"]
    assert sent(made) == []
    assert held["reason"].tolist() == ["静默至2026-06-30:单位合并"]


@pytest.mark.parametrize(
    ("scope", "is_held"),
    [
        ({"unit_id": "u1"}, True),
        ({"proposal_id": "p1"}, True),
        ({"duty": "reply"}, True),
        ({"proposal_id": "p1", "unit_id": "u1", "duty": "reply"}, True),
        ({"unit_id": "u2"}, False),
        ({"proposal_id": "p2"}, False),
        ({"duty": "opinion"}, False),
        ({"proposal_id": "p1", "duty": "opinion"}, False),
    ],
)
def test_a_silence_covers_what_it_names_and_nothing_else(scope: dict[str, str], is_held: bool) -> None:
    made = night(CASE, date(2026, 6, 24), replace(NOTHING, silences=silence("2026-06-30", **scope)))
    assert (sent(made) == []) is is_held


def test_after_a_silence_the_highest_reached_step_goes_out_with_its_true_day() -> None:
    record = through("2026-06-15")
    silent = replace(record, silences=silence("2026-06-30", unit_id="u1"))
    held, _ = run_nights(CASE, days("2026-06-16", "2026-06-30")[::2], silent)
    assert sent(held) == sent(record)
    assert sent(night(CASE, date(2026, 7, 1), held)) == [("supervise", 1, "06-24")]


def test_an_explanation_holds_the_next_step_until_its_day() -> None:
    record = through("2026-06-25")
    explained = replace(record, explanations=explanation("2026-06-26", "2026-07-15", proposal_id="p1", unit_id="u1"))
    held, plans = run_nights(CASE, [*days("2026-06-26", "2026-07-14")[::4], date(2026, 7, 15)], explained)
    assert sent(held) == sent(record)
    assert plans[-1].steps["status"].tolist()[-1] == "explained"
    assert sent(night(CASE, date(2026, 7, 16), held)) == [("supervision_letter", 1, "07-08")]


def test_an_explanation_does_not_hold_a_reminder() -> None:
    record = replace(NOTHING, explanations=explanation("2026-05-01", "2026-07-15", proposal_id="p1", unit_id="u1"))
    assert sent(night(CASE, date(2026, 5, 26), record)) == [("remind", 1, "05-26")]


def test_the_next_level_shows_the_last_explanation() -> None:
    said = explanation("2026-06-26", None, "资金已落实", proposal_id="p1", unit_id="u1")
    made = night(CASE, date(2026, 7, 8), replace(NOTHING, explanations=said))
    assert made.notices[0].notice.items[0].explanation == "资金已落实"


def test_explanations_come_from_the_source_and_from_the_office_alike() -> None:
    case = one_case(
        events=[{**EVENT, "kind": "explained", "happened_on": "2026-06-20", "until": "2026-06-30", "note": "待批复"}]
    )
    recorded = explanation("2026-06-22", "2026-07-01", "已批复", proposal_id="p1")
    assert explanations(case, recorded, date(2026, 6, 21))["text"].tolist() == ["待批复"]
    assert explanations(case, recorded, date(2026, 6, 22))["text"].tolist() == ["待批复", "已批复"]
    assert explanations(CASE, NOTHING.explanations, date(2026, 6, 22)).empty


# Delivery


@pytest.mark.parametrize("state", ["uncertain", "sending"])
def test_the_next_level_waits_while_the_outcome_of_the_last_is_unknown(state: str) -> None:
    record = after(NOTHING, night(CASE, date(2026, 6, 11)), state)
    made = night(CASE, date(2026, 6, 24), record)
    assert sent(made) == []
    assert made.steps.set_index("level").loc["supervise", "status"] == "held"


@pytest.mark.parametrize("state", ["sent", "queued", "retry", "awaiting_sign_off"])
def test_a_known_outcome_holds_nothing(state: str) -> None:
    record = after(NOTHING, night(CASE, date(2026, 6, 11)), state)
    assert ("supervise", 1, "06-24") in sent(night(CASE, date(2026, 6, 24), record))


def test_a_cancelled_notice_told_nobody_and_may_be_planned_again() -> None:
    record = after(NOTHING, night(CASE, date(2026, 6, 24)), "cancelled")
    assert sent(night(CASE, date(2026, 6, 25), record)) == [("supervise", 1, "06-24")]


def test_a_rejected_notice_goes_to_the_next_role_up_once_its_address_is_marked() -> None:
    record = after(NOTHING, night(CASE, date(2026, 6, 11)), "rejected")
    assert sent(night(CASE, date(2026, 6, 12), record)) == []
    marked = replace(record, failing=frozenset({"section@u1.example.cn"}))
    made = night(CASE, date(2026, 6, 12), marked)
    assert sent(made) == [("urge", 1, "06-11")]
    assert [who.email for who in made.notices[0].notice.to] == ["leader@u1.example.cn"]


def test_a_notice_says_who_was_told_before() -> None:
    record = through("2026-06-23")
    told = night(CASE, date(2026, 6, 24), record).notices[0].notice.items[0].told_before
    assert [(t.level, t.on.isoformat(), t.to) for t in told] == [
        ("remind", "2026-05-26", "u1-handler"),
        ("urge", "2026-06-11", "u1-section"),
        ("urge", "2026-06-16", "u1-section"),
        ("urge", "2026-06-19", "u1-section"),
    ]


def test_a_notice_counts_what_the_unit_got_not_what_fell_due() -> None:
    first = night(CASE, date(2026, 6, 19))
    assert sent(first) == [("urge", 3, "06-19")]
    assert first.notices[0].notice.items[0].occurrence == 1
    record = through("2026-06-15")
    later = night(CASE, date(2026, 6, 19), record)
    assert [n.notice.items[0].occurrence for n in later.notices] == [2, 3]


def test_only_what_has_left_counts_as_told() -> None:
    record = after(NOTHING, night(CASE, date(2026, 6, 11)), "queued")
    assert night(CASE, date(2026, 6, 24), record).notices[0].notice.items[0].told_before == ()


# Recipients


def test_each_level_goes_to_its_role_with_its_copies() -> None:
    _, plans = every_night()
    notices = {n.notice.level: n.notice for made in plans for n in made.notices}
    to_and_cc = {level: ([w.role for w in notice.to], [w.role for w in notice.cc]) for level, notice in notices.items()}
    assert to_and_cc == {
        "remind": (["handler"], ["section"]),
        "urge": (["section"], ["leader"]),
        "supervise": (["leader"], ["top_leader"]),
        "supervision_letter": (["top_leader"], []),
        "criticism": (["top_leader"], []),
    }


def test_a_missing_address_falls_to_the_next_role_up_and_is_listed() -> None:
    people = [*contacts("u1", "leader", "office"), {"unit_id": "u1", "role": "section", "name": "李四"}]
    made = night(one_case(people=people), date(2026, 5, 26))
    notice = made.notices[0].notice
    assert [who.role for who in notice.to] == ["leader"]
    assert notice.cc == ()  # the section falls to the same leader, who is written to anyway
    assert notice.fallback_note == (
        "承办人员无联系人、承办科室李四无邮箱,改送分管领导u1-leader;抄送:承办科室李四无邮箱,改送分管领导u1-leader"
    )
    assert made.steps["recipient_note"].tolist() == [notice.fallback_note]


@pytest.mark.parametrize(
    "email", ["无", "a@b@c.cn", "王五 <w@x.cn>", "w@x.cn\nBcc: y@x.cn", "w x@x.cn", "w@", "市@x.cn"]
)
def test_an_address_that_is_none_falls_to_the_next_role_up(email: str) -> None:
    people = [{"unit_id": "u1", "role": "handler", "name": "王五", "email": email}, *contacts("u1", "section")]
    notice = night(one_case(people=people), date(2026, 5, 26)).notices[0].notice
    assert [who.role for who in notice.to] == ["section"]


def test_a_failing_address_is_passed_over() -> None:
    record = replace(NOTHING, failing=frozenset({"HANDLER@u1.example.cn"}))
    assert night(CASE, date(2026, 5, 26), record).notices[0].notice.to[0].role == "section"


def test_a_unit_without_any_address_is_listed_as_unreachable() -> None:
    made = night(one_case(people=[]), date(2026, 5, 26))
    assert made.notices == ()
    assert made.unreachable["reason"].str.contains("无人可送").tolist() == [True]
    assert made.counts["unreachable"] == 1


def test_an_unreachable_step_goes_out_as_soon_as_there_is_an_address() -> None:
    record, _ = run_nights(one_case(people=[]), days("2026-05-26", "2026-05-28"))
    assert sent(night(CASE, date(2026, 5, 29), record)) == [("remind", 1, "05-26")]


def test_the_contact_valid_on_the_day_is_written_to() -> None:
    people = [
        {**contacts("u1", "handler")[0], "valid_to": "2026-05-25"},
        {"unit_id": "u1", "role": "handler", "name": "新人", "email": "new@u1.example.cn", "valid_from": "2026-05-26"},
        {
            "unit_id": "u1",
            "role": "handler",
            "name": "后人",
            "email": "later@u1.example.cn",
            "valid_from": "2026-06-01",
        },
    ]
    assert night(one_case(people=people), date(2026, 5, 26)).notices[0].notice.to[0].name == "新人"


def test_the_leader_of_a_key_proposal_is_copied_in() -> None:
    people = [*contacts("u1"), {"unit_id": "gov", "role": "leader", "name": "赵副市长", "email": "zhao@gov.example.cn"}]
    made = night(one_case(people=people, is_key=True, led_by="赵副市长"), date(2026, 5, 26))
    assert [who.email for who in made.notices[0].notice.cc] == ["section@u1.example.cn", "zhao@gov.example.cn"]


def test_a_leading_leader_who_cannot_be_found_is_listed() -> None:
    made = night(one_case(is_key=True, led_by="钱副市长"), date(2026, 5, 26))
    assert made.notices[0].notice.fallback_note == "领办领导钱副市长无有效邮箱,未抄送"


def test_the_leading_leader_sees_only_the_case_that_leader_leads() -> None:
    people = [*contacts("u1"), {"unit_id": "gov", "role": "leader", "name": "赵副市长", "email": "zhao@gov.example.cn"}]
    both = facts(
        proposals=[{"proposal_id": "p1", "is_key": True, "led_by": "赵副市长"}],
        assignments=[*ONE, {"proposal_id": "p2", "unit_id": "u1"}],
        contacts=people,
    )
    made = night(both, date(2026, 5, 26))
    seen = {tuple(item.proposal_id for item in n.notice.items): len(n.notice.cc) for n in made.notices}
    assert seen == {("p1",): 2, ("p2",): 1}


# Digest and letter


def two_cases(**second):
    rows = [*ONE, {"proposal_id": "p2", "unit_id": "u1", **second}]
    return facts(assignments=rows, contacts=[*contacts("u1"), *contacts("u2")])


def test_one_digest_for_a_unit_a_level_and_a_day() -> None:
    made = night(two_cases(), date(2026, 5, 26))
    assert [len(n.notice.items) for n in made.notices] == [2]
    assert made.notices[0].form is Form.DIGEST


def test_another_unit_gets_its_own_digest() -> None:
    made = night(two_cases(unit_id="u2"), date(2026, 5, 26))
    assert sorted(n.notice.unit_id for n in made.notices) == ["u1", "u2"]


def test_a_formal_letter_is_about_one_case() -> None:
    made = night(two_cases(), date(2026, 7, 8))
    assert [[item.proposal_id for item in n.notice.items] for n in made.notices] == [["p1"], ["p2"]]
    assert all(n.form is Form.LETTER and n.needs_sign_off for n in made.notices)


def test_a_confidential_proposal_is_named_by_its_number_only() -> None:
    item = night(one_case(is_confidential=True, number="12"), date(2026, 5, 26)).notices[0].notice.items[0]
    assert (item.number, item.title) == ("12", None)


def test_an_item_says_why() -> None:
    item = night(CASE, date(2026, 6, 24)).notices[0].notice.items[0]
    assert (item.due_on, item.days_left, item.days_late, item.workdays_late) == (date(2026, 6, 10), None, 14, 10)
    assert (item.article, item.duty_label) == ("测试依据", "答复")


# Backlog


def test_an_overdue_backlog_case_climbs_to_criticism_at_once() -> None:
    backlog = pd.DataFrame({"proposal_id": ["p1"], "since": pd.to_datetime(["2026-06-15"])})
    made = night(CASE, date(2026, 6, 16), backlog=backlog)
    assert sent(made) == [("criticism", 1, "06-15")]


def test_a_backlog_case_that_is_not_late_is_not_criticised() -> None:
    backlog = pd.DataFrame({"proposal_id": ["p1"], "since": pd.to_datetime(["2026-05-01"])})
    assert sent(night(CASE, date(2026, 5, 26), backlog=backlog)) == [("remind", 1, "05-26")]


# The ladder itself


def test_a_threshold_in_months_is_refused() -> None:
    with pytest.raises(ValueError, match="days"):
        Threshold(Limit.parse("1 month"))


def test_a_ladder_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="由低到高"):
        replace(POLICY, rungs=RUNGS[::-1])


def test_the_version_changes_with_any_threshold() -> None:
    other = Ladder((replace(POLICY, rungs=(replace(RUNGS[0], when=late("2 days")), *RUNGS[1:])),))
    assert other.version != LADDER.version


def test_nothing_owed_plans_nothing() -> None:
    made = night(facts(), date(2026, 6, 24))
    assert made.steps.empty
    assert made.notices == ()
    assert set(made.counts.values()) == {0}
