"""The pieces of WordprocessingML that official documents are made of."""

from __future__ import annotations

from dataclasses import dataclass

from docx.oxml.ns import nsdecls


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


def broken(text: str) -> str:
    """Return the runs of a text whose lines are broken where it says so."""
    return "<w:r><w:br/></w:r>".join(run(line) for line in text.split("\n"))


def page_number() -> str:
    """Return the runs of "— 1 —" with the page's number as a field."""
    return run("— ") + '<w:fldSimple w:instr="PAGE"><w:r><w:t>1</w:t></w:r></w:fldSimple>' + run(" —")


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
