"""An official document as PDF, set by typst: the same document and fonts give the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import typst

from reports.fonts import SIGNS, Face, Fonts, missing_glyphs
from reports.official import (
    Block,
    Figure,
    Figures,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    chinese_date,
    masthead_points,
)
from reports.official_text import texts_by_face
from tasks.domain.errors import DocumentError

TEMPLATES = Path(__file__).parent / "templates" / "documents"


def pdf_bytes(document: OfficialDocument, fonts: Fonts, head: str | None = None) -> bytes:
    """Return the document as tagged PDF with its fonts embedded.

    ``head`` replaces the typst source of the red head and the title (templates/documents/head.typ) and keeps its
    ``head`` function. Raises ``DocumentError`` with typst's own words when that source is wrong. A character that no
    font has comes out blank: ask ``characters_without_glyph`` first.
    """
    files: Any = {
        "main.typ": _source("official.typ"),
        "head.typ": _source("head.typ") if head is None else head.encode(),
        "document.json": json.dumps(_values(document, fonts), ensure_ascii=False).encode(),
        **{name: picture.svg for name, picture in _pictures(document)},
    }
    try:
        return typst.compile(files, format="pdf", font_paths=fonts.book, ignore_system_fonts=True)
    except typst.TypstError as error:
        raise DocumentError(
            document.document_no or document.title,
            f"PDF 排版失败：{error.diagnostic or error}",
            "如使用了本地区的 head.typ，请按提示修改；否则请将此信息报告给维护人员。",
        ) from error


def characters_without_glyph(document: OfficialDocument, fonts: Fonts) -> str:
    """Return the characters that would come out blank, each once; empty when the PDF shows everything.

    Each face is asked for what it sets: rare characters are often missing from the font of the title alone.
    """
    absent = (missing_glyphs(text, fonts, face) for face, text in texts_by_face(document).items())
    return "".join(sorted(set().union(*absent)))


@cache
def _source(name: str) -> bytes:
    return (TEMPLATES / name).read_bytes()


def _values(document: OfficialDocument, fonts: Fonts) -> dict[str, Any]:
    imprint = document.imprint
    names = iter(name for name, _ in _pictures(document))
    return {
        "head": document.head,
        "masthead": document.masthead,
        "masthead_size": masthead_points(document),
        "document_no": document.document_no,
        "issue_line": document.issue_line,
        "title": document.title_lines,
        "plain_title": document.title.replace("\n", ""),
        "mark_line": document.mark_line,
        "addressee": document.addressee,
        "blocks": [_block(block, names) for block in document.blocks],
        "annex_list": document.annex_list,
        "signature": document.signature,
        "signature_indent": document.signature_indent,
        "dated_on": chinese_date(document.dated_on),
        "annexes": [
            {
                "label": document.annex_label(place),
                "title": annex.title,
                "landscape": annex.landscape,
                "blocks": [_block(block, names) for block in annex.blocks],
            }
            for place, annex in enumerate(document.annexes)
        ],
        "imprint": {
            "copied_to": imprint.copied_to,
            "printed_by": imprint.printed_by if imprint.printed_on else "",
            "printed_on": chinese_date(imprint.printed_on) if imprint.printed_on else "",
        },
        "fonts": _font_names(fonts),
    }


def _font_names(fonts: Fonts) -> dict[str, Any]:
    names = {"text": Face.TEXT, "kai": Face.KAI, "hei": Face.HEI, "title": Face.TITLE, "song": Face.SONG}
    return {
        **{name: _families(face, fonts) for name, face in names.items()},
        "title_weight": fonts.chains[Face.TITLE][0].weight,
    }


def _families(face: Face, fonts: Fonts) -> list[dict[str, str]]:
    """The chain in typst's terms: a family, or what it covers of the text."""
    signs = fonts.signs_from(face)
    lent = [{"name": signs, "covers": SIGNS}] if signs else []
    return [*lent, *({"name": family} for family in fonts.families(face))]


def _block(block: Block, names: Iterator[str]) -> dict[str, Any]:
    match block:
        case Heading():
            return {"type": "heading", "text": block.text, "level": block.level}
        case Paragraph():
            return {"type": "paragraph", "text": block.text, "lead": block.lead, "level": block.level}
        case Table():
            columns = [{"label": c.label, "width": c.width, "align": c.align} for c in block.columns]
            return {
                "type": "table",
                "columns": columns,
                "rows": block.rows,
                "caption": block.caption,
                "note": block.note,
                "points": 9 if block.is_wide else 10.5,
            }
        case Figures():
            items = [{"file": next(names), "alt": f.alt, "caption": f.caption} for f in block.items]
            return {"type": "figures", "items": items}


def _pictures(document: OfficialDocument) -> Iterator[tuple[str, Figure]]:
    """Every picture under the name that typst finds it by, in the order of the blocks."""
    blocks = [*document.blocks, *(block for annex in document.annexes for block in annex.blocks)]
    figures = [figure for block in blocks if isinstance(block, Figures) for figure in block.items]
    yield from ((f"figure-{number}.svg", figure) for number, figure in enumerate(figures, 1))
