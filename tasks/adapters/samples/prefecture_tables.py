"""The fictional city in its vendor's own schema and codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from tasks.adapters.samples.records import Assignment, City, Contact, Event, Proposal, Unit

Row = tuple[object, ...]

TERM = 15
GROUPS = {"county": "10", "department": "20", "party": "30", "enterprise": "40", "park": "50", "other": "90"}
CONTACT_ROLES = {"top_leader": "1", "leader": "2", "section": "3", "handler": "4", "office": "9"}
KINDS = {"deputy_suggestion": "1", "cppcc_proposal": "2"}
ROLES = {"lead": "ZB", "co_organising": "XB", "separate": "FB", "sole": "DB"}
ENDS = {"returned": "TB", "reassigned": "GB", "cancelled": "CX"}
DISCLOSURES = {"open": "1", "title_only": "2", "withheld": "3"}
NODES = {
    "accepted": "110",
    "return_requested": "120",
    "returned": "121",
    "plan_made": "130",
    "meeting_before": "210",
    "meeting_during": "220",
    "meeting_after": "230",
    "opinion_submitted": "310",
    "extension_approved": "320",
    "suspended": "330",
    "resumed": "331",
    "explained": "340",
    "reply_drafted": "410",
    "reply_reviewed": "420",
    "reply_signed_off": "430",
    "reply_issued": "440",
    "rehandling_ordered": "510",
    "commitment_made": "520",
    "progress_reported": "521",
    "commitment_fulfilled": "522",
    "looked_back": "530",
    "published": "540",
    "joint_inspection_opened": "610",
    "joint_inspection_closed": "611",
    "withdrawn": "900",
}
PRINTED = "990"
RESULTS = {
    "solved": "A",
    "planned": "B",
    "explained": "C",
    "reference": "D",
    "in_person": "面谈",
    "phone": "电话",
    "online": "网上",
    "open": "开门办理",
    "done": "已落实",
    "pushing": "推进中",
    "not_feasible": "难落实",
}
LOOK_BACK_PLANNED = "列计划"
GRADES = {"satisfied": "1", "basically_satisfied": "2", "dissatisfied": "3"}


NO_ADDRESS = frozenset(
    {("2013", "handler"), ("1005", "handler"), ("1005", "section"), ("4003", "leader"), ("6003", "office")}
)
MALFORMED_ADDRESS = ("2024", "section")
# Rows that contradict the rest, as every real system has some: they belong into quarantine and stop nothing.
DIRTY_ASSIGN = ((99_001, "R2026-0012", 9999, "XB", "2026-03-04", None, None, None, None, None),)
DIRTY_FLOW = (
    (990_001, "R2026-9999", 2013, "110", "2026-03-06", "2026-03-06 01:20:00", None, None, None, None),
    (990_002, "R2026-0013", 2015, "340", "2062-04-07", "2026-04-07 02:10:00", None, None, None, "日期录入错误"),
)


def tables(city: City) -> Mapping[str, Iterable[Sequence[object]]]:
    """Return the rows of every table; records are numbered in the order in which they were made."""
    city.proposals.sort(key=lambda proposal: (proposal.year, proposal.kind, proposal.number))
    city.assignments.sort(key=lambda given: (given.assigned_on, given.proposal_id, given.unit_id))
    city.events.sort(key=lambda event: (event.recorded_at, event.proposal_id, event.unit_id or "", event.kind))
    topics = {name: f"{index:02d}" for index, name in enumerate(dict.fromkeys(p.topic for p in city.proposals), 1)}
    evaluations = [event for event in city.events if event.kind == "feedback"]
    flow = list(enumerate((event for event in city.events if event.kind != "feedback"), 1))
    return {
        "sys_dept": [_dept(unit) for unit in city.units],
        "sys_contact": [(index, *_contact(contact)) for index, contact in enumerate(city.contacts, 1)],
        "jy_session": [_session(year, kind) for year in (2024, 2025, 2026) for kind in KINDS],
        "jy_topic": [(code, name) for name, code in topics.items()],
        "jy_case": [_case(proposal, topics) for proposal in city.proposals],
        "jy_assign": [*(((index, *_given(given)) for index, given in enumerate(city.assignments, 1))), *DIRTY_ASSIGN],
        "jy_flow": [*((index, *_flow(event)) for index, event in flow), *_printed(flow), *DIRTY_FLOW],
        "jy_evaluate": [(index, *_evaluation(event)) for index, event in enumerate(evaluations, 1)],
        "jy_reply_text": [(index, event.text, _files(index)) for index, event in flow if event.text],
    }


def _dept(unit: Unit) -> Row:
    parent = int(unit.parent_id) if unit.parent_id else None
    return (
        int(unit.unit_id),
        unit.code,
        unit.name,
        GROUPS[unit.group],
        parent,
        _day(unit.valid_from),
        _day(unit.valid_to),
        unit.former_names,
    )


def _contact(contact: Contact) -> Row:
    """Return the contact's row; some addresses are missing, one is malformed."""
    key = (contact.unit_id, contact.role)
    email = None if key in NO_ADDRESS else contact.email
    if key == MALFORMED_ADDRESS:
        email = str(email).replace("@", "#")
    since, until = _day(contact.valid_from), _day(contact.valid_to)
    return (int(contact.unit_id), CONTACT_ROLES[contact.role], contact.name, email, since, until)


def _session(year: int, kind: str) -> Row:
    return (_session_id(year, kind), KINDS[kind], TERM, year - 2021, year)


def _session_id(year: int, kind: str) -> int:
    return (year - 2020) * 10 + int(KINDS[kind])


def _case(proposal: Proposal, topics: Mapping[str, str]) -> Row:
    return (
        proposal.proposal_id,
        _session_id(proposal.year, proposal.kind),
        proposal.number,
        proposal.title,
        topics[proposal.topic],
        proposal.raised_in,
        proposal.submitted_by,
        proposal.lead_proposer,
        proposal.co_signers,
        _flag(proposal.led_by is not None),
        proposal.led_by,
        _day(proposal.filed_on),
        _flag(proposal.needs_reply),
        DISCLOSURES[proposal.disclosure],
        _flag(proposal.is_confidential),
        proposal.merged_into,
        proposal.repeats,
        _day(proposal.fixed_due_on),
    )


def _given(given: Assignment) -> Row:
    return (
        given.proposal_id,
        int(given.unit_id),
        ROLES[given.role],
        _day(given.assigned_on),
        _day(given.ended_on),
        ENDS[given.end_reason] if given.end_reason else None,
        given.leader,
        given.section,
        given.handler,
    )


def _flow(event: Event) -> Row:
    """Return the record's row; a look-back's ``planned`` has another code than a reply's."""
    result = (
        LOOK_BACK_PLANNED if (event.kind, event.value) == ("looked_back", "planned") else RESULTS.get(str(event.value))
    )
    unit = int(event.unit_id) if event.unit_id else None
    happened, recorded = _day(event.happened_on), _moment(event.recorded_at)
    return (
        event.proposal_id,
        unit,
        NODES[event.kind],
        happened,
        recorded,
        event.round,
        result,
        _day(event.until),
        event.note,
    )


def _files(index: int) -> str | None:
    """Return the attachments of a reply; one in seventeen has some."""
    return "现场照片.jpg;办理情况对照表.xlsx" if index % 17 == 0 else None


def _printed(flow: Sequence[tuple[int, Event]]) -> Iterator[Row]:
    """Yield the system's own log of printed replies, which tells nothing about the handling."""
    for index, event in [(index, event) for index, event in flow if event.kind == "reply_issued"][::300]:
        happened, recorded = _day(event.happened_on), _moment(event.recorded_at)
        key = (900_000 + index, event.proposal_id, int(str(event.unit_id)))
        yield (*key, PRINTED, happened, recorded, event.round, None, None, "打印答复函")


def _evaluation(event: Event) -> Row:
    work, result = (GRADES[grade] for grade in str(event.value).split("/"))
    happened, recorded = _day(event.happened_on), _moment(event.recorded_at)
    return (event.proposal_id, int(str(event.unit_id)), event.round, work, result, happened, recorded)


def _flag(value: bool) -> str:
    return "Y" if value else "N"


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _moment(value: datetime) -> str:
    return value.isoformat(" ")
