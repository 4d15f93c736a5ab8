"""Several processes at once, on SQLite and on PostgreSQL: each step is queued once, each mail leaves once."""

from collections import Counter
from datetime import date

from tasks.adapters import sending
from tasks.adapters.ledger import deliveries, outbox, outbox_views
from tasks.adapters.ledger.engine import Ledger
from tasks.adapters.mail import Mailer, Security, SmtpConfig
from tasks.domain.delivery import MessageState
from tests.adapters.outboxes import NOW, cases, queue, record_of, run_night
from tests.adapters.processes import at_once
from tests.domain.ladders import night
from tests.mail_server import MailServer

CASES = cases(60, units=30)
NIGHT = date(2026, 6, 11)


def drain_as(ledger, archive, outlet, worker):
    return sending.drain(ledger, archive, outlet, "demo", worker=worker, clock=lambda: NOW, may_send=lambda _: True)


def test_two_planning_runs_at_once_queue_each_step_once(ledger, archive, tmp_path) -> None:
    plan = night(CASES, NIGHT, record_of(ledger))
    ledger.engine.dispose()

    def work(number):
        queue(Ledger(ledger.url), archive, plan)

    at_once(tmp_path, 3, work)
    history = outbox.history(ledger, "demo")
    assert len(history) == 60
    told = [
        item["proposal_id"]
        for row in outbox_views.list_mails(ledger, "demo")
        for item in outbox_views.show_mail(ledger, "demo", row["message_id"])["notice"]["items"]
    ]
    assert sorted(told) == sorted(f"p{n + 1}" for n in range(60))


def test_several_deliverers_at_once_send_each_mail_once(ledger, archive, tmp_path) -> None:
    run_night(ledger, archive, CASES, NIGHT)
    ledger.engine.dispose()
    with MailServer(security="plain") as server:

        def work(number):
            outlet = Mailer(SmtpConfig("127.0.0.1", server.port, security=Security.PLAIN))
            drain_as(Ledger(ledger.url), archive, outlet, f"worker-{number}")

        at_once(tmp_path, 3, work)
    by_mail = Counter(mail.content.split(b"Message-ID: ")[1].split(b"\r\n")[0] for mail in server.received)
    assert len(by_mail) == 30
    assert set(by_mail.values()) == {1}
    assert outbox_views.count_states(ledger, "demo")["sent"] == 30


def test_deliverers_at_once_share_the_work(ledger, archive, tmp_path) -> None:
    run_night(ledger, archive, CASES, NIGHT)
    ids = deliveries.due(ledger, NOW)
    ledger.engine.dispose()

    def work(number):
        mine = Ledger(ledger.url)
        claimed = [deliveries.claim(mine, key, NOW, f"worker-{number}") for key in ids]
        (tmp_path / f"claimed-{number}").write_text("\n".join(claim.message_id for claim in claimed if claim))

    at_once(tmp_path, 4, work)
    claimed = [line for n in range(4) for line in (tmp_path / f"claimed-{n}").read_text().splitlines()]
    assert sorted(claimed) == sorted(ids)


# One drain


def test_a_drain_stops_at_the_end_of_office_hours(ledger, archive, tmp_path) -> None:
    run_night(ledger, archive, CASES, NIGHT)
    moments = iter(range(10))
    with MailServer(security="plain") as server:
        drained = sending.drain(
            ledger,
            archive,
            Mailer(SmtpConfig("127.0.0.1", server.port, security=Security.PLAIN)),
            "demo",
            worker="w1",
            clock=lambda: NOW,
            may_send=lambda _: next(moments) < 5,
        )
    assert drained.states == {MessageState.SENT: 5}
    assert drained.stopped == sending.OUT_OF_HOURS
    assert outbox_views.count_states(ledger, "demo")["queued"] == 25


def test_a_drain_stops_when_no_server_answers_and_loses_nothing(ledger, archive) -> None:
    run_night(ledger, archive, CASES, NIGHT)
    drained = drain_as(ledger, archive, Mailer(SmtpConfig("127.0.0.1", 9, security=Security.PLAIN, timeout=2)), "w1")
    assert "连接被拒绝" in drained.stopped
    counts = outbox_views.count_states(ledger, "demo")
    assert (counts["retry"], counts["queued"]) == (1, 29)


def test_a_mail_that_cannot_be_built_is_rejected_and_the_others_leave(ledger, archive) -> None:
    run_night(ledger, archive, CASES, NIGHT)
    broken = deliveries.due(ledger, NOW)[0]
    html = outbox_views.show_mail(ledger, "demo", broken)["mail"]["html"]
    archive.path(html).unlink()
    with MailServer(security="plain") as server:
        outlet = Mailer(SmtpConfig("127.0.0.1", server.port, security=Security.PLAIN))
        drained = drain_as(ledger, archive, outlet, "w1")
    assert drained.states == {MessageState.REJECTED: 1, MessageState.SENT: 29}
    assert "未能生成邮件" in outbox_views.show_mail(ledger, "demo", broken)["smtp_answer"]
