"""An official document as the files that leave the house, with a jurisdiction's own red head where it has one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from reports.fonts import Fonts
from reports.official import OfficialDocument
from reports.official_docx import docx_bytes
from reports.official_pdf import characters_without_glyph, pdf_bytes

FOLDER = "documents"


@dataclass(frozen=True, slots=True)
class OfficialFiles:
    """The .docx that can be edited and the PDF; ``pdf`` is ``None`` without fonts.

    ``without_glyph`` are the characters that the PDF leaves blank: whoever signs must know them.
    """

    docx: bytes
    pdf: bytes | None
    without_glyph: str


def official_files(document: OfficialDocument, fonts: Fonts | None, templates: Path | None = None) -> OfficialFiles:
    """Return both files; ``templates`` is a jurisdiction's folder.

    Its documents/document.docx, bulletin.docx or letter.docx (made from ``official_template.template_bytes``) and
    documents/head.typ, as far as they are there, take the place of ours.
    """
    folder = templates / FOLDER if templates else None
    docx = docx_bytes(document, _own(folder, f"{document.head}.docx"))
    if fonts is None:
        return OfficialFiles(docx, None, "")
    head = _own(folder, "head.typ")
    pdf = pdf_bytes(document, fonts, None if head is None else head.decode())
    return OfficialFiles(docx, pdf, characters_without_glyph(document, fonts))


def _own(folder: Path | None, name: str) -> bytes | None:
    path = folder / name if folder else None
    return path.read_bytes() if path and path.is_file() else None
