"""What a circular says, as counts and names: no frame, no rule, no wording.

Every rate carries its count and total, and every part is checked against its sum before a word is written.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure over all units; ``change`` is the difference to the last circular in percentage points, if known.

    ``counts`` says in words what is counted out of what; it is printed once, under the tables.
    """

    label: str
    rate: Rate
    change: str = ""
    counts: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    """The state of one kind of proposal on the cut-off day.

    ``progress`` is replied of all that need a reply, ``on_time`` met in time of all that have fallen due.
    """

    label: str
    assigned: int
    progress: Rate
    on_time: Rate
    overdue: int
    due_soon: int


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
    """Which circular is corrected, why, and every difference."""

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
    each of its units. ``notes`` are printed under the ranking: denominators, versions, what is not ranked.
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
    lapsed_units: tuple[UnitCount, ...] = ()
    backlog_units: tuple[UnitCount, ...] = ()
    criticised: tuple[Named, ...] = ()
    deadlines: Deadlines = NO_DEADLINES
    overdue: tuple[OverdueCase, ...] = ()
    charts: tuple[Figures, ...] = ()
    notes: tuple[str, ...] = ()
    imprint: Imprint = NO_IMPRINT
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
        sums = [
            ("交办", [kind.assigned for kind in kinds], total.assigned),
            ("已答复", [kind.progress.count for kind in kinds], total.progress.count),
            ("应答复", [kind.progress.total for kind in kinds], total.progress.total),
            ("按期答复", [kind.on_time.count for kind in kinds], total.on_time.count),
            ("到期", [kind.on_time.total for kind in kinds], total.on_time.total),
            ("逾期未答复", [kind.overdue for kind in kinds], total.overdue),
            ("临期", [kind.due_soon for kind in kinds], total.due_soon),
        ]
        by_unit = sum(unit.count for unit in self.overdue_units)
        listed = [("逾期清单", [1] * len(self.overdue), by_unit)] if self.overdue and self.overdue_units else []
        return [*sums, *listed]
