"""An official document as plain lines: for its golden text, its glyphs, and a mail's text part."""

from __future__ import annotations

from collections.abc import Iterator

from reports.fonts import Face
from reports.official import Block, Figures, Head, Heading, OfficialDocument, Paragraph, Table, chinese_date


def text_lines(document: OfficialDocument) -> list[str]:
    """Return everything that is printed but the page numbers and the pictures, in reading order, one line per item."""
    return [line for line in _lines(document) if line]


def _lines(document: OfficialDocument) -> Iterator[str]:
    yield from (document.masthead, document.document_no, *document.issue_line)
    yield from (document.title.replace("\n", ""), document.mark_line, document.addressee)
    yield from _block_lines(document.blocks)
    yield from _annex_list_lines(document)
    yield from (document.signature, chinese_date(document.dated_on))
    for place, annex in enumerate(document.annexes):
        yield from (document.annex_label(place), annex.title.replace("\n", ""))
        yield from _block_lines(annex.blocks)
    yield from imprint_lines(document)


def texts_by_face(document: OfficialDocument) -> dict[Face, str]:
    """Return what each face sets: a character may be in the font of the text and not in that of the title."""
    blocks = [*document.blocks, *(block for annex in document.annexes for block in annex.blocks)]
    labels = [document.annex_label(place) for place in range(len(document.annexes))]
    titles = [document.masthead, document.title, *(annex.title for annex in document.annexes)]
    level = {1: Face.HEI, 2: Face.KAI}
    parts = [(Face.TITLE, "".join(titles)), (Face.HEI, "".join(labels)), (Face.KAI, document.mark_line)]
    for block in blocks:
        match block:
            case Heading():
                parts.append((level.get(block.level, Face.TEXT), block.text))
            case Paragraph():
                parts.append((level.get(block.level, Face.KAI), block.lead))
            case Table():
                parts.append((Face.HEI, block.caption + "".join(column.label for column in block.columns)))
            case Figures():
                parts.append((Face.HEI, "".join(figure.caption + figure.alt for figure in block.items)))
    own = {face: "".join(text for one, text in parts if one is face) for face in (Face.TITLE, Face.HEI, Face.KAI)}
    return {**own, Face.TEXT: "".join(text_lines(document))}


def _annex_list_lines(document: OfficialDocument) -> Iterator[str]:
    for place, title in enumerate(document.annex_list):
        yield title if place else f"附件：{title}"


def imprint_lines(document: OfficialDocument) -> list[str]:
    """Return the lines of the imprint; empty when the document has none."""
    imprint = document.imprint
    copied = [f"抄送：{imprint.copied_to}。"] if imprint.copied_to else []
    if document.head is Head.LETTER or not imprint.printed_by or imprint.printed_on is None:
        return copied
    return [*copied, f"{imprint.printed_by}{chinese_date(imprint.printed_on)}印发"]


def _block_lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        match block:
            case Heading():
                yield block.text
            case Paragraph():
                yield block.lead + block.text
            case Table():
                yield block.caption
                yield "\t".join(column.label for column in block.columns)
                yield from ("\t".join(row) for row in block.rows)
                yield block.note
            case Figures():
                yield from (figure.caption for figure in block.items)
