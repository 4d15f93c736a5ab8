"""A proposal's time line: what happened on which day, at which units, and when the reply was due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from reports.portal_edition import Edition
from reports.portal_rows import Row, Unit
from tasks.domain.frames import LABELS


class Step(NamedTuple):
    """One step of a time line: on a day, what happened, and at which units with what result.

    ``is_limit`` marks the last day for the reply.
    """

    on: str
    what: str
    acts: tuple[tuple[str, str], ...] = ()
    is_limit: bool = False


def time_line(
    row: Row, steps: Iterable[tuple[str, str, str, str, str]], units: Mapping[str, Unit], edition: Edition
) -> list[Step]:
    """Return a proposal's steps by day with the limit among them; what several units did on a day is one step.

    ``steps`` are (day, step, unit page, value, until).
    """
    told: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for day, kind, unit, value, until in steps:
        what, detail = _told(kind, value, until, edition)
        told.setdefault((day, what), []).append((units[unit].name if unit in units else "", detail))
    made = [Step(day, what, tuple(dict.fromkeys(acts))) for (day, what), acts in told.items()]
    limit = "办理期限（暂定）" if row.is_provisional else "办理期限"
    return sorted(
        [*made, *([Step(row.due_on, limit, (), True)] if row.due_on else [])], key=lambda s: (s.on, s.is_limit)
    )


def _told(kind: str, value: str, until: str, edition: Edition) -> tuple[str, str]:
    """Return what a step is called and its result."""
    match kind:
        case "assigned":
            return "交办", LABELS["role"].get(value, "")
        case "ended":
            return LABELS["end_reason"].get(value, "交办终止"), ""
        case "extension_approved":
            return "批准延期", f"延至{until}" if until else ""
        case "commitment_made":
            return "作出承诺", f"{until}前办成" if until else ""
        case "feedback":
            return "满意度反馈", LABELS["grade"].get(value, "")
        case "reply_issued":
            return "答复", edition.outcome(value) if value else ""
    return LABELS["event"][kind], ""
