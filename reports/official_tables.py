"""A table in WordprocessingML, written as text: python-docx needs minutes for a thousand rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from docx.oxml.ns import nsdecls

from reports.official import Align, Table
from reports.official_xml import broken

TWIPS_PER_MM = 1440 / 25.4
CELL_MARGINS = (("top", 60), ("left", 50), ("bottom", 60), ("right", 50))
KEPT_ROWS = 3
"""The last rows of a table stay with what follows them, so that an imprint never has a page to itself."""


@dataclass(frozen=True, slots=True)
class _Cells:
    """How the cells of one row look."""

    style: str
    widths: Sequence[int]
    aligns: Sequence[Align]
    is_head: bool = False
    keep_next: bool = False


def table_xml(table: Table, width_mm: float, ids: Mapping[str, str], *, kept: bool) -> str:
    """Return the ``w:tbl`` as wide as asked; ``ids`` are style ids by name, ``kept`` ties its end to what follows."""
    room = round(width_mm * TWIPS_PER_MM)
    share = room / sum(column.width for column in table.columns)
    widths = [round(column.width * share) for column in table.columns]
    head, text = ("公文表小头", "公文表小文") if table.is_wide else ("公文表头", "公文表文")
    titles = _Cells(ids[head], widths, [Align.CENTER] * len(widths), is_head=True, keep_next=True)
    aligns = [column.align for column in table.columns]
    plain, tied = (_Cells(ids[text], widths, aligns, keep_next=keep) for keep in (False, True))
    first_tied = len(table.rows) - KEPT_ROWS if kept or table.note else len(table.rows)
    rows = (_row(row, tied if place >= first_tied else plain) for place, row in enumerate(table.rows))
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    top = f"{_properties(room)}<w:tblGrid>{grid}</w:tblGrid>{_row([c.label for c in table.columns], titles)}"
    return f"<w:tbl {nsdecls('w')}>{top}{''.join(rows)}</w:tbl>"


def _row(texts: Sequence[str], cells: _Cells) -> str:
    head = "<w:tblHeader/>" if cells.is_head else ""
    written = (
        _cell(text, width, align, cells) for text, width, align in zip(texts, cells.widths, cells.aligns, strict=True)
    )
    return f"<w:tr><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(written)}</w:tr>"


def _cell(text: str, width: int, align: Align, cells: _Cells) -> str:
    keep = "<w:keepNext/>" if cells.keep_next else ""
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr><w:pStyle w:val="{cells.style}"/>{keep}<w:jc w:val="{align}"/></w:pPr>{broken(text)}</w:p></w:tc>'
    )


def _properties(room: int) -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(f'<w:{side} w:w="{wide}" w:type="dxa"/>' for side, wide in CELL_MARGINS)
    return (
        f'<w:tblPr><w:tblW w:w="{room}" w:type="dxa"/><w:jc w:val="center"/><w:tblBorders>{sides}</w:tblBorders>'
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
    )
