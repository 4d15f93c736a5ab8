"""What a circular says, as counts and names: no frame, no rule, no wording.

Every rate carries its count and total, and every part is checked against its sum before a word is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from reports.official import NO_IMPRINT, Figures, Imprint
from tasks.domain.errors import DocumentError
from tasks.domain.ranking import percentage


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of whole things; ``ValueError`` where the count is no part of the total."""

    count: int
    total: int
    digits: int = 2

    def __post_init__(self) -> None:
        """Refuse a share that would be printed and believed."""
        percentage(self.count, self.total)

    @property
    def share(self) -> Decimal | None:
        """The percentage, half-up; ``None`` when there is nothing to divide by."""
        return percentage(self.count, self.total, self.digits)

    @property
    def text(self) -> str:
        """The percentage as printed; empty when there is nothing to divide by."""
        return "" if self.share is None else f"{self.share}%"

    @property
    def in_full(self) -> str:
        """The percentage with its count and total; a dash when there is nothing to divide by."""
        return f"{self.text}（{self.count}/{self.total}）" if self.total else "—"

    def since(self, before: Rate) -> str:
        """Return by how many percentage points it moved, with its sign; empty where either divides by nothing."""
        now, then = self.share, before.share
        return "" if now is None or then is None else f"{now - then:+}"


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure over all units; ``change`` is the difference to the last circular in percentage points, if known.

    ``counts`` says in words what is counted out of what; it is printed once, under the tables. ``part`` is what of the work
    the measure speaks of: measures of one part share a paragraph.
    """

    label: str
    rate: Rate
    change: str = ""
    counts: str = ""
    part: str = "办理质量"


@dataclass(frozen=True, slots=True)
class Total:
    """The state of one kind of proposal on the cut-off day.

    ``assigned`` counts proposals, everything else what a unit has to answer: ``no_reply`` of the proposals need no answer
    from anybody, and ``further`` units answer one that another unit answers too. ``progress`` is replied of all that need a
    reply, ``on_time`` met in time of all that have fallen due; the rest of those came ``late`` or are ``overdue``.
    """

    label: str
    assigned: int
    progress: Rate
    on_time: Rate
    late: int
    overdue: int
    due_soon: int
    no_reply: int = 0
    further: int = 0


@dataclass(frozen=True, slots=True)
class Trend:
    """How the totals moved since the last circular: rates in percentage points with their sign, ``overdue`` in cases."""

    serial_no: int
    cut_off: date
    progress: str
    on_time: str
    overdue: int


@dataclass(frozen=True, slots=True)
class UnitCount:
    """A unit and how many cases of it are meant; ``days`` is the longest delay among them."""

    unit: str
    count: int
    days: int = 0


@dataclass(frozen=True, slots=True)
class Named:
    """Units that are praised or criticised, and the reason they share."""

    units: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A unit on a list (通报表扬 or 通报批评): its group, its id and name, and every ground."""

    word: str
    group: str
    unit_id: str
    unit: str
    reason: str


@dataclass(frozen=True, slots=True)
class ZeroRate:
    """A measure of which a unit has nothing done out of ``total``."""

    unit: str
    measure: str
    total: int


@dataclass(frozen=True, slots=True)
class RankRow:
    """One unit's line: ``rank`` is ``None`` below the minimum caseload; rates stand in the order of the measures."""

    rank: int | None
    unit: str
    caseload: int
    rates: tuple[Rate, ...]
    points: str
    score: str
    trend: str = ""


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The ranking within one group of units."""

    label: str
    measures: tuple[str, ...]
    rows: tuple[RankRow, ...]


@dataclass(frozen=True, slots=True)
class OverdueCase:
    """A case without reply after its day; a confidential one has no title. ``explanation`` is the unit's own."""

    name: str
    title: str | None
    unit: str
    handler: str
    due_on: date
    days_late: int
    stage: str
    explanation: str = ""
    unit_id: str = ""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The days that the requirements name; ``None`` leaves the requirement out."""

    reply_by: date | None = None
    rehandle_by: date | None = None
    explain_by: date | None = None
    inspect_on: date | None = None


NO_DEADLINES = Deadlines()


@dataclass(frozen=True, slots=True)
class Difference:
    """One figure that a correction changes."""

    where: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Correction:
    """Which number of the series is corrected, why, and every difference."""

    serial_no: int
    dated_on: date
    reason: str
    differences: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class CircularContent:
    """Everything a ranking circular (通报 第N期) says.

    ``scope`` opens the first figure (2026年市十五届人大五次会议以来…), ``period`` stands in the title, ``basis`` names the
    rule that is enforced. ``totals`` holds one entry per kind and ``total`` their sum. Lists that are empty leave their
    paragraphs out. ``overdue_units`` and ``overdue`` count per unit, so a case handled separately stands in both once for
    each of its units. Of the ``dissatisfied_units`` the ``rehandling_units`` still owe a second reply. ``notes`` are printed
    under the ranking: denominators, versions, what is not ranked. ``trend`` is None where there is nothing to compare with.
    ``criteria`` says in words how units come onto which list.
    """

    masthead: str
    issuer: str
    serial_no: int
    period: str
    scope: str
    basis: str
    addressee: str
    cut_off: date
    dated_on: date
    totals: tuple[Total, ...]
    total: Total
    measures: tuple[Measure, ...] = ()
    groups: tuple[GroupTable, ...] = ()
    highlights: tuple[Named, ...] = ()
    praised: tuple[Named, ...] = ()
    overdue_units: tuple[UnitCount, ...] = ()
    late_units: tuple[UnitCount, ...] = ()
    zero_rates: tuple[ZeroRate, ...] = ()
    dissatisfied_units: tuple[UnitCount, ...] = ()
    rehandling_units: tuple[UnitCount, ...] = ()
    lapsed_units: tuple[UnitCount, ...] = ()
    backlog_units: tuple[UnitCount, ...] = ()
    criticised: tuple[Named, ...] = ()
    listed: tuple[Listed, ...] = ()
    criteria: Mapping[str, str] = field(default_factory=dict)
    deadlines: Deadlines = NO_DEADLINES
    overdue: tuple[OverdueCase, ...] = ()
    charts: tuple[Figures, ...] = ()
    notes: tuple[str, ...] = ()
    imprint: Imprint = NO_IMPRINT
    trend: Trend | None = None
    correction: Correction | None = None
    is_draft: bool = False
    is_backfill: bool = False

    def __post_init__(self) -> None:
        """Refuse parts that do not add up to what is printed as their sum."""
        for what, parts, whole in self._sums():
            if sum(parts) != whole:
                raise DocumentError(
                    f"通报第{self.serial_no}期",
                    f"{what}各项之和为{sum(parts)}，与合计{whole}不符",
                    "请核对数据来源与口径后重新生成；数字不符的通报不予生成。",
                )

    def _sums(self) -> list[tuple[str, list[int], int]]:
        kinds, total = self.totals, self.total
        parts = [
            ("交办", [kind.assigned for kind in kinds], total.assigned),
            ("已答复", [kind.progress.count for kind in kinds], total.progress.count),
            ("应答复", [kind.progress.total for kind in kinds], total.progress.total),
            ("按期答复", [kind.on_time.count for kind in kinds], total.on_time.count),
            ("到期", [kind.on_time.total for kind in kinds], total.on_time.total),
            ("逾期后答复", [kind.late for kind in kinds], total.late),
            ("逾期未答复", [kind.overdue for kind in kinds], total.overdue),
            ("临期", [kind.due_soon for kind in kinds], total.due_soon),
        ]
        fates = [
            (
                f"{one.label}到期件中按期、逾期后和逾期未答复的",
                [one.on_time.count, one.late, one.overdue],
                one.on_time.total,
            )
            for one in (*kinds, total)
        ]
        owed = [
            (f"{one.label}应答复件", [one.assigned, -one.no_reply, one.further], one.progress.total)
            for one in (*kinds, total)
        ]
        return [*parts, *fates, *owed, *self._listed()]

    def _listed(self) -> list[tuple[str, list[int], int]]:
        """What units are named with, where any are, against the totals."""
        by_unit = [unit.count for unit in self.overdue_units]
        listed = [
            ("各单位逾期未答复件", by_unit, self.total.overdue),
            ("各单位逾期后答复件", [unit.count for unit in self.late_units], self.total.late),
            ("逾期清单", [1] * len(self.overdue), sum(by_unit)),
        ]
        return [sums for sums in listed if sums[1]]
