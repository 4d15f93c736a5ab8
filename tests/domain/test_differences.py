"""What two answers for one day disagree on."""

from __future__ import annotations

from datetime import date

import pandas as pd

from tasks.domain.differences import CLEARED, LATE_AFTER_ALL, ONLY_NOW, OTHER, differences, over_days
from tasks.domain.obligations import obligations
from tests.builders import PLAIN_CALENDAR, facts, rule_book

DAY = date(2026, 7, 15)


def owed(*events, **assignment):
    return obligations(
        facts(
            assignments=[{"proposal_id": "p1", "unit_id": "u1", "assigned_on": date(2026, 3, 10), **assignment}],
            events=[{"proposal_id": "p1", "unit_id": "u1", **event} for event in events],
        ),
        rule_book("reply"),
        PLAIN_CALENDAR,
        DAY,
    )


REPLIED_IN_TIME = {"kind": "reply_issued", "happened_on": date(2026, 6, 1)}
REPLIED_LATE = {"kind": "reply_issued", "happened_on": date(2026, 7, 1)}


def test_equal_answers_have_no_difference():
    assert differences(owed(REPLIED_LATE), owed(REPLIED_LATE)).empty


def test_a_reply_recorded_late_clears_a_unit_that_was_late_then():
    found = differences(owed(), owed(REPLIED_IN_TIME))
    assert found["change"].tolist() == [CLEARED]
    assert found.loc[0, ["state_then", "state_now"]].tolist() == ["overdue", "met"]


def test_a_reply_struck_out_makes_a_unit_late_after_all():
    assert differences(owed(REPLIED_IN_TIME), owed())["change"].tolist() == [LATE_AFTER_ALL]


def test_a_late_reply_that_was_not_known_is_a_difference_but_clears_nobody():
    assert differences(owed(), owed(REPLIED_LATE))["change"].tolist() == [OTHER]


def test_an_obligation_that_only_one_answer_has_is_named_so():
    nothing = owed(assigned_on=date(2026, 7, 14)).iloc[:0]
    assert differences(nothing, owed(REPLIED_IN_TIME))["change"].tolist() == [ONLY_NOW]


def test_a_difference_over_several_days_is_one_row_with_its_first_and_last_day():
    found = differences(owed(), owed(REPLIED_IN_TIME))
    days = over_days([(date(2026, 7, 14), found), (DAY, found), (date(2026, 7, 16), found.iloc[:0])])
    assert days[["first_on", "last_on", "days"]].values.tolist() == [[pd.Timestamp(2026, 7, 14), pd.Timestamp(DAY), 2]]
