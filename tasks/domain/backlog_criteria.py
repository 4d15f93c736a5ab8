"""The named criteria that make a proposal a backlog case (积案), with their dated thresholds."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Criterion(StrEnum):
    """What makes a proposal a backlog case."""

    REPLY_OVERDUE = "reply_overdue"
    PLANNED_UNSOLVED = "planned_unsolved"
    COMMITMENT_LAPSED = "commitment_lapsed"
    DISSATISFIED_REPEATEDLY = "dissatisfied_repeatedly"
    RAISED_AGAIN = "raised_again"
    POSTPONED_REPEATEDLY = "postponed_repeatedly"


CRITERION_LABELS: Mapping[Criterion, str] = {
    Criterion.REPLY_OVERDUE: "答复长期逾期",
    Criterion.PLANNED_UNSOLVED: "列入计划久未解决",
    Criterion.COMMITMENT_LAPSED: "承诺到期未兑现",
    Criterion.DISSATISFIED_REPEATEDLY: "多次反馈不满意",
    Criterion.RAISED_AGAIN: "多年重复提出",
    Criterion.POSTPONED_REPEATEDLY: "多次延期或退办",
}
# In what each criterion's amount counts.
COUNTED_IN: Mapping[Criterion, str] = {
    Criterion.REPLY_OVERDUE: "days",
    Criterion.PLANNED_UNSOLVED: "months",
    Criterion.COMMITMENT_LAPSED: "days",
    Criterion.DISSATISFIED_REPEATEDLY: "times",
    Criterion.RAISED_AGAIN: "years",
    Criterion.POSTPONED_REPEATEDLY: "times",
}


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount in force from ``starts_on``, in the criterion's own measure.

    ``checked_on`` is the day a person last compared it with the text it rests on.
    """

    starts_on: date
    amount: int
    article: str
    checked_on: date | None = None

    @property
    def citation(self) -> str:
        """The article as people see it: marked 未核对 until a person has checked it."""
        return self.article if self.checked_on else f"{self.article}（未核对）"


@dataclass(frozen=True, slots=True)
class BacklogCriteria:
    """The criteria of a jurisdiction: thresholds in order of their start; a criterion without any is not used."""

    thresholds: Mapping[Criterion, tuple[Threshold, ...]]

    @property
    def version(self) -> str:
        """A short hash of everything that can make a case or end it."""
        named = {str(name): [str(one) for one in dated] for name, dated in self.thresholds.items()}
        text = json.dumps(named, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def on(self, criterion: Criterion, day: date) -> Threshold | None:
        """Return the threshold in force on ``day``; None where there is none."""
        dated = self.thresholds.get(criterion, ())
        index = bisect_right([threshold.starts_on for threshold in dated], day) - 1
        return dated[index] if index >= 0 else None
