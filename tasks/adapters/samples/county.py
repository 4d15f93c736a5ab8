"""The fictional county of Qingyun 青云县: a wide table with Chinese names, written by a small vendor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date
from pathlib import Path

from tasks.adapters.samples.dice import Dice
from tasks.adapters.samples.filing import Assigning, Filing, Session
from tasks.adapters.samples.handling import Customs
from tasks.adapters.samples.living import Living
from tasks.adapters.samples.records import Assignment, City, Event, Proposal
from tasks.adapters.samples.staff import Staff
from tasks.adapters.samples.tables import write_tables
from tasks.adapters.samples.texts import ReplyWriter
from tasks.adapters.samples.words import people, phrases, units

Row = tuple[object, ...]
Records = Mapping[str, list[Event]]

SEED = "qingyun-2026"
CUSTOMS = Customs(reply_months=2, opinion_days=20, horizon=date(2026, 12, 31), never={2026: 0.2})
SESSION = Session(
    2026,
    date(2026, 2, 3),
    {"deputy_suggestion": 68, "cppcc_proposal": 52},
    {date(2026, 2, 27): 80, date(2026, 3, 6): 20},
    (date(2026, 6, 8),),
    0.06,
)
TERM, NUMBER = 18, 5
GROUPS = {"department": "县直", "town": "乡镇", "enterprise": "企业", "other": "群团"}
KINDS = {"deputy_suggestion": "建议", "cppcc_proposal": "提案"}
ROLES = {"lead": "主办", "co_organising": "会办", "sole": "独办"}
ENDS = {"returned": "退回", "reassigned": "改派"}
DISCLOSURES = {"open": "公开", "title_only": "只公开标题", "withheld": "不公开"}
OUTCOMES = {"solved": "甲", "planned": "乙", "explained": "丙", "reference": "丁"}
METHODS = {"in_person": "上门", "phone": "电话", "online": "网络", "open": "座谈"}
GRADES = {"satisfied": "满意", "basically_satisfied": "基本满意", "dissatisfied": "不满意"}


def build_county(path: Path) -> None:
    """Write the county's database to ``path``: the same rows on every machine."""
    write_tables(path, "county", _tables(fictional_county()))


def fictional_county() -> City:
    """Return all that the county knows up to the end of 2026."""
    dice, county = Dice(SEED), City(units=units("county_units.csv"))
    by_id = {unit.unit_id: unit for unit in county.units}
    filing = Filing(phrases("county_matters.csv", "county_places.csv", {}), people(), ("县长",), "青云", dice)
    assigning = Assigning(by_id, Staff(people(), dice), dice, ("101", "105"), separate_share=0)
    living = Living(by_id, CUSTOMS, ReplyWriter("city_measures.csv", dice), dice)
    for proposal in filing.session(SESSION):
        assignments = assigning.assignments(proposal, SESSION)
        county.proposals.append(proposal)
        county.assignments.extend(assignments)
        county.events.extend(living.events(proposal, assignments))
    return county


def _tables(county: City) -> Mapping[str, Iterable[Sequence[object]]]:
    serial = {proposal.proposal_id: 20_260_000 + index for index, proposal in enumerate(county.proposals, 1)}
    by_assignment: dict[tuple[str, str | None], dict[str, list[Event]]] = {}
    for event in county.events:
        kinds = by_assignment.setdefault((event.proposal_id, event.unit_id), {})
        kinds.setdefault(event.kind, []).append(event)
    handled = [
        (index, given, by_assignment.get((given.proposal_id, given.unit_id), {}))
        for index, given in enumerate(county.assignments, 1)
    ]
    replies = [row for index, _, records in handled for row in _replies(index, records)]
    return {
        "单位": [(int(unit.unit_id), unit.name, GROUPS[unit.group]) for unit in county.units],
        "建议提案": [_proposal(p, serial, by_assignment.get((p.proposal_id, None), {})) for p in county.proposals],
        "办理": [(index, serial[given.proposal_id], *_given(given, records)) for index, given, records in handled],
        "答复": [(index, *row) for index, row in enumerate(replies, 1)],
    }


def _proposal(proposal: Proposal, serial: Mapping[str, int], records: Records) -> Row:
    return (
        serial[proposal.proposal_id],
        KINDS[proposal.kind],
        TERM,
        NUMBER,
        proposal.number,
        proposal.title,
        proposal.topic,
        proposal.lead_proposer,
        proposal.co_signers,
        _day(proposal.filed_on),
        "是" if proposal.needs_reply else "否",
        DISCLOSURES[proposal.disclosure],
        serial[proposal.merged_into] if proposal.merged_into else None,
        _day_of(records, "withdrawn"),
    )


def _given(given: Assignment, records: Records) -> Row:
    meeting, explained, extended = (_first(records, k) for k in ("meeting_before", "explained", "extension_approved"))
    return (
        int(given.unit_id),
        ROLES[given.role],
        _day(given.assigned_on),
        _day(given.ended_on),
        ENDS[given.end_reason] if given.end_reason else None,
        given.handler,
        _day_of(records, "accepted"),
        _day_of(records, "return_requested"),
        _day(meeting.happened_on) if meeting else None,
        METHODS[str(meeting.value)] if meeting else None,
        _day_of(records, "opinion_submitted"),
        _day(extended.happened_on) if extended else None,
        _day(extended.until) if extended else None,
        _day(explained.happened_on) if explained else None,
        explained.note if explained else None,
        _day_of(records, "published"),
    )


def _replies(index: int, records: Records) -> Iterable[Row]:
    """Yield a row for each reply with what was promised in it, and the grade it got."""
    for reply in records.get("reply_issued", []):
        made, kept, form = (
            _of_round(records, kind, reply.round) for kind in ("commitment_made", "commitment_fulfilled", "feedback")
        )
        yield (
            index,
            reply.round,
            _day(reply.happened_on),
            int(reply.recorded_at.replace(tzinfo=UTC).timestamp()),
            OUTCOMES[str(reply.value)],
            _day(made.until) if made else None,
            _day(kept.happened_on) if kept else None,
            GRADES[str(form.value).split("/")[1]] if form else None,
            _day(form.happened_on) if form else None,
        )


def _first(records: Records, kind: str) -> Event | None:
    return next(iter(records.get(kind, [])), None)


def _of_round(records: Records, kind: str, number: int | None) -> Event | None:
    return next((event for event in records.get(kind, []) if event.round == number), None)


def _day_of(records: Records, kind: str) -> str | None:
    event = _first(records, kind)
    return _day(event.happened_on) if event else None


def _day(value: date | None) -> str | None:
    return value.strftime("%Y/%m/%d") if value else None
