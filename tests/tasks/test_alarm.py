"""Alarms about failed runs: once a day and flow, recovered when a later run succeeds, never in the failure's way."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tasks.alarm import alarmed
from tasks.domain.errors import SourceError

NOON = datetime(2026, 7, 13, 4, tzinfo=UTC)
MONDAY, TUESDAY = date(2026, 7, 13), date(2026, 7, 14)


def run(day=MONDAY, error=None, flow="delivery"):
    with alarmed("demo", flow, day, lambda: NOON):
        if error:
            raise error


def fail(day=MONDAY, error=None, flow="delivery"):
    failure = error or SourceError("数据源", "连接失败", "请检查网络。")
    with pytest.raises(type(failure)) as raised:
        run(day, failure, flow)
    assert raised.value is failure


def test_the_mail_says_what_failed_what_follows_and_what_to_do(var, alarms_sent):
    fail()
    (mail,) = alarms_sent()
    assert str(mail["Subject"]) == "【督办系统告警】临江市 发送通知 2026-07-13 失败"
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == (
        "临江市的“发送通知”(2026-07-13)失败。\n\n原因:\n数据源: 连接失败\n请检查网络。\n\n"
        "影响:到时的通知还在发件箱里,没有丢失,下次运行自动补发。\n\n"
        "怎么办:按上面的提示处理后,在服务器上重新运行:\n    python -m flows run delivery -j demo\n"
        "各种告警的含义和处置见 docs/operating.md。\n\n"
        "同一天同一流程只告警一次;恢复正常后会再告知。\n"
    )


def test_a_day_of_failures_is_one_alarm(var, alarms_sent):
    for _ in range(3):
        fail()
    fail(TUESDAY)
    assert len(alarms_sent()) == 2


def test_one_flows_success_does_not_recover_another(var, alarms_sent):
    fail()
    run(flow="daily-supervision")
    assert len(alarms_sent()) == 1


def test_success_tells_of_the_recovery_once_and_the_same_day_is_not_alarmed_again(var, alarms_sent):
    fail()
    run()
    run()
    fail()
    assert [str(mail["Subject"])[:9] for mail in alarms_sent()] == ["【督办系统告警】临", "【督办系统恢复】临"]


def test_an_error_that_nobody_expected_is_told_by_name(var, alarms_sent):
    fail(error=ZeroDivisionError("division by zero"))
    assert "ZeroDivisionError: division by zero" in alarms_sent()[0].get_body(("plain",)).get_content()


def test_a_mail_server_that_is_down_hides_nothing_and_the_alarm_is_tried_again(var, alarms_sent, monkeypatch, capsys):
    monkeypatch.setenv("DUBAN_SMTP__HOST", "127.0.0.1")
    monkeypatch.setenv("DUBAN_SMTP__PORT", "1")
    monkeypatch.setenv("DUBAN_SMTP__SECURITY", "plain")
    fail()
    assert "告警未能处理" in capsys.readouterr().err
    monkeypatch.delenv("DUBAN_SMTP__HOST")
    fail()
    assert len(alarms_sent()) == 1


def test_a_form_that_somebody_filled_in_wrongly_alarms_nobody(var, alarms_sent):
    fail(flow="sign-off")
    assert alarms_sent() == []
