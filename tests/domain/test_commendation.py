"""Nobody is praised or criticised but by a named criterion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tasks.domain.commendation import commended
from tasks.domain.ranking_scheme import Criticism, Measure, Praise
from tests.domain.schemes import scheme
from tests.domain.test_ranking import office, ranked

FIVE = {"甲": (4, 4), "乙": (3, 4), "丙": (2, 4), "丁": (1, 4), "戊": (0, 4)}


def lists(counts, groups=None, minimum=1, as_of=None, **changes):
    chosen = scheme(minimum_caseload=minimum, **changes)
    more = {"as_of": as_of} if as_of else {}
    found = commended(ranked(office(counts, groups), minimum_caseload=minimum, **more), chosen)
    return found.praised["unit_id"].tolist(), found.criticised["unit_id"].tolist()


def test_the_first_are_praised_if_their_score_reaches_the_limit():
    assert lists(FIVE, praise=Praise(3, Decimal(75)))[0] == ["甲", "乙"]
    assert lists(FIVE, praise=Praise(1))[0] == ["甲"]
    assert lists(FIVE, praise=Praise(3, Decimal(101)))[0] == []


def test_the_last_are_criticised_if_their_score_stays_below_the_limit():
    assert lists(FIVE, criticism=Criticism(3, Decimal(50)))[1] == ["丁", "戊"]
    assert lists(FIVE, criticism=Criticism(0, Decimal(50)))[1] == []


def test_units_that_share_the_rank_at_the_border_are_treated_alike():
    counts = {"甲": (4, 4), "乙": (1, 4), "丙": (1, 4)}
    assert lists(counts, criticism=Criticism(1))[1] == ["丙", "乙"]
    assert lists({"甲": (4, 4), "乙": (4, 4), "丙": (1, 4)}, praise=Praise(1))[0] == ["乙", "甲"]


def test_each_group_has_its_own_first_and_last():
    groups = dict.fromkeys(["甲", "乙"], "county") | dict.fromkeys(["丙", "丁", "戊"], "department")
    assert lists(FIVE, groups, praise=Praise(1), criticism=Criticism(1)) == (["甲", "丙"], ["乙", "戊"])


def test_a_unit_is_never_praised_and_criticised_at_once():
    both = {"praise": Praise(2), "criticism": Criticism(1)}
    assert lists({"甲": (4, 4), "乙": (1, 4)}, **both) == (["甲"], ["乙"])


def test_the_first_of_a_group_is_not_its_last():
    assert lists({"甲": (1, 4)}, criticism=Criticism(3)) == ([], [])
    assert lists({"甲": (1, 4), "乙": (0, 4)}, criticism=Criticism(3)) == ([], ["乙"])
    assert lists({"甲": (1, 4), "乙": (1, 4)}, criticism=Criticism(3)) == ([], [])


def test_nothing_replied_is_criticised_below_the_minimum_caseload_too():
    counts = {"甲": (3, 3), "乙": (0, 1)}
    chosen = scheme(minimum_caseload=3, criticism=Criticism(zero=(Measure.REPLY_PROGRESS,)))
    found = commended(ranked(office(counts), minimum_caseload=3), chosen).criticised
    assert found[["unit_id", "criterion", "reason"]].to_numpy().tolist() == [
        ["乙", "zero_reply_progress", "答复率为0（0/1）"]
    ]


def test_nothing_replied_is_no_fault_before_anything_has_fallen_due():
    zero = Criticism(zero=(Measure.REPLY_PROGRESS,))
    assert lists({"甲": (0, 3)}, as_of=date(2026, 6, 10), criticism=zero)[1] == []
    assert lists({"甲": (0, 3)}, as_of=date(2026, 6, 11), criticism=zero)[1] == ["甲"]


def test_an_unranked_unit_is_neither_first_nor_last():
    counts = {"甲": (3, 4), "丁": (2, 4), "乙": (1, 1), "丙": (0, 1)}
    assert lists(counts, minimum=3, praise=Praise(1))[0] == ["甲"]
    assert lists(counts, minimum=3, criticism=Criticism(1))[1] == ["丁"]


def test_the_reason_names_rank_field_and_score():
    found = commended(ranked(office(FIVE)), scheme(praise=Praise(1), criticism=Criticism(1, Decimal(60))))
    assert found.praised["reason"].tolist() == ["列本组第1名（参加排名5个），得分100.00"]
    assert found.criticised["reason"].tolist() == ["列本组第5名（参加排名5个），得分0.00，低于60分"]


def test_a_group_praises_and_criticises_no_more_than_its_share():
    share = {"praise": Praise(3, one_in=3), "criticism": Criticism(3, one_in=3)}
    assert lists(FIVE, **share) == (["甲"], ["戊"])
    assert lists({"甲": (4, 4), "乙": (0, 4)}, **share) == ([], [])
    assert lists({"甲": (4, 4), "乙": (2, 4), "丙": (0, 4)}, **share) == (["甲"], ["丙"])


def test_units_below_the_minimum_caseload_do_not_enlarge_the_share():
    counts = {"甲": (4, 4), "乙": (2, 4), "丙": (1, 1)}
    assert lists(counts, minimum=3, praise=Praise(1, one_in=3))[0] == []


def test_what_must_be_whole_bars_a_unit_that_lacks_a_single_case():
    assert lists({"甲": (9, 10)}, praise=Praise(1, whole=(Measure.REPLY_ON_TIME,)))[0] == []
    assert lists({"甲": (10, 10)}, praise=Praise(1, whole=(Measure.REPLY_ON_TIME,)))[0] == ["甲"]


def test_a_measure_without_a_denominator_bars_nobody():
    assert lists({"甲": (4, 4)}, praise=Praise(1, whole=(Measure.OPINION_ON_TIME,)))[0] == ["甲"]
