"""A page for every proposal: whose it is, where it stands, what happened, what was replied."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from reports.portal_rows import Row, Unit, iso_days, readable, readable_lines
from reports.portal_site import File, Portal
from reports.portal_steps import time_line
from reports.portal_words import spoken
from tasks.domain.disclosure import Openness, attachment_names
from tasks.domain.frames import LABELS
from tasks.domain.public_frames import PUBLIC_ASSIGNMENTS

PERSONS = ("leader", "section", "handler")
UNITS_OF_SIZE = ("B", "KB", "MB", "GB")


class Charge(NamedTuple):
    """A unit's part in a proposal; ``ended`` says why it is over."""

    url: str
    unit: str
    role: str
    ended: str
    persons: tuple[str, ...]


class Attachment(NamedTuple):
    """A file to download, under a name made from its content."""

    name: str
    url: str
    size: str


class Reply(NamedTuple):
    """A reply as the page shows it."""

    unit: str
    on: str
    lines: Sequence[str]
    files: Sequence[Attachment]


Table = Mapping[str, Sequence[tuple[Any, ...]]]


def proposal_pages(portal: Portal, attachments: Mapping[str, bytes]) -> Iterator[File]:
    """Yield every proposal's page, and the attachments that were given."""
    record = portal.record
    persons = [person for person in PERSONS if person in record.columns]
    charges = by_page(record.assignments, ["unit", "role", "ended_on", "end_reason", *persons])
    steps = by_page(record.steps, ["happened_on", "step", "unit", "value", "until"])
    replies = by_page(record.replies, ["unit", "replied_on", "text", "attachments"])
    rows = {row.page: row for row in portal.rows}
    labels = [PUBLIC_ASSIGNMENTS.labels[person] for person in persons]
    for row in portal.rows:
        parts = [_charge(charge, portal.units) for charge in charges.get(row.page, ())]
        names_shown = row.openness == Openness.OPEN or any(any(part.persons) for part in parts)
        answers = [_reply(reply, portal.units, attachments) for reply in replies.get(row.page, ())]
        yield portal.page(
            row.url,
            "proposal.html",
            row=row,
            sentences=spoken(row, portal.edition),
            facts=_facts(row, portal),
            related=_related(row, rows),
            persons=labels if names_shown else [],
            charges=parts if names_shown else [part._replace(persons=()) for part in parts],
            steps=time_line(row, steps[row.page], portal.units, portal.edition) if row.page in steps else [],
            replies=answers,
        )
    shown = {name for reply in record.replies["attachments"].dropna() for name in attachment_names(reply)}
    yield from {attachment_url(n, attachments[n]): attachments[n] for n in sorted(shown & attachments.keys())}.items()


def by_page(frame: pd.DataFrame, columns: Sequence[str]) -> Table:
    """Return the rows of each page as tuples of readable text, in the frame's order."""
    texts = [iso_days(frame[c]) if frame[c].dtype.kind == "M" else _texts(frame[c]) for c in columns]
    rows: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for page, *values in zip(frame["page"], *texts, strict=True):
        rows[page].append(tuple(values))
    return rows


def _texts(values: pd.Series) -> list[str]:
    """A reply keeps its lines and an attachment its exact name until they are shown; everything else is one line."""
    if values.name in ("text", "attachments"):
        return values.astype("object").where(values.notna(), "").tolist()
    return readable(values)


def _facts(row: Row, portal: Portal) -> list[tuple[str, str]]:
    others = f"等{int(row.co_signer_count) + 1}人" if row.co_signer_count not in ("", "0") else ""
    known = {
        "编号": row.proposal_id,
        "届次": f"第{row.term}届第{row.session}次会议" if row.term and row.session else "",
        "主题分类": row.topic,
        "领衔人": row.lead_proposer + others if row.lead_proposer else "",
        "领办领导": row.led_by,
        "交办日期": row.assigned_on,
        "办理期限": row.due_on + ("（暂定）" if row.is_provisional else "") if row.due_on else "",
        "答复日期": row.replied_on,
        "办理环节": row.stage,
        "办理结果": portal.edition.outcome(row.outcome) if row.outcome else "",
        "满意度": row.grade,
    }
    return [(name, value) for name, value in known.items() if value]


def _related(row: Row, rows: Mapping[str, Row]) -> list[tuple[str, Row]]:
    named = {"并入": row.merged_into, "往届同题": row.repeats}
    return [(name, rows[page]) for name, page in named.items() if page in rows]


def _charge(charge: tuple[str, ...], units: Mapping[str, Unit]) -> Charge:
    unit, role, ended_on, reason, *persons = charge
    ended = f"{ended_on} {LABELS['end_reason'].get(reason, '终止')}" if ended_on else ""
    return Charge(units[unit].url, units[unit].name, LABELS["role"][role], ended, tuple(persons))


def _reply(reply: tuple[str, ...], units: Mapping[str, Unit], attachments: Mapping[str, bytes]) -> Reply:
    unit, on, text, names = reply
    files = [_attachment(name, attachments[name]) for name in attachment_names(names) if name in attachments]
    return Reply(units[unit].name if unit in units else "", on, readable_lines(text), files)


def _attachment(name: str, content: bytes) -> Attachment:
    shown = readable(pd.Series([name.replace("\\", "/").rpartition("/")[2]]))[0]
    return Attachment(shown, attachment_url(name, content), size_text(len(content)))


def attachment_url(name: str, content: bytes) -> str:
    """Return the address of an attachment: from its content, with only the ending of its name."""
    return f"files/{hashlib.sha256(content).hexdigest()[:24]}.{name.rpartition('.')[2].lower()}"


def size_text(size: int) -> str:
    """Return a size as people read it, e.g. 1.2 MB."""
    value, unit = float(size), 0
    while value >= 1024 and unit < len(UNITS_OF_SIZE) - 1:
        value, unit = value / 1024, unit + 1
    return f"{value:.0f} {UNITS_OF_SIZE[unit]}" if unit == 0 else f"{value:.1f} {UNITS_OF_SIZE[unit]}"
