"""``disclosure.yaml`` of a jurisdiction: what is published, of whom, and how the site is kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from tasks.adapters.yaml_files import Strict, load_yaml, shown
from tasks.domain.disclosure import SELECTABLE, DisclosurePolicy, Openness
from tasks.domain.errors import ConfigurationError
from tasks.domain.frames import Disclosure, EventKind

ADDRESS = r"https?://[^\s/]+(/\S*)?"
ENDING = r"[a-z0-9]{1,8}"
# Where these run on, a gap tells that something is hidden.
NUMBERS = frozenset({"proposal_id", "number"})
# Files that a browser would run or render as a page of the site.
LIVE_ENDINGS = frozenset({"htm", "html", "xhtml", "svg", "svgz", "xml", "xsl", "js", "mjs", "mht", "mhtml", "shtml"})


def _column(name: str) -> str:
    if name not in SELECTABLE:
        raise ValueError(f"没有可公开的栏目“{name}”，可用：{'、'.join(SELECTABLE)}")
    return name


def _ending(ending: str) -> str:
    if ending in LIVE_ENDINGS:
        raise ValueError(f"“{ending}”会在浏览器里当作本站网页运行，不能作为附件公开")
    return ending


ColumnName = Annotated[str, AfterValidator(_column)]
Ending = Annotated[str, Field(pattern=f"^{ENDING}$"), AfterValidator(_ending)]


class RepliesEntry(Strict):
    """Which replies are shown in full, and where their attachments lie."""

    signed_off_only: bool
    attachments: str | None = None
    attachment_types: frozenset[Ending] = frozenset({"pdf", "docx", "doc", "wps", "ofd", "xlsx", "xls", "jpg", "png"})


class FooterEntry(Strict):
    """What the foot of every page says for the office, as the law or the city asks for; ``link`` may lead elsewhere."""

    text: Annotated[str, Field(min_length=1, max_length=80)]
    link: Annotated[str, Field(pattern=f"^{ADDRESS}$")] | None = None


class SiteEntry(Strict):
    """How the site is kept."""

    address: Annotated[str, Field(pattern=f"^{ADDRESS}$")] | None = None
    keep_versions: int = Field(5, ge=1, le=100)
    needs_sign_off: bool = False
    on_behalf_of_units: bool = False
    footer: tuple[FooterEntry, ...] = ()


class DisclosureFile(Strict):
    """``disclosure.yaml``."""

    unmarked: Literal[Disclosure.OPEN, Disclosure.TITLE_ONLY, Disclosure.WITHHELD]
    unmarked_is_confidential: bool
    counts_withheld: bool
    open: frozenset[ColumnName]
    title_only: frozenset[ColumnName]
    steps: tuple[EventKind, ...]
    rates: tuple[str, ...]
    replies: RepliesEntry
    site: SiteEntry = SiteEntry()

    @model_validator(mode="after")
    def _cannot_be_subtracted(self) -> Self:
        if self.counts_withheld and (told := sorted(NUMBERS & (self.open | self.title_only))):
            raise ValueError(
                f"公开了{'、'.join(told)}，就不能再公布不公开件数：缺号数减去这个件数，就是涉密件数；"
                "请把 counts_withheld 改为 false，或者不公开编号和案号"
            )
        return self


@dataclass(frozen=True, slots=True)
class PublicationRules:
    """Everything ``disclosure.yaml`` decides; ``attachments`` is the folder of the replies' files, None without one.

    ``footer`` holds texts for the foot of every page, each with an address or an empty text.
    """

    policy: DisclosurePolicy
    attachments: Path | None
    address: str | None
    keep_versions: int
    needs_sign_off: bool
    on_behalf_of_units: bool
    footer: tuple[tuple[str, str], ...]


def load_disclosure(path: Path, duties: Collection[str]) -> PublicationRules:
    """Return the rules in ``path``; ``duties`` are the rule book's. Relative folders count from the file's own.

    Raises ``ConfigurationError`` naming file, line and key for an unknown column, step or duty; without the file too: nobody
    publishes by default.
    """
    if not path.exists():
        raise ConfigurationError(
            shown(path), "没有公开规则，不能公开", "请参照 demo 的 disclosure.yaml 编写，由保密审查人员审定。"
        )
    file = load_yaml(path, DisclosureFile)
    if unknown := sorted(set(file.rates) - set(duties)):
        raise ConfigurationError(shown(path), f"rates 里没有这样的事项：{unknown}", f"可用事项：{sorted(duties)}。")
    return PublicationRules(
        policy=_policy(file),
        attachments=path.parent / file.replies.attachments if file.replies.attachments else None,
        address=file.site.address,
        keep_versions=file.site.keep_versions,
        needs_sign_off=file.site.needs_sign_off,
        on_behalf_of_units=file.site.on_behalf_of_units,
        footer=tuple((entry.text, entry.link or "") for entry in file.site.footer),
    )


def _policy(file: DisclosureFile) -> DisclosurePolicy:
    columns: Mapping[Openness, Collection[str]] = {Openness.OPEN: file.open, Openness.TITLE_ONLY: file.title_only}
    return DisclosurePolicy(
        columns=columns,
        steps=file.steps,
        rates=file.rates,
        unmarked=file.unmarked,
        unmarked_is_confidential=file.unmarked_is_confidential,
        counts_withheld=file.counts_withheld,
        signed_off_only=file.replies.signed_off_only,
        attachment_types=file.replies.attachment_types,
    )
