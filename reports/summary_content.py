"""What an annual summary says, as counts and names: no frame, no wording. Last year stands beside every figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from reports.circular_content import Correction, Rate, UnitCount
from reports.official import NO_IMPRINT, Figures, Imprint
from tasks.domain.errors import DocumentError


@dataclass(frozen=True, slots=True)
class Pair:
    """A count of this year and of last year."""

    this: int
    last: int

    @property
    def more(self) -> int:
        """How many more than last year; negative for fewer."""
        return self.this - self.last


@dataclass(frozen=True, slots=True)
class RatePair:
    """A rate of this year and of last year."""

    this: Rate
    last: Rate

    @property
    def moved(self) -> str:
        """How the rate as printed moved, in words; empty where one of the years has none."""
        if self.this.share is None or self.last.share is None:
            return ""
        points = self.this.share - self.last.share
        if not points:
            return "与上年同期持平"
        return f"比上年同期{'提高' if points > 0 else '下降'}{abs(points)}个百分点"


@dataclass(frozen=True, slots=True)
class Item:
    """One part of a section: its name, its count of both years, and of how many."""

    key: str
    name: str
    count: Pair
    total: Pair

    @property
    def rate(self) -> RatePair:
        """Its share of the section."""
        return RatePair(Rate(self.count.this, self.total.this), Rate(self.count.last, self.total.last))


@dataclass(frozen=True, slots=True)
class Section:
    """Everything that one section counts; the items add up to ``total``."""

    name: str
    label: str
    items: tuple[Item, ...]
    total: Pair

    def of(self, *keys: str) -> Pair:
        """Return how many there are of these items together."""
        chosen = [item.count for item in self.items if item.key in keys]
        return Pair(sum(pair.this for pair in chosen), sum(pair.last for pair in chosen))

    def but(self, *keys: str) -> Pair:
        """Return how many there are of all other items together."""
        left_out = self.of(*keys)
        return Pair(self.total.this - left_out.this, self.total.last - left_out.last)


NO_SECTION = Section("", "", (), Pair(0, 0))


@dataclass(frozen=True, slots=True)
class Line:
    """The handling of one kind, topic or unit, counted by assignment."""

    name: str
    items: Pair
    owed: Pair
    replied: Pair
    on_time: Pair
    overdue: Pair
    solved: Pair
    forms: Pair
    satisfied: Pair
    dissatisfied: Pair
    overturned: Pair

    @property
    def progress(self) -> RatePair:
        """Replied of all that need a reply."""
        return _rates(self.replied, self.owed)

    @property
    def in_time(self) -> RatePair:
        """Replied in time of all replied."""
        return _rates(self.on_time, self.replied)

    @property
    def satisfaction(self) -> RatePair:
        """Satisfied and basically satisfied of all forms that came back."""
        return _rates(self.satisfied, self.forms)

    @property
    def solution(self) -> RatePair:
        """Solved as it stands now of all items."""
        return _rates(self.solved, self.items)


def _rates(counts: Pair, totals: Pair) -> RatePair:
    return RatePair(Rate(counts.this, totals.this), Rate(counts.last, totals.last))


@dataclass(frozen=True, slots=True)
class SummaryContent:
    """Everything that an annual summary (年度总结) says.

    ``scope`` names the sessions whose proposals are counted. ``whole`` sums up ``kinds``, and so do ``topics`` and
    ``units``. ``sections`` are those of ``domain.summary``; one that the jurisdiction does not record is absent. The lists
    of units name who is behind a problem.
    """

    masthead: str
    issuer: str
    serial_no: int
    year: int
    scope: str
    addressee: str
    cut_off: date
    dated_on: date
    whole: Line
    kinds: tuple[Line, ...]
    topics: tuple[Line, ...]
    units: tuple[Line, ...]
    sections: tuple[Section, ...]
    backlog: int = 0
    lapsed_units: tuple[UnitCount, ...] = ()
    unpublished_units: tuple[UnitCount, ...] = ()
    unlooked_units: tuple[UnitCount, ...] = ()
    charts: tuple[Figures, ...] = ()
    notes: tuple[str, ...] = ()
    imprint: Imprint = NO_IMPRINT
    correction: Correction | None = None

    def __post_init__(self) -> None:
        """Refuse parts that do not add up to what is printed as their sum."""
        sums = [(section.label, [item.count for item in section.items], section.total) for section in self.sections]
        for label, lines in (("类别", self.kinds), ("内容", self.topics), ("承办单位", self.units)):
            sums.append((f"按{label}的承办件次", [line.items for line in lines], self.whole.items))
            sums.append((f"按{label}的已答复件次", [line.replied for line in lines], self.whole.replied))
        for label, parts, whole in sums:
            if (sum(pair.this for pair in parts), sum(pair.last for pair in parts)) != (whole.this, whole.last):
                raise DocumentError(
                    f"{self.year}年度总结",
                    f"{label}各项之和与合计不符",
                    "请核对数据来源与口径后重新生成；数字不符的总结不予生成。",
                )

    def section(self, name: str) -> Section:
        """Return that section; one without any item where it is not recorded."""
        return next((section for section in self.sections if section.name == name), NO_SECTION)

    @property
    def published(self) -> RatePair:
        """Published of all replies that have to be."""
        duty = self.section("publication")
        return _rates(duty.of("met", "met_late"), duty.but("excused"))

    @property
    def grown(self) -> Line | None:
        """The topic with the most items more than last year; ``None`` where none has more, or there was no last year."""
        return max((t for t in self.topics if t.items.more > 0), key=_more, default=None) if self.has_last else None

    @property
    def shrunk(self) -> Line | None:
        """The topic with the most items fewer than last year; ``None`` where none has fewer."""
        return min((t for t in self.topics if t.items.more < 0), key=_more, default=None)

    @property
    def has_last(self) -> bool:
        """Whether there is a year before."""
        return self.whole.items.last > 0

    @property
    def outcomes(self) -> Pair:
        """How many replies name their outcome: where none does, nothing is known of what was solved."""
        return self.section("outcome").but("no_reply", "not_given")

    @property
    def overdue_units(self) -> tuple[UnitCount, ...]:
        """The units with overdue replies, most first."""
        return self._behind("overdue")

    @property
    def dissatisfied_units(self) -> tuple[UnitCount, ...]:
        """The units whose latest form is dissatisfied, most first."""
        return self._behind("dissatisfied")

    @property
    def overturned_units(self) -> tuple[UnitCount, ...]:
        """The units whose "solved" a look-back found not done, most first."""
        return self._behind("overturned")

    def _behind(self, figure: str) -> tuple[UnitCount, ...]:
        counts = [UnitCount(line.name, getattr(line, figure).this) for line in self.units]
        return tuple(sorted((each for each in counts if each.count), key=lambda each: -each.count))


def _more(line: Line) -> int:
    return line.items.more
