"""One jurisdiction's configuration, whole and checked before anything runs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator, model_validator

from tasks.adapters.rule_files import load_rules
from tasks.adapters.settings import ROOT
from tasks.adapters.yaml_files import Strict, load_yaml, shown
from tasks.domain.documents import SignOffPolicy
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import Kind, Outcome
from tasks.domain.notices import Office, is_mail_address
from tasks.domain.retention import HistoryPolicy, Then
from tasks.domain.rules import FixedDate, RuleBook

COMMON_RULES = ROOT / "config" / "rules"
CALENDARS = ROOT / "config" / "calendar"
JURISDICTION_NAME = re.compile(r"[a-z][a-z0-9-]{0,40}")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"没有时区 {name!r},请写 IANA 名称,如 Asia/Shanghai") from None
    return name


def _mailbox(address: str) -> str:
    if not is_mail_address(address):
        raise ValueError(f"{address!r} 不是邮箱地址，请写一个完整的邮箱，如 ducha@example.invalid")
    return address


class OfficeEntry(Strict):
    """The supervising office as letters show it."""

    name: str
    phone: str
    mail_from: str
    reply_to: str | None = None
    operators: list[str] = []


class NoticeEntry(Strict):
    """A last day that a session's notice announces for a duty."""

    duty: str
    date: date
    notice: str
    kind: Kind | None = None
    term: int | None = None
    session: int | None = None


class SignOffEntry(Strict):
    """Who may review and sign documents, and decide on mails of unknown outcome; an empty list means anybody."""

    two_people: bool = True
    reviewers: list[str] = []
    signers: list[str] = []
    resolvers: list[str] = []

    @model_validator(mode="after")
    def _possible(self) -> SignOffEntry:
        if self.two_people and self.reviewers == self.signers and len(self.signers) == 1:
            raise ValueError("two_people 要求审核与签发由两人分别进行，名单里却只有同一个人")
        return self

    def policy(self) -> SignOffPolicy:
        """Return it as the domain takes it."""
        return SignOffPolicy(self.two_people, tuple(self.reviewers), tuple(self.signers), tuple(self.resolvers))


class HistoryEntry(Strict):
    """How long the nights of the past are kept."""

    days: Annotated[int, Field(ge=31)]
    then: Then = Then.MONTH_ENDS

    def policy(self) -> HistoryPolicy:
        """Return it as the domain takes it."""
        return HistoryPolicy(self.days, self.then)


class JurisdictionFile(Strict):
    """``jurisdiction.yaml``."""

    name: str
    office: OfficeEntry
    time_zone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    office_hours: list[str] = Field(["08:30", "17:30"], min_length=2, max_length=2)
    groups: dict[str, str]
    counts_since: date | None = None
    duties_off: dict[str, str] = {}
    notices: list[NoticeEntry] = []
    outcome_labels: dict[Outcome, str] = {}
    sign_off: SignOffEntry = SignOffEntry()
    history: HistoryEntry | None = None
    rehearsal_to: Annotated[str, AfterValidator(_mailbox)] | None = None

    @field_validator("office_hours")
    @classmethod
    def _hours(cls, hours: list[str]) -> list[str]:
        try:
            opens, closes = (time.fromisoformat(hour) for hour in hours)
        except ValueError:
            raise ValueError(f'办公时间 {hours} 不是时刻,写作 ["08:30", "17:30"]') from None
        if opens >= closes:
            raise ValueError(f"办公时间 {hours} 开始不早于结束")
        return hours


@dataclass(frozen=True, slots=True)
class Jurisdiction:
    """A city, county or province that runs Duban: its names, hours, rules and the folder that holds the rest.

    ``rehearsal_to`` is the only mailbox that gets anything while the jurisdiction rehearses; None when it does not.
    ``history`` None: everything is kept.
    """

    name: str
    title: str
    folder: Path
    office: Office
    operators: tuple[str, ...]
    zone: ZoneInfo
    office_hours: tuple[time, time]
    groups: dict[str, str]
    outcome_labels: dict[str, str]
    rules: RuleBook
    sign_off: SignOffPolicy
    rehearsal_to: str | None = None
    history: HistoryPolicy | None = None

    @property
    def templates(self) -> Path:
        """The folder of templates that override ours."""
        return self.folder / "templates"


def load_jurisdiction(name: str, folders: Sequence[Path], common: Path = COMMON_RULES) -> Jurisdiction:
    """Return the jurisdiction's configuration; ``ConfigurationError`` with every fault of the file that has any.

    ``common`` holds the rules that it adds its own to.
    """
    folder = jurisdiction_folder(name, folders)
    path = folder / "jurisdiction.yaml"
    file = load_yaml(path, JurisdictionFile)
    rules = load_rules(common, folder / "rules" if (folder / "rules").is_dir() else None)
    named = {*file.duties_off, *(notice.duty for notice in file.notices)}
    if unknown := sorted(named - set(rules.duties)):
        raise ConfigurationError(
            shown(path), f"duties_off 或 notices 里没有这样的事项:{unknown}", f"可用事项:{sorted(rules.duties)}。"
        )
    fixed = tuple(FixedDate(n.duty, n.date, n.notice, n.kind, n.term, n.session) for n in file.notices)
    opens, closes = (time.fromisoformat(hour) for hour in file.office_hours)
    return Jurisdiction(
        name,
        file.name,
        folder,
        Office(**file.office.model_dump(exclude={"operators"})),
        tuple(file.office.operators),
        ZoneInfo(file.time_zone),
        (opens, closes),
        file.groups,
        {str(outcome): label for outcome, label in file.outcome_labels.items()},
        replace(rules, fixed_dates=fixed, duties_off=file.duties_off, counts_since=file.counts_since),
        file.sign_off.policy(),
        file.rehearsal_to,
        file.history.policy() if file.history else None,
    )


def jurisdiction_folder(name: str, folders: Sequence[Path]) -> Path:
    """Return the folder of that jurisdiction, the first that has it."""
    if JURISDICTION_NAME.fullmatch(name):
        for folder in folders:
            if (folder / name).is_dir():
                return folder / name
    known = jurisdiction_names(folders)
    raise ConfigurationError(
        f"地区 {name!r}", "没有这个地区的配置", f"已有:{known};新地区放在 DUBAN_JURISDICTIONS 所列的文件夹里。"
    )


def jurisdiction_names(folders: Sequence[Path]) -> list[str]:
    """Return the names of all jurisdictions, sorted."""
    return sorted({path.parent.name for folder in folders for path in folder.glob("*/jurisdiction.yaml")})


def file_of(jurisdiction: Jurisdiction, name: str, default: Any = None) -> Path | Any:
    """Return a configuration file of the jurisdiction if it has it, else ``default``."""
    path = jurisdiction.folder / name
    return path if path.exists() else default
