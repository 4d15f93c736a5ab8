"""What the public may see, and that the numbers of the public record are counts of exactly that."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache

import pandas as pd
import pytest

from tasks.domain.disclosure import SELECTABLE, Openness, attachment_names, names_only, openness
from tasks.domain.frames import Disclosure, EventKind, Facts
from tasks.domain.obligations import obligations
from tasks.domain.public_figures import Breakdown, Part, Share, curve, overview
from tasks.domain.public_frames import PublicRecord, PublicState
from tasks.domain.public_rates import rates, summed, unit_figures
from tasks.domain.publication_duty import duties_met, publication_events
from tasks.domain.quotations import mentions, without_quotations
from tests.builders import PLAIN_CALENDAR, facts, rule_book
from tests.reports.portal_facts import (
    AS_OF,
    POLICY,
    RATES,
    assigned,
    proposal,
    record,
    record_of,
    replied,
    small_city,
)


def everything(seen: PublicRecord) -> str:
    """All texts of a record."""
    frames = [getattr(seen, f.name) for f in fields(seen)]
    return "\n".join(frame.to_csv() for frame in frames if isinstance(frame, pd.DataFrame))


def showing(*columns: str, level: Openness = Openness.OPEN) -> dict[Openness, tuple[str, ...]]:
    return {Openness.OPEN: (), Openness.TITLE_ONLY: (), level: columns}


@cache
def city_seen() -> PublicRecord:
    """What the public may see of the small city."""
    return record_of(small_city())


def the_row(seen: PublicRecord, number: int = 0) -> pd.Series:
    return seen.proposals.iloc[number]


# Who is seen


@pytest.mark.parametrize("trace", ["R2026-9471", "94713", "秘密设施", "孙机密", "赵隐", "隐秘科", "李匿", "机密答复"])
def test_a_confidential_proposal_leaves_no_trace(trace: str) -> None:
    assert trace not in everything(city_seen())


@pytest.mark.parametrize("trace", ["R2026-0003", "历史遗留", "钱不公", "褚不公"])
def test_a_withheld_proposal_leaves_no_trace(trace: str) -> None:
    assert trace not in everything(city_seen())


def test_confidential_proposals_are_not_even_counted_as_withheld() -> None:
    assert record_of(small_city(), replace(POLICY, counts_withheld=True)).withheld_count == 1


def test_withheld_proposals_are_counted_only_where_the_policy_says_so() -> None:
    assert city_seen().withheld_count is None


def test_a_proposal_without_a_mark_is_as_open_as_the_policy_says() -> None:
    unmarked = [proposal("p", disclosure=None)]
    seen = record(unmarked, [assigned("p")], unmarked=Disclosure.TITLE_ONLY)
    assert the_row(seen)["openness"] == Openness.TITLE_ONLY
    assert record(unmarked, [assigned("p")], unmarked=Disclosure.WITHHELD).proposals.empty


def test_where_nobody_said_that_it_is_not_confidential_it_is() -> None:
    unmarked = [proposal("p", is_confidential=None)]
    assert record(unmarked, [assigned("p")], unmarked_is_confidential=True).proposals.empty
    assert len(record(unmarked, [assigned("p")], unmarked_is_confidential=False).proposals) == 1


def test_confidential_wins_over_open() -> None:
    both = [proposal("p", is_confidential=True, disclosure="open")]
    assert record(both, [assigned("p")]).proposals.empty


def test_what_is_merged_into_a_hidden_proposal_is_hidden_too_along_the_whole_chain() -> None:
    chain = facts(
        proposals=[
            proposal("c", merged_into="b"),
            proposal("b", merged_into="a"),
            proposal("a", is_confidential=True),
            proposal("d"),
        ]
    )
    assert openness(chain.proposals, POLICY).to_dict() == dict.fromkeys("abc", "confidential") | {"d": "open"}


def test_what_happens_after_the_day_is_not_known() -> None:
    seen = record([proposal("p")], [assigned("p")], [replied("p", on="2026-10-08")])
    assert pd.isna(the_row(seen)["replied_on"])
    assert "2026-10-08" not in everything(seen)


# What is seen


@pytest.mark.parametrize(
    "column", [c for c in SELECTABLE if c not in ("relations", "steps", "reply_text", "attachments")]
)
def test_a_column_is_shown_only_where_it_is_chosen(column: str) -> None:
    known = small_city()
    chosen = record_of(known, replace(POLICY, columns=showing(column)))
    without = [c for c in SELECTABLE if c != column]
    hidden = record_of(known, replace(POLICY, columns=showing(*without)))
    if column == "state":
        assert (hidden.proposals["state"] == PublicState.UNDISCLOSED).all()
        assert (chosen.proposals["state"] != PublicState.UNDISCLOSED).any()
    else:
        assert hidden.proposals[column].isna().all()
        assert column not in hidden.columns
        assert column in chosen.columns


def test_a_title_only_proposal_shows_no_more_than_its_columns() -> None:
    seen = city_seen()
    row = seen.proposals[seen.proposals["openness"] == Openness.TITLE_ONLY].iloc[0]
    shown = set(row.index[row.notna()])
    allowed = {*POLICY.columns[Openness.TITLE_ONLY], "page", "openness", "kind", "year", "title", "is_provisional"}
    assert shown <= allowed
    assert "医保答复全文" not in everything(seen)
    assert "冯题目" not in everything(seen)


@pytest.mark.parametrize("person", ["leader", "section", "handler"])
def test_a_responsible_person_who_is_not_chosen_is_nowhere(person: str) -> None:
    columns = {Openness.OPEN: [c for c in SELECTABLE if c != person]}
    name = {"leader": "林晓东", "section": "基础教育科", "handler": "吴淑珍"}[person]
    assert name in everything(city_seen())
    assert name not in everything(record_of(small_city(), replace(POLICY, columns=columns)))


def test_without_co_units_nothing_says_who_helped() -> None:
    columns = {Openness.OPEN: [c for c in SELECTABLE if c != "other_units"]}
    seen = record_of(small_city(), replace(POLICY, columns=columns))
    assert "市财政局" not in set(seen.units["name"])
    assert EventKind.OPINION_SUBMITTED not in set(seen.steps["step"])


def test_only_chosen_steps_are_told_and_never_a_note() -> None:
    seen = record_of(small_city(), replace(POLICY, steps=(EventKind.MEETING_BEFORE,)))
    assert set(seen.steps["step"]) == {"assigned", "meeting_before"}
    assert "内部备注" not in everything(seen)


def test_a_hidden_outcome_or_grade_is_hidden_in_the_time_line_too() -> None:
    columns = {Openness.OPEN: [c for c in SELECTABLE if c not in ("outcome", "satisfaction")]}
    values = record_of(small_city(), replace(POLICY, columns=columns)).steps["value"].dropna()
    assert set(values) <= {"lead", "co_organising", "sole"}


def test_a_link_to_a_hidden_proposal_is_not_shown() -> None:
    rows = [proposal("p", repeats="old"), proposal("old", disclosure="withheld"), proposal("q", repeats="p")]
    seen = record(rows, [assigned("p"), assigned("old"), assigned("q")]).proposals
    pages = dict(zip(seen["proposal_id"], seen["page"], strict=True))
    assert seen.set_index("proposal_id")["repeats"].to_dict() == {
        "p": pytest.approx(float("nan"), nan_ok=True),
        "q": pages["p"],
    }


# Persons


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("周远", "周远"),
        ("周远（市人民医院，13800001111）", "周远"),
        ("周远 13800001111", "周远"),
        ("周远，住解放路1号", "周远"),
        ("阿卜杜拉·买买提", "阿卜杜拉·买买提"),
        ("张三、李四", "张三、李四"),
        ("民盟临江市委会", "民盟临江市委会"),
    ],
)
def test_of_a_proposer_only_the_name_is_public(given: str, name: str) -> None:
    assert names_only(pd.Series([given])).tolist() == [name]
    assert the_row(record([proposal("p", lead_proposer=given)], [assigned("p")]))["lead_proposer"] == name


@pytest.mark.parametrize(
    "number",
    [
        "13800001111",
        "138-0000-1111",
        "138 0000 1111",
        "330282199001011234",
        "33028219900101123X",
        "zhou.yuan@example.cn",
    ],
)
def test_personal_numbers_are_hidden_in_every_text(number: str) -> None:
    seen = record(
        [proposal("p", title=f"关于停车的建议，联系{number}")],
        [assigned("p", handler=f"吴淑珍{number}", section=f"科室{number}")],
        [replied("p")],
        [{"event_id": "p-edu-reply", "text": f"周远代表（{number}）：答复如下。"}],
    )
    assert number not in everything(seen)
    assert "〔已隐去〕" in the_row(seen)["title"]


@pytest.mark.parametrize("number", ["0574-63880123", "20260618", "1200000000000", "2026-06-18"])
def test_other_numbers_stay(number: str) -> None:
    assert number in the_row(record([proposal("p", title=f"关于{number}的建议")], [assigned("p")]))["title"]


# Replies


TEXT = [{"event_id": "p-edu-reply", "text": "答复全文"}]


def signed(on: str) -> dict[str, str]:
    return {"proposal_id": "p", "unit_id": "edu", "kind": "reply_signed_off", "happened_on": on}


@pytest.mark.parametrize(
    ("signatures", "shown"), [([], 0), (["2026-05-19"], 1), (["2026-05-20"], 1), (["2026-05-21"], 0)]
)
def test_a_reply_is_shown_only_if_it_was_signed_off_by_its_day(signatures: list[str], shown: int) -> None:
    events = [replied("p"), *map(signed, signatures)]
    assert len(record([proposal("p")], [assigned("p")], events, TEXT, signed_off_only=True).replies) == shown


def test_a_second_reply_needs_a_second_signature() -> None:
    again = replied("p", on="2026-08-01", event_id="second")
    texts = [*TEXT, {"event_id": "second", "text": "再次答复全文"}]
    rows = ([proposal("p")], [assigned("p")])
    once = record(*rows, [replied("p"), again, signed("2026-05-19")], texts, signed_off_only=True)
    twice = record(
        *rows, [replied("p"), again, signed("2026-05-19"), signed("2026-07-30")], texts, signed_off_only=True
    )
    assert once.replies["text"].tolist() == ["答复全文"]
    assert twice.replies["text"].tolist() == ["答复全文", "再次答复全文"]


def test_a_reply_that_quotes_a_confidential_proposal_stays_back_and_is_listed() -> None:
    seen = record(
        [proposal("p"), proposal("R2026-0009", title="关于调整秘密设施位置的建议", is_confidential=True)],
        [assigned("p")],
        [replied("p")],
        [{"event_id": "p-edu-reply", "text": "与《关于调整秘密设施位置的建议》一并办理。"}],
    )
    assert seen.replies.empty
    assert seen.held["page"].tolist() == seen.proposals["page"].tolist()


SECRET_TITLE = "关于调整秘密设施位置的建议"


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (f"关于尽快落实《{SECRET_TITLE}》的建议", "关于尽快落实《〔已隐去〕》的建议"),
        ("关于R2026-9471号建议办理情况的建议", "关于〔已隐去〕号建议办理情况的建议"),
        ("关于R2026-94712号建议的建议", "关于R2026-94712号建议的建议"),
        ("关于落实《关于调整 秘密设施位置的建议》的建议", "〔已隐去〕"),
    ],
)
def test_a_title_that_quotes_a_confidential_proposal_loses_the_quotation(title: str, shown: str) -> None:
    seen = record(
        [proposal("p", title=title), proposal("R2026-9471", title=SECRET_TITLE, is_confidential=True)], [assigned("p")]
    )
    assert the_row(seen)["title"] == shown
    assert [("已隐去" in reason) for reason in seen.held["reason"]] == ([True] if shown != title else [])


@pytest.mark.parametrize(
    "quotation", ["关于调整\n秘密设施位置的建议", "Ｒ２０２６－９４７１", "关于调整　秘密设施位置的建议"]
)
def test_a_reply_that_quotes_in_other_spacing_or_width_stays_back_too(quotation: str) -> None:
    seen = record(
        [proposal("p"), proposal("R2026-9471", title=SECRET_TITLE, is_confidential=True)],
        [assigned("p")],
        [replied("p")],
        [{"event_id": "p-edu-reply", "text": f"与{quotation}一并办理"}],
    )
    assert seen.replies.empty


def test_a_title_that_a_public_proposal_has_too_is_no_secret() -> None:
    same = "关于完善停车设施的建议"
    seen = record(
        [proposal("p", title=same), proposal("R2026-0009", title=same, disclosure="withheld")],
        [assigned("p")],
        [replied("p")],
        [{"event_id": "p-edu-reply", "text": f"您提出的《{same}》收悉。"}],
    )
    assert len(seen.replies) == 1


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("与R2026-001并案", True),
        ("与R2026-0012并案", False),
        ("XR2026-001", False),
        ("（R2026-001）", True),
        ("见《关于秘密设施的建议》", True),
        ("见《关于公开设施的建议》", False),
        (None, False),
    ],
)
def test_a_key_inside_a_longer_key_is_no_quotation(text: str | None, quotes: bool) -> None:
    assert mentions(pd.Series([text]), ["R2026-001", "关于秘密设施的建议"]).tolist() == [quotes]


def test_secrets_that_begin_alike_are_told_apart() -> None:
    secret = [f"关于进一步改善第{number:05}号停车设施的建议" for number in range(3000)]
    texts = pd.Series(["落实《关于进一步改善第02999号停车设施的建议》", "关于进一步改善第03000号停车设施的建议", None])
    assert mentions(texts, secret).tolist() == [True, False, False]
    assert without_quotations(texts, secret).tolist()[:2] == ["落实《〔已隐去〕》", texts[1]]


def test_only_attachments_of_allowed_types_are_public() -> None:
    texts = [{"event_id": "p-edu-reply", "text": "见附件", "attachments": "规划.PDF；页面.html\n表.xlsx;无后缀"}]
    seen = record([proposal("p")], [assigned("p")], [replied("p")], texts)
    assert attachment_names(seen.replies["attachments"].iloc[0]) == ["规划.PDF", "表.xlsx"]


# Where it stands


def state_of(*events: dict[str, str], **changes: object) -> str:
    return str(the_row(record([proposal("p", **changes)], [assigned("p")], events))["state"])


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ([replied("p", on="2026-06-10")], "replied"),
        ([replied("p", on="2026-06-11")], "replied_late"),
        ([], "overdue"),
        ([{"proposal_id": "p", "unit_id": "edu", "kind": "suspended", "happened_on": "2026-05-01"}], "suspended"),
        ([{"proposal_id": "p", "kind": "withdrawn", "happened_on": "2026-05-01"}], "not_owed"),
    ],
)
def test_every_proposal_is_in_exactly_one_state(events: list[dict[str, str]], state: str) -> None:
    assert state_of(*events) == state


def test_a_proposal_that_needs_no_reply_owes_none() -> None:
    assert state_of(needs_reply=False) == "not_owed"


def test_days_late_are_told_only_of_what_is_late() -> None:
    withdrawn = {"proposal_id": "p", "kind": "withdrawn", "happened_on": "2026-05-01"}
    assert pd.isna(the_row(record([proposal("p")], [assigned("p")], [withdrawn]))["days_late"])
    assert the_row(record([proposal("p")], [assigned("p")]))["days_late"] == 112


def test_proposals_come_newest_year_first_then_by_kind_and_number() -> None:
    keys = ["2025-1", "2026-10", "2026-9", "2026-z"]
    rows = [
        proposal("2025-1", number="1", filed_on="2025-02-01"),
        proposal("2026-10", number="10"),
        proposal("2026-9", number="9"),
        proposal("2026-z", number="1", kind="cppcc_proposal"),
    ]
    seen = record(rows, [assigned(key) for key in keys])
    assert seen.proposals["proposal_id"].tolist() == ["2026-9", "2026-10", "2026-z", "2025-1"]


def test_without_a_filing_day_the_year_is_that_of_the_first_assignment() -> None:
    seen = record([proposal("p", filed_on=None)], [assigned("p", assigned_on="2024-12-30")])
    assert the_row(seen)["year"] == 2024


def test_a_page_has_the_same_name_for_ever_and_tells_nothing() -> None:
    one, other = record([proposal("R2026-0001")], [assigned("R2026-0001")]), city_seen()
    assert the_row(one)["page"] == the_row(other)["page"]
    assert "2026" not in the_row(one)["page"]


# Numbers


def test_parts_that_do_not_add_up_are_refused() -> None:
    with pytest.raises(ValueError, match="add to 665, not 572"):
        Breakdown("结果", 572, (Part("a", "A", 600), Part("b", "B", 65)))


@pytest.mark.parametrize(("count", "total"), [(-1, 3), (4, 3)])
def test_a_share_beyond_its_total_is_refused(count: int, total: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        Share(count, total)


def test_a_share_of_nothing_has_no_rate() -> None:
    assert Share(0, 0).rate is None
    assert Share(1, 16).rate == Decimal("6.25")


def figures(known: Facts) -> tuple[Share, Share, int, Share]:
    whole = overview(record_of(known).proposals, AS_OF)
    return whole.replied, whole.on_time, whole.overdue, whole.satisfied


def test_the_figures_count_only_what_is_listed() -> None:
    assert figures(small_city()) == (Share(3, 4), Share(1, 4), 1, Share(1, 2))


def test_hidden_proposals_change_no_figure() -> None:
    known = small_city()
    hidden = known.proposals["proposal_id"].isin(["R2026-0003", "R2026-9471"])
    assert figures(replace(known, proposals=known.proposals[~hidden])) == figures(known)


def test_a_grade_or_outcome_that_is_not_public_is_not_called_missing() -> None:
    seen = record(
        [proposal("p"), proposal("q"), proposal("t", disclosure="title_only")],
        [assigned("p"), assigned("q"), assigned("t")],
        [replied("p"), replied("q", value=None), replied("t")],
    )
    whole = overview(seen.proposals, AS_OF, shown=seen.shown)
    assert {part.key: part.count for part in whole.grades.filled} == {"未反馈": 2, "undisclosed": 1}
    assert {part.key: part.count for part in whole.outcomes.filled} == {"solved": 1, "未注明": 1, "undisclosed": 1}


def test_what_is_due_today_has_not_fallen_due() -> None:
    rows = ([proposal("p")], [assigned("p", assigned_on="2026-06-30")])
    assert overview(record(*rows).proposals, AS_OF).on_time == Share(0, 0)
    assert overview(record(*rows).proposals, date(2026, 10, 1)).on_time == Share(0, 1)


def test_every_breakdown_adds_up_to_its_whole() -> None:
    whole = overview(city_seen().proposals, AS_OF)
    assert whole.states.total == whole.kinds.total == 4
    assert whole.grades.total == whole.outcomes.total == 3
    assert whole.lateness.total == 1


def test_lead_and_co_work_are_never_mixed() -> None:
    counted = rates(city_seen()).set_index(["unit", "side", "duty"])
    seen = city_seen()
    fin = seen.units.set_index("name").loc["市财政局", "page"]
    assert counted.loc[(fin, "lead", "reply"), "total"] == 1
    assert counted.loc[(fin, "co", "opinion"), ["total", "done", "overdue"]].tolist() == [2, 1, 1]
    assert (fin, "co", "reply") not in counted.index


def test_a_unit_that_handles_only_hidden_proposals_is_not_listed() -> None:
    rows = [proposal("p"), proposal("q", is_confidential=True)]
    assert record(rows, [assigned("p"), assigned("q", "qy")]).units["name"].tolist() == ["市教育局"]


def test_rates_of_duties_that_are_not_chosen_are_not_counted() -> None:
    assert set(rates(record_of(small_city(), replace(POLICY, rates=("reply",))))["duty"]) == {"reply"}
    assert "opinion" in RATES


def test_a_rate_tells_no_more_of_a_proposal_than_its_page_does() -> None:
    unhappy = {
        "proposal_id": "p",
        "unit_id": "edu",
        "kind": "feedback",
        "happened_on": "2026-06-01",
        "value": "dissatisfied",
    }
    given = ([proposal("p", disclosure="title_only")], [assigned("p")], [replied("p"), unhappy])
    assert set(rates(record(*given))["duty"]) == {"reply"}
    more = {Openness.TITLE_ONLY: (*POLICY.columns[Openness.TITLE_ONLY], "satisfaction")}
    assert set(rates(record(*given, columns=more))["duty"]) == {"reply", "second_reply"}


def test_what_is_excused_is_owed_by_nobody() -> None:
    seen = record([proposal("p", needs_reply=False), proposal("q")], [assigned("p"), assigned("q")])
    counted = rates(seen).set_index("duty")
    assert counted.loc["reply", "total"] == 1
    assert counted.loc["accept", "total"] == 2


def test_a_proposal_whose_state_is_hidden_counts_in_no_rate() -> None:
    columns = {Openness.OPEN: [c for c in SELECTABLE if c != "state"]}
    seen = record_of(small_city(), replace(POLICY, columns=columns))
    assert seen.obligations.empty
    assert overview(seen.proposals, AS_OF).replied == Share(0, 0)


def test_units_add_up_to_their_group() -> None:
    seen = city_seen()
    each = unit_figures(seen, rates(seen)).values()
    assert summed(each).replied == Share(3, 4)
    assert summed(each).satisfied == Share(1, 2)


def test_the_curve_ends_with_the_day_and_its_numbers() -> None:
    seen = city_seen()
    last = curve(seen.proposals[seen.proposals["year"] == 2026], AS_OF).iloc[-1]
    assert (last["day"], last["due"], last["replied"]) == (AS_OF, 3, 2)


def test_where_no_days_are_public_a_unit_that_was_relieved_is_not_named() -> None:
    moved = [
        assigned("t", "edu", ended_on="2026-04-01", end_reason="reassigned"),
        assigned("t", "fin", assigned_on="2026-04-01"),
    ]
    hidden = record([proposal("t", disclosure="title_only")], moved)
    assert len(hidden.assignments) == 1
    assert hidden.assignments["unit"].tolist() == hidden.proposals["lead_unit"].tolist()
    assert len(record([proposal("t")], moved).assignments) == 2


# The duty to publish


def shown(met: pd.DataFrame, on: str = "2026-09-30") -> pd.DataFrame:
    at = pd.Timestamp(f"{on} 11:30", tz=UTC)
    return publication_events(met.assign(number=1, shown_on=pd.Timestamp(on), shown_at=at))


def with_events(known: Facts, events: pd.DataFrame) -> Facts:
    return replace(known, events=pd.concat([known.events, events], ignore_index=True))


def owed_publications(known: Facts, as_of: date, known_at: datetime | None = None) -> dict[str, str]:
    owed = obligations(known, rule_book(), PLAIN_CALENDAR, as_of, known_at)
    mine = owed[owed["duty"] == "publication"]
    return dict(zip(mine["proposal_id"].astype("str"), mine["state"].astype("str"), strict=True))


def test_a_site_meets_the_publication_duty_of_listed_proposals_once() -> None:
    known = small_city()
    owed = obligations(known, rule_book(), PLAIN_CALENDAR, AS_OF)
    met = duties_met(known, owed, POLICY, AS_OF)
    assert sorted(met["proposal_id"]) == ["R2025-0007", "R2026-0001", "Z2026-0001"]
    later = with_events(known, shown(met))
    again = obligations(later, rule_book(), PLAIN_CALENDAR, AS_OF)
    assert duties_met(later, again, POLICY, AS_OF).empty


def test_the_site_meets_no_duty_for_what_it_does_not_show() -> None:
    known = facts(proposals=[proposal("p", disclosure=None)], assignments=[assigned("p")], events=[replied("p")])
    owed = obligations(known, rule_book(), PLAIN_CALENDAR, AS_OF)
    assert len(duties_met(known, owed, POLICY, AS_OF)) == 1
    assert duties_met(known, owed, replace(POLICY, unmarked=Disclosure.WITHHELD), AS_OF).empty


def test_a_publication_by_the_office_exists_from_its_day_and_from_its_record_on() -> None:
    known = facts(proposals=[proposal("p")], assignments=[assigned("p")], events=[replied("p", on="2026-09-20")])
    owed = obligations(known, rule_book(), PLAIN_CALENDAR, AS_OF)
    later = with_events(known, shown(duties_met(known, owed, POLICY, AS_OF)))
    assert owed_publications(later, date(2026, 9, 29)) == {"p": "open"}
    assert owed_publications(later, AS_OF) == {"p": "met"}
    assert owed_publications(later, AS_OF, datetime(2026, 9, 30, 11, tzinfo=UTC)) == {"p": "open"}
    assert owed_publications(later, AS_OF, datetime(2026, 9, 30, 12, tzinfo=UTC)) == {"p": "met"}


def test_a_second_reply_has_to_be_published_again() -> None:
    events = [replied("p", on="2026-05-20"), replied("p", on="2026-08-20", event_id="second")]
    dissatisfied = {"proposal_id": "p", "unit_id": "edu", "kind": "feedback", "value": "dissatisfied"}
    first = facts(proposals=[proposal("p")], assignments=[assigned("p")], events=events[:1])
    met = duties_met(first, obligations(first, rule_book(), PLAIN_CALENDAR, date(2026, 6, 1)), POLICY, date(2026, 6, 1))
    both = facts(
        proposals=[proposal("p")],
        assignments=[assigned("p")],
        events=[*events, {**dissatisfied, "happened_on": "2026-07-01"}],
    )
    later = with_events(both, shown(met, on="2026-06-01"))
    owed = obligations(later, rule_book(), PLAIN_CALENDAR, AS_OF)
    assert duties_met(later, owed, POLICY, AS_OF)["round"].tolist() == [2]
    done = with_events(later, shown(duties_met(later, owed, POLICY, AS_OF)).assign(event_id="x"))
    owed = obligations(done, rule_book(), PLAIN_CALENDAR, AS_OF)
    assert set(owed.loc[owed["duty"] == "publication", "state"]) == {"met", "met_late"}
