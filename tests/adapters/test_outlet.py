from dataclasses import replace

import pytest

from tasks.adapters.mail import Mailer, SendState, SmtpConfig
from tasks.adapters.messages import as_sent, letter
from tasks.adapters.outlet import MailCatcher, outlet_for
from tests.adapters.test_mail import DRAFT, WANG, parsed


def caught(folder):
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_a_caught_mail_lies_under_its_day_with_a_name_to_read(tmp_path):
    with MailCatcher(tmp_path) as outlet:
        result = outlet.send(letter(DRAFT), [WANG.email])

    (path,) = caught(tmp_path)
    assert (result.state, result.answer) == (SendState.SENT, str(path))
    assert path.parent == tmp_path / "2026-07-15"
    assert path.name.startswith("【催办】建议提案催办通知：4件已逾期")
    assert " - 王玥祎 - " in path.name
    assert path.suffix == ".eml"


def test_a_caught_mail_is_byte_for_byte_what_a_server_would_get(tmp_path):
    ready = letter(DRAFT)
    MailCatcher(tmp_path).send(ready, [WANG.email])

    (path,) = caught(tmp_path)
    assert path.read_bytes() == as_sent(ready.message)
    assert parsed(path.read_bytes())["Subject"] == DRAFT.subject


def test_a_mail_sent_twice_lies_there_twice(tmp_path):
    for _ in range(3):
        MailCatcher(tmp_path).send(letter(DRAFT), [WANG.email])

    assert len(caught(tmp_path)) == 3
    assert len({path.name for path in caught(tmp_path)}) == 3


@pytest.mark.parametrize("subject", ["../../etc/passwd", "a/b\\c:d*e?", "督" * 300, "😀" * 100, " . ", "CON"])
def test_no_subject_leads_out_of_the_folder_or_past_the_longest_name(tmp_path, subject):
    result = MailCatcher(tmp_path / "mail").send(letter(replace(DRAFT, subject=subject)), [WANG.email])

    assert result.state == SendState.SENT
    (path,) = caught(tmp_path)
    assert path.parent == tmp_path / "mail" / "2026-07-15"
    assert len(path.name.encode()) <= 255


def test_a_folder_that_cannot_be_written_is_a_retry(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")

    result = MailCatcher(blocked).send(letter(DRAFT), [WANG.email])

    assert (result.state, result.reached) == (SendState.RETRY, False)


def test_a_mail_to_nobody_is_rejected_like_at_a_server(tmp_path):
    result = MailCatcher(tmp_path).send(letter(DRAFT), ["王某"])

    assert result.state == SendState.REJECTED
    assert caught(tmp_path) == []


def test_mail_is_caught_where_no_server_is_configured(tmp_path):
    assert isinstance(outlet_for(None, tmp_path), MailCatcher)
    assert isinstance(outlet_for(SmtpConfig("localhost", 465), tmp_path), Mailer)
