"""The rule book: duties, their dated limits with articles, and the value in force on a day."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum

from tasks.domain.deadlines import Limit
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import EventKind, Role


class Trigger(StrEnum):
    """From what a duty's limit counts."""

    ASSIGNED = "assigned"
    REPLY_ISSUED = "reply_issued"
    DISSATISFIED = "dissatisfied"
    COMMITMENT_MADE = "commitment_made"
    PROGRESS = "progress"


class Excuse(StrEnum):
    """Facts of a proposal that excuse a duty from the start; withdrawal and the end of an assignment excuse any duty."""

    MERGED = "merged"
    NO_REPLY_NEEDED = "no_reply_needed"
    NOT_DISCLOSED = "not_disclosed"


# The three responsible persons are columns of the assignment, not an event.
RESPONSIBLE_NAMED = "responsible_named"


@dataclass(frozen=True, slots=True)
class Duty:
    """An act that a unit owes: who owes it, from what its limit counts, what meets it, what excuses it.

    ``met_by`` holds event kinds, or ``responsible_named``. ``due_soon_days`` are calendar days before the last day.
    """

    duty: str
    label: str
    owed_by: frozenset[Role]
    counts_from: Trigger
    met_by: tuple[str, ...]
    due_soon_days: int
    excused_when: frozenset[Excuse] = frozenset()
    key_proposals_only: bool = False

    @property
    def event_kinds(self) -> frozenset[EventKind]:
        """The event kinds that meet this duty."""
        return frozenset(EventKind(kind) for kind in self.met_by if kind != RESPONSIBLE_NAMED)


@dataclass(frozen=True, slots=True)
class RuleValue:
    """A limit in force from ``starts_on``; ``checked_on`` is the day a person last compared it with the official text.

    A value without a limit stands for a date that somebody fixed.
    """

    starts_on: date
    limit: Limit | None
    article: str
    rule_id: str
    extended_limit: Limit | None = None
    checked_on: date | None = None

    @property
    def citation(self) -> str:
        """The article as people see it: marked 未核对 until a person has checked it."""
        return self.article if self.checked_on else f"{self.article}(未核对)"

    def noted(self, note: str) -> RuleValue:
        """Return the same value with a note behind its citation."""
        return replace(self, article=f"{self.citation}；{note}", checked_on=self.checked_on or date.min)


@dataclass(frozen=True, slots=True)
class FixedDate:
    """A last day that a session's notice announces for a duty; None in kind, term or session means any."""

    duty: str
    due_on: date
    notice: str
    kind: str | None = None
    term: int | None = None
    session: int | None = None


@dataclass(frozen=True)
class RuleBook:
    """All rules of a jurisdiction: ``values[kind, duty]`` in order of their start."""

    duties: Mapping[str, Duty]
    values: Mapping[tuple[str, str], tuple[RuleValue, ...]]
    fixed_dates: tuple[FixedDate, ...] = ()
    duties_off: Mapping[str, str] = field(default_factory=dict)
    counts_since: date | None = None
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def active_duties(self) -> tuple[Duty, ...]:
        """The duties that this jurisdiction has not switched off, in the rule book's order."""
        return tuple(duty for name, duty in self.duties.items() if name not in self.duties_off)

    @property
    def labels(self) -> dict[str, str]:
        """Chinese label by duty."""
        return {name: duty.label for name, duty in self.duties.items()}

    @property
    def version(self) -> str:
        """A short hash of everything that can change a date."""
        text = json.dumps(
            [self.duties, self.values_by_name(), self.fixed_dates, self.duties_off, self.counts_since],
            default=_plain,
            sort_keys=True,
            ensure_ascii=False,
        )
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def values_by_name(self) -> dict[str, tuple[RuleValue, ...]]:
        """Return the values by "kind/duty"."""
        return {f"{kind}/{duty}": values for (kind, duty), values in self.values.items()}

    def value_on(self, kind: str, duty: str, day: date) -> RuleValue:
        """Return the value of ``duty`` in force on ``day`` (or on ``counts_since`` if that is later).

        Raises ``ConfigurationError`` when the first value starts after that day.
        """
        values = self.values.get((kind, duty), ())
        asked = max(day, self.counts_since) if self.counts_since else day
        index = bisect_right([value.starts_on for value in values], asked) - 1
        if index < 0:
            raise self._no_value(kind, duty, asked)
        return values[index]

    def _no_value(self, kind: str, duty: str, day: date) -> ConfigurationError:
        values = self.values.get((kind, duty), ())
        first = f"(最早一条自 {values[0].starts_on} 起)" if values else "(一条也没有)"
        return ConfigurationError(
            self.files.get(kind, f"config/rules({kind})"),
            f"事项 {duty!r} 在 {day} 没有适用的期限{first}。",
            "请补充一条带依据的期限(from、limit、article),或在该地区的 jurisdiction.yaml 中设置 counts_since。",
        )

    def without(self, *duties: str) -> RuleBook:
        """Return the book with these duties switched off as well."""
        return replace(self, duties_off={**self.duties_off, **dict.fromkeys(duties, "按参数停用")})


def _plain(value: object) -> object:
    if isinstance(value, Limit | date):
        return str(value)
    if isinstance(value, frozenset):
        return sorted(value)
    return {name: getattr(value, name) for name in value.__slots__}  # type: ignore[attr-defined]
