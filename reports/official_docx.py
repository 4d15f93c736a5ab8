"""An official document as .docx: the template's red head and imprint filled in, the blocks set between them."""

from __future__ import annotations

import zipfile
from copy import deepcopy
from datetime import datetime
from datetime import time as clock
from functools import cache
from io import BytesIO
from math import ceil
from threading import Lock
from typing import Any

from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Twips
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate

from reports.environment import Environment, environment
from reports.fonts import Face
from reports.official import (
    TYPE_AREA_MM,
    Annex,
    Block,
    Figure,
    Figures,
    Head,
    Heading,
    OfficialDocument,
    Paragraph,
    Table,
    chinese_date,
    masthead_points,
    width_in_characters,
)
from reports.official_sections import turn_page_numbers, turned, upright
from reports.official_styles import CHARACTER, STYLES, fonts_of
from reports.official_tables import TWIPS_PER_MM, table_xml
from reports.official_template import IMPRINT_BOX, IMPRINT_LINE_EMU, template_bytes
from reports.official_xml import broken, paragraph, run
from tasks.domain.errors import DocumentError

TEMPLATE_NAME = "公文模板（docx）"
BODY_MARK, ANNEX_MARK = "［正文］", "［附件］"
LEVELS = ("公文一级标题", "公文二级标题", "公文三级标题", "公文四级标题")
LANDSCAPE_WIDTH_MM = 225
GAP_MM = 4
MM_PER_SMALL_CHARACTER = 14 * 25.4 / 72
WRITTEN_AT = (1980, 1, 1, 0, 0, 0)


# python-docx reads through one parser, whose elements lose their classes where two threads use it at once.
ONE_AT_A_TIME = Lock()


def docx_bytes(document: OfficialDocument, template: bytes | None = None) -> bytes:
    """Return the document as .docx, the same bytes for the same document.

    ``template`` is a jurisdiction's own, made from ``official_template.template_bytes``. Needs no fonts. Raises
    ``DocumentError`` naming the mark, style or variable that the template lacks or has too many.
    """
    with ONE_AT_A_TIME:
        return _written(document, template)


def _written(document: OfficialDocument, template: bytes | None) -> bytes:
    source = template_bytes(document.head, masthead_points(document)) if template is None else template
    word = _filled(source, document)
    _check_styles(word)
    writer = _Writer(word)
    body, annexes = _mark(word, BODY_MARK), _mark(word, ANNEX_MARK)
    writer.write(document.blocks, body, keep_last=True)
    _indent_signature(word, document)
    _fit_imprint(word, document)
    writer.write_annexes(document, annexes)
    for mark in (body, annexes):
        mark.getparent().remove(mark)
    _set_properties(word, document)
    target = BytesIO()
    word.save(target)
    return _without_clock(target.getvalue())


def _filled(template: bytes, document: OfficialDocument) -> Document:
    """The template with every variable filled; what it names and we do not know is an error, never an empty space."""
    word = DocxTemplate(BytesIO(template))
    _environment().fill(TEMPLATE_NAME, word, **_context(document))
    return word.docx


@cache
def _environment() -> Environment:
    """One for all documents: they share their templates, which it compiles once."""
    return environment()


def _context(document: OfficialDocument) -> dict[str, Any]:
    imprint = document.imprint
    lines = [("附件：" if place == 0 else "\t") + title for place, title in enumerate(document.annex_list)]
    return {
        "masthead": document.masthead,
        "document_no": document.document_no,
        "issuer": document.issue_line[0],
        "issued_on": document.issue_line[1],
        "title": "\n".join(document.title_lines),
        "mark_line": document.mark_line,
        "addressee": document.addressee,
        "body": BODY_MARK,
        "annex_list": lines,
        "signature": document.signature,
        "dated_on": chinese_date(document.dated_on),
        "annexes": ANNEX_MARK,
        "copied_to": imprint.copied_to,
        "printed_by": imprint.printed_by if imprint.printed_on else "",
        "printed_on": chinese_date(imprint.printed_on) if imprint.printed_on else "",
    }


def _check_styles(word: Document) -> None:
    present = {style.name for style in word.styles}
    absent = [style.name for style in STYLES if style.name not in present]
    if absent:
        raise DocumentError(TEMPLATE_NAME, f"缺少样式：{'、'.join(absent)}", "请从默认模板中复制这些样式。")


def _mark(word: Document, text: str) -> Any:
    """The paragraph that a mark became."""
    for element in word.element.body.iterchildren(qn("w:p")):
        if "".join(t.text or "" for t in element.iter(qn("w:t"))).strip() == text:
            return element
    raise DocumentError(TEMPLATE_NAME, f"缺少标记 {text}", "请在模板中保留 {{ body }} 和 {{ annexes }} 两个独立段落。")


class _Writer:
    """Puts blocks before a mark of one Word document, in the styles that its template brings."""

    def __init__(self, word: Document) -> None:
        self._word = word
        self._ids = {style.name: style.style_id for style in word.styles}

    def write(
        self, blocks: tuple[Block, ...], mark: Any, *, keep_last: bool, width_mm: float = TYPE_AREA_MM[0]
    ) -> None:
        """Put the blocks before the mark; ``keep_last`` ties the last of them to what follows."""
        for place, block in enumerate(blocks, 1):
            kept = keep_last and place == len(blocks)
            match block:
                case Heading():
                    self._add(mark, LEVELS[block.level - 1], run(block.text))
                case Paragraph():
                    keep = "<w:keepNext/>" if kept else ""
                    self._add(mark, "公文正文", self._lead(block) + run(block.text), keep)
                case Table():
                    self._table(mark, block, width_mm, kept)
                case Figures():
                    self._figures(mark, block, width_mm)

    def write_annexes(self, document: OfficialDocument, mark: Any) -> None:
        """Put every annex on pages of its own before the mark; where the paper turns a new section begins."""
        first = section = self._word.element.body.sectPr
        is_turned = False
        for place, annex in enumerate(document.annexes):
            if annex.landscape != is_turned:
                self._add(mark, "公文末行").pPr.append(deepcopy(section))
                section = turned(first) if annex.landscape else upright(first)
            self._annex(document.annex_label(place), annex, mark, on_new_page=annex.landscape == is_turned)
            is_turned = annex.landscape
        if section is not first:
            first.getparent().replace(first, section)
        for number, part in enumerate(self._word.sections):
            if part.orientation == WD_ORIENT.LANDSCAPE:
                turn_page_numbers(part, number)

    def _annex(self, label: str, annex: Annex, mark: Any, *, on_new_page: bool) -> None:
        self._add(mark, "公文附件", run(label), "<w:pageBreakBefore/>" if on_new_page else "")
        self._add(mark, "公文附件标题", broken(annex.title))
        width = LANDSCAPE_WIDTH_MM if annex.landscape else TYPE_AREA_MM[0]
        self.write(annex.blocks, mark, keep_last=True, width_mm=width)

    def _add(self, mark: Any, style: str, content: str = "", properties: str = "") -> Any:
        element = parse_xml(paragraph(self._ids[style], content, properties))
        mark.addprevious(element)
        return element

    def _lead(self, block: Paragraph) -> str:
        return run(block.lead, fonts_of(Face.HEI if block.level == 1 else Face.KAI)) if block.lead else ""

    def _table(self, mark: Any, table: Table, width_mm: float, kept: bool) -> None:
        if table.caption:
            self._add(mark, "公文表题", run(table.caption))
        mark.addprevious(parse_xml(table_xml(table, width_mm, self._ids, kept=kept)))
        self._add(mark, "公文表注" if table.note else "公文末行", broken(table.note), "<w:keepNext/>" if kept else "")

    def _figures(self, mark: Any, figures: Figures, width_mm: float) -> None:
        """Pictures side by side are cells of a table without rules, captions below."""
        count = len(figures.items)
        width = (width_mm - GAP_MM * (count - 1)) / count
        cell = round(width_mm / count * TWIPS_PER_MM)
        cells = f'<w:tc><w:tcPr><w:tcW w:w="{cell}" w:type="dxa"/></w:tcPr></w:tc>' * count
        rows = f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>" * 2
        grid = f'<w:gridCol w:w="{cell}"/>' * count
        # Without margins of zero a cell cuts the right edge of its picture off.
        margins = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
        layout = f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
        plain = f'<w:tblPr><w:tblW w:w="0" w:type="auto"/>{layout}</w:tblPr>'
        table = parse_xml(f"<w:tbl {nsdecls('w')}>{plain}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>")
        mark.addprevious(table)
        above, below = ([*row.iter(qn("w:tc"))] for row in table.iter(qn("w:tr")))
        for figure, upper, lower in zip(figures.items, above, below, strict=True):
            upper.append(self._picture(figure, width))
            lower.append(parse_xml(paragraph(self._ids["公文图题"], run(figure.caption))))
        self._add(mark, "公文末行")

    def _picture(self, figure: Figure, width_mm: float) -> Any:
        element = parse_xml(paragraph(self._ids["公文图"]))
        shape = WordParagraph(element, self._word._body).add_run().add_picture(BytesIO(figure.png), width=Mm(width_mm))
        shape._inline.docPr.set("descr", figure.alt)
        shape._inline.docPr.set("name", figure.caption or "图")
        return element


def _fit_imprint(word: Document, document: OfficialDocument) -> None:
    """Make the imprint's box as high as its lines: Word itself would do so only when somebody edits it."""
    room = TYPE_AREA_MM[0] / MM_PER_SMALL_CHARACTER - 2
    copied = ceil(width_in_characters(document.imprint.copied_to) / (room - 3)) if document.imprint.copied_to else 0
    lines = copied + (1 if document.head is not Head.LETTER and document.imprint.printed_by else 0)
    for anchor in word.element.body.iter(qn("wp:anchor")):
        if anchor.find(qn("wp:docPr")).get("name") == IMPRINT_BOX:
            for extent in (*anchor.iter(qn("wp:extent")), *anchor.iter(qn("a:ext"))):
                extent.set("cy", str(round((lines + 0.3) * IMPRINT_LINE_EMU)))


def _indent_signature(word: Document, document: OfficialDocument) -> None:
    for element in word.element.body.iterchildren(qn("w:p")):
        if element.style == next(style.style_id for style in word.styles if style.name == "公文署名"):
            WordParagraph(element, word._body).paragraph_format.right_indent = Twips(
                round(document.signature_indent * CHARACTER)
            )


def _set_properties(word: Document, document: OfficialDocument) -> None:
    """The document's own day instead of the clock's."""
    written = datetime.combine(document.dated_on, clock.min)
    core = word.core_properties
    core.title, core.author, core.last_modified_by = document.title.replace("\n", ""), document.signature, ""
    core.comments, core.keywords, core.language = "", "", "zh-CN"
    core.created = core.modified = core.last_printed = written
    core.revision = 1


def _without_clock(package: bytes) -> bytes:
    """The same package with one constant time on every part."""
    target = BytesIO()
    with zipfile.ZipFile(BytesIO(package)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name, WRITTEN_AT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return target.getvalue()
