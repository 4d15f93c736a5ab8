"""``key_proposals.yaml`` of a jurisdiction: which leader is told of key proposals how often, and where."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from pydantic import Field, field_validator, model_validator

from tasks.adapters.yaml_files import Strict, load_yaml, shown
from tasks.domain.deadlines import Limit, LimitUnit
from tasks.domain.errors import ConfigurationError
from tasks.domain.key_proposals import Cadence, KeyTerms, LeaderOffice

ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")


class Every(Strict):
    """A cadence."""

    starts_on: date
    every: str

    @field_validator("every")
    @classmethod
    def _countable(cls, text: str) -> str:
        if Limit.parse(text).unit is LimitUnit.YEAR_END:
            raise ValueError("节奏写 14 days、1 month 或 10 workdays")
        return text

    def cadence(self) -> Cadence:
        """Return it as the domain takes it."""
        return Cadence(self.starts_on, Limit.parse(self.every))


class LeaderEntry(Strict):
    """A leader's office; without ``email`` the brief goes to the supervising office, which takes it there."""

    salutation: str = Field(min_length=1)
    office: str = ""
    email: str = ""
    cadence: Every | None = None

    @field_validator("email")
    @classmethod
    def _is_address(cls, text: str) -> str:
        if text and not ADDRESS.fullmatch(text):
            raise ValueError(f"“{text}”不是邮箱地址")
        return text

    @model_validator(mode="after")
    def _whole(self) -> LeaderEntry:
        if self.email and not self.office:
            raise ValueError("写了 email，还须写 office（收件的办公室名称）")
        return self


class KeyFile(Strict):
    """``key_proposals.yaml``."""

    masthead: str = Field(min_length=1)
    cadence: Every
    ahead_days: int = Field(ge=1, le=366)
    duties: list[str] = Field(min_length=1)
    leaders: dict[str, LeaderEntry] = {}


def load_key_terms(path: Path, duties: Collection[str]) -> KeyTerms:
    """Return the terms that ``path`` holds; ``ConfigurationError`` with file and line for every fault.

    ``duties`` are those that the file may name.
    """
    file = load_yaml(path, KeyFile)
    if unknown := sorted(set(file.duties) - set(duties)):
        raise ConfigurationError(shown(path), f"duties 里没有这样的事项：{unknown}", f"可用事项：{sorted(duties)}。")
    leaders = {
        name: LeaderOffice(
            entry.salutation, entry.office, entry.email, entry.cadence.cadence() if entry.cadence else None
        )
        for name, entry in file.leaders.items()
    }
    return KeyTerms(file.masthead, file.cadence.cadence(), file.ahead_days, tuple(file.duties), leaders)
