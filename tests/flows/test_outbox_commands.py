"""The outbox and the silences as a person at the command line has them; no Prefect server is needed."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from flows.__main__ import main
from tasks.adapters.archive import Archive
from tasks.adapters.ledger import deliveries, outbox_views
from tasks.adapters.smtp_dialogue import SendResult, SendState
from tasks.adapters.workplace import open_workplace
from tasks.domain.delivery import MessageState
from tests.adapters.outboxes import NOW, cases, run_night
from tests.installations import new_ledger

DEMO = ("-j", "demo")


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The demo's ledger with a night's notices in it: one digest and, from July, two letters."""
    monkeypatch.setenv("DUBAN_VAR", str(tmp_path))
    opened = new_ledger(tmp_path / "ledger.sqlite")
    run_night(opened, Archive(tmp_path / "archive"), cases(2), date(2026, 6, 11))
    yield opened
    opened.engine.dispose()


def mail_id(ledger) -> str:
    return outbox_views.list_mails(ledger, "demo")[0]["message_id"]


def waiting(ledger) -> str:
    return outbox_views.list_mails(ledger, "demo", [MessageState.AWAITING_SIGN_OFF])[0]["message_id"]


def attempt(ledger, result: SendResult) -> None:
    claimed = deliveries.claim(ledger, mail_id(ledger), NOW, "w1")
    deliveries.record(ledger, claimed, result, None, NOW)


def state(ledger) -> str:
    return outbox_views.list_mails(ledger, "demo")[0]["state"]


def test_the_list_names_each_mail_its_state_and_its_next_act(ledger, capsys) -> None:
    assert main(["outbox", "list", *DEMO]) == 0
    told = capsys.readouterr().out
    assert mail_id(ledger) in told
    assert "下一个办公时段自动发出" in told
    assert told.strip().endswith("待发送 1")


def test_the_list_can_be_narrowed_to_a_state(ledger, capsys) -> None:
    main(["outbox", "list", *DEMO, "--state", "uncertain"])
    assert mail_id(ledger) not in capsys.readouterr().out


def test_a_mail_is_shown_with_its_evidence(ledger, capsys) -> None:
    main(["outbox", "show", *DEMO, mail_id(ledger)])
    told = capsys.readouterr().out
    for piece in ("规则版本: rules-1", "快照: demo-000001", "应发 2026-06-11", "主送 u1-section"):
        assert piece in told


def test_a_letter_is_read_reviewed_and_signed(ledger, tmp_path, capsys) -> None:
    run_night(ledger, Archive(tmp_path / "archive"), cases(2), date(2026, 7, 8))
    letter = waiting(ledger)
    assert main(["outbox", "show", *DEMO, letter, "--save", str(tmp_path / "read")]) == 0
    assert (tmp_path / "read" / f"{letter}.eml").read_bytes().startswith(b"From:")
    checksum = outbox_views.show_mail(ledger, "demo", letter)["document_hash"][:8]
    assert checksum in capsys.readouterr().out
    policy = open_workplace("demo").jurisdiction.sign_off
    assert main(["outbox", "review", *DEMO, letter, checksum, "--by", "外人"]) == 1
    assert main(["outbox", "review", *DEMO, letter, checksum, "--by", policy.reviewers[0]]) == 0
    assert main(["outbox", "sign", *DEMO, letter, checksum, "--by", policy.signers[0]]) == 0
    assert outbox_views.show_mail(ledger, "demo", letter)["state"] == "queued"


def test_a_letter_that_is_returned_says_why(ledger, tmp_path, capsys) -> None:
    run_night(ledger, Archive(tmp_path / "archive"), cases(2), date(2026, 7, 8))
    letter = waiting(ledger)
    assert main(["outbox", "return", *DEMO, letter, "--by", "李主任"]) == 1
    assert "意见" in capsys.readouterr().err
    assert main(["outbox", "return", *DEMO, letter, "--by", "李主任", "--comment", "暂缓"]) == 0
    assert outbox_views.show_mail(ledger, "demo", letter)["state"] == "cancelled"


def test_an_uncertain_mail_is_resolved(ledger, capsys) -> None:
    attempt(ledger, SendResult(SendState.UNCERTAIN, "没有答复"))
    args = ["outbox", "resolve", *DEMO, mail_id(ledger), "not_sent", "--by", "张三", "--why", "对方未收到"]
    assert main(args) == 0
    assert state(ledger) == "queued"


def test_a_sent_mail_is_sent_again_by_name(ledger) -> None:
    attempt(ledger, SendResult(SendState.SENT, "250"))
    assert main(["outbox", "resend", *DEMO, mail_id(ledger), "--by", "张三", "--why", "误删"]) == 0
    assert state(ledger) == "queued"


def test_a_decision_needs_a_name_and_a_reason(ledger) -> None:
    with pytest.raises(SystemExit) as wrong:
        main(["outbox", "resend", *DEMO, mail_id(ledger)])
    assert wrong.value.code == 2


def test_what_the_state_does_not_allow_is_told_and_fails(ledger, capsys) -> None:
    assert main(["outbox", "resend", *DEMO, mail_id(ledger), "--by", "张三", "--why", "误删"]) == 1
    assert "下一个办公时段自动发出" in capsys.readouterr().err


def test_an_unknown_mail_is_told_and_fails(ledger, capsys) -> None:
    assert main(["outbox", "show", *DEMO, "demo-none"]) == 1
    assert "outbox list" in capsys.readouterr().err


def test_a_file_that_is_no_bounce_is_told_and_fails(ledger, tmp_path, capsys) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(b"Subject: hello\r\n\r\nfine\r\n")
    assert main(["outbox", "bounce", *DEMO, str(path)]) == 1
    assert "退信" in capsys.readouterr().err


def test_a_silence_is_added_listed_and_ended(ledger, capsys) -> None:
    add = ["silence", "add", *DEMO, "--unit", "u1", "--until", "2099-12-31", "--why", "单位合并", "--by", "张三"]
    assert main(add) == 0
    main(["silence", "list", *DEMO])
    assert "单位 u1  至 2099-12-31(生效中)  单位合并(张三)" in capsys.readouterr().out
    assert main(["silence", "end", *DEMO, "1", "--by", "李四"]) == 0
    main(["silence", "list", *DEMO])
    assert "李四已结束" in capsys.readouterr().out


def test_a_silence_of_an_unknown_duty_is_wrong_use(ledger, capsys) -> None:
    add = ["silence", "add", *DEMO, "--unit", "u1", "--duty", "replies", "--until", "2099-12-31"]
    assert main([*add, "--why", "单位合并", "--by", "张三"]) == 2
    assert "reply" in capsys.readouterr().err


def test_a_silence_without_a_scope_is_wrong_use(ledger, capsys) -> None:
    assert main(["silence", "add", *DEMO, "--until", "2099-12-31", "--why", "x", "--by", "张三"]) == 2
    assert "--unit" in capsys.readouterr().err


def test_an_impossible_day_is_wrong_use(ledger) -> None:
    with pytest.raises(SystemExit) as wrong:
        main(["silence", "add", *DEMO, "--unit", "u1", "--until", "2026-09-31", "--why", "x", "--by", "张三"])
    assert wrong.value.code == 2


def test_an_explanation_is_recorded(ledger, capsys) -> None:
    told = ["--proposal", "p1", "--unit", "u1", "--text", "资金下月到位", "--until", "2099-01-01", "--by", "张三"]
    assert main(["silence", "explain", *DEMO, *told]) == 0
    assert "已登记情况说明 1" in capsys.readouterr().out
