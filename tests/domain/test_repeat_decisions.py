"""Repeated matters that a person confirmed: the chains that follow, from when on, and what is not offered again."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.adapters.backlog_files import load_backlog
from tasks.domain.backlog import backlog
from tasks.domain.obligations import obligations
from tasks.domain.repeat_decisions import REPEAT_DECISIONS, Decision, held, refused, undecided, with_confirmed_repeats
from tasks.domain.repeats import REPEAT_CANDIDATES, matters, session_years
from tests.builders import PLAIN_CALENDAR, ROOT, facts, rule_book
from tests.examples import examples

CRITERIA, _ = load_backlog(ROOT / "config" / "jurisdictions" / "demo" / "backlog.yaml")
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def known(*proposals, **repeats):
    """Proposals named by year and a letter, e.g. 2026甲; ``repeats`` what the source says (keys without the year's 甲)."""
    rows = [{"proposal_id": name, "repeats": repeats.get(f"_{name}")} for name in proposals]
    assigned = [{"proposal_id": name, "unit_id": "u", "assigned_on": f"{name[:4]}-03-10"} for name in proposals]
    return facts(proposals=rows, assignments=assigned)


def decisions(*rows):
    made = [
        {"decision_id": place, "proposal_id": later, "earlier_id": earlier, "decision": str(decision), "name": "周敏",
         "reason": "同一路段", "at": at}
        for place, (later, earlier, decision, at) in enumerate(((*row, NOON)[:4] for row in rows), 1)
    ]  # fmt: skip
    return REPEAT_DECISIONS.of(made)


def confirmed(*pairs):
    return decisions(*((later, earlier, Decision.CONFIRMED) for later, earlier in pairs))


def links(facts_, given, known_at=None):
    proposals = with_confirmed_repeats(facts_, given, known_at).proposals
    named = proposals.dropna(subset="repeats")
    return dict(zip(named["proposal_id"], named["repeats"], strict=True))


def test_a_confirmed_pair_becomes_a_repeat():
    assert links(known("2025甲", "2026甲", "2026乙"), confirmed(("2026甲", "2025甲"))) == {"2026甲": "2025甲"}


def test_nothing_is_decided_without_a_person():
    session = known("2025甲", "2026甲")
    assert with_confirmed_repeats(session, decisions()) is session


@pytest.mark.parametrize("decision", [Decision.REJECTED, Decision.WITHDRAWN])
def test_a_rejected_or_withdrawn_pair_is_no_repeat(decision):
    given = decisions(("2026甲", "2025甲", Decision.CONFIRMED), ("2026甲", "2025甲", decision))
    assert links(known("2025甲", "2026甲"), given) == {}


def test_a_confirmation_is_known_from_when_it_was_given():
    session, given = known("2025甲", "2026甲"), confirmed(("2026甲", "2025甲"))
    assert links(session, given, datetime(2026, 6, 1, 11, 59, tzinfo=UTC)) == {}
    assert links(session, given, NOON) == {"2026甲": "2025甲"}


def test_a_withdrawal_is_known_from_when_it_was_given():
    later = datetime(2026, 7, 1, tzinfo=UTC)
    given = decisions(("2026甲", "2025甲", Decision.CONFIRMED), ("2026甲", "2025甲", Decision.WITHDRAWN, later))
    session = known("2025甲", "2026甲")
    assert links(session, given, NOON) == {"2026甲": "2025甲"}
    assert links(session, given, later) == {}


def test_two_pairs_with_one_proposal_are_one_chain_year_by_year():
    session = known("2024甲", "2025甲", "2026甲")
    chain = {"2026甲": "2025甲", "2025甲": "2024甲"}
    assert links(session, confirmed(("2026甲", "2025甲"), ("2026甲", "2024甲"))) == chain
    assert links(session, confirmed(("2025甲", "2024甲"), ("2026甲", "2024甲"))) == chain


def test_a_confirmed_pair_joins_the_chain_that_the_source_knows():
    session = known("2023甲", "2024甲", "2026甲", _2024甲="2023甲")
    assert links(session, confirmed(("2026甲", "2023甲"))) == {"2024甲": "2023甲", "2026甲": "2024甲"}


def test_what_the_source_says_stays():
    session = known("2023甲", "2024甲", "2026甲", _2026甲="2023甲")
    assert links(session, confirmed(("2026甲", "2024甲"))) == {"2026甲": "2023甲", "2024甲": "2023甲"}


def test_two_of_one_year_repeat_the_year_before_and_not_each_other():
    session = known("2025甲", "2026甲", "2026乙")
    assert links(session, confirmed(("2026甲", "2025甲"), ("2026乙", "2025甲"))) == {
        "2026甲": "2025甲",
        "2026乙": "2025甲",
    }


def test_an_earlier_proposal_that_the_source_no_longer_holds_is_named_all_the_same():
    assert links(known("2026甲"), confirmed(("2026甲", "2019甲"))) == {"2026甲": "2019甲"}


def test_a_later_proposal_that_the_source_no_longer_holds_changes_nothing():
    assert links(known("2025甲"), confirmed(("2026甲", "2025甲"))) == {}


def test_a_confirmed_chain_of_three_years_is_backlog_and_an_unconfirmed_one_is_not():
    session, as_of = known("2024甲", "2025甲", "2026甲"), date(2026, 7, 1)

    def raised_again(given):
        whole = with_confirmed_repeats(session, given)
        owed = obligations(whole, rule_book("accept"), PLAIN_CALENDAR, as_of)
        rows = backlog(whole, owed, CRITERIA, as_of)
        return rows.loc[rows["criterion"] == "raised_again", "proposal_id"].tolist()

    assert raised_again(confirmed(("2025甲", "2024甲"))) == []
    assert raised_again(confirmed(("2025甲", "2024甲"), ("2026甲", "2025甲"))) == ["2026甲"]


def candidates(*pairs):
    rows = [{"proposal_id": a, "earlier_id": b, "score": 0.5, "fragments": "沿河路"} for a, b in pairs]
    return REPEAT_CANDIDATES.of(rows)


def offered(pairs, session, given):
    rows = undecided(candidates(*pairs), with_confirmed_repeats(session, given), given)
    return list(zip(rows["proposal_id"], rows["earlier_id"], strict=True))


PAIRS = [("2026甲", "2025甲"), ("2026甲", "2024甲"), ("2026甲", "2025乙")]
SESSION = ("2024甲", "2025甲", "2025乙", "2026甲")


def test_what_nobody_decided_is_offered():
    assert offered(PAIRS, known(*SESSION), decisions()) == PAIRS


def test_a_rejected_pair_is_not_offered_again():
    given = decisions(("2026甲", "2025乙", Decision.REJECTED))
    assert offered(PAIRS, known(*SESSION), given) == PAIRS[:2]


def test_pairs_of_one_matter_are_not_offered_again():
    given = confirmed(("2026甲", "2025甲"), ("2025甲", "2024甲"))
    assert offered(PAIRS, known(*SESSION), given) == PAIRS[2:]


def test_a_withdrawn_decision_lets_the_pair_be_offered_again():
    given = decisions(("2026甲", "2025乙", Decision.REJECTED), ("2026甲", "2025乙", Decision.WITHDRAWN))
    assert offered(PAIRS, known(*SESSION), given) == PAIRS


@pytest.mark.parametrize(
    ("pair", "decision", "told"),
    [
        (("2026甲", "2025甲"), Decision.CONFIRMED, None),
        (("2026甲", "2025甲"), Decision.REJECTED, None),
        (("2026甲", "2019甲"), Decision.CONFIRMED, "没有编号为 2019甲 的建议提案"),
        (("2025甲", "2026甲"), Decision.CONFIRMED, "2026甲 不是 2025甲 之前年度提出的"),
        (("2026甲", "2026甲"), Decision.CONFIRMED, "2026甲 不是 2026甲 之前年度提出的"),
        (("2026甲", "2025甲"), Decision.WITHDRAWN, "还没有认定，无从撤回"),
        (("2025甲", "2024甲"), Decision.CONFIRMED, "业务系统已经登记为往届同题，要改请在业务系统中改"),
        (("2025甲", "2024甲"), Decision.REJECTED, "业务系统已经登记为往届同题，要改请在业务系统中改"),
    ],
)
def test_what_cannot_be_said_of_a_pair_is_refused(pair, decision, told):
    session = known(*SESSION, _2025甲="2024甲")
    assert refused(*pair, decision, session, decisions()) == told


def test_a_decision_that_holds_already_is_refused_and_its_opposite_is_not():
    session, given = known(*SESSION), confirmed(("2026甲", "2025甲"))
    assert refused("2026甲", "2025甲", Decision.CONFIRMED, session, given) == "已经认定同一事项"
    assert refused("2026甲", "2025甲", Decision.REJECTED, session, given) is None
    assert refused("2026甲", "2025甲", Decision.WITHDRAWN, session, given) is None


names = [f"{year}{letter}" for year in range(2022, 2027) for letter in "甲乙"]
pairs = st.lists(
    st.tuples(st.sampled_from(names), st.sampled_from(names)).filter(lambda pair: pair[0][:4] > pair[1][:4]),
    max_size=8,
)


@examples(100, few=20)
@given(pairs)
def test_every_confirmed_pair_ends_in_one_matter_and_every_link_leads_to_an_earlier_year(drawn):
    whole = with_confirmed_repeats(known(*names), confirmed(*drawn))
    matter, years = matters(whole.proposals), session_years(whole)
    assert all(matter[later] == matter[earlier] for later, earlier in drawn if _alone_in_year(later, earlier, drawn))
    for later, earlier in links(known(*names), confirmed(*drawn)).items():
        assert years[earlier] < years[later]


def _alone_in_year(later, earlier, drawn):
    """Whether no two proposals of the first year of the pair's matter stand in it: such two have nothing that joins them."""
    group = {later, earlier}
    while grown := {name for pair in drawn if group & set(pair) for name in pair} - group:
        group |= grown
    first = min(name[:4] for name in group)
    return sum(name[:4] == first for name in group) == 1


def test_the_held_decision_is_the_newest_by_then():
    later = datetime(2026, 7, 1, tzinfo=UTC)
    given = decisions(("2026甲", "2025甲", Decision.CONFIRMED), ("2026甲", "2025甲", Decision.REJECTED, later))
    assert held(given, NOON)["decision"].tolist() == [Decision.CONFIRMED]
    assert held(given)["decision"].tolist() == [Decision.REJECTED]
