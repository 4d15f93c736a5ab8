"""The dead man's switch: a workday without supervision is told once, and its recovery too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from tasks.adapters.ledger import runs
from tasks.watch import watch

OFFICE = ZoneInfo("Asia/Shanghai")
MONDAY, SUNDAY, MAKE_UP_SUNDAY = date(2026, 7, 13), date(2026, 7, 12), date(2026, 2, 28)
BY = time(9, 0)


def at(day, hour=9, minute=30):
    return datetime.combine(day, time(hour, minute), OFFICE).astimezone(UTC)


def supervise(ledger, day, state=runs.RunState.SUCCEEDED, error=None):
    run = runs.start(ledger, "demo", "daily-supervision", day, at(day, 7))
    if state:
        runs.finish(ledger, run, state, at(day, 7, 1), {}, error)


def subjects(alarms_sent):
    return [str(mail["Subject"]) for mail in alarms_sent()]


def test_a_supervised_workday_is_well(ledger, alarms_sent):
    supervise(ledger, MONDAY)
    assert watch("demo", BY, at(MONDAY)).is_well
    assert alarms_sent() == []


def test_a_workday_without_supervision_alarms_the_operators_once(ledger, alarms_sent):
    found = watch("demo", BY, at(MONDAY))
    assert (found.is_well, found.what) == (
        False, "2026-07-13 到 09:00 还没有开始每日督办。请检查 serve(或 worker)是否在运行。"
    )  # fmt: skip
    assert not watch("demo", BY, at(MONDAY, 10)).is_well
    (mail,) = alarms_sent()
    assert str(mail["Subject"]) == "【督办系统告警】临江市 值守检查 2026-07-13 失败"
    assert str(mail["To"].addresses[0].addr_spec) == "duty.ducha@linjiang.gov.example"


def test_the_next_day_is_told_anew(ledger, alarms_sent):
    watch("demo", BY, at(MONDAY))
    watch("demo", BY, at(date(2026, 7, 14)))
    assert len(alarms_sent()) == 2


def test_recovery_is_told_once(ledger, alarms_sent):
    watch("demo", BY, at(MONDAY))
    supervise(ledger, MONDAY)
    assert watch("demo", BY, at(MONDAY, 11)).is_well
    assert watch("demo", BY, at(MONDAY, 12)).is_well
    assert subjects(alarms_sent)[1:] == ["【督办系统恢复】临江市 值守检查 已恢复"]


@pytest.mark.parametrize("moment", [at(MONDAY, 8, 59), at(SUNDAY)], ids=["too early", "day off"])
def test_nothing_is_missing_before_the_hour_or_on_a_day_off(ledger, alarms_sent, moment):
    assert watch("demo", BY, moment).is_well
    assert alarms_sent() == []


def test_a_make_up_workday_is_watched(ledger):
    assert not watch("demo", BY, at(MAKE_UP_SUNDAY)).is_well


def test_a_failed_run_is_told_with_its_reason(ledger):
    supervise(ledger, MONDAY, runs.RunState.FAILED, "数据源 demo: 连接失败")
    assert watch("demo", BY, at(MONDAY)).what == "2026-07-13 的每日督办失败:数据源 demo: 连接失败"


def test_a_run_that_hangs_is_told(ledger):
    supervise(ledger, MONDAY, None)
    assert watch("demo", BY, at(MONDAY)).what == "2026-07-13 的每日督办从 07:30 运行到现在还没有结束。"


def test_a_ledger_that_cannot_be_read_is_an_alarm_too(var, monkeypatch, alarms_sent):
    monkeypatch.setenv("DUBAN_LEDGER_URL", "postgresql+psycopg://nobody:geheim@127.0.0.1:1/none")
    found = watch("demo", BY, at(MONDAY))
    assert not found.is_well
    (mail,) = alarms_sent()
    text = mail.get_body(("plain",)).get_content()
    assert "查不到运行记录" in text
    assert "geheim" not in text


def test_where_the_configuration_is_broken_the_spare_operators_are_told(var, monkeypatch, alarms_sent):
    monkeypatch.setenv("DUBAN_OPERATORS", "a@example.cn, b@example.cn")
    assert not watch("no-such-place", BY, at(MONDAY)).is_well
    assert [address.addr_spec for address in alarms_sent()[0]["To"].addresses] == ["a@example.cn", "b@example.cn"]
