"""``ranking.yaml`` of a jurisdiction: its ranking schemes, each with dated versions."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from tasks.adapters.yaml_files import Strict, load_yaml, shown
from tasks.domain.circular_terms import CircularTerms
from tasks.domain.deadlines import Limit, LimitUnit
from tasks.domain.errors import ConfigurationError
from tasks.domain.ranking_scheme import (
    Criticism,
    Measure,
    PointRule,
    PointsFor,
    Praise,
    RankingScheme,
    SatisfactionBase,
    Sessions,
)


def _exact(value: object) -> object:
    """Take a number as it is written: 0.1 is a tenth."""
    return Decimal(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else value


Number = Annotated[Decimal, BeforeValidator(_exact)]


def _limit(value: object) -> Limit:
    if not isinstance(value, str):
        raise ValueError("时限要写成文字，如 10 workdays、1 month")
    return Limit.parse(value)


ParsedLimit = Annotated[Limit, BeforeValidator(_limit)]


class PointEntry(Strict):
    """Points for each case; ``ahead`` (days or workdays) belongs to ``early`` and to nothing else."""

    what: PointsFor = Field(alias="for")
    points: Number
    duty: str = "reply"
    ahead: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> PointEntry:
        if (self.what is PointsFor.EARLY) != (self.ahead is not None):
            raise ValueError("for: early 须写 ahead（提前多少，如 10 days），其余情形不写")
        if (limit := self._limit()) and limit.unit not in (LimitUnit.DAYS, LimitUnit.WORKDAYS):
            raise ValueError(f"ahead 以 days 或 workdays 计，不能写“{self.ahead}”")
        return self

    def _limit(self) -> Limit | None:
        return Limit.parse(self.ahead) if self.ahead is not None else None

    def rule(self) -> PointRule:
        """Return it as the domain takes it."""
        return PointRule(self.what, self.points, self.duty, self._limit())


Level = Literal[90, 95, 99]


class PraiseEntry(Strict):
    """Whom to praise."""

    top: int = Field(ge=0)
    least_score: Number | None = None
    one_in: int = Field(1, ge=1)
    whole: tuple[Measure, ...] = ()
    confidence: Level | None = None


class CriticismEntry(Strict):
    """Whom to criticise."""

    bottom: int = Field(ge=0)
    below_score: Number | None = None
    zero: tuple[Measure, ...] = ()
    one_in: int = Field(1, ge=1)
    confidence: Level | None = None


class VersionEntry(Strict):
    """One dated version of a scheme; ``checked_on`` must be written, null until a person has checked it."""

    starts_on: date = Field(alias="from")
    article: str = Field(min_length=1)
    checked_on: date | None
    sessions: Sessions
    follow_up_months: int = Field(ge=1, le=120)
    satisfaction: SatisfactionBase
    minimum_caseload: int = Field(ge=1)
    digits: int = Field(2, ge=0, le=4)
    start: Number = Decimal(0)
    weights: dict[Measure, Number] = {}
    points: tuple[PointEntry, ...] = ()
    praise: PraiseEntry
    criticise: CriticismEntry

    @model_validator(mode="after")
    def _whole(self) -> VersionEntry:
        if not self.weights and not self.points:
            raise ValueError("weights（权重）与 points（加减分）至少写一个，否则无从排名")
        if wrong := [str(measure) for measure, weight in self.weights.items() if weight <= 0]:
            raise ValueError(f"权重须大于 0：{'、'.join(wrong)}；不计入的指标不要写")
        if not self.weights and (self.praise.confidence or self.criticise.confidence):
            raise ValueError("confidence 按各指标的件数推算，只能用于有 weights 的方案")
        return self

    def scheme(self, name: str, label: str) -> RankingScheme:
        """Return it as the domain takes it."""
        return RankingScheme(
            name=name,
            label=label,
            starts_on=self.starts_on,
            article=self.article,
            checked_on=self.checked_on,
            weights=self.weights,
            points=tuple(entry.rule() for entry in self.points),
            start=self.start,
            sessions=self.sessions,
            follow_up_months=self.follow_up_months,
            satisfaction=self.satisfaction,
            minimum_caseload=self.minimum_caseload,
            digits=self.digits,
            praise=Praise(**dict(self.praise)),
            criticism=Criticism(**dict(self.criticise)),
        )


class SchemeEntry(Strict):
    """A scheme: what people call it, and its versions in order of their start."""

    label: str = Field(min_length=1)
    versions: tuple[VersionEntry, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> SchemeEntry:
        for one, next_one in pairwise(self.versions):
            if one.starts_on >= next_one.starts_on:
                raise ValueError(f"from 次序颠倒或重复：{one.starts_on}、{next_one.starts_on}")
        return self


class CircularEntry(Strict):
    """The fixed words of the circular, and the limits that it sets."""

    masthead: str = Field(min_length=1)
    addressee: str = Field(min_length=1)
    basis: str = ""
    copied_to: str = ""
    reply_within: ParsedLimit | None = None
    rehandle_within: ParsedLimit | None = None
    explain_within: ParsedLimit | None = None
    inspect_after: ParsedLimit | None = None
    letter_mark: str = ""
    letters_copied_to: str = ""

    def terms(self) -> CircularTerms:
        """Return it as the domain takes it."""
        return CircularTerms(**{name: getattr(self, name) for name in CircularEntry.model_fields})


class RankingFile(Strict):
    """``ranking.yaml``; ``circular`` may be left out, the circular then has the plainest words and sets no limits."""

    default: str
    schemes: dict[str, SchemeEntry] = Field(min_length=1)
    circular: CircularEntry = CircularEntry(masthead="督查通报", addressee="各承办单位：")

    @model_validator(mode="after")
    def _known_default(self) -> RankingFile:
        if self.default not in self.schemes:
            raise ValueError(f"default 写的“{self.default}”不在 schemes 里：{'、'.join(self.schemes)}")
        labels = [entry.label for entry in self.schemes.values()]
        if twice := sorted({label for label in labels if labels.count(label) > 1}):
            raise ValueError(f"几个方案同名：{'、'.join(twice)}，界面上无从选择")
        return self


@dataclass(frozen=True, slots=True)
class RankingSchemes:
    """The schemes of a jurisdiction by name, their versions in order of their start, and its circular's terms."""

    where: str
    default: str
    versions: Mapping[str, tuple[RankingScheme, ...]]
    circular: CircularTerms

    @property
    def labels(self) -> tuple[str, ...]:
        """What people call the schemes, the default one first."""
        names = sorted(self.versions, key=lambda name: name != self.default)
        return tuple(self.versions[name][-1].label for name in names)

    def scheme(self, name: str | None, day: date) -> RankingScheme:
        """Return the version of that scheme, by its name or label (the default one if None), in force on ``day``.

        Raises ``ConfigurationError`` for an unknown scheme and for a day before its first version.
        """
        called = {versions[-1].label: own for own, versions in self.versions.items()}
        chosen = called.get(name or "", name) or self.default
        if chosen not in self.versions:
            raise ConfigurationError(self.where, f"没有排名方案 {chosen!r}", f"可用：{'、'.join(self.versions)}。")
        versions = self.versions[chosen]
        place = bisect_right([version.starts_on for version in versions], day) - 1
        if place < 0:
            raise ConfigurationError(
                self.where,
                f"排名方案 {chosen!r} 在 {day} 还没有适用的版本（最早一条自 {versions[0].starts_on} 起）",
                "请补充一条更早的 from，或改用较晚的业务日期。",
            )
        return versions[place]


def load_ranking(path: Path, duties: Collection[str]) -> RankingSchemes:
    """Return the ranking schemes; ``duties`` are those of the jurisdiction's rule book.

    Raises ``ConfigurationError`` for anything the file gets wrong, points on an unknown duty included.
    """
    file = load_yaml(path, RankingFile)
    named = {entry.duty for one in file.schemes.values() for version in one.versions for entry in version.points}
    if unknown := sorted(named - set(duties)):
        raise ConfigurationError(shown(path), f"points 里没有这样的事项：{unknown}", f"可用事项：{sorted(duties)}。")
    versions = {
        name: tuple(version.scheme(name, entry.label) for version in entry.versions)
        for name, entry in file.schemes.items()
    }
    return RankingSchemes(shown(path), file.default, versions, file.circular.terms())
