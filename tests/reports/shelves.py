"""A small town's backlog on a day, ready to be told: one old case through two years, one confidential, one waiting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd

from reports.dossier_words import Words
from tasks.domain.backlog import BACKLOG_CASES, CLOSINGS, backlog, review
from tasks.domain.backlog_criteria import BacklogCriteria, Criterion, Threshold
from tasks.domain.commitments import promises, with_implied_promises
from tasks.domain.dossiers import SENT_NOTICES, Shelf
from tasks.domain.escalation_record import EXPLANATIONS, framed
from tasks.domain.obligations import obligations
from tests.builders import PLAIN_CALENDAR, facts, rule_book

NOVEMBER = date(2026, 11, 23)
WORDS = Words("临江市人民政府督查室", {"reply": "答复", "commitment": "承诺兑现"}, {"planned": "B 列入计划"})
CRITERIA = BacklogCriteria(
    {
        Criterion.REPLY_OVERDUE: (Threshold(date(2000, 1, 1), 90, "测试办法"),),
        Criterion.PLANNED_UNSOLVED: (Threshold(date(2000, 1, 1), 12, "测试办法", date(2026, 1, 1)),),
    }
)
TOWN = facts(
    units=[{"unit_id": "u1", "name": "市水利局"}, {"unit_id": "u2", "name": "市住建局"}],
    proposals=[
        {
            "proposal_id": "R1",
            "number": "15",
            "title": "关于治理内涝的建议",
            "lead_proposer": "钱某",
            "co_signer_count": 2,
            "filed_on": "2025-01-20",
        },
        {"proposal_id": "R2", "number": "9", "title": "关于再次治理内涝的建议", "repeats": "R1", "filed_on": "2026-01-20"},
        {"proposal_id": "R3", "number": "7", "title": "绝密标题", "is_confidential": True, "lead_proposer": "孙某"},
    ],
    assignments=[
        {"proposal_id": "R1", "unit_id": "u1", "assigned_on": "2025-03-10", "leader": "王局长", "handler": "李科员"},
        {
            "proposal_id": "R1",
            "unit_id": "u2",
            "assigned_on": "2025-03-10",
            "role": "co_organising",
            "ended_on": "2025-04-01",
            "end_reason": "returned",
        },
        {"proposal_id": "R2", "unit_id": "u1", "assigned_on": "2026-03-10"},
        {"proposal_id": "R3", "unit_id": "u2", "assigned_on": "2026-03-10", "handler": "赵科员"},
    ],
    events=[
        {"proposal_id": "R1", "unit_id": "u1", "kind": "accepted", "happened_on": "2025-03-12", "note": "收到"},
        {"proposal_id": "R1", "unit_id": "u1", "kind": "reply_issued", "happened_on": "2025-06-02", "value": "planned"},
        {"proposal_id": "R3", "unit_id": "u2", "kind": "accepted", "happened_on": "2026-03-12", "note": "密件内容"},
    ],
)  # fmt: skip


def shelf(as_of=NOVEMBER, town=TOWN, closings=None, numbered=True):
    """Return the town's backlog on a day, reviewed for the first time."""
    known = with_implied_promises(town, as_of)
    owed = obligations(town, rule_book(), PLAIN_CALENDAR, as_of)
    found = backlog(town, owed, CRITERIA, as_of)
    reviewed = review(BACKLOG_CASES.empty(), found, CLOSINGS.empty() if closings is None else closings, as_of)
    names = pd.Series([f"2026-{n:03d}" for n in range(1, len(reviewed) + 1)], index=reviewed.index, dtype="str")
    notice = {"notice_id": 1, "proposal_id": "R1", "unit_id": "u1", "level": "supervise", "to_names": "王局长"}
    sent = pd.DataFrame([notice], columns=SENT_NOTICES.names)
    explained = {"proposal_id": "R1", "unit_id": "u1", "explained_on": pd.Timestamp("2026-07-01"), "text": "资金未到位"}
    return Shelf(
        facts=known,
        obligations=owed,
        reviewed=reviewed.assign(case_no=names if numbered else None),
        backlog=found,
        promises=promises(known, owed, as_of),
        notices=SENT_NOTICES.typed(sent.assign(sent_at=pd.Timestamp("2026-06-30 01:00", tz="UTC"))),
        explanations=framed([explained], EXPLANATIONS),
        as_of=as_of,
    )


def waiting(made):
    """Return the shelf as if nothing met a criterion any more."""
    nothing = made.backlog.iloc[:0]
    reviewed = made.reviewed.assign(standing="to_close", met_now=None)
    return replace(made, backlog=nothing, reviewed=reviewed)
