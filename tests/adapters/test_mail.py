import email
import email.policy
import json
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.adapters.mail import Mailer, Security, SendState, SmtpConfig, build_message
from tasks.adapters.messages import MEDIA_TYPES, Letter, as_sent, letter
from tasks.domain.errors import ConfigurationError, DeliveryError
from tasks.domain.notices import Addressee, Attachment, MailDraft
from tests.examples import examples
from tests.mail_server import Fault, MailServer

BEIJING = timezone(timedelta(hours=8))
WANG = Addressee("王玥祎", "wang@jiaotong.example.cn", "handler")
LI = Addressee("李某", "li@jiaotong.example.cn", "section")
USER, PASSWORD = "duban", "correct horse"
DRAFT = MailDraft(
    message_id="<demo.2026-07-15.u07.urge.1@duban.example.cn>",
    sender=Addressee("临江市人民政府督查室", "duban@linjiang.example.cn"),
    to=(WANG,),
    cc=(LI,),
    reply_to="reply@linjiang.example.cn",
    subject="【催办】建议提案催办通知：4件已逾期，请于2026年7月20日前办结",
    text="市交通运输局：\n\n.\n.点号开头的行\n请抓紧办理。\n",
    html="<p>市交通运输局：</p>\n<p>请抓紧办理。</p>\n",
    attachments=(Attachment("市交通运输局（督办清单）.xlsx", "", b"PK\x03\x04\x00\xff\r\n.\r\n"),),
    dated=datetime(2026, 7, 15, 9, 30, tzinfo=BEIJING),
)


def config(server, **changes):
    login = {"user": USER, "password": PASSWORD}
    given_ = {"security": Security(server.security), "ca_file": server.ca_file, "timeout": 1.0, **login, **changes}
    return SmtpConfig("localhost", server.port, **given_)


def parsed(content):
    return email.message_from_bytes(content, policy=email.policy.default)


def send(mailer, recipients=(WANG.email,), draft=DRAFT):
    return mailer.send(letter(draft), recipients)


@pytest.fixture
def server():
    with MailServer("starttls", {USER: PASSWORD}) as running:
        yield running


# --- the message ---

readable = st.text(
    st.sampled_from("督办市交通运输局建议提案玥祎𠮷😀（），,:;()《》：；“”\"'<>@.=?_-%\\ abcXYZ019"),
    min_size=1,
    max_size=90,
).map(lambda text: " ".join(text.split()) or "无")


@examples(60, few=20)
@given(subject=readable, names=st.lists(readable, min_size=1, max_size=12), file=readable)
def test_subjects_names_and_file_names_come_back_exactly(subject, names, file):
    to = tuple(Addressee(name, f"user{number}@example.cn") for number, name in enumerate(names))
    attachment = Attachment(f"{file}.pdf", "", b"%PDF")

    read = parsed(as_sent(build_message(replace(DRAFT, subject=subject, to=to, attachments=(attachment,)))))

    assert read["Subject"] == subject
    assert [(a.display_name, a.addr_spec) for a in read["To"].addresses] == [(a.name, a.email) for a in to]
    assert [part.get_filename() for part in read.iter_attachments()] == [attachment.filename]


@pytest.mark.parametrize("length", range(8, 40))
def test_a_space_in_a_long_name_survives_wherever_it_stands(length):
    name = "局" * length + " 督查 室 科" * 4

    read = parsed(as_sent(build_message(replace(DRAFT, subject=name, to=(replace(WANG, name=name),)))))

    assert read["To"].addresses[0].display_name == name
    assert read["Subject"] == name


def test_text_that_looks_encoded_is_not_decoded():
    looks = "=?utf-8?b?5p2O?= and more"

    read = parsed(as_sent(build_message(replace(DRAFT, subject=looks, to=(replace(WANG, name=looks),)))))

    assert read["Subject"] == looks
    assert read["To"].addresses[0].display_name == looks


def test_text_html_and_attachment_arrive_as_given():
    read = parsed(as_sent(build_message(DRAFT)))

    assert read.get_body(("plain",)).get_content().replace("\r\n", "\n") == DRAFT.text
    assert read.get_body(("html",)).get_content().replace("\r\n", "\n") == DRAFT.html
    assert [part.get_content() for part in read.iter_attachments()] == [DRAFT.attachments[0].content]
    assert not read.defects


def test_the_headers_are_those_of_the_draft():
    read = parsed(as_sent(build_message(DRAFT)))

    assert read["Message-ID"] == DRAFT.message_id
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["Date"].datetime == DRAFT.dated
    assert str(read["Date"]).endswith("+0800")
    assert read["Reply-To"].addresses[0].addr_spec == DRAFT.reply_to
    assert read["From"].addresses[0].display_name == DRAFT.sender.name
    assert read["Cc"].addresses[0].addr_spec == LI.email


def test_a_mail_without_copy_or_reply_address_has_no_such_header():
    read = parsed(as_sent(build_message(replace(DRAFT, cc=(), reply_to=None))))

    assert "Cc" not in read
    assert "Reply-To" not in read


def test_a_chinese_file_name_is_written_for_old_and_for_new_clients_and_never_split():
    sent = as_sent(build_message(DRAFT)).decode("ascii")

    assert sent.count("filename*=utf-8''%E5%B8%82%E4%BA%A4") == 1
    assert "filename*0" not in sent
    assert ' name="=?utf-8?b?' in sent


def test_lines_are_ascii_and_never_longer_than_smtp_allows():
    many = tuple(Addressee("某" * 60, f"user{number}@example.cn") for number in range(50))
    long = replace(DRAFT, to=many, subject="督" * 400, attachments=(Attachment("督" * 95 + ".xlsx", "", b""),))

    lines = as_sent(build_message(long)).split(b"\r\n")

    assert all(line.isascii() and len(line) <= 998 for line in lines)
    assert max(len(line) for line in lines if line.startswith((b"Subject", b" =?utf-8?b?55ej"))) <= 78


@pytest.mark.parametrize("name", ["清单.ofd", "清单.wps", "清单.xlsx", "清单.docx", "清单.pdf", "清单.csv", "清单.PDF"])
def test_the_media_type_comes_from_our_own_table(name):
    draft = replace(DRAFT, attachments=(Attachment(name, "", b"x"),))

    (part,) = parsed(as_sent(build_message(draft))).iter_attachments()

    assert part.get_content_type() == MEDIA_TYPES["." + name.lower().rpartition(".")[2]]
    assert part.get_content_disposition() == "attachment"


def test_a_csv_file_says_that_it_is_utf_8_and_keeps_its_bytes():
    content = "\ufeff编号,标题\r\n".encode()
    draft = replace(DRAFT, attachments=(Attachment("清单.csv", "", content),))

    (part,) = parsed(as_sent(build_message(draft))).iter_attachments()

    assert part.get_content_charset() == "utf-8"
    assert part.get_payload(decode=True) == content


def test_an_unknown_ending_is_plain_bytes_and_a_given_type_wins():
    draft = replace(DRAFT, attachments=(Attachment("a.unknown", "", b""), Attachment("b.unknown", "image/png", b"")))

    parts = parsed(as_sent(build_message(draft))).iter_attachments()

    assert [part.get_content_type() for part in parts] == ["application/octet-stream", "image/png"]


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "催办\r\nBcc: spy@example.cn"},
        {"subject": "催办\nz"},
        {"subject": "催办\x0b"},
        {"sender": replace(DRAFT.sender, name="督查室\r\nBcc: spy@example.cn")},
        {"to": (replace(WANG, name="王\n某"),)},
        {"to": (replace(WANG, email="wang@example.cn\n"),)},
        {"cc": (replace(WANG, email="wang@example.cn, spy@example.cn"),)},
        {"reply_to": "a@example.cn\r\nBcc: spy@example.cn"},
        {"message_id": "<a@b>\r\nBcc: spy@example.cn"},
        {"attachments": (Attachment('a"\r\nX: y.pdf', "", b""),)},
        {"attachments": (Attachment("a.pdf", "text/html\r\nX: y", b""),)},
        {"attachments": (Attachment("督" * 101, "", b""),)},
        {"to": ()},
        {"dated": datetime(2026, 7, 15, 9, 30)},
    ],
)
def test_what_would_break_a_header_is_an_error(change):
    with pytest.raises(DeliveryError):
        build_message(replace(DRAFT, **change))


# --- the transport ---


@pytest.mark.parametrize("security", list(Security))
def test_a_mail_arrives_whole_over(security):
    with MailServer(security, {USER: PASSWORD}) as server, Mailer(config(server)) as mailer:
        result = send(mailer, (WANG.email, LI.email))

    (received,) = server.received
    assert result.state == SendState.SENT
    assert result.answer.startswith("250 ")
    assert received.to == (WANG.email, LI.email)
    assert received.sender == DRAFT.sender.email
    assert parsed(received.content)["Subject"] == DRAFT.subject
    assert parsed(received.content).get_body(("plain",)).get_content().replace("\r\n", "\n") == DRAFT.text


def test_lines_of_dots_arrive_as_they_left(server):
    message = EmailMessage(policy=email.policy.SMTP)
    message["From"] = DRAFT.sender.email
    message.set_content(".\n..\n.a\n", cte="7bit")

    with Mailer(config(server)) as mailer:
        mailer.send(Letter(message, as_sent(message)), [WANG.email])

    assert server.received[0].content.endswith(b"\r\n\r\n.\r\n..\r\n.a\r\n")


def test_a_hundred_mails_take_one_connection_and_one_login(server):
    with Mailer(config(server)) as mailer:
        states = {send(mailer).state for _ in range(100)}

    assert states == {SendState.SENT}
    assert (len(server.received), server.connections, server.logins) == (100, 1, 1)


def test_a_large_mail_does_not_wait_for_an_acknowledgement(server):
    draft = replace(DRAFT, attachments=(Attachment("清单.xlsx", "", b"x" * 20_000),))
    with Mailer(config(server)) as mailer:
        send(mailer, draft=draft)
        started = time.perf_counter()
        for _ in range(10):
            send(mailer, draft=draft)

    assert time.perf_counter() - started < 0.25


FAULTS = [
    ("connect", "drop", "retry"),
    ("connect", "421 4.3.2 closing", "retry"),
    ("connect", "554 5.3.2 no service", "retry"),
    ("mail", "drop", "retry"),
    ("mail", "silence", "retry"),
    ("mail", "421 4.3.2 closing", "retry"),
    ("mail", "450 4.2.0 later", "retry"),
    ("mail", "530 5.7.0 log in first", "retry"),
    ("mail", "550 5.7.1 no", "rejected"),
    ("rcpt", "drop", "retry"),
    ("rcpt", "silence", "retry"),
    ("rcpt", "421 4.3.2 closing", "retry"),
    ("rcpt", "450 4.2.1 later", "retry"),
    ("rcpt", "550 5.1.1 unknown", "rejected"),
    ("data", "drop", "retry"),
    ("data", "silence", "retry"),
    ("data", "421 4.3.2 closing", "retry"),
    ("data", "451 4.3.0 later", "retry"),
    ("data", "554 5.7.1 no", "rejected"),
    ("data", "what?", "retry"),
    ("content", "drop", "uncertain"),
    ("content", "silence", "uncertain"),
    ("content", "keep drop", "uncertain"),
    ("content", "keep silence", "uncertain"),
    ("content", "what?", "uncertain"),
    ("content", "421 4.3.2 closing", "retry"),
    ("content", "452 4.3.1 full", "retry"),
    ("content", "552 5.3.4 too big", "rejected"),
]


@pytest.mark.parametrize(("stage", "action", "state"), FAULTS)
def test_a_fault_gives_the_state_that_names_what_may_be_done_next(server, stage, action, state):
    server.faults.append(Fault(stage, action, times=1))
    with Mailer(config(server, timeout=0.4)) as mailer:
        started = time.monotonic()
        result = send(mailer)
        assert time.monotonic() - started < 4, "silence is waited for no longer than the time-out"
        taken = len(server.received)
        after = send(mailer)

    assert result.state == state, result
    assert result.answer or result.refused
    assert taken == (1 if action.startswith("keep") else 0), "one attempt, and none kept but where the server kept it"
    assert after.state == SendState.SENT, "the next mail goes out, over a new connection if need be"
    assert len(server.received) == taken + 1


def test_one_bad_recipient_of_thirty_harms_nobody_else(server):
    recipients = [f"user{number}@example.cn" for number in range(30)]
    server.faults.append(Fault("rcpt", "550 5.1.1 unknown", address="user7@example.cn"))
    with Mailer(config(server)) as mailer:
        result = send(mailer, recipients)

    assert result.state == SendState.SENT
    assert result.refused == {"user7@example.cn": (550, "5.1.1 unknown")}
    assert server.received[0].to == tuple(r for r in recipients if r != "user7@example.cn")


def test_refusals_that_are_all_final_reject_and_one_that_is_not_retries(server):
    server.faults.append(Fault("rcpt", "550 5.1.1 unknown", address=WANG.email))
    server.faults.append(Fault("rcpt", "450 4.2.1 greylisted", times=1, address=LI.email))
    with Mailer(config(server)) as mailer:
        assert send(mailer, [WANG.email, LI.email]).state == SendState.RETRY
        assert send(mailer, [WANG.email]).state == SendState.REJECTED
    assert server.received == []


def test_a_server_that_closes_between_two_recipients_sends_to_neither(server):
    server.faults.append(Fault("rcpt", "421 4.3.2 closing", times=1, address=LI.email))
    with Mailer(config(server)) as mailer:
        assert send(mailer, [WANG.email, LI.email]).state == SendState.RETRY
    assert server.received == []


def test_an_address_that_is_none_never_reaches_the_server(server):
    with Mailer(config(server)) as mailer:
        result = send(mailer, ["wang@example.cn>\r\nRCPT TO:<spy@example.cn", "王某", WANG.email, WANG.email])
        nothing = send(mailer, ["王某"])

    assert result.state == SendState.SENT
    assert len(result.refused) == 2
    assert server.received[0].to == (WANG.email,)
    assert nothing.state == SendState.REJECTED


def test_a_connection_lost_between_two_mails_is_made_again(server):
    with Mailer(config(server)) as mailer:
        send(mailer)
        server.faults.append(Fault("rset", "drop", times=1))
        result = send(mailer)

    assert result.state == SendState.SENT
    assert (len(server.received), server.connections) == (2, 2)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_a_certificate_of_an_unknown_authority_is_refused(security):
    with MailServer(security, {USER: PASSWORD}) as server, Mailer(config(server, ca_file=None)) as mailer:
        result = send(mailer)

    assert result.state == SendState.RETRY
    assert not result.reached
    assert "证书校验未通过" in result.answer
    assert (server.received, server.logins) == ([], 0)


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.SSL])
def test_a_certificate_for_another_name_is_refused(security):
    server = MailServer(security, {USER: PASSWORD}, certificate_names=("elsewhere.example.cn",))
    with server, Mailer(config(server)) as mailer:
        result = send(mailer)

    assert result.state == SendState.RETRY
    assert "证书校验未通过" in result.answer
    assert (server.received, server.logins) == ([], 0)


def test_a_server_that_offers_no_encryption_gets_neither_password_nor_mail():
    server = MailServer("plain", {USER: PASSWORD})
    with server, Mailer(config(server, security=Security.STARTTLS)) as mailer:
        result = send(mailer)

    assert result.state == SendState.RETRY
    assert not result.reached
    assert (server.received, server.logins) == ([], 0)


def test_a_wrong_password_names_the_setting_and_is_not_tried_again(server):
    with Mailer(config(server, password="wrong")) as mailer:
        results = [send(mailer) for _ in range(5)]

    assert {(result.state, result.reached) for result in results} == {(SendState.RETRY, False)}
    assert "登录" in results[0].answer
    assert "DUBAN_SMTP__PASSWORD" in results[0].answer
    assert "wrong" not in results[0].answer
    assert server.connections == 1, "repeated refusals lock the account"


def test_no_server_at_all_is_a_retry():
    with MailServer() as server:
        gone = config(server, ca_file=None)

    with Mailer(gone) as mailer:
        result = send(mailer)

    assert (result.state, result.reached) == (SendState.RETRY, False)
    assert "连接被拒绝" in result.answer


def test_a_plain_relay_needs_no_login():
    with MailServer("plain") as server, Mailer(config(server, user=None, password=None, ca_file=None)) as mailer:
        assert send(mailer).state == SendState.SENT
    assert server.logins == 0


def test_a_relay_that_wants_a_login_we_lack_is_a_matter_of_configuration(server):
    with Mailer(config(server, user=None, password=None)) as mailer:
        result = send(mailer)

    assert (result.state, result.reached) == (SendState.RETRY, False)
    assert "DUBAN_SMTP__USER" in result.answer


def test_mails_keep_the_distance_that_the_server_asks_for(server):
    with Mailer(config(server, per_minute=600)) as mailer:
        started = time.monotonic()
        for _ in range(4):
            send(mailer)

    assert time.monotonic() - started >= 0.3


@pytest.mark.parametrize(
    "change",
    [{"password": None}, {"password": "密码"}, {"user": "督查室"}, {"per_minute": -1}],
)
def test_a_configuration_that_cannot_work_is_refused_at_once(change):
    with pytest.raises(ConfigurationError):
        SmtpConfig(**{"host": "localhost", "port": 25, "user": USER, "password": PASSWORD, **change})


def test_an_unreadable_authority_file_is_a_configuration_error(tmp_path):
    with pytest.raises(ConfigurationError, match="DUBAN_SMTP__CA_FILE"):
        Mailer(SmtpConfig("localhost", 465, security=Security.SSL, ca_file=tmp_path / "none.pem"))


def test_the_password_is_not_shown():
    assert PASSWORD not in repr(SmtpConfig("localhost", 465, USER, PASSWORD))


def test_a_server_in_a_process_of_its_own_keeps_what_it_took(tmp_path):
    command = [sys.executable, "-m", "tests.mail_server", str(tmp_path), "--user", USER, "--password", PASSWORD]
    process = subprocess.Popen([*command, "--fault", "content:keep drop:1"], cwd=Path(__file__).parents[2])
    try:
        ready = _wait_for(tmp_path / "ready.json")
        reachable = SmtpConfig(
            "localhost", ready["port"], USER, PASSWORD, Security.STARTTLS, Path(ready["ca_file"]), timeout=5
        )
        with Mailer(reachable) as mailer:
            assert send(mailer).state == SendState.UNCERTAIN
            assert send(mailer).state == SendState.SENT
        process.kill()
        process.wait(5)
        with Mailer(reachable) as mailer:
            assert send(mailer).state == SendState.RETRY
    finally:
        process.kill()
        process.wait(5)

    assert [parsed(path.read_bytes())["Message-ID"] for path in sorted(tmp_path.glob("*.eml"))] == [
        DRAFT.message_id
    ] * 2


def _wait_for(path):
    for _ in range(200):
        if path.exists():
            return json.loads(path.read_text())
        time.sleep(0.05)
    raise AssertionError(f"{path} never came")
