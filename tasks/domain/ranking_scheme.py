"""How units are ranked: the measures that exist, their weights, the points, and whom a list praises or criticises."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from tasks.domain.deadlines import Limit


class Measure(StrEnum):
    """A share that units are compared by. Work as the answering unit and as a co-unit is never added up."""

    REPLY_PROGRESS = "reply_progress"
    REPLY_ON_TIME = "reply_on_time"
    OPINION_ON_TIME = "opinion_on_time"
    MEETINGS = "meetings"
    CO_MEETINGS = "co_meetings"
    RESPONSIBLE = "responsible"
    CO_RESPONSIBLE = "co_responsible"
    SATISFACTION = "satisfaction"
    SOLVED = "solved"
    COMMITMENT = "commitment"
    LOOK_BACK = "look_back"
    PUBLICATION = "publication"


class Basis(StrEnum):
    """What is counted out of what.

    ``progress``: done out of all that is owed. ``on_time``: met in time out of all that has fallen due. ``kept``: done by
    now, late or not, out of all that has fallen due. ``forms`` and ``classes``: of the items, what was fed back and found.
    """

    PROGRESS = "progress"
    ON_TIME = "on_time"
    KEPT = "kept"
    FORMS = "forms"
    CLASSES = "classes"


class Sessions(StrEnum):
    """Whose proposals count: those of each kind's latest session, or all."""

    LATEST = "latest"
    ALL = "all"


class SatisfactionBase(StrEnum):
    """The two denominators in use for satisfaction."""

    RETURNED_FORMS = "returned_forms"
    ALL_ITEMS = "all_items"


@dataclass(frozen=True, slots=True)
class MeasureSpec:
    """One measure: its Chinese name, what it counts, of which duties, and for whose work.

    ``is_follow_up``: the duty arises after the reply and falls due long after the session, so the session does not limit it.
    """

    measure: Measure
    label: str
    basis: Basis
    duties: tuple[str, ...]
    is_co_work: bool = False
    is_follow_up: bool = False


MEETING_DUTIES = ("meeting_before", "meeting_during", "meeting_after")

MEASURES: tuple[MeasureSpec, ...] = (
    MeasureSpec(Measure.REPLY_PROGRESS, "答复率", Basis.PROGRESS, ("reply",)),
    MeasureSpec(Measure.REPLY_ON_TIME, "按期答复率", Basis.ON_TIME, ("reply",)),
    MeasureSpec(Measure.OPINION_ON_TIME, "协办意见按期率", Basis.ON_TIME, ("opinion",), is_co_work=True),
    MeasureSpec(Measure.MEETINGS, "三见面率", Basis.KEPT, MEETING_DUTIES),
    MeasureSpec(Measure.CO_MEETINGS, "协办三见面率", Basis.KEPT, MEETING_DUTIES, is_co_work=True),
    MeasureSpec(Measure.RESPONSIBLE, "三级责任到位率", Basis.KEPT, ("responsible",)),
    MeasureSpec(Measure.CO_RESPONSIBLE, "协办三级责任到位率", Basis.KEPT, ("responsible",), is_co_work=True),
    MeasureSpec(Measure.SATISFACTION, "首次满意率", Basis.FORMS, ("reply",)),
    MeasureSpec(Measure.SOLVED, "解决率", Basis.CLASSES, ("reply",)),
    MeasureSpec(Measure.COMMITMENT, "承诺兑现率", Basis.KEPT, ("commitment",), is_follow_up=True),
    MeasureSpec(Measure.LOOK_BACK, "回头看完成率", Basis.KEPT, ("look_back",), is_follow_up=True),
    MeasureSpec(Measure.PUBLICATION, "公开率", Basis.KEPT, ("publication",)),
)
MEASURE_LABELS: Mapping[Measure, str] = {spec.measure: spec.label for spec in MEASURES}

COUNTED: Mapping[Basis, str] = {
    Basis.PROGRESS: "已完成/全部应办",
    Basis.ON_TIME: "按期完成/已到期应办",
    Basis.KEPT: "已完成/已到期应办",
    Basis.CLASSES: "已解决或采纳/已答复并分类",
}
FORMS_COUNTED: Mapping[SatisfactionBase, str] = {
    SatisfactionBase.RETURNED_FORMS: "首次反馈满意和基本满意/已收回的反馈",
    SatisfactionBase.ALL_ITEMS: "首次反馈满意和基本满意/全部应答复件",
}


class PointsFor(StrEnum):
    """What a case earns or loses points for.

    ``early``: done a stated time before the last day. ``late``: the last day passed, done since or not. ``overdue``: it
    passed and the act is still not done. ``dissatisfied``: a dissatisfied form, of any round. ``criticised``: a criticism
    that the office has issued.
    """

    EARLY = "early"
    LATE = "late"
    OVERDUE = "overdue"
    DISSATISFIED = "dissatisfied"
    CRITICISED = "criticised"


@dataclass(frozen=True, slots=True)
class PointRule:
    """``points`` for each case of that kind on ``duty``; ``ahead`` is the least lead of ``early`` (days or workdays)."""

    what: PointsFor
    points: Decimal
    duty: str = "reply"
    ahead: Limit | None = None


@dataclass(frozen=True, slots=True)
class Praise:
    """Whom to praise: the first ``top`` of each group, if their score reaches ``least_score``. 0 praises nobody.

    ``one_in``: at most one of so many ranked units of a group. ``whole``: measures of which nothing may be missing.
    ``confidence``: only a unit that stands apart from its group at that level (90, 95 or 99 %), not one with few cases.
    """

    top: int = 0
    least_score: Decimal | None = None
    one_in: int = 1
    whole: tuple[Measure, ...] = ()
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class Criticism:
    """Whom to criticise: the last ``bottom`` of each group below ``below_score``, and whoever has 0 % in ``zero``.

    ``one_in`` and ``confidence`` as with ``Praise``; they do not spare a unit that has done nothing.
    """

    bottom: int = 0
    below_score: Decimal | None = None
    zero: tuple[Measure, ...] = ()
    one_in: int = 1
    confidence: int | None = None


@dataclass(frozen=True, slots=True)
class RankingScheme:
    """One way of ranking, in force from ``starts_on``.

    The score is ``start``, plus the mean of the measures' percentages by ``weights`` (of those that are not empty), plus the
    points. ``follow_up_months``: commitments and look-backs count that fell due in that many months. ``checked_on`` is the
    day a person last compared the scheme with the text it rests on.
    """

    name: str
    label: str
    starts_on: date
    article: str
    checked_on: date | None
    weights: Mapping[Measure, Decimal] = field(default_factory=dict)
    points: tuple[PointRule, ...] = ()
    start: Decimal = Decimal(0)
    sessions: Sessions = Sessions.LATEST
    follow_up_months: int = 12
    satisfaction: SatisfactionBase = SatisfactionBase.RETURNED_FORMS
    minimum_caseload: int = 3
    digits: int = 2
    praise: Praise = Praise()
    criticism: Criticism = Criticism()

    @property
    def citation(self) -> str:
        """The text it rests on, as people see it: marked 未核对 until a person has checked it."""
        return self.article if self.checked_on else f"{self.article}（未核对）"

    @property
    def points_digits(self) -> Decimal:
        """One unit of the last decimal that its points have: 1, or 0.1 where there are half points."""
        return min((Decimal((0, (1,), min(_exponent(rule.points), 0))) for rule in self.points), default=Decimal(1))

    @property
    def version(self) -> str:
        """Name, start and a short hash of everything that can change a score or a list.

        What is left at its default is left out: a setting that this program learns later changes no version that is stored.
        """
        text = json.dumps(_set_apart(self), default=str, sort_keys=True, ensure_ascii=False)
        return f"{self.name}@{self.starts_on}+{hashlib.sha256(text.encode()).hexdigest()[:8]}"

    def counted(self, spec: MeasureSpec) -> str:
        """Return in words what that measure counts out of what."""
        if spec.basis is Basis.FORMS:
            return FORMS_COUNTED[self.satisfaction]
        recent = f"近{self.follow_up_months}个月" if spec.is_follow_up else ""
        return COUNTED[spec.basis].replace("/", f"/{recent}")


def _set_apart(scheme: RankingScheme) -> dict[str, object]:
    """Return what the scheme sets otherwise than by default, also within its praise, criticism and points."""

    def changed(value: object) -> object:
        if isinstance(value, tuple):
            return [changed(one) for one in value]
        if not is_dataclass(value) or isinstance(value, Limit):
            return value
        return {one.name: changed(getattr(value, one.name)) for one in fields(value) if not _is_default(value, one)}

    return {one.name: changed(getattr(scheme, one.name)) for one in fields(scheme) if not _is_default(scheme, one)}


def _is_default(value: object, one: Field[object]) -> bool:
    made = one.default if one.default_factory is MISSING else one.default_factory()
    return bool(getattr(value, one.name) == made)


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    assert isinstance(exponent, int), "validated: finite"
    return exponent
