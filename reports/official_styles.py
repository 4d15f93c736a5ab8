"""The fonts and paragraph styles of official documents in Word, by the names that an office's template keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from reports.fonts import Face

RED = "E60012"
LINE = 579
"""Twentieths of a point from line to line: 28.95 pt, 22 lines in 225 mm."""
CHARACTER = 315
"""Twentieths of a point a character: 16 pt less 0.25 pt, 28 in 156 mm."""

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
    Style("公文附件说明", align="left", first=-3 * CHARACTER, left=5 * CHARACTER, spacing=-5,
          keep_next=True),
    Style("公文署名", align="right", spacing=-5, keep_next=True),
    Style("公文日期", align="right", right=4 * CHARACTER, spacing=-5),
    Style("公文附件", Face.HEI, align="left", keep_next=True),
    Style("公文附件标题", Face.TITLE, 22, 33, "center", before=LINE - 80, after=LINE // 2, outline=0, keep_next=True),
    Style("公文表题", Face.HEI, 12, 20, "center", before=60, after=60, keep_next=True),
    Style("公文表头", Face.HEI, 10.5, 14, "center"),
    Style("公文表文", points=10.5, line=14, align="left"),
    Style("公文表小头", Face.HEI, 9, 12, "center"),
    Style("公文表小文", points=9, line=12, align="left"),
    Style("公文表注", points=10.5, line=16, align="left", before=60),
    Style("公文图", align="center", exact=False, keep_next=True),
    Style("公文图题", Face.HEI, 10.5, 16, "center"),
    Style("公文版记", points=14, line=20, align="left", left=280, right=280,
          tabs='<w:tab w:val="right" w:pos="8560"/>'),
    Style("公文版记线", points=1, line=1),
    Style("公文末行", points=1, line=1),
    Style("公文页码单", Face.SONG, 14, 14, "right", right=280),
    Style("公文页码双", Face.SONG, 14, 14, "left", left=280),
)  # fmt: skip


def set_styles(document: Any, masthead_points: float) -> None:
    """Replace the document's styles by ours."""
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


def name_fonts(document: Any) -> None:
    """Name the fonts with their stand-ins, so that a reader without one shows the like of it."""
    part = next(p for p in document.part.package.iter_parts() if str(p.partname) == "/word/fontTable.xml")
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/><w:family w:val="auto"/>'
        '<w:pitch w:val="default"/></w:font>'
        for name, others in FACES.values()
    )
    part._blob = f'<?xml version="1.0" encoding="UTF-8"?><w:fonts {nsdecls("w")}>{fonts}</w:fonts>'.encode()


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
