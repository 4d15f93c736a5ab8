"""Sections of a Word document: the paper turned for wide annexes, the page number kept in its place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import qn

from reports.official_xml import BoxPlace, page_number, paragraph, text_box

EMU_PER_MM = 36_000
SMALL_CHARACTER_MM = 14 * 25.4 / 72
BOX_MM = (8, 30)
"""Width and height of the box that holds a turned page's number."""


def upright(first: Any) -> Any:
    """A section like the first, without its letterhead."""
    section = deepcopy(first)
    for child in section.findall(qn("w:titlePg")):
        section.remove(child)
    return section


def turned(first: Any) -> Any:
    """A landscape section: the portrait sheet turned, its margins with it; the numbers come later."""
    section = upright(first)
    for name in ("w:headerReference", "w:footerReference"):
        for child in section.findall(qn(name)):
            section.remove(child)
    page, margin = section.find(qn("w:pgSz")), section.find(qn("w:pgMar"))
    width, height = page.get(qn("w:w")), page.get(qn("w:h"))
    for name, value in (("w", height), ("h", width), ("orient", "landscape")):
        page.set(qn(f"w:{name}"), value)
    sides = ("top", "right", "bottom", "left")
    old = [margin.get(qn(f"w:{side}")) for side in sides]
    for side, value in zip(sides, [old[3], old[0], old[1], old[2]], strict=True):
        margin.set(qn(f"w:{side}"), value)
    return section


def turn_page_numbers(section: Any, place: int) -> None:
    """On a turned page the number keeps its place on the portrait sheet: left edge here, odd low, even high."""
    for footer, top_mm, align, number in (
        (section.footer, 210 - 26 - SMALL_CHARACTER_MM - BOX_MM[1], "right", 2 * place),
        (section.even_page_footer, 28 + SMALL_CHARACTER_MM, "left", 2 * place + 1),
    ):
        footer.is_linked_to_previous = False
        footer._element[:] = [parse_xml(_turned_number(top_mm, align, 9000 + number))]


def _turned_number(top_mm: float, align: str, identity: int) -> str:
    left, top, wide, high = (round(mm * EMU_PER_MM) for mm in (35 - 7 - BOX_MM[0] / 2, top_mm, *BOX_MM))
    page = 'relativeFrom="page"><wp:posOffset>{}</wp:posOffset>'
    place = BoxPlace(page.format(left), page.format(top), wide, high, "wrapNone", "vert", "ctr")
    style = "公文页码单" if align == "right" else "公文页码双"
    number = paragraph(style, page_number(), '<w:ind w:left="0" w:right="0"/>')
    return paragraph("公文末行", text_box("页码", identity, place, number))
