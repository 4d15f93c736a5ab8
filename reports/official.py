"""The page model of an official document (GB/T 9704-2012) that docx and PDF share.

A document is plain values: whoever builds one decides the words, whoever renders one decides nothing but the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import ceil, floor

TYPE_AREA_MM = (156, 225)
"""Width and height of the type area of a portrait page."""

CHARACTERS_PER_TITLE_LINE = 20
"""2号 characters in 156 mm; a longer title is broken into lines of like length."""


POINTS_PER_MM = 72 / 25.4
LARGEST_MASTHEAD_PT = 62.0


WIDE_TABLE = 10
"""Columns that fit at 五号; more are set at 小五."""


class Head(StrEnum):
    """The three ways of heading the first page."""

    DOCUMENT = "document"
    BULLETIN = "bulletin"
    LETTER = "letter"


class Align(StrEnum):
    """Where the text of a table column stands."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Mark(StrEnum):
    """What a reader must know before the first line; printed under the title."""

    DRAFT = "送审稿"
    BACKFILL = "补算"
    CORRECTION = "更正"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with its number in the text; level 1 (一、) to 4 ((1))."""

    text: str
    level: int = 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of running text; ``lead`` is a heading of that level (1 or 2) set into its first line."""

    text: str
    lead: str = ""
    level: int = 2


@dataclass(frozen=True, slots=True)
class TableColumn:
    """A column's label, its share of the width, and where its text stands."""

    label: str
    width: float = 1.0
    align: Align = Align.CENTER


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head repeats on every page; every row has as many texts as there are columns."""

    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Refuse a row that would shift its neighbours."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of table {self.caption!r} has not {len(self.columns)} cells")

    @property
    def is_wide(self) -> bool:
        """Whether there are so many columns that their texts are set smaller."""
        return len(self.columns) > WIDE_TABLE


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in both formats; ``alt`` says in words what it shows."""

    svg: bytes
    png: bytes
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """One to three pictures side by side."""

    items: tuple[Figure, ...]


Block = Heading | Paragraph | Table | Figures


@dataclass(frozen=True, slots=True)
class Annex:
    """An annex on pages of its own, behind the signature and before the imprint."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True, slots=True)
class Imprint:
    """版记: who gets a copy, who printed it, when. A letter prints only the copies."""

    copied_to: str = ""
    printed_by: str = ""
    printed_on: date | None = None


NO_IMPRINT = Imprint()


@dataclass(frozen=True, slots=True)
class OfficialDocument:
    """One document, ready to be set.

    ``masthead`` is the red line on top, ``signature`` the name above the date; a bulletin prints ``issue_line`` (issuer
    and date) under its number. ``annex_list`` is derived: one line per annex, numbered when there are several.
    """

    masthead: str
    document_no: str
    title: str
    addressee: str
    blocks: tuple[Block, ...]
    signature: str
    dated_on: date
    head: Head = Head.DOCUMENT
    issue_line: tuple[str, str] = ("", "")
    annexes: tuple[Annex, ...] = ()
    imprint: Imprint = NO_IMPRINT
    marks: tuple[Mark, ...] = ()

    @property
    def title_lines(self) -> list[str]:
        """The title as it is broken on the page."""
        return [line for part in self.title.split("\n") for line in balanced_lines(part, CHARACTERS_PER_TITLE_LINE)]

    @property
    def mark_line(self) -> str:
        """The marks in brackets, or nothing."""
        return f"（{'、'.join(self.marks)}）" if self.marks else ""

    @property
    def annex_list(self) -> list[str]:
        """The annexes' titles as the text lists them."""
        titles = [annex.title.replace("\n", "") for annex in self.annexes]
        return titles if len(titles) < 2 else [f"{number}.{title}" for number, title in enumerate(titles, 1)]

    def annex_label(self, place: int) -> str:
        """Return what stands above the annex at that place, counted from 0."""
        return "附件" if len(self.annexes) == 1 else f"附件{place + 1}"

    @property
    def signature_indent(self) -> float:
        """Characters between the signature's end and the right edge, so that it is centred on the date."""
        middle = 4 + width_in_characters(chinese_date(self.dated_on)) / 2
        return max(0.0, middle - width_in_characters(self.signature) / 2)


def chinese_date(day: date) -> str:
    """Return the day as documents write it.

    >>> chinese_date(date(2026, 11, 3))
    '2026年11月3日'
    """
    return f"{day.year}年{day.month}月{day.day}日"


def width_in_characters(text: str) -> float:
    """Return the width in full-width characters; ASCII counts half."""
    return sum(0.5 if character.isascii() else 1.0 for character in text)


WORDS = (
    "人大代表",
    "人民代表",
    "政协",
    "委员",
    "建议",
    "提案",
    "办理",
    "情况",
    "督办",
    "督查",
    "答复",
    "逾期",
    "政府",
    "关于",
    "通报",
)
"""Words that a title never breaks."""

CLOSING = set("，。、；：？！）》〉」』”’的")
OPENING = set("（《〈「『“‘第")


def balanced_lines(text: str, width: int) -> list[str]:
    """Return ``text`` in as few lines as fit, of like length, never breaking a number or before closing punctuation.

    >>> balanced_lines("关于二〇二六年建议提案办理情况的通报", 12)
    ['关于二〇二六年建议', '提案办理情况的通报']
    """
    count = ceil(width_in_characters(text) / width)
    lines = []
    while count > 1:
        place = _break_near(text, ceil(len(text) / count))
        lines.append(text[:place])
        text, count = text[place:], count - 1
    return [*lines, text]


def _break_near(text: str, wanted: int) -> int:
    places = sorted(range(1, len(text)), key=lambda place: (abs(place - wanted), place))
    return next((place for place in places if _may_break(text, place)), wanted)


def _may_break(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    number = (before.isascii() and after.isascii()) or after in "年月日期号件"
    inside = any(text.find(word, max(0, place - len(word) + 1), place + len(word) - 1) >= 0 for word in WORDS)
    return not (number or inside) and after not in CLOSING and before not in OPENING


def masthead_points(document: OfficialDocument) -> float:
    """Return the size in half points at which the red line fills the type area at most, and 22 mm in height at most."""
    room = (TYPE_AREA_MM[0] if document.head is not Head.LETTER else 160) * POINTS_PER_MM
    fitting = room / max(1.0, width_in_characters(document.masthead))
    return min(LARGEST_MASTHEAD_PT, floor(2 * fitting) / 2)
