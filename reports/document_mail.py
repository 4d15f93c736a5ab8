"""An official document as mail: its text to read at once, its annexes as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.environment import Environment
from reports.notices import INLINER, LONGEST_SUBJECT
from reports.official import Align, Block, Heading, OfficialDocument, Paragraph, Table
from reports.wording import legible
from tasks.domain.notices import Office

FITTING_COLUMNS = 5
"""So many columns of figures are readable at 375 px."""


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A subject of one line, a whole HTML document, and a text written for reading."""

    subject: str
    html: str
    text: str


def document_mail(
    document: OfficialDocument, office: Office, attachments: Sequence[str], env: Environment
) -> RenderedMail:
    """Return the document's main text as mail; pictures and annexes are left to the ``attachments`` that it names."""
    title = document.title.replace("\n", "")
    values = {
        "document": document,
        "title": title,
        "parts": list(_parts(document.blocks)),
        "attachments": list(attachments),
        "office": office,
    }
    return RenderedMail(
        subject=legible(f"{document.masthead}{document.document_no}：{title}", LONGEST_SUBJECT),
        html=INLINER.inline(env.text("documents/mail.html", **values)),
        text=env.text("documents/mail.txt", **values),
    )


def _parts(blocks: Sequence[Block]) -> Iterator[dict[str, object]]:
    for block in blocks:
        match block:
            case Heading():
                yield {"kind": "heading", "text": block.text}
            case Paragraph():
                yield {"kind": "paragraph", "lead": block.lead, "text": block.text}
            case Table():
                yield {"kind": "table", "caption": block.caption, "note": block.note, **_upright(block)}


def _upright(table: Table) -> dict[str, object]:
    """Return heads, rows, widths in percent and sides; a table wider than long is turned, so that a telephone shows it whole."""
    heads, rows = [column.label for column in table.columns], [list(row) for row in table.rows]
    if len(heads) > FITTING_COLUMNS and len(rows) < len(heads):
        turned = [list(cells) for cells in zip(heads, *rows, strict=True)]
        return {"columns": turned[0], "rows": turned[1:], "widths": [], "aligns": [Align.CENTER] * len(turned[0])}
    whole = sum(column.width for column in table.columns)
    widths = [round(100 * column.width / whole) for column in table.columns]
    return {"columns": heads, "rows": rows, "widths": widths, "aligns": [column.align for column in table.columns]}
