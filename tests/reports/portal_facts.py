"""Public records for the tests of the portal: a small city whose facts say everything, and large ones for speed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from reports.publications import Edition
from tasks.domain.cases import cases
from tasks.domain.disclosure import SELECTABLE, DisclosurePolicy, Openness
from tasks.domain.frames import EventKind, Facts
from tasks.domain.obligations import obligations
from tasks.domain.public_frames import PublicRecord
from tasks.domain.public_record import public_record
from tests.builders import PLAIN_CALENDAR, facts, rule_book

AS_OF = date(2026, 9, 30)
CUT_OFF = datetime(2026, 9, 30, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
RATES = (
    "accept",
    "meeting_before",
    "meeting_during",
    "opinion",
    "reply",
    "second_reply",
    "meeting_after",
    "publication",
)
STEPS = tuple(kind for kind in EventKind if kind not in (EventKind.REPLY_DRAFTED, EventKind.REPLY_REVIEWED))
TITLE_ONLY = ("number", "lead_unit", "due_on", "replied_on", "state", "days_late")
POLICY = DisclosurePolicy(
    columns={Openness.OPEN: SELECTABLE, Openness.TITLE_ONLY: TITLE_ONLY},
    steps=STEPS,
    rates=RATES,
    unmarked_is_confidential=False,
    signed_off_only=False,
)
EDITION = Edition(
    place="临江市",
    office="临江市人民政府督查室",
    phone="0574-00000000",
    as_of=AS_OF,
    cut_off=CUT_OFF,
    group_labels={"department": "市直部门", "county": "区县"},
    duty_labels={"reply": "答复", "opinion": "协办意见", "meeting_before": "办前见面", "second_reply": "再次答复"},
)

UNITS = (
    {"unit_id": "edu", "name": "市教育局", "group": "department"},
    {"unit_id": "fin", "name": "市财政局", "group": "department"},
    {"unit_id": "qy", "name": "青云县人民政府", "group": "county"},
)


def proposal(key: str, **changes: Any) -> dict[str, Any]:
    """A proposal row; filed in 2026 unless it says otherwise."""
    return {"proposal_id": key, "filed_on": "2026-02-01", "topic": "城乡建设", "lead_proposer": "周远", **changes}


def assigned(key: str, unit: str = "edu", **changes: Any) -> dict[str, Any]:
    """An assignment with its three responsible persons."""
    persons = {"leader": "林晓东", "section": "基础教育科", "handler": "吴淑珍"}
    return {"assignment_id": f"{key}-{unit}", "proposal_id": key, "unit_id": unit, **persons, **changes}


def replied(key: str, unit: str = "edu", on: str = "2026-05-20", **changes: Any) -> dict[str, Any]:
    """A reply; ``value`` is its outcome."""
    row = {"event_id": f"{key}-{unit}-reply", "kind": "reply_issued", "value": "solved", "happened_on": on}
    return {"proposal_id": key, "unit_id": unit, **row, **changes}


def record_of(known: Facts, policy: DisclosurePolicy = POLICY, as_of: date = AS_OF) -> PublicRecord:
    """What the public may see of these facts."""
    owed, listed = _small_citys() if (known is small_city() and as_of == AS_OF) else _judged(known, as_of)
    return public_record(known, owed, listed, policy, as_of)


def _judged(known: Facts, as_of: date) -> tuple[pd.DataFrame, pd.DataFrame]:
    owed = obligations(known, rule_book(), PLAIN_CALENDAR, as_of)
    return owed, cases(known, owed, as_of)


@cache
def _small_citys() -> tuple[pd.DataFrame, pd.DataFrame]:
    """What is owed in the small city and its cases: most tests ask for them, and nobody changes them."""
    return _judged(small_city(), AS_OF)


def record(
    proposals: Iterable[Mapping[str, Any]] = (),
    assignments: Iterable[Mapping[str, Any]] = (),
    events: Iterable[Mapping[str, Any]] = (),
    reply_texts: Iterable[Mapping[str, Any]] = (),
    **policy: Any,
) -> PublicRecord:
    """What the public may see of a few rows; ``policy`` changes the usual one."""
    known = facts(proposals=proposals, assignments=assignments, events=events, reply_texts=reply_texts, units=UNITS)
    return record_of(known, replace(POLICY, **policy))


@cache
def small_city() -> Facts:
    """Six proposals: replied, overdue with an opinion owed, title only, withheld, confidential, and one of last year."""
    proposals = [
        proposal("R2026-0001", number="1", title="关于完善城区公共停车设施建设的建议", is_key=True, led_by="陈志远"),
        proposal(
            "R2026-0002", number="2", title="关于加强中小学课后服务的建议", topic="教育", lead_proposer="民盟临江市委会"
        ),
        proposal(
            "Z2026-0001", number="1", title="关于打通医保异地结算的提案", kind="cppcc_proposal", disclosure="title_only"
        ),
        proposal(
            "R2026-0003", number="3", title="关于某历史遗留用地的建议", disclosure="withheld", lead_proposer="钱不公"
        ),
        proposal(
            "R2026-9471",
            number="94713",
            title="关于调整秘密设施位置的建议",
            is_confidential=True,
            lead_proposer="孙机密",
        ),
        proposal(
            "R2025-0007", number="7", title="关于整治背街小巷的建议", filed_on="2025-02-01", lead_proposer="郑小巷"
        ),
    ]
    hidden = {"leader": "赵隐", "section": "隐秘科", "handler": "李匿"}
    assignments = [
        assigned("R2026-0001"),
        assigned("R2026-0001", "fin", role="co_organising", leader="何会计"),
        assigned("R2026-0002", "qy"),
        assigned("R2026-0002", "fin", role="co_organising"),
        assigned("Z2026-0001", "fin", role="sole", leader="冯题目"),
        assigned("R2026-0003", "edu", leader="褚不公"),
        assigned("R2026-9471", "edu", **hidden),
        assigned("R2025-0007", "qy", assigned_on="2025-03-10"),
    ]
    events = [
        {"proposal_id": "R2026-0001", "unit_id": "edu", "kind": "accepted", "happened_on": "2026-03-12"},
        {"proposal_id": "R2026-0001", "unit_id": "edu", "kind": "meeting_before", "happened_on": "2026-03-20",
         "note": "内部备注不外传"},
        {"proposal_id": "R2026-0001", "unit_id": "fin", "kind": "opinion_submitted", "happened_on": "2026-04-02"},
        replied("R2026-0001"),
        {"proposal_id": "R2026-0001", "unit_id": "edu", "kind": "feedback", "happened_on": "2026-05-28",
         "value": "satisfied/satisfied"},
        {"proposal_id": "R2026-0001", "unit_id": "edu", "kind": "commitment_made", "happened_on": "2026-05-20",
         "until": "2026-12-31"},
        replied("Z2026-0001", "fin", on="2026-07-01", value="explained"),
        replied("R2026-9471", on="2026-05-01"),
        replied("R2025-0007", "qy", on="2025-07-30", value="planned"),
        {"proposal_id": "R2025-0007", "unit_id": "qy", "kind": "feedback", "happened_on": "2025-08-20",
         "value": "dissatisfied"},
    ]  # fmt: skip
    texts = [
        {"event_id": "R2026-0001-edu-reply", "text": "周远代表：\n您提出的建议收悉。现答复如下：\n一、已新增泊位1200个。",
         "attachments": "停车规划.pdf"},
        {"event_id": "Z2026-0001-fin-reply", "text": "医保答复全文不应出现"},
        {"event_id": "R2026-9471-edu-reply", "text": "机密答复"},
    ]  # fmt: skip
    return facts(proposals=proposals, assignments=assignments, events=events, reply_texts=texts, units=UNITS)
