"""An official document as plain lines: for its golden text, its glyphs, and a mail's text part."""

from __future__ import annotations

from collections.abc import Iterator

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
