"""Write an issued document again from what it was made from, and compare every byte with what is in the archive."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tasks.adapters.archive import write_atomically
from tasks.adapters.kept_config import as_configured
from tasks.adapters.ledger import documents
from tasks.adapters.ledger.documents import Document
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.brief import brief_again
from tasks.domain.documents import UNSEEN, DocumentKind
from tasks.domain.errors import DocumentError
from tasks.draft import written_again
from tasks.papers import Written, fonts_of
from tasks.summarise import summary_again

WRITERS: Mapping[DocumentKind, Callable[[Workplace, Document], Written]] = {
    DocumentKind.CIRCULAR: written_again,
    DocumentKind.SUMMARY: summary_again,
    DocumentKind.LEADER_BRIEF: brief_again,
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A file of a document: what it is called, and whether it came out as it is kept."""

    filename: str
    is_same: bool


def rebuild(workplace: Workplace, document: Document) -> Written:
    """Return the document's files made anew from its snapshot, with the configuration of its day.

    The same program, libraries and fonts give the same bytes. Raises ``DocumentError`` for a kind that is not made from a
    snapshot alone.
    """
    if document.kind not in WRITERS:
        raise DocumentError(document.number, "这类文件不能从快照重新生成", "请查看档案中的原件。")
    kept = workplace.archive.get(document.made_from["configuration"])
    with as_configured(workplace, kept) as then:
        return WRITERS[document.kind](then, document)


def rebuild_into(jurisdiction: str, document_id: str, folder: Path | None) -> tuple[list[Compared], str]:
    """Rebuild a document, write its files to ``folder`` if there is one, and return how each compares.

    The second part names what differs from then and may explain a difference; it is empty where nothing does.
    """
    workplace = open_workplace(jurisdiction)
    document = documents.by_id(workplace.ledger, jurisdiction, document_id)
    made = rebuild(workplace, document)
    compared = []
    for part, file in document.contents.items():
        content = made.parts[part].content if part in made.parts else b""
        if folder is not None and content and part not in UNSEEN:
            write_atomically(folder / file.filename, content)
        compared.append(Compared(file.filename, content == workplace.archive.get(file.content)))
    return compared, "" if all(one.is_same for one in compared) else _changed_since(workplace, document)


def _changed_since(workplace: Workplace, document: Document) -> str:
    fonts = fonts_of(workplace)
    now = fonts.version if fonts else "没有字体"
    if now != document.made_from.get("fonts"):
        return f"字体与拟稿时不同（当时 {document.made_from.get('fonts')}，现在 {now}），PDF 因此不同。"
    return "快照、规则、配置和字体都与拟稿时相同：不同出自程序或软件包的版本。"
