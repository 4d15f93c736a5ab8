"""The ladder from ``escalation.yaml``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from tasks.adapters.yaml_files import Strict, load_yaml, shown
from tasks.domain.deadlines import Limit
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import ContactRole, Level
from tasks.domain.ladder import Climb, Form, Ladder, LadderPolicy, Rung, Threshold

NONE = "none"
DEFAULT = "default"


def _limit(value: object) -> Limit:
    if not isinstance(value, str):
        raise ValueError("时限要写成文字,如 15 days、3 workdays、1 workday")
    return Limit.parse(value)


ParsedLimit = Annotated[Limit, BeforeValidator(_limit)]


class WhenEntry(Strict):
    """``{before: 15 days}`` or ``{late: 1 workday}``."""

    before: ParsedLimit | None = None
    late: ParsedLimit | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> WhenEntry:
        if (self.before is None) == (self.late is None):
            raise ValueError("before(期限前)与 late(逾期后)写且只写一个")
        self.threshold()
        return self

    def threshold(self) -> Threshold:
        """Return it as the ladder's threshold."""
        limit = self.before or self.late
        assert limit is not None
        return Threshold(limit, is_before=self.before is not None)


class RungEntry(Strict):
    """One level of a ladder."""

    level: Level
    when: WhenEntry
    to: ContactRole
    cc: list[ContactRole] = []
    form: Form
    every: ParsedLimit | None = None
    asks_action_within: ParsedLimit | None = None
    asks_explanation_within: ParsedLimit | None = None
    needs_sign_off: bool = False
    tells_led_by: bool = False
    takes_backlog: bool = False


class ClimbEntry(Strict):
    """How far a duty climbs, and its own thresholds; ``none`` needs its reason."""

    up_to: Level | Literal["none"]
    when: dict[Level, WhenEntry] = {}
    why: str | None = None

    @model_validator(mode="after")
    def _reason(self) -> ClimbEntry:
        if self.up_to == NONE and not self.why:
            raise ValueError("up_to: none 须在 why 写明理由")
        return self


class PolicyEntry(Strict):
    """The ladder from a day on; ``checked_on`` must be written, null until a person has checked it."""

    starts_on: date = Field(alias="from")
    article: str
    checked_on: date | None
    rungs: list[RungEntry] = Field(min_length=1)
    duties: dict[str, ClimbEntry]

    @model_validator(mode="after")
    def _whole(self) -> PolicyEntry:
        if DEFAULT not in self.duties:
            raise ValueError("duties 须有 default:其余事项升级到哪一级")
        self.policy()
        return self

    def policy(self) -> LadderPolicy:
        """Return it as the ladder's policy."""
        climbs = {duty: _climb(entry) for duty, entry in self.duties.items()}
        rungs = tuple(_rung(entry) for entry in self.rungs)
        return LadderPolicy(self.starts_on, self.article, rungs, climbs.pop(DEFAULT), climbs, self.checked_on)


class EscalationFile(Strict):
    """``escalation.yaml``."""

    policies: list[PolicyEntry] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> EscalationFile:
        Ladder(tuple(entry.policy() for entry in self.policies))
        return self


def load_ladder(path: Path, duties: Collection[str]) -> Ladder:
    """Return the ladder of a jurisdiction; ``duties`` are those of its rule book.

    Raises ``ConfigurationError`` for anything the file gets wrong, an unknown duty included.
    """
    file = load_yaml(path, EscalationFile)
    ladder = Ladder(tuple(entry.policy() for entry in file.policies), shown(path))
    if unknown := sorted(ladder.duties - set(duties)):
        raise ConfigurationError(shown(path), f"duties 里没有这样的事项:{unknown}", f"可用事项:{sorted(duties)}。")
    return ladder


def _rung(entry: RungEntry) -> Rung:
    values = {name: getattr(entry, name) for name in RungEntry.model_fields}
    return Rung(**{**values, "when": entry.when.threshold(), "cc": tuple(entry.cc)})


def _climb(entry: ClimbEntry) -> Climb:
    up_to = None if entry.up_to == NONE else Level(entry.up_to)
    return Climb(up_to, {level: when.threshold() for level, when in entry.when.items()})
