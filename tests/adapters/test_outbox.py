"""The outbox: each step enters once, leaves once, and what nobody knows waits for a person. On SQLite and PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd
import pytest
import sqlalchemy as sa

from tasks.adapters.ledger import contact_faults, decisions, deliveries, outbox, outbox_views
from tasks.adapters.ledger.outbox_tables import messages, notices
from tasks.adapters.ledger.stored_mail import get_mail
from tasks.adapters.smtp_dialogue import SendResult, SendState
from tasks.domain.delivery import BACK_OFF, NEXT_ACT, Decision, MessageState
from tasks.domain.documents import Act, SignOffPolicy, Wanted
from tasks.domain.errors import DeliveryError, LedgerError
from tasks.domain.escalation_record import SILENCES, framed
from tasks.domain.obligations import obligations
from tasks.domain.superseding import superseded
from tests.adapters.outboxes import NOW, SENT, cases, compose, queue, record_of, run_night
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.domain.ladders import contacts, night, sent, silence

URGE_DAY, LETTER_DAY = date(2026, 6, 11), date(2026, 7, 8)
CASES = cases()
ONE_PERSON = SignOffPolicy(two_people=False)


def states(ledger):
    return [row["state"] for row in outbox_views.list_mails(ledger, "demo")]


def mail_ids(ledger):
    return [row["message_id"] for row in outbox_views.list_mails(ledger, "demo")]


def send_all(ledger, result=SENT, now=NOW, worker="w1"):
    """Deliver whatever is due with that result; return how many mails were claimed."""
    count = 0
    for message_id in deliveries.due(ledger, now, "demo"):
        claimed = deliveries.claim(ledger, message_id, now, worker)
        deliveries.record(ledger, claimed, result, "eml", now)
        count += 1
    return count


# Queueing


def test_a_night_enters_whole(ledger, archive) -> None:
    queued = run_night(ledger, archive, cases(4, units=2), URGE_DAY)
    assert (queued.mails, queued.steps, queued.already_there) == (2, 4, 0)
    assert states(ledger) == ["queued", "queued"]


def test_the_same_night_again_adds_nothing(ledger, archive) -> None:
    plan = night(CASES, URGE_DAY)
    queue(ledger, archive, plan)
    again = queue(ledger, archive, plan)
    assert (again.mails, again.steps, again.already_there) == (0, 0, 2)
    assert len(mail_ids(ledger)) == 1


def test_the_plan_of_a_second_run_is_empty(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    assert sent(night(CASES, URGE_DAY, record_of(ledger))) == []


def test_a_digest_tells_only_the_steps_that_another_run_has_not_queued(ledger, archive) -> None:
    queue(ledger, archive, night(cases(1), URGE_DAY))
    both = queue(ledger, archive, night(cases(2), URGE_DAY))
    assert (both.mails, both.steps, both.already_there) == (1, 1, 1)
    newest = outbox_views.show_mail(ledger, "demo", mail_ids(ledger)[0])
    assert [item["proposal_id"] for item in newest["notice"]["items"]] == ["p2"]
    assert [step["proposal_id"] for step in newest["steps"]] == ["p2"]


def test_a_night_without_anything_to_tell_counts_as_planned(ledger, archive) -> None:
    run_night(ledger, archive, CASES, date(2026, 4, 1))
    assert outbox.planned_through(ledger, "demo") == date(2026, 4, 1)
    assert mail_ids(ledger) == []


def test_an_error_while_writing_a_mail_leaves_nothing_behind(ledger, archive) -> None:
    plan = night(cases(4, units=2), URGE_DAY)

    def fails(notice, message_id):
        if notice.unit_id == "u2":
            raise DeliveryError("模板", "坏了", "请修好。")
        return compose(notice, message_id)

    with pytest.raises(DeliveryError):
        outbox.queue(ledger, archive, "demo", plan, run_evidence(), fails, NOW)
    assert mail_ids(ledger) == []
    assert outbox.planned_through(ledger, "demo") is None
    assert queue(ledger, archive, plan).steps == 4


def run_evidence():
    return outbox.Evidence("a", "s", "r", "c", "l", "v")


def test_seven_missed_nights_queue_each_step_once_with_its_true_day(ledger, archive) -> None:
    for offset in range(8):
        run_night(ledger, archive, CASES, date(2026, 6, 10) + timedelta(offset))
    run_night(ledger, archive, CASES, date(2026, 6, 25))
    found = outbox.history(ledger, "demo")
    late = found[found["fell_due_on"] > "2026-06-17"]
    shown = sorted(zip(late["proposal_id"], late["level"], late["fell_due_on"].dt.strftime("%m-%d"), strict=True))
    assert shown == [
        ("p1", "supervise", "06-24"),
        ("p1", "urge", "06-19"),
        ("p2", "supervise", "06-24"),
        ("p2", "urge", "06-19"),
    ]


def test_the_database_itself_refuses_a_second_row_of_the_same_step(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    with ledger.connect() as connection:
        row = dict(connection.execute(sa.select(notices)).mappings().first())
    del row["notice_id"]
    with pytest.raises(sa.exc.IntegrityError), ledger.begin() as connection:
        connection.execute(notices.insert(), row)


def test_a_letter_waits_for_sign_off_and_is_not_due(ledger, archive) -> None:
    run_night(ledger, archive, CASES, LETTER_DAY)
    assert states(ledger) == ["awaiting_sign_off", "awaiting_sign_off"]
    assert deliveries.due(ledger, NOW + timedelta(days=90)) == []


def test_a_lower_level_leaves_before_a_higher_one(ledger, archive) -> None:
    run_night(ledger, archive, CASES, date(2026, 6, 17))
    run_night(ledger, archive, CASES, date(2026, 6, 24))
    due = deliveries.due(ledger, NOW + timedelta(9))
    levels = [outbox_views.show_mail(ledger, "demo", key)["level"] for key in due]
    assert levels == ["urge", "urge", "supervise"]


def test_two_jurisdictions_do_not_meet(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    assert outbox.history(ledger, "other").empty
    assert deliveries.due(ledger, NOW, "other") == []
    assert outbox.planned_through(ledger, "other") is None


# Delivering


def test_a_mail_is_claimed_by_one_worker_only(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    (message_id,) = deliveries.due(ledger, NOW)
    assert deliveries.claim(ledger, message_id, NOW, "w1") is not None
    assert deliveries.claim(ledger, message_id, NOW, "w2") is None
    assert deliveries.due(ledger, NOW) == []


def test_a_claimed_mail_carries_everything_it_needs(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    claimed = deliveries.claim(ledger, deliveries.due(ledger, NOW)[0], NOW, "w1")
    assert claimed.addresses == ["section@u1.example.cn", "leader@u1.example.cn"]
    draft = get_mail(archive, claimed.mail, NOW)
    plan = night(CASES, URGE_DAY)
    assert draft == replace(compose(plan.notices[0].notice, claimed.message_id).draft, dated=NOW)


def test_a_sent_mail_stays_sent(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    assert send_all(ledger) == 1
    assert send_all(ledger) == 0
    shown = outbox_views.show_mail(ledger, "demo", mail_ids(ledger)[0])
    assert (shown["state"], shown["smtp_answer"], shown["attempts"]) == ("sent", SENT.answer, 1)
    assert shown["finished_at"] == NOW


def test_a_temporary_refusal_is_tried_again_later_each_time(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    now, busy = NOW, SendResult(SendState.RETRY, "450 4.2.1 busy")
    for pause in BACK_OFF:
        assert send_all(ledger, busy, now) == 1
        assert send_all(ledger, busy, now + pause - timedelta(seconds=1)) == 0
        now += pause
    send_all(ledger, busy, now)
    assert states(ledger) == ["rejected"]


def test_a_server_that_is_down_uses_up_no_attempt(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    now = NOW
    for _ in range(50):
        assert send_all(ledger, SendResult(SendState.RETRY, "refused", reached=False), now) == 1
        now += BACK_OFF[0]
    assert send_all(ledger, SENT, now) == 1
    assert states(ledger) == ["sent"]


def test_a_final_refusal_is_rejected_and_marks_the_address(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    refused = {"section@u1.example.cn": (550, "5.1.1 no such user")}
    send_all(ledger, SendResult(SendState.REJECTED, "收件人全部被拒收", refused))
    assert states(ledger) == ["rejected"]
    assert contact_faults.failing(ledger, "demo") == {"section@u1.example.cn"}


def test_a_rejected_notice_goes_to_the_next_role_up_the_next_night(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    refused = {"section@u1.example.cn": (550, "no such user"), "leader@u1.example.cn": (550, "no such user")}
    send_all(ledger, SendResult(SendState.REJECTED, "收件人全部被拒收", refused))
    assert run_night(ledger, archive, CASES, date(2026, 6, 12)).steps == 2
    newest = outbox_views.list_mails(ledger, "demo", [MessageState.QUEUED])
    assert [who["email"] for who in newest[0]["recipients"] if who["kind"] == "to"] == ["top_leader@u1.example.cn"]


def test_one_refused_recipient_does_not_reject_the_mail(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    send_all(ledger, SendResult(SendState.SENT, "250 ok", {"leader@u1.example.cn": (550, "no such user")}))
    shown = outbox_views.show_mail(ledger, "demo", mail_ids(ledger)[0])
    assert shown["state"] == "sent"
    assert shown["refused"] == {"leader@u1.example.cn": [550, "no such user"]}
    assert contact_faults.failing(ledger, "demo") == {"leader@u1.example.cn"}


def test_an_address_that_was_refused_for_now_is_not_marked(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    send_all(ledger, SendResult(SendState.SENT, "250 ok", {"leader@u1.example.cn": (452, "mailbox full")}))
    assert contact_faults.failing(ledger, "demo") == frozenset()


def test_an_uncertain_mail_waits_for_a_person_and_holds_the_next_level(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    send_all(ledger, SendResult(SendState.UNCERTAIN, "没有答复"))
    assert deliveries.due(ledger, NOW + timedelta(days=365)) == []
    made = night(CASES, date(2026, 6, 24), record_of(ledger))
    assert sent(made) == []
    assert set(made.steps.loc[made.steps["level"] == "supervise", "status"]) == {"held"}


def test_a_mail_whose_deliverer_died_becomes_uncertain_and_is_never_sent_by_guess(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    deliveries.claim(ledger, deliveries.due(ledger, NOW)[0], NOW, "w1")
    assert deliveries.recover(ledger, "demo", timedelta(minutes=15), NOW + timedelta(minutes=14)) == []
    assert len(deliveries.recover(ledger, "demo", timedelta(minutes=15), NOW + timedelta(minutes=16))) == 1
    assert states(ledger) == ["uncertain"]
    assert deliveries.due(ledger, NOW + timedelta(days=1)) == []


def test_a_late_result_is_knowledge_even_after_the_mail_was_given_up(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    claimed = deliveries.claim(ledger, deliveries.due(ledger, NOW)[0], NOW, "w1")
    deliveries.recover(ledger, "demo", timedelta(0), NOW + timedelta(minutes=1))
    deliveries.record(ledger, claimed, SENT, "eml", NOW + timedelta(minutes=2))
    assert states(ledger) == ["sent"]


def test_nobody_records_the_result_of_anothers_mail(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    claimed = deliveries.claim(ledger, deliveries.due(ledger, NOW)[0], NOW, "w1")
    with pytest.raises(LedgerError, match="不归本进程"):
        deliveries.record(ledger, replace(claimed, worker="w2"), SENT, "eml", NOW)


def test_every_state_names_its_next_act() -> None:
    assert set(NEXT_ACT) == set(MessageState)


# Withdrawing what is superseded


def withdraw(ledger, archive, case, as_of, silences=None):
    owed = obligations(case, rule_book("reply"), PLAIN_CALENDAR, as_of)
    none = framed([], SILENCES)
    void = superseded(decisions.not_gone(ledger, "demo"), owed, none if silences is None else silences, as_of)
    return decisions.withdraw(ledger, archive, "demo", void, compose, NOW), void


def with_events(*events):
    rows = [{"proposal_id": f"p{n}", "unit_id": "u1"} for n in (1, 2)]
    return facts(assignments=rows, events=[{"unit_id": "u1", **row} for row in events], contacts=contacts("u1"))


REPLIED = {"proposal_id": "p1", "kind": "reply_issued", "happened_on": "2026-06-11"}


def test_a_reply_that_came_in_takes_its_case_out_of_the_digest(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    before = outbox_views.show_mail(ledger, "demo", mail_ids(ledger)[0])
    taken, _ = withdraw(ledger, archive, with_events(REPLIED), URGE_DAY)
    assert (taken.steps, taken.mails_changed, taken.mails_cancelled) == (1, 1, 0)
    shown = outbox_views.show_mail(ledger, "demo", before["message_id"])
    assert [item["proposal_id"] for item in shown["notice"]["items"]] == ["p2"]
    assert shown["document_hash"] != before["document_hash"]
    claimed = deliveries.claim(ledger, before["message_id"], NOW, "w1")
    assert get_mail(archive, claimed.mail, NOW).text == "u1:p2第1次"


def test_a_mail_with_nothing_left_to_tell_is_cancelled(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    case = with_events(REPLIED, {**REPLIED, "proposal_id": "p2"})
    taken, _ = withdraw(ledger, archive, case, URGE_DAY)
    assert taken.mails_cancelled == 1
    assert states(ledger) == ["cancelled"]
    assert deliveries.due(ledger, NOW) == []


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (REPLIED, "逾期完成"),
        ({**REPLIED, "kind": "withdrawn"}, "免办"),
        ({**REPLIED, "kind": "suspended"}, "中止"),
        ({**REPLIED, "kind": "extension_approved", "until": "2026-08-10"}, "办理期限已变更"),
    ],
)
def test_whatever_ends_or_moves_an_obligation_takes_its_notice_back(ledger, archive, event, reason) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    _, void = withdraw(ledger, archive, with_events(event), URGE_DAY)
    assert void[["proposal_id", "reason"]].to_numpy().tolist() == [["p1", reason]]


def test_a_silence_added_in_the_meantime_takes_the_notice_back(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    _, void = withdraw(ledger, archive, CASES, URGE_DAY, silence("2026-06-30", proposal_id="p2"))
    assert void[["proposal_id", "reason"]].to_numpy().tolist() == [["p2", "静默:单位合并"]]


def test_a_mail_that_is_being_sent_is_left_alone(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    owed = obligations(with_events(REPLIED), rule_book("reply"), PLAIN_CALENDAR, URGE_DAY)
    void = superseded(decisions.not_gone(ledger, "demo"), owed, framed([], SILENCES), URGE_DAY)
    deliveries.claim(ledger, mail_ids(ledger)[0], NOW, "w1")
    assert decisions.withdraw(ledger, archive, "demo", void, compose, NOW).steps == 0
    assert states(ledger) == ["sending"]


def test_what_is_still_owed_is_not_taken_back(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    taken, void = withdraw(ledger, archive, CASES, URGE_DAY)
    assert void.empty
    assert taken.steps == 0


def test_a_notice_taken_back_by_mistake_enters_again_as_a_new_mail(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    (first,) = mail_ids(ledger)
    withdraw(ledger, archive, with_events(REPLIED, {**REPLIED, "proposal_id": "p2"}), URGE_DAY)
    assert run_night(ledger, archive, CASES, URGE_DAY).steps == 2
    assert sorted(states(ledger)) == ["cancelled", "queued"]
    assert len(set(mail_ids(ledger)) - {first}) == 1
    assert send_all(ledger) == 1


# Decisions


def test_a_person_resolves_an_uncertain_mail_as_sent(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    send_all(ledger, SendResult(SendState.UNCERTAIN, "没有答复"))
    (message_id,) = mail_ids(ledger)
    decisions.resolve(ledger, "demo", message_id, Decision.SENT, "张三", "电话核实", NOW)
    assert states(ledger) == ["sent"]
    assert outbox_views.show_mail(ledger, "demo", message_id)["audit"][0]["actor"] == "张三"


def test_a_mail_that_did_not_arrive_is_queued_again_under_its_own_message_id(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    send_all(ledger, SendResult(SendState.UNCERTAIN, "没有答复"))
    (message_id,) = mail_ids(ledger)
    decisions.resolve(ledger, "demo", message_id, Decision.NOT_SENT, "张三", "对方未收到", NOW)
    assert deliveries.due(ledger, NOW) == [message_id]


def test_a_mail_is_sent_again_only_by_name_and_by_somebody(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    send_all(ledger)
    (message_id,) = mail_ids(ledger)
    decisions.resend(ledger, "demo", message_id, "张三", "对方误删", NOW)
    assert send_all(ledger) == 1
    entry = outbox_views.show_mail(ledger, "demo", message_id)["audit"][0]
    assert (entry["actor"], entry["act"], entry["details"]["why"]) == ("张三", "重发", "对方误删")


def test_a_mail_that_is_sent_again_is_not_taken_back(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    send_all(ledger)
    decisions.resend(ledger, "demo", mail_ids(ledger)[0], "张三", "对方误删", NOW)
    taken, _ = withdraw(ledger, archive, with_events(REPLIED), URGE_DAY)
    assert taken.steps == 0


@pytest.mark.parametrize("act", [decisions.resend, decisions.resolve])
def test_a_decision_that_the_state_does_not_allow_is_refused_with_the_next_act(ledger, archive, act) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    (message_id,) = mail_ids(ledger)
    more = () if act is decisions.resend else (Decision.SENT,)
    with pytest.raises(DeliveryError, match="下一个办公时段自动发出"):
        act(ledger, "demo", message_id, *more, "张三", "试试", NOW)


def test_an_unknown_mail_is_named(ledger) -> None:
    with pytest.raises(DeliveryError, match="没有这封邮件"):
        decisions.resend(ledger, "demo", "demo-none", "张三", "试试", NOW)


def sign(ledger, message_id, act=Act.SIGNED, name="李主任", checksum=None, policy=ONE_PERSON, comment=""):
    shown = outbox_views.show_mail(ledger, "demo", message_id)
    wanted = Wanted(act, name, shown["document_hash"][:8] if checksum is None else checksum, comment)
    decisions.sign_off(ledger, "demo", message_id, policy, wanted, NOW)


def review_and_sign(ledger, message_id):
    sign(ledger, message_id, Act.REVIEWED, "王科长")
    sign(ledger, message_id)


def test_a_letter_leaves_only_when_it_was_reviewed_and_signed(ledger, archive) -> None:
    run_night(ledger, archive, CASES, LETTER_DAY)
    one, _ = mail_ids(ledger)
    sign(ledger, one, Act.REVIEWED, "王科长")
    assert deliveries.due(ledger, NOW) == []
    sign(ledger, one)
    assert deliveries.due(ledger, NOW) == [one]
    acts = [(entry["actor"], entry["act"]) for entry in outbox_views.show_mail(ledger, "demo", one)["audit"]]
    assert acts == [("王科长", "reviewed"), ("李主任", "signed")]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"act": Act.SIGNED}, "请审核"),
        ({"act": Act.REVIEWED, "checksum": "00000000"}, "有改动"),
        ({"act": Act.REVIEWED, "checksum": "12"}, "校验码"),
        ({"act": Act.REVIEWED, "name": " "}, "姓名"),
        ({"act": Act.RETURNED}, "退回须写明意见"),
        ({"act": Act.REVIEWED, "policy": SignOffPolicy(reviewers=("赵科长",))}, "赵科长"),
    ],
)
def test_a_sign_off_that_is_not_in_order_is_refused_with_its_reason(ledger, archive, wrong, told) -> None:
    run_night(ledger, archive, CASES, LETTER_DAY)
    with pytest.raises(DeliveryError, match=told):
        sign(ledger, mail_ids(ledger)[0], **wrong)
    assert states(ledger) == ["awaiting_sign_off", "awaiting_sign_off"]


def test_nobody_signs_what_they_reviewed_where_two_people_are_asked_for(ledger, archive) -> None:
    run_night(ledger, archive, CASES, LETTER_DAY)
    one, _ = mail_ids(ledger)
    sign(ledger, one, Act.REVIEWED)
    with pytest.raises(DeliveryError, match="两人"):
        sign(ledger, one, policy=SignOffPolicy(two_people=True))


def test_a_letter_that_changes_after_its_sign_off_does_not_leave(ledger, archive) -> None:
    run_night(ledger, archive, CASES, LETTER_DAY)
    shown = outbox_views.show_mail(ledger, "demo", mail_ids(ledger)[0])
    review_and_sign(ledger, shown["message_id"])
    assert deliveries.due(ledger, NOW) == [shown["message_id"]]
    with ledger.begin() as connection:
        mine = messages.c.message_id == shown["message_id"]
        connection.execute(messages.update().where(mine).values(document_hash="altered"))
    assert deliveries.due(ledger, NOW) == []
    assert deliveries.claim(ledger, shown["message_id"], NOW, "w1") is None


def test_a_signed_letter_that_loses_an_item_waits_for_a_new_sign_off(ledger, archive) -> None:
    rules = rule_book("reply", "meeting_before", limits={"meeting_before": "3 months"})
    case = facts(assignments=[{"proposal_id": "p1", "unit_id": "u1"}], contacts=contacts("u1"))
    queue(ledger, archive, night(case, LETTER_DAY, record_of(ledger), rules=rules))
    (message_id,) = mail_ids(ledger)
    assert len(outbox_views.show_mail(ledger, "demo", message_id)["steps"]) == 2
    review_and_sign(ledger, message_id)
    void = decisions.not_gone(ledger, "demo").head(1).assign(reason="按期完成")
    decisions.withdraw(ledger, archive, "demo", void, compose, NOW)
    assert states(ledger) == ["awaiting_sign_off"]
    assert deliveries.due(ledger, NOW) == []
    with pytest.raises(DeliveryError, match="请审核"):
        sign(ledger, message_id)


def test_a_letter_sent_back_told_nobody(ledger, archive) -> None:
    run_night(ledger, archive, CASES, LETTER_DAY)
    for message_id in mail_ids(ledger):
        sign(ledger, message_id, Act.RETURNED, comment="暂缓")
    assert states(ledger) == ["cancelled", "cancelled"]
    assert set(outbox.history(ledger, "demo")["state"]) == {"cancelled"}


# Evidence


def test_a_mail_shows_all_its_evidence(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    send_all(ledger)
    shown = outbox_views.show_mail(ledger, "demo", mail_ids(ledger)[0])
    plan = shown["plan"]
    assert (plan["rule_version"], plan["calendar_version"], plan["ladder_version"]) == (
        "rules-1",
        "calendar-1",
        "ladder-1",
    )
    assert (plan["snapshot_id"], plan["code_version"], shown["template_version"]) == (
        "demo-000001",
        "code-1",
        "templates-1",
    )
    assert (shown["eml_hash"], shown["smtp_answer"]) == ("eml", SENT.answer)
    assert [step["fell_due_on"] for step in shown["steps"]] == [URGE_DAY, URGE_DAY]
    assert shown["next_act"] == NEXT_ACT[MessageState.SENT]


def test_the_history_says_who_was_told(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    send_all(ledger)
    found = outbox.history(ledger, "demo")
    assert found[["level", "state", "to_names", "to_emails"]].drop_duplicates().to_numpy().tolist() == [
        ["urge", "sent", "u1-section", "section@u1.example.cn"]
    ]
    assert pd.api.types.is_datetime64_any_dtype(found["fell_due_on"])


def test_each_step_of_the_history_has_what_became_of_its_own_mail(ledger, archive) -> None:
    run_night(ledger, archive, cases(6, units=3), URGE_DAY)
    steps = decisions.not_gone(ledger, "demo")
    first = {unit: own.iloc[[0]] for unit, own in steps.groupby("unit_id")}
    decisions.withdraw(ledger, archive, "demo", first["u1"].assign(reason="按期完成"), compose, NOW)
    untold = int(first["u3"]["notice_id"].iloc[0])
    with ledger.begin() as connection:
        connection.execute(messages.update().where(messages.c.unit_id == "u2").values(state="sent"))
        connection.execute(notices.update().where(notices.c.notice_id == untold).values(message_id=None))
    became = {"u1": "queued", "u2": "sent", "u3": "queued"}
    expected = {
        row.proposal_id: (became[row.unit_id], f"{row.unit_id}-section", f"section@{row.unit_id}.example.cn")
        for row in steps.itertuples()
    }
    withdrawn = str(first["u1"]["proposal_id"].iloc[0])
    expected[withdrawn] = ("cancelled", *expected[withdrawn][1:])
    expected[str(first["u3"]["proposal_id"].iloc[0])] = (None, "", "")
    found = outbox.history(ledger, "demo")
    assert {
        row.proposal_id: (None if pd.isna(row.state) else row.state, row.to_names, row.to_emails)
        for row in found.itertuples()
    } == expected


def test_the_list_counts_every_state(ledger, archive) -> None:
    run_night(ledger, archive, CASES, URGE_DAY)
    counts = outbox_views.count_states(ledger, "demo")
    assert counts["queued"] == 1
    assert set(counts) == {str(state) for state in MessageState}


def test_the_migration_makes_the_tables_that_the_code_declares(ledger) -> None:
    with ledger.connect() as connection:
        inspector = sa.inspect(connection)
        for table in (messages, notices):
            assert {column["name"] for column in inspector.get_columns(table.name)} == set(table.c.keys())
