"""The .docx that official documents are filled into: page, styles, red head, imprint.

An office may open it in Word or WPS, change the red head or a style, and keep the result as its jurisdiction's own
template. What must stay are the style names below and the marks ``{{ body }}`` and ``{{ annexes }}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Emu, Mm

from reports.fonts import Face
from reports.official import TYPE_AREA_MM, Head

RED = "E60012"
LINE = 579
"""Twentieths of a point from line to line: 28.95 pt, 22 lines in 225 mm."""
CHARACTER = 315
"""Twentieths of a point a character: 16 pt less 0.25 pt, 28 in 156 mm."""

IMPRINT_BOX = "版记"
IMPRINT_LINE_EMU = 20 * 12_700
"""Height of one line of the imprint."""

FACES: Mapping[Face, tuple[str, str]] = {
    Face.TEXT: ("仿宋_GB2312", "仿宋,FangSong,FandolFang R,AR PL UMing CN"),
    Face.KAI: ("楷体_GB2312", "楷体,KaiTi,FandolKai,AR PL UKai CN,AR PL UMing CN"),
    Face.HEI: ("黑体", "SimHei,Noto Sans CJK SC"),
    Face.TITLE: ("方正小标宋简体", "方正小标宋_GBK,FZXiaoBiaoSong-B05S,Noto Serif CJK SC,宋体"),
    Face.SONG: ("宋体", "SimSun,Noto Serif CJK SC"),
}
"""The fonts of an office's computers, and what stands in for one that a reader lacks."""


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style; ``line`` and ``points`` in points, indents in twentieths of a point."""

    name: str
    face: Face = Face.TEXT
    points: float = 16
    line: float = LINE / 20
    align: str = "both"
    first: int = 0
    left: int = 0
    right: int = 0
    before: int = 0
    after: int = 0
    spacing: int = 0
    colour: str = ""
    outline: int | None = None
    keep_next: bool = False
    tabs: str = ""
    bold: bool = False
    border: str = ""
    exact: bool = True


BODY, BLANK = "公文正文", "公文空行"
STYLES: tuple[Style, ...] = (
    Style(BODY, first=2 * CHARACTER, spacing=-5),
    Style(BLANK),
    Style("公文红头", Face.TITLE, 62, 62, "center", colour=RED),
    Style("公文字号", align="center"),
    Style("公文函号", align="right", before=280),
    Style("公文期行", left=CHARACTER, right=CHARACTER, tabs=f'<w:tab w:val="right" w:pos="{27 * CHARACTER}"/>'),
    Style("公文红线", points=1, line=11.35, border=f'<w:bottom w:val="single" w:sz="12" w:space="0" w:color="{RED}"/>'),
    Style("公文标题", Face.TITLE, 22, 33, "center", keep_next=True),
    Style("公文标注", Face.KAI, align="center"),
    Style("公文主送", align="left", spacing=-5),
    Style("公文一级标题", Face.HEI, first=2 * CHARACTER, spacing=-5, outline=0, keep_next=True),
    Style("公文二级标题", Face.KAI, first=2 * CHARACTER, spacing=-5, outline=1, keep_next=True),
    Style("公文三级标题", first=2 * CHARACTER, spacing=-5, outline=2, keep_next=True),
    Style("公文四级标题", first=2 * CHARACTER, spacing=-5, outline=3, keep_next=True),
    Style("公文附件说明", align="left", first=-3 * CHARACTER, left=5 * CHARACTER, spacing=-5),
    Style("公文署名", align="right", spacing=-5, keep_next=True),
    Style("公文日期", align="right", right=4 * CHARACTER, spacing=-5),
    Style("公文附件", Face.HEI, align="left", keep_next=True),
    Style("公文附件标题", Face.TITLE, 22, 33, "center", before=LINE - 80, after=LINE // 2, outline=0, keep_next=True),
    Style("公文表题", Face.HEI, 12, 20, "center", before=60, after=60, keep_next=True),
    Style("公文表头", Face.HEI, 10.5, 14, "center"),
    Style("公文表文", points=10.5, line=14, align="left"),
    Style("公文表注", points=10.5, line=16, before=60),
    Style("公文图", align="center", exact=False, keep_next=True),
    Style("公文图题", Face.HEI, 10.5, 16, "center"),
    Style("公文版记", points=14, line=20, align="left", left=280, right=280,
          tabs='<w:tab w:val="right" w:pos="8560"/>'),
    Style("公文版记线", points=1, line=1),
    Style("公文末行", points=1, line=1),
    Style("公文页码单", Face.SONG, 14, 14, "right", right=280),
    Style("公文页码双", Face.SONG, 14, 14, "left", left=280),
)  # fmt: skip


def template_bytes(head: Head, masthead_points: float = 62) -> bytes:
    """Return the template for that way of heading the first page; ``masthead_points`` is the size of the red line."""
    document = docx.Document()
    _drop_leftovers(document)
    _set_fonts(document)
    _set_styles(document, masthead_points)
    _set_page(document, head)
    body = document.element.body
    for xml in (*_head(head), *_text(), *_imprint(head)):
        body.insert(len(body) - 1, parse_xml(xml))
    target = BytesIO()
    document.save(target)
    return target.getvalue()


def paragraph(style: str, content: str = "", properties: str = "") -> str:
    """Return a ``w:p`` with that style name as its id, extra properties and run XML."""
    return (
        f'<w:p {nsdecls("w")}><w:pPr><w:pStyle w:val="{style}"/>{properties}</w:pPr>{content}</w:p>'
    )  # fmt: skip


def run(text: str, properties: str = "") -> str:
    """Return a ``w:r`` with escaped text; a tab in it becomes a tab."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    pieces = '</w:t><w:tab/><w:t xml:space="preserve">'.join(escaped.split("\t"))
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{pieces}</w:t></w:r>'


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
        *_when("annex_list", blank, _field(BODY, "{%p for line in annex_list %}"),
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


@dataclass(frozen=True, slots=True)
class BoxPlace:
    """Where a text box stands (the inside of ``wp:positionH`` and ``wp:positionV``), its size in EMU, how text runs."""

    across: str
    down: str
    width: int
    height: int
    wrap: str
    direction: str
    anchor: str


def text_box(name: str, identity: int, place: BoxPlace, content: str) -> str:
    """Return a run with a text box without border; ``content`` is paragraphs."""
    return f"""<w:r xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"
 xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" {nsdecls("w", "wp", "a")}>
<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0"
 simplePos="0" relativeHeight="{251650000 + identity}" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">
<wp:simplePos x="0" y="0"/><wp:positionH {place.across}</wp:positionH><wp:positionV {place.down}</wp:positionV>
<wp:extent cx="{place.width}" cy="{place.height}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:{place.wrap}/>
<wp:docPr id="{identity}" name="{name}" descr="{name}"/><wp:cNvGraphicFramePr/>
<a:graphic><a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>
<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{place.width}" cy="{place.height}"/></a:xfrm>
<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/><a:ln><a:noFill/></a:ln></wps:spPr>
<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>
<wps:bodyPr vert="{place.direction}" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{place.anchor}"/></wps:wsp>
</a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice></mc:AlternateContent></w:r>"""


def _drop_leftovers(document: Any) -> None:
    """Leave out what python-docx's own template brings along: a second set of styles, a thumbnail, an empty XML."""
    for part in (document.part, document.part.package):
        for key, relation in list(part.rels.items()):
            if relation.reltype.rsplit("/", 1)[-1] in ("stylesWithEffects", "thumbnail", "customXml"):
                part.rels.pop(key)


def _set_fonts(document: Any) -> None:
    """Name the fonts with their stand-ins, so that a reader without one shows the like of it."""
    part = next(p for p in document.part.package.iter_parts() if str(p.partname) == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
        '<w:pitch w:val="default"/></w:font>'
        for name, others in FACES.values()
    )
    part._blob = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()


def _set_styles(document: Any, masthead_points: float) -> None:
    element = document.styles.element
    for child in list(element):
        element.remove(child)
    element.append(parse_xml(_defaults()))
    for style in STYLES:
        size = masthead_points if style.name == "公文红头" else style.points
        element.append(parse_xml(_style(style, size, size if style.name == "公文红头" else style.line)))
    table = (
        f'<w:style {nsdecls("w")} w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/>'
        "<w:tblPr><w:tblInd w:w=\"0\" w:type=\"dxa\"/></w:tblPr></w:style>"
    )  # fmt: skip
    element.append(parse_xml(table))


def _defaults() -> str:
    return (
        f'<w:docDefaults {nsdecls("w")}><w:rPrDefault><w:rPr>{fonts_of(Face.TEXT)}<w:sz w:val="32"/><w:szCs w:val="32"/>'
        '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault>'
        "<w:pPrDefault/></w:docDefaults>"
    )


def fonts_of(face: Face) -> str:
    """Return the run property that names the face's font for every script."""
    name = FACES[face][0]
    return f'<w:rFonts w:ascii="{name}" w:eastAsia="{name}" w:hAnsi="{name}" w:cs="{name}"/>'


def _style(style: Style, points: float, line: float) -> str:
    """A style in the order of elements that the schema wants."""
    rule = "exact" if style.exact else "atLeast"
    parts = (
        "<w:keepNext/>" if style.keep_next else "",
        '<w:widowControl w:val="0"/>',
        f"<w:pBdr>{style.border}</w:pBdr>" if style.border else "",
        f"<w:tabs>{style.tabs}</w:tabs>" if style.tabs else "",
        '<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>',
        f'<w:spacing w:before="{style.before}" w:after="{style.after}" w:line="{round(line * 20)}" w:lineRule="{rule}"/>',
        _indent(style),
        f'<w:jc w:val="{style.align}"/>',
        f'<w:outlineLvl w:val="{style.outline}"/>' if style.outline is not None else "",
    )
    letters = (
        fonts_of(style.face),
        f'<w:color w:val="{style.colour}"/>' if style.colour else "",
        f'<w:spacing w:val="{style.spacing}"/>' if style.spacing else "",
        f'<w:sz w:val="{round(points * 2)}"/><w:szCs w:val="{round(points * 2)}"/>',
    )
    default = ' w:default="1"' if style.name == BODY else ' w:customStyle="1"'
    return (
        f'<w:style {nsdecls("w")} w:type="paragraph"{default} w:styleId="{style.name}"><w:name w:val="{style.name}"/>'
        f'<w:qFormat/><w:pPr>{"".join(parts)}</w:pPr><w:rPr>{"".join(letters)}</w:rPr></w:style>'
    )  # fmt: skip


def _indent(style: Style) -> str:
    """Indents in characters for Word and in points for the rest."""
    sides = f'w:left="{style.left}" w:right="{style.right}"'
    if style.first < 0:
        return f'<w:ind {sides} w:hanging="{-style.first}"/>'
    characters = f' w:firstLineChars="{style.first // CHARACTER * 100}"' if style.first else ""
    return f'<w:ind {sides}{characters} w:firstLine="{style.first}"/>'


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


def page_number() -> str:
    """Return the runs of "— 1 —" with the page's number as a field."""
    return run("— ") + '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>' + run(" —")


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
