"""Silences, explanations and bounces: recorded with who and why, seen by the ladder, and over in time."""

from dataclasses import replace
from datetime import date, timedelta
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
import sqlalchemy as sa

from tasks.adapters.ledger import contact_faults, deliveries, outbox_views, silences
from tasks.adapters.ledger.tables import audit_log
from tasks.domain.errors import ConfigurationError, DeliveryError, LedgerError
from tests.adapters.outboxes import NOW, SENT, cases, record_of, run_night
from tests.domain.ladders import night, sent

CASES = cases()
DAY = date(2026, 6, 24)


def add(ledger, **changes):
    values = {"until": date(2026, 6, 30), "why": "单位合并", "by": "张三", "now": NOW, "unit_id": "u1", **changes}
    return silences.add_silence(ledger, "demo", **values)


def test_a_silence_is_seen_by_the_nightly_plan(ledger) -> None:
    add(ledger, proposal_id="p1")
    made = night(CASES, DAY, record_of(ledger))
    assert made.steps.query("status == 'silenced'")["proposal_id"].tolist() == ["p1"]
    assert len(sent(made)) == 1


def test_a_silence_expires_by_itself_and_stays_listed(ledger) -> None:
    add(ledger)
    assert sent(night(CASES, date(2026, 6, 30), record_of(ledger))) == []
    assert sent(night(CASES, date(2026, 7, 1), record_of(ledger))) != []
    assert [row["why"] for row in silences.list_silences(ledger, "demo")] == ["单位合并"]


def test_a_silence_that_is_ended_holds_nothing_and_stays_listed(ledger) -> None:
    number = add(ledger)
    silences.end_silence(ledger, "demo", number, "李四", NOW)
    assert sent(night(CASES, DAY, record_of(ledger))) != []
    assert [row["ended_by"] for row in silences.list_silences(ledger, "demo")] == ["李四"]


def test_a_silence_ends_once(ledger) -> None:
    number = add(ledger)
    silences.end_silence(ledger, "demo", number, "李四", NOW)
    with pytest.raises(LedgerError, match="已经结束"):
        silences.end_silence(ledger, "demo", number, "李四", NOW)


@pytest.mark.parametrize(
    "wrong",
    [{"unit_id": None}, {"why": " "}, {"by": ""}, {"until": date(2026, 6, 23)}],
    ids=lambda wrong: next(iter(wrong)),
)
def test_a_silence_needs_a_scope_a_reason_a_name_and_a_day_to_come(ledger, wrong) -> None:
    with pytest.raises(ConfigurationError):
        add(ledger, **wrong)
    assert silences.list_silences(ledger, "demo") == []


def test_who_silenced_what_is_in_the_audit_log(ledger) -> None:
    number = add(ledger)
    with ledger.connect() as connection:
        entry = connection.execute(sa.select(audit_log)).mappings().one()
    assert (entry["actor"], entry["act"], entry["subject"]) == ("张三", "添加静默", f"silence/{number}")


def test_a_recorded_explanation_is_seen_by_the_nightly_plan(ledger) -> None:
    silences.add_explanation(
        ledger, "demo", "p1", "u1", "资金下月到位", explained_on=DAY, until=date(2026, 7, 20), by="张三", now=NOW
    )
    record = record_of(ledger)
    made = night(CASES, date(2026, 7, 8), record)
    assert made.steps.query("status == 'explained'")["proposal_id"].unique().tolist() == ["p1"]
    later = night(CASES, date(2026, 7, 21), replace(record, planned_through=date(2026, 7, 20)))
    told = {item.proposal_id: item.explanation for n in later.notices for item in n.notice.items}
    assert told == {"p1": "资金下月到位", "p2": None}


def test_an_empty_explanation_is_refused(ledger) -> None:
    with pytest.raises(ConfigurationError, match="没有内容"):
        silences.add_explanation(ledger, "demo", "p1", "u1", " ", explained_on=DAY, by="张三", now=NOW)


# Bounces


def bounce(address="section@u1.example.cn", message_id="<demo-1@linjiang.example.cn>", action="failed") -> bytes:
    """Return a delivery status notification as Postfix writes it."""
    mail = MIMEMultipart("report", **{"report-type": "delivery-status"})
    mail["Subject"] = "Undelivered Mail Returned to Sender"
    mail.attach(MIMEText("I'm sorry to have to inform you that your message could not be delivered."))
    status = EmailMessage()
    status["Reporting-MTA"] = "dns; mail.linjiang.example.cn"
    recipient = EmailMessage()
    recipient["Final-Recipient"] = f"rfc822; {address}"
    recipient["Action"] = action
    recipient["Status"] = "5.1.1"
    recipient["Diagnostic-Code"] = "smtp; 550 5.1.1 User unknown"
    report = EmailMessage()
    report["Content-Type"] = "message/delivery-status"
    report.set_payload([status, recipient])
    mail.attach(report)
    original = EmailMessage()
    original["Message-ID"] = message_id
    original.set_content("督办")
    mail.attach(MIMEMessage(original))
    return mail.as_bytes()


def test_a_bounce_marks_the_address_and_says_which_mail() -> None:
    found = contact_faults.read_bounce(bounce())
    assert found.failed == {"section@u1.example.cn": "550 5.1.1 User unknown"}
    assert found.message_id == "<demo-1@linjiang.example.cn>"


def test_a_delay_is_no_failure() -> None:
    with pytest.raises(DeliveryError, match="投递失败"):
        contact_faults.read_bounce(bounce(action="delayed"))


def test_an_ordinary_mail_is_no_bounce() -> None:
    with pytest.raises(DeliveryError, match="不是退信"):
        contact_faults.read_bounce(b"Subject: hello\r\n\r\nfine\r\n")


def delivered(ledger, archive):
    run_night(ledger, archive, CASES, date(2026, 6, 11))
    (message_id,) = deliveries.due(ledger, NOW)
    claimed = deliveries.claim(ledger, message_id, NOW, "w1")
    deliveries.record(ledger, claimed, SENT, "eml", NOW)
    return message_id


def test_a_mail_that_bounced_goes_to_the_next_role_up_the_next_night(ledger, archive) -> None:
    message_id = delivered(ledger, archive)
    contact_faults.take_bounce(ledger, "demo", bounce(message_id=f"<{message_id}@linjiang.example.cn>"), NOW)
    assert outbox_views.show_mail(ledger, "demo", message_id)["state"] == "rejected"
    made = night(CASES, date(2026, 6, 12), record_of(ledger))
    assert sent(made) == [("urge", 1, "06-11")] * 2
    assert [who.role for who in made.notices[0].notice.to] == ["leader"]


def test_a_bounce_of_a_copy_leaves_the_mail_sent(ledger, archive) -> None:
    message_id = delivered(ledger, archive)
    content = bounce("leader@u1.example.cn", f"<{message_id}@linjiang.example.cn>")
    contact_faults.take_bounce(ledger, "demo", content, NOW)
    shown = outbox_views.show_mail(ledger, "demo", message_id)
    assert shown["state"] == "sent"
    assert "leader@u1.example.cn" in shown["refused"]
    assert contact_faults.failing(ledger, "demo") == {"leader@u1.example.cn"}


def test_a_bounce_of_an_unknown_mail_still_marks_the_address(ledger) -> None:
    contact_faults.take_bounce(ledger, "demo", bounce(), NOW)
    assert contact_faults.failing(ledger, "demo") == {"section@u1.example.cn"}


def test_the_same_bounce_twice_marks_once_and_clearing_trusts_again(ledger) -> None:
    contact_faults.take_bounce(ledger, "demo", bounce(), NOW)
    contact_faults.take_bounce(ledger, "demo", bounce(), NOW + timedelta(days=1))
    assert contact_faults.clear(ledger, "demo", "Section@u1.example.cn", "张三", NOW) == 1
    assert contact_faults.failing(ledger, "demo") == frozenset()
