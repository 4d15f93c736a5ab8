"""The planted stories through the reviews of two years: listed, carried over, closed by a signature, inspected, reported."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from prefect.logging import disable_run_logger

from tasks import backlog_desk, follow_inspection, sign_off
from tasks.adapters.ledger import backlog_cases, documents, inspections
from tasks.adapters.ledger.backlog_tables import backlog_reviews
from tasks.adapters.workplace import open_workplace
from tasks.assess import assess_day
from tasks.close_case import Request, closing_draft
from tasks.domain.commitments import promises, with_implied_promises
from tasks.domain.documents import Act, DocumentState, Wanted
from tasks.domain.errors import ConfigurationError
from tasks.escalate import plan_notices
from tasks.export import computed_day, day_promises
from tasks.follow_inspection import Found, Report
from tasks.plan_inspection import AS_USUAL, draft_inspection, plan_paper, unreached_units
from tasks.record import Day
from tasks.refresh import take_snapshot
from tasks.review_backlog import review_backlog
from tasks.shelve import busy_cases, inspection_terms, reviewed_cases

JULY, NOVEMBER, MARCH = date(2026, 7, 15), date(2026, 11, 23), date(2027, 3, 1)
NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


class City:
    """临江市 with a ledger of its own; a review stores what the flow stores, without writing dossiers."""

    def __init__(self):
        self.workplace = open_workplace("demo")
        self.snapshot = take_snapshot(self.workplace, NOW).snapshot_id

    def assessed(self, as_of):
        return assess_day(self.workplace, self.snapshot, as_of, NOW)

    def review(self, as_of):
        with disable_run_logger():
            review_id = review_backlog.fn("demo", self.assessed(as_of).record.assessment_id, NOW)
        return reviewed_cases(self.workplace, review_id)

    def plan(self, reviewed, keys, dated_on=NOVEMBER):
        terms, day = inspection_terms(self.workplace), Day(dated_on, NOW, NOW)
        return plan_paper(self.workplace, reviewed, terms, f"督查{dated_on}", keys, AS_USUAL, day)[0]

    def signed(self, document):
        for act, name in ((Act.REVIEWED, "李建国"), (Act.SIGNED, "王志远")):
            told = sign_off.act_on("demo", document.document_id, Wanted(act, name, document.checksum), NOW)
        return told


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUBAN_VAR", str(tmp_path_factory.mktemp("city")))
        yield City()


@pytest.fixture(scope="module")
def years(city):
    """The reviews of July, November and the next March, in that order."""
    return {day: city.review(day) for day in (JULY, NOVEMBER, MARCH)}


def standings(reviewed):
    return {line.key[0]: str(line.standing) for line in reviewed.lines}


@pytest.mark.parametrize(
    ("name", "july", "november", "march"),
    [
        ("R2025-0056", "new", "still", "still"),
        ("R2026-0018", None, "new", "still"),
        ("Z2025-0072", "new", "still", "still"),
        ("R2026-0095", "new", "still", "still"),
        ("Z2025-0208", None, None, "new"),
        ("R2026-0019", None, None, None),
        ("R2026-0058", None, None, None),
        ("Z2025-0073", None, None, None),
        ("R2026-0096", None, None, None),
        ("R2025-0031", None, None, None),
    ],
)
def test_a_planted_case_stands_as_the_story_says_in_each_review(years, name, july, november, march):
    assert [standings(reviewed).get(name) for reviewed in years.values()] == [july, november, march]


def test_a_case_of_2025_keeps_its_number_in_2027_and_new_ones_count_from_one(years):
    numbers = [{line.key: line.case_no for line in reviewed.lines} for reviewed in years.values()]
    assert {number[("R2025-0056", 1)] for number in numbers} == {numbers[0][("R2025-0056", 1)]}
    assert numbers[2][("Z2025-0208", 1)].startswith("2027-")


def test_every_open_case_of_one_review_is_in_the_next(years):
    july, november, march = ({line.key for line in reviewed.lines} for reviewed in years.values())
    assert july <= november <= march


def test_a_case_that_was_solved_meanwhile_waits_for_its_closing(years):
    waiting = {name for name, standing in standings(years[NOVEMBER]).items() if standing == "to_close"}
    assert waiting
    assert waiting <= set(standings(years[MARCH]))


def test_a_plan_that_nobody_registered_is_a_promise_lapses_and_enters_the_ladder_and_the_backlog(city, years):
    """R2024-0088: planned on 31 May 2024, no promise on record: due by rule on 31 December 2025."""
    rows = day_promises(computed_day(city.workplace, JULY, None, NOW))
    (promise,) = rows[rows["proposal_id"] == "R2024-0088"].to_dict("records")
    assert (promise["is_implied"], promise["due_on"].date(), promise["state"]) == (True, date(2025, 12, 31), "overdue")
    made = city.assessed(JULY)
    steps = plan_notices(city.workplace, made).steps
    assert "commitment" in set(steps.loc[steps["proposal_id"] == "R2024-0088", "duty"])
    line = years[JULY].line(("R2024-0088", 1))
    assert "承诺到期未兑现" in line.labels
    assert "应于2025年12月31日前兑现承诺" in line.evidence


@pytest.mark.parametrize(
    ("as_of", "state"), [(date(2025, 12, 1), "open"), (date(2026, 7, 15), "overdue"), (MARCH, "overdue")]
)
def test_a_promise_of_2025_is_followed_into_2027(city, as_of, state):
    """Z2025-0072 promised completion by the end of June 2026."""
    made = city.assessed(as_of)
    rows = promises(with_implied_promises(made.facts, as_of), made.obligations, as_of)
    (promise,) = rows[rows["proposal_id"] == "Z2025-0072"].to_dict("records")
    assert (promise["state"], promise["promise"]) == (state, "承诺2026年6月底前完成修缮并开放")
    assert promise["owner"]


def test_a_case_that_the_source_says_is_inspected_is_in_no_plan(city, years):
    """Z2025-0045 has been inspected since 8 September 2026."""
    assert ("Z2025-0045", 1) not in busy_cases(city.workplace, years[JULY], "x")
    assert ("Z2025-0045", 1) in busy_cases(city.workplace, years[NOVEMBER], "x")


def test_a_closing_waits_for_two_signatures_and_then_ends_the_case(city, years, tmp_path):
    paper = tmp_path / "验收意见书.pdf"
    paper.write_bytes(b"%PDF")
    day = Day(NOVEMBER, NOW, NOW)
    with pytest.raises(ConfigurationError, match="仍符合"):
        closing_draft("demo", Request("R2025-0056", "验收意见书", "李建国"), day)
    asked = Request("R2025-0056", "验收意见书（临建验〔2026〕8号）", "李建国", (paper,), "代表书面同意")
    document = closing_draft("demo", asked, day)
    assert document.contents["proof01"].filename == "验收意见书.pdf"
    ledger, name = city.workplace.ledger, city.workplace.name
    before = backlog_cases.register(ledger, name).set_index("proposal_id")
    assert before["closed_on"].isna()["R2025-0056"]
    assert city.signed(document) == (DocumentState.SENT, 0)
    after = backlog_cases.register(ledger, name).set_index("proposal_id")
    assert after.loc["R2025-0056", ["proof", "signed_by"]].tolist() == [asked.proof, "王志远"]
    assert "销号：验收意见书" in "\n".join(backlog_desk.life_of("demo", "R2025-0056"))
    with pytest.raises(ConfigurationError, match="没有在办积案"):
        closing_draft("demo", asked, day)
    assert standings(city.review(date(2027, 4, 1)))["R2025-0056"] == "closed"
    assert "R2025-0056" not in standings(city.review(date(2027, 5, 6)))


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (Request("R2025-0052", " ", "李建国", (), "理由"), "没有写明销号依据"),
        (Request("R2025-0052", "依据", "", (), "理由"), "没有写明申请人"),
        (Request("R2026-0019", "依据", "李建国"), "没有在办积案"),
    ],
)
def test_a_closing_without_proof_name_or_case_is_wrong_use(years, asked, why):
    with pytest.raises(ConfigurationError, match=why):
        closing_draft("demo", asked, Day(NOVEMBER, NOW, NOW))


def test_a_signed_plan_opens_the_inspection_and_goes_to_units_and_leaders(city, years):
    document = city.plan(years[NOVEMBER], [("Z2025-0072", 1), ("R2026-0018", 1)])
    assert inspections.inspected(city.workplace.ledger, "demo").empty
    state, mails = city.signed(document)
    assert state is DocumentState.SENT
    assert mails == len(document.made_from["units"]) + 1
    assert "副市长梁雪梅" in city.workplace.archive.get(document.contents["text"].content).decode()
    assert ("Z2025-0072", 1) in busy_cases(city.workplace, years[NOVEMBER], "x")
    follow_inspection.add_finding(
        "demo",
        Found(document.document_id, "Z2025-0072", "主体完工，尚未开放", date(2027, 1, 31), NOVEMBER, "李建国"),
        NOW,
    )
    told = "\n".join(follow_inspection.listed("demo", date(2027, 2, 1)))
    assert "主体完工，尚未开放；限 2027-01-31 前" in told
    assert "（已逾期）" in told
    follow_inspection.add_report("demo", Report(document.document_id, "一件完工，一件未动", NOVEMBER, "李建国"), NOW)
    assert "（已逾期）" not in "\n".join(follow_inspection.listed("demo", date(2027, 2, 1)))
    assert ("Z2025-0072", 1) not in busy_cases(city.workplace, years[NOVEMBER], "x")


def test_a_returned_plan_holds_no_case(city, years):
    document = city.plan(years[NOVEMBER], [("R2026-0095", 1)], date(2026, 11, 24))
    assert ("R2026-0095", 1) in busy_cases(city.workplace, years[NOVEMBER], "x")
    sign_off.act_on("demo", document.document_id, Wanted(Act.RETURNED, "周敏", "", "重新选件"), NOW)
    assert ("R2026-0095", 1) not in busy_cases(city.workplace, years[NOVEMBER], "x")


def test_a_review_of_a_day_gone_by_leaves_every_case_as_it_was(city, years):
    before = backlog_cases.register(city.workplace.ledger, "demo")
    past = city.review(date(2026, 9, 1))
    assert past.record.is_past
    assert any(line.case_no == "未编号" for line in past.lines)
    assert backlog_cases.register(city.workplace.ledger, "demo").equals(before)
    with city.workplace.ledger.connect() as connection:
        counted = connection.execute(backlog_reviews.select().where(~backlog_reviews.c.is_past)).fetchall()
    assert len(counted) >= 3


def test_a_review_of_a_day_gone_by_plans_nothing_though_cases_are_free(city, years):
    past = city.review(date(2026, 9, 2))
    with disable_run_logger():
        assert draft_inspection.fn("demo", past.record.review_id, Day(date(2026, 9, 2), NOW, NOW)) == {}


def test_a_unit_that_no_address_reaches_is_named_before_the_plan_is_signed(city, years, monkeypatch):
    document = city.plan(years[NOVEMBER], [("R2025-0103", 1)], date(2026, 11, 26))
    assert unreached_units(city.workplace, document) == []
    monkeypatch.setattr("tasks.plan_inspection.unreached", lambda *_: ["市住房和城乡建设局", "市统计局"])
    (warning,) = unreached_units(city.workplace, document)
    assert warning.startswith("市住房和城乡建设局没有可用的邮箱")


def test_papers_of_the_same_review_are_the_same_document(city, years):
    one = city.plan(years[NOVEMBER], [("R2025-0103", 1)], date(2026, 11, 25))
    two = city.plan(years[NOVEMBER], [("R2025-0103", 1)], date(2026, 11, 25))
    assert (one.document_id, one.document_hash, one.version) == (two.document_id, two.document_hash, two.version)
    assert documents.by_id(city.workplace.ledger, "demo", one.document_id).version == 1
