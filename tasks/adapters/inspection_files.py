"""``inspection.yaml`` of a jurisdiction: how it inspects backlog cases jointly."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, field_validator, model_validator

from tasks.adapters.ranking_files import ParsedLimit
from tasks.adapters.yaml_files import Strict, load_yaml
from tasks.domain.backlog_criteria import Criterion
from tasks.domain.deadlines import Limit, LimitUnit
from tasks.domain.inspections import InspectionTerms
from tasks.domain.notices import Addressee, is_mail_address


class LeaderEntry(Strict):
    """A leader who gets a copy of every signed plan."""

    name: str = Field(min_length=1)
    email: str

    @field_validator("email")
    @classmethod
    def _written_right(cls, email: str) -> str:
        if not is_mail_address(email):
            raise ValueError(f"“{email}”不是邮箱地址")
        return email


class InspectionFile(Strict):
    """``inspection.yaml``; every criterion has its questions."""

    leader: str = Field(min_length=1)
    members: list[str] = []
    copied_to: list[LeaderEntry] = []
    starts_after: ParsedLimit
    lasts: ParsedLimit
    report_within: ParsedLimit
    remind_every: ParsedLimit
    remind_units: ParsedLimit = Limit.parse("5 workdays")
    most: int = Field(ge=1, le=100)
    questions: dict[Criterion, tuple[str, ...]]

    @field_validator("remind_units")
    @classmethod
    def _in_days(cls, before: Limit) -> Limit:
        if before.unit not in (LimitUnit.DAYS, LimitUnit.WORKDAYS):
            raise ValueError(f"提前多久提醒只能写 days 或 workdays，不能写 {before}")
        return before

    @model_validator(mode="after")
    def _whole(self) -> InspectionFile:
        if missing := [str(criterion) for criterion in Criterion if not self.questions.get(criterion)]:
            raise ValueError(f"questions 缺少认定情形 {'、'.join(missing)} 的督查问题，每种至少写一条")
        return self


def load_inspection(path: Path) -> InspectionTerms:
    """Return the terms that ``path`` holds; ``ConfigurationError`` with file and line for every fault."""
    file = load_yaml(path, InspectionFile)
    return InspectionTerms(
        file.leader,
        tuple(file.members),
        tuple(Addressee(one.name, one.email) for one in file.copied_to),
        file.starts_after,
        file.lasts,
        file.report_within,
        file.remind_every,
        file.remind_units,
        file.most,
        file.questions,
    )
