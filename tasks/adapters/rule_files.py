"""The rule book from YAML: duties, dated limits by kind, a jurisdiction's own values on top."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, PlainValidator, RootModel, field_validator

from tasks.adapters.yaml_files import Strict, load_yaml, shown
from tasks.domain.deadlines import Limit, LimitUnit
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import EventKind, Kind, Role
from tasks.domain.rules import RESPONSIBLE_NAMED, Duty, Excuse, RuleBook, RuleValue, Trigger

# How many days a unit is worth when two limits in different units are compared for laxness.
NOMINAL_DAYS = {LimitUnit.MONTHS: 30.4, LimitUnit.DAYS: 1.0, LimitUnit.WORKDAYS: 1.45, LimitUnit.YEAR_END: 548.0}


def _limit(value: object) -> Limit:
    if not isinstance(value, str):
        raise ValueError("期限要写成文字,如 3 months、20 workdays、15 days")
    return Limit.parse(value)


ParsedLimit = Annotated[Limit, PlainValidator(_limit)]


class DutyEntry(Strict):
    """One duty of ``config/rules/duties.yaml``."""

    label: str
    owed_by: list[Role] = Field(min_length=1)
    counts_from: Trigger
    met_by: list[str] = Field(min_length=1)
    due_soon_days: int = Field(ge=0)
    excused_when: list[Excuse] = []
    key_proposals_only: bool = False

    @field_validator("met_by")
    @classmethod
    def _known_events(cls, names: list[str]) -> list[str]:
        allowed = {RESPONSIBLE_NAMED, *map(str, EventKind)}
        if unknown := sorted(set(names) - allowed):
            raise ValueError(f"没有这样的办理记录 {unknown};可用:{sorted(allowed)}")
        return names


class DutiesFile(RootModel[dict[str, DutyEntry]]):
    """``config/rules/duties.yaml``: the duties by id."""


class ValueEntry(Strict):
    """One dated value; ``checked_on`` must be written, null until a person has checked it."""

    starts_on: date = Field(alias="from")
    limit: ParsedLimit
    extended_limit: ParsedLimit | None = None
    article: str | None = None
    checked_on: date | None


class RuleFile(Strict):
    """One file of dated values for one kind of proposal."""

    kind: Kind
    duties: dict[str, list[ValueEntry]]

    @field_validator("duties")
    @classmethod
    def _in_order(cls, duties: dict[str, list[ValueEntry]]) -> dict[str, list[ValueEntry]]:
        for duty, values in duties.items():
            for one, next_one in pairwise(values):
                if one.starts_on >= next_one.starts_on:
                    raise ValueError(
                        f"{duty} 的 from 重叠或次序颠倒:{one.starts_on}、{next_one.starts_on};请按日期先后各写一次"
                    )
        return duties


def load_duties(path: Path) -> dict[str, Duty]:
    """Return the duties by id, in the file's order."""
    entries = load_yaml(path, DutiesFile).root
    return {
        name: Duty(
            name,
            entry.label,
            frozenset(entry.owed_by),
            entry.counts_from,
            tuple(entry.met_by),
            entry.due_soon_days,
            frozenset(entry.excused_when),
            entry.key_proposals_only,
        )
        for name, entry in entries.items()
    }


def load_rules(common: Path, own: Path | None = None) -> RuleBook:
    """Return the rule book of ``common`` (``config/rules``) with the values of the folder ``own`` laid over it.

    An own value holds from its day on; before it the common value stays. Raises ``ConfigurationError`` for an unknown
    duty, a duty without a value, and an own value that is laxer than the common one and cites no article.
    """
    duties = load_duties(common / "duties.yaml")
    values: dict[tuple[str, str], tuple[RuleValue, ...]] = {}
    files: dict[str, str] = {}
    for path in sorted(common.glob("*.yaml")):
        if path.name != "duties.yaml":
            file = load_yaml(path, RuleFile)
            files[file.kind] = shown(path)
            values |= _values(path, file, duties, {})
    for path in sorted(own.glob("*.yaml")) if own else ():
        values |= _values(path, load_yaml(path, RuleFile), duties, values)
    _require_values(duties, values, common)
    return RuleBook(duties, values, files=files)


def _values(
    path: Path,
    file: RuleFile,
    duties: dict[str, Duty],
    common: dict[tuple[str, str], tuple[RuleValue, ...]],
) -> dict[tuple[str, str], tuple[RuleValue, ...]]:
    out = {}
    for duty, entries in file.duties.items():
        if duty not in duties:
            raise ConfigurationError(
                shown(path),
                f"没有事项 {duty!r}",
                f"可用事项:{sorted(duties)};新事项请先写入 config/rules/duties.yaml。",
            )
        before = common.get((file.kind, duty), ())
        own = tuple(_value(path, duty, entry, before) for entry in entries)
        out[str(file.kind), duty] = (*(v for v in before if not own or v.starts_on < own[0].starts_on), *own)
    return out


def _value(path: Path, duty: str, entry: ValueEntry, common: tuple[RuleValue, ...]) -> RuleValue:
    rule_id = f"{path.parents[1].name if common else path.stem}/{duty}@{entry.starts_on}"
    article = entry.article
    if article is None:
        inherited = [value for value in common if value.starts_on <= entry.starts_on]
        laxer = not inherited or inherited[-1].limit is None or _days(entry.limit) > _days(inherited[-1].limit)
        if laxer:
            raise ConfigurationError(
                shown(path),
                f"{duty} 自 {entry.starts_on} 起的期限 {entry.limit} 宽于通用规则或没有通用规则可循,却没有依据",
                "请写明 article(依据的条款),或改用不宽于通用规则的期限。",
            )
        article = inherited[-1].article
    return RuleValue(entry.starts_on, entry.limit, article, rule_id, entry.extended_limit, entry.checked_on)


def _days(limit: Limit) -> float:
    return limit.count * NOMINAL_DAYS[limit.unit]


def _require_values(duties: dict[str, Duty], values: Mapping[tuple[str, str], object], common: Path) -> None:
    missing = sorted(f"{kind}/{duty}" for kind in Kind for duty in duties if (str(kind), duty) not in values)
    if missing:
        raise ConfigurationError(shown(common), f"这些事项没有期限:{missing}", "请在对应类别的规则文件里各加一条期限。")
