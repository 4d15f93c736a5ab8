"""``backlog.yaml`` of a jurisdiction: the criteria of backlog cases and how repeated matters are found."""

from __future__ import annotations

import re
from datetime import date
from itertools import pairwise
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from tasks.adapters.yaml_files import Strict, load_yaml
from tasks.domain.backlog_criteria import COUNTED_IN, BacklogCriteria, Criterion, Threshold
from tasks.domain.repeats import RepeatRules

AMOUNT = re.compile(r"([1-9][0-9]{0,3}) (day|month|year|time)s?")


class ThresholdEntry(Strict):
    """One dated threshold; ``checked_on`` must be written, null until a person has checked it."""

    starts_on: date = Field(alias="from")
    amount: str
    article: str = Field(min_length=1)
    checked_on: date | None

    @property
    def counted_in(self) -> str:
        """The plural of the amount's measure."""
        return f"{self._parts()[1]}s"

    @property
    def threshold(self) -> Threshold:
        """The threshold as the domain takes it."""
        return Threshold(self.starts_on, int(self._parts()[0]), self.article, self.checked_on)

    @field_validator("amount")
    @classmethod
    def _readable(cls, text: str) -> str:
        if not AMOUNT.fullmatch(text):
            raise ValueError(f"“{text}”写法不对，可写 90 days、12 months、2 years、2 times")
        return text

    def _parts(self) -> tuple[str, str]:
        found = AMOUNT.fullmatch(self.amount)
        assert found, "validated"
        return found[1], found[2]


class RepeatEntry(Strict):
    """How proposals of earlier years on the same matter are found."""

    least_score: float = Field(gt=0, le=1)
    most: int = Field(ge=1)
    boilerplate: tuple[str, ...] = ()


class BacklogFile(Strict):
    """``backlog.yaml``; every criterion is named, one that is not used has an empty list."""

    criteria: dict[Criterion, tuple[ThresholdEntry, ...]]
    repeats: RepeatEntry

    @model_validator(mode="after")
    def _whole(self) -> BacklogFile:
        if missing := [str(criterion) for criterion in Criterion if criterion not in self.criteria]:
            raise ValueError(f"缺少认定情形 {'、'.join(missing)}，不用的写空列表 []")
        for criterion, entries in self.criteria.items():
            _check(criterion, entries)
        return self


def _check(criterion: Criterion, entries: tuple[ThresholdEntry, ...]) -> None:
    for entry in entries:
        if entry.counted_in != COUNTED_IN[criterion]:
            raise ValueError(f"{criterion} 的 amount 应以 {COUNTED_IN[criterion]} 计，不能写 {entry.amount}")
    for one, next_one in pairwise(entries):
        if one.starts_on >= next_one.starts_on:
            raise ValueError(f"{criterion} 的 from 次序颠倒或重复：{one.starts_on}、{next_one.starts_on}")


def load_backlog(path: Path) -> tuple[BacklogCriteria, RepeatRules]:
    """Return the criteria and the rules of similar matters that ``path`` holds.

    Raises ``ConfigurationError`` with file and line for an unknown or missing criterion, an amount in another measure
    than the criterion's, and dates out of order.
    """
    file = load_yaml(path, BacklogFile)
    criteria = BacklogCriteria(
        {name: tuple(entry.threshold for entry in entries) for name, entries in file.criteria.items()}
    )
    return criteria, RepeatRules(file.repeats.least_score, file.repeats.most, file.repeats.boilerplate)
