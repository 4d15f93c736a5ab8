"""Joint inspections in the ledger: opened once, findings added, one report; and reminders that are queued once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from tasks.adapters.inspection_files import load_inspection
from tasks.adapters.ledger import inspections, office_mails, outbox, outbox_views
from tasks.adapters.ledger.office_mails import About
from tasks.adapters.ledger.outbox_tables import messages
from tasks.domain.backlog_criteria import Criterion
from tasks.domain.deadlines import Limit
from tasks.domain.errors import ConfigurationError, LedgerError
from tasks.domain.inspections import Schedule
from tasks.domain.notices import Addressee, MailDraft
from tests.adapters.registers import NOW, PAPER, close, prepared, reviewed
from tests.builders import ROOT

OCTOBER = date(2026, 10, 9)
DAYS = Schedule(date(2026, 11, 16), date(2026, 11, 23), date(2026, 12, 7))
DEMO = ROOT / "config" / "jurisdictions" / "demo" / "inspection.yaml"


@pytest.fixture
def ledger(ledger, archive):
    prepared(ledger)
    reviewed(ledger, archive, OCTOBER, ("甲", "reply_overdue", "2026-07-01"), ("乙", "reply_overdue", "2026-07-02"))
    return ledger


def opened(ledger, keys=(("甲", 1), ("乙", 1))):
    inspections.open_inspection(ledger, "demo", PAPER, "副市长赵六", DAYS, keys, NOW)


def found(ledger, text="尚未开工", proposal="甲", deadline=date(2026, 12, 20)):
    inspections.add_finding(
        ledger, "demo", PAPER, proposal, found_on=DAYS.starts_on, found=text, deadline=deadline, by="李建国", now=NOW
    )


def reported(ledger, text="两件均未解决"):
    inspections.report(ledger, "demo", PAPER, reported_on=DAYS.ends_on, text=text, files={}, by="李建国", now=NOW)


def test_an_inspection_is_opened_once_with_its_cases(ledger):
    opened(ledger)
    opened(ledger, (("甲", 1),))
    rows = inspections.inspected(ledger, "demo")
    assert rows["proposal_id"].tolist() == ["乙", "甲"]
    assert rows["report_by"].dt.date.tolist() == [DAYS.report_by] * 2


def test_the_latest_finding_counts(ledger):
    opened(ledger)
    found(ledger)
    found(ledger, "已开工", deadline=None)
    rows = inspections.inspected(ledger, "demo").set_index("proposal_id")
    assert rows.loc["甲", "found"] == "已开工"
    assert rows["deadline"].isna().all()
    assert rows["found"].isna().tolist() == [True, False]


def test_a_case_of_another_inspection_is_refused(ledger):
    opened(ledger, (("甲", 1),))
    with pytest.raises(LedgerError, match="其中没有 乙"):
        found(ledger, proposal="乙")


def test_a_finding_without_words_is_refused(ledger):
    opened(ledger)
    with pytest.raises(LedgerError, match="没有写明核查情况"):
        found(ledger, " ")


def test_an_inspection_reports_once(ledger):
    opened(ledger)
    reported(ledger)
    assert inspections.inspected(ledger, "demo")["reported_on"].dt.date.tolist() == [DAYS.ends_on] * 2
    with pytest.raises(LedgerError, match="或已经报告"):
        reported(ledger, "另一份")
    assert inspections.reports(ledger, "demo")[PAPER]["report"] == "两件均未解决"


def test_an_inspected_case_shows_its_closing(ledger):
    opened(ledger)
    close(ledger, "甲", date(2026, 11, 30))
    rows = inspections.inspected(ledger, "demo").set_index("proposal_id")
    assert [None if value != value else value.date() for value in rows["closed_on"]] == [None, date(2026, 11, 30)]


def test_what_an_inspection_found_cannot_be_rewritten(ledger):
    opened(ledger)
    found(ledger)
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), ledger.begin() as connection:
        connection.exec_driver_sql("update inspection_findings set found = '已完工'")


ABOUT = About("demo", "联合督查提醒", date(2026, 12, 8), dict.fromkeys(office_mails.MADE_FROM, "v"))


def draft(key):
    office = Addressee("督查室", "d@x.example")
    mail = f"<{office_mails.mail_id('demo', key)}@x.example>"
    return MailDraft(mail, office, (office,), (), None, "督查报告逾期", "文", "<p>文</p>", (), NOW)


def test_a_reminder_of_one_key_is_queued_once_whoever_tries_again(ledger, archive):
    with ThreadPoolExecutor(4) as pool:
        put = list(
            pool.map(lambda _: office_mails.queue_once(ledger, archive, "k|1", draft("k|1"), ABOUT, NOW), range(6))
        )
    assert sum(put) == 1
    assert office_mails.queue_once(ledger, archive, "k|2", draft("k|2"), ABOUT, NOW)
    assert outbox_views.count_states(ledger, "demo")["queued"] == 2


def to(address):
    return replace(draft("k"), to=(Addressee("水利局", address),))


def put(ledger, archive, draft_, unit="u1"):
    about = replace(ABOUT, unit_id=unit, told={"key": "k", "cases": [["甲", 1]]})
    return office_mails.queue_once(ledger, archive, "k", draft_, about, NOW)


def enters_state(ledger, state, **values):
    with ledger.begin() as connection:
        connection.execute(messages.update().values(state=state, **values))


@pytest.mark.parametrize("state", ["sent", "sending", "uncertain", "retry", "rejected"])
def test_a_mail_that_told_somebody_or_may_yet_is_not_followed_by_another(ledger, archive, state):
    assert put(ledger, archive, to("a@x.example"))
    enters_state(ledger, state)
    assert not put(ledger, archive, to("a@x.example"))


def test_what_was_refused_is_told_to_somebody_else(ledger, archive):
    put(ledger, archive, to("a@x.example"))
    enters_state(ledger, "rejected")
    assert put(ledger, archive, to("b@x.example"))
    assert not put(ledger, archive, to("b@x.example"))


def test_what_was_taken_back_may_be_told_again_under_an_id_of_its_own(ledger, archive):
    put(ledger, archive, to("a@x.example"))
    (first,) = office_mails.told_mails(ledger, "demo")
    assert office_mails.take_back(ledger, "demo", first["message_id"], "静默", NOW)
    assert put(ledger, archive, to("a@x.example"))
    before, after = office_mails.told_mails(ledger, "demo")
    assert (before["is_gone"], after["is_gone"]) == (True, False)
    shown = outbox_views.show_mail(ledger, "demo", after["message_id"])
    assert shown["mail"]["message_id"] == f"<{after['message_id']}@x.example>"
    assert before["message_id"] != after["message_id"]


@pytest.mark.parametrize(
    ("state", "finished_at"), [("sending", None), ("sent", NOW), ("queued", NOW)], ids=["正在发送", "已发", "指名重发"]
)
def test_a_mail_that_left_or_is_leaving_is_not_taken_back(ledger, archive, state, finished_at):
    put(ledger, archive, to("a@x.example"))
    enters_state(ledger, state, finished_at=finished_at)
    (mail,) = office_mails.told_mails(ledger, "demo")
    assert mail["is_gone"]
    assert not office_mails.take_back(ledger, "demo", mail["message_id"], "静默", NOW)
    assert outbox_views.count_states(ledger, "demo")[state] == 1


def test_what_the_office_tells_itself_is_no_unit_s_reminder(ledger, archive):
    put(ledger, archive, to("a@x.example"), unit="office")
    assert office_mails.told_mails(ledger, "demo") == []


def test_a_reminder_plans_no_night(ledger, archive):
    office_mails.queue_once(ledger, archive, "k|1", draft("k|1"), ABOUT, NOW)
    assert outbox.planned_through(ledger, "demo") is None


def test_the_terms_are_read_with_limits_questions_and_leaders():
    terms = load_inspection(DEMO)
    assert (str(terms.starts_after), terms.most) == ("10 workdays", 12)
    assert [who.name for who in terms.copied_to] == ["副市长梁雪梅", "市政府秘书长"]
    assert set(terms.questions) == set(Criterion)


def test_a_file_from_before_the_units_were_reminded_reminds_them_five_workdays_ahead(tmp_path):
    path = tmp_path / "inspection.yaml"
    lines = DEMO.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if "remind_units" not in line), encoding="utf-8")
    assert load_inspection(path).remind_units == Limit.parse("5 workdays")


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("  raised_again:\n", "  raised_twice:\n", "raised_twice"),
        ("lasts: 5 workdays", "lasts: soon", "soon"),
        ("most: 12", "most: 0", "most"),
        ("liangxuemei@linjiang.gov.example", "梁雪梅", "不是邮箱地址"),
    ],
)
def test_a_fault_in_the_terms_is_told_with_its_line(tmp_path, old, new, why):
    text = DEMO.read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "inspection.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=why):
        load_inspection(path)
