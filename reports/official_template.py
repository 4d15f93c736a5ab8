"""The .docx that official documents are filled into: page, styles, red head, imprint.

An office may open it in Word or WPS, change the red head or a style, and keep the result as its jurisdiction's own
template. What must stay are the styles of official_styles and the marks ``{{ body }}`` and ``{{ annexes }}``.
"""

from __future__ import annotations

from functools import cache
from io import BytesIO
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Emu, Mm

from reports.official import TYPE_AREA_MM, Head
from reports.official_styles import BLANK, BODY, RED, name_fonts, set_styles
from reports.official_xml import BoxPlace, page_number, paragraph, run, text_box

IMPRINT_BOX = "版记"
IMPRINT_LINE_EMU = 20 * 12_700
"""Height of one line of the imprint."""


@cache
def template_bytes(head: Head, masthead_points: float = 62) -> bytes:
    """Return the template for that way of heading the first page; ``masthead_points`` is the size of the red line."""
    document = docx.Document()
    _drop_leftovers(document)
    name_fonts(document)
    set_styles(document, masthead_points)
    _set_page(document, head)
    body = document.element.body
    for xml in (*_head(head), *_text(), *_imprint(head)):
        body.insert(len(body) - 1, parse_xml(xml))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def _field(style: str, text: str, properties: str = "") -> str:
    return paragraph(style, run(text), properties)


def _head(head: Head) -> tuple[str, ...]:
    blank = paragraph(BLANK)
    masthead = _field("公文红头", "{{ masthead }}", '<w:spacing w:before="1984"/>')
    match head:
        case Head.DOCUMENT:
            return (
                masthead,
                blank,
                blank,
                _field("公文字号", "{{ document_no }}"),
                paragraph("公文红线"),
                blank,
                blank,
            )
        case Head.BULLETIN:
            issue = _field("公文期行", "{{ issuer }}\t{{ issued_on }}")
            number = _field("公文字号", "{{ document_no }}")
            return (masthead, blank, number, blank, issue, paragraph("公文红线"), blank, blank)
        case Head.LETTER:
            return (_field("公文函号", "{{ document_no }}"), blank, blank)


def _text() -> tuple[str, ...]:
    blank = paragraph(BLANK)
    return (
        _field("公文标题", "{{ title }}"),
        *_when("mark_line", _field("公文标注", "{{ mark_line }}")),
        blank,
        *_when("addressee", _field("公文主送", "{{ addressee }}")),
        _field(BODY, "{{ body }}"),
        *_when("annex_list", paragraph(BLANK, properties="<w:keepNext/>"), _field(BODY, "{%p for line in annex_list %}"),
               _field("公文附件说明", "{{ line }}"), _field(BODY, "{%p endfor %}")),
        paragraph(BLANK, properties="<w:keepNext/>"),
        paragraph(BLANK, properties="<w:keepNext/>"),
        _field("公文署名", "{{ signature }}"),
        _field("公文日期", "{{ dated_on }}"),
        _field(BODY, "{{ annexes }}"),
    )  # fmt: skip


def _when(name: str, *paragraphs: str) -> tuple[str, ...]:
    return (_field(BODY, f"{{%p if {name} %}}"), *paragraphs, _field(BODY, "{%p endif %}"))


def _rule(eighths: int) -> str:
    border = f'<w:pBdr><w:top w:val="single" w:sz="{eighths}" w:space="0" w:color="auto"/></w:pBdr>'
    return paragraph("公文版记线", properties=border)


def _imprint(head: Head) -> tuple[str, ...]:
    """The last paragraph, to which the imprint's box is anchored: on the lower edge of the type area of its page."""
    hanging = '<w:ind w:left="1120" w:right="280" w:hanging="840"/>'
    copied = _when("copied_to", _field("公文版记", "抄送：{{ copied_to }}。", hanging))
    printed = _field("公文版记", "{{ printed_by }}\t{{ printed_on }}印发")
    ruled = _when("printed_by", _rule(8), *copied, *_when("copied_to", _rule(6)), printed, _rule(8))
    place = BoxPlace(
        'relativeFrom="margin"><wp:align>left</wp:align>',
        'relativeFrom="margin"><wp:align>bottom</wp:align>',
        round(TYPE_AREA_MM[0] * 36_000),
        IMPRINT_LINE_EMU,
        "wrapTopAndBottom",
        "horz",
        "b",
    )
    content = "".join(copied if head is Head.LETTER else ruled) + paragraph("公文末行")
    return (paragraph("公文末行", text_box(IMPRINT_BOX, 8000, place, content)),)


def _drop_leftovers(document: Any) -> None:
    """Leave out what python-docx's own template brings along: a second set of styles, a thumbnail, an empty XML."""
    for part in (document.part, document.part.package):
        for key, relation in list(part.rels.items()):
            if relation.reltype.rsplit("/", 1)[-1] in ("stylesWithEffects", "thumbnail", "customXml"):
                part.rels.pop(key)


def _set_page(document: Any, head: Head) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = (
        Mm(37),
        Mm(35),
        Mm(28),
        Mm(26),
    )
    # 一字线 7 mm below the type area: its line of 14 pt ends 9.47 mm below.
    section.header_distance, section.footer_distance = Mm(30), Emu(Mm(35) - Mm(9.47))
    for grid in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(grid)
    document.settings.odd_and_even_pages_header_footer = True
    number_pages(section)
    if head is Head.LETTER:
        _set_letterhead(section)


def number_pages(section: Any) -> None:
    """Give the section's portrait pages their numbers: odd pages right, even pages left."""
    for footer, style in ((section.footer, "公文页码单"), (section.even_page_footer, "公文页码双")):
        footer.is_linked_to_previous = False
        footer._element[:] = [parse_xml(paragraph(style, page_number()))]


def _set_letterhead(section: Any) -> None:
    """A letter's first page: the name 30 mm from the edge, double rules of 170 mm, no page number."""
    section.different_first_page_header_footer = True
    section.first_page_header.is_linked_to_previous = False
    section.first_page_footer.is_linked_to_previous = False
    wide = '<w:ind w:left="-454" w:right="-340" w:firstLine="0"/>'
    upper = f'<w:pBdr><w:bottom w:val="thickThinSmallGap" w:sz="24" w:space="0" w:color="{RED}"/></w:pBdr>'
    lower = f'<w:pBdr><w:top w:val="thinThickSmallGap" w:sz="24" w:space="0" w:color="{RED}"/></w:pBdr>'
    frame = '<w:framePr w:w="9638" w:wrap="around" w:vAnchor="page" w:hAnchor="page" w:x="1134" w:y="15675"/>'
    section.first_page_header._element[:] = [
        parse_xml(_field("公文红头", "{{ masthead }}", wide)),
        parse_xml(paragraph("公文红线", properties=upper + wide)),
    ]
    section.first_page_footer._element[:] = [
        parse_xml(paragraph("公文末行", properties=frame + lower)),
        parse_xml(paragraph("公文末行")),
    ]
