"""Papers: official documents on their way to a signature — written, numbered, stored, laid out and shown to who signs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path, PurePath
from typing import Any

from prefect.artifacts import create_markdown_artifact

from reports.document_mail import document_mail
from reports.environment import environment
from reports.fonts import Fonts, find_fonts
from reports.official import OfficialDocument
from reports.official_files import official_files
from tasks.adapters.archive import write_atomically
from tasks.adapters.ledger import documents
from tasks.adapters.ledger.documents import Document, Heading, StoredFile
from tasks.adapters.workplace import Workplace
from tasks.domain.documents import UNSEEN, attached
from tasks.domain.errors import ConfigurationError

MEDIA_TYPES: Mapping[str, str] = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".html": "text/html",
    ".txt": "text/plain",
    ".json": "application/json",
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ofd": "application/ofd",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".zip": "application/zip",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a paper, and what people call it; its ending says what it is."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A paper's files by part; ``without_glyph`` are the characters that its PDF leaves blank.

    ``stand_ins`` names the faces of the standard that the PDF has in another design.
    """

    parts: Mapping[str, Part] = field(default_factory=dict)
    without_glyph: str = ""
    stand_ins: str = ""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What whoever submits the paper must be told about its PDF."""
        missing = () if "pdf" in self.parts else ("没有中文字体，只生成了 .docx；安装字体后重新运行即可补出 PDF",)
        blank = (f"字体里没有这些字，PDF 中会是空白：{self.without_glyph}",) if self.without_glyph else ()
        other = (f"没有公文标准字体，PDF 中{self.stand_ins}；正式印发请设 DUBAN_FONTS",) if self.stand_ins else ()
        return missing + blank + other


def written(workplace: Workplace, paper: OfficialDocument, name: str, annexes: Mapping[str, Part]) -> Written:
    """Return the paper as .docx, PDF (where there are fonts) and mail, called ``name``, together with its annexes.

    The same paper and annexes give the same bytes.
    """
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    fonts = fonts_of(workplace)
    official = official_files(paper, fonts, templates)
    pdf = {} if official.pdf is None else {"pdf": Part(f"{name}.pdf", official.pdf)}
    parts = {"docx": Part(f"{name}.docx", official.docx), **pdf, **annexes}
    names = [parts[part].filename for part in attached(parts)]
    mail = document_mail(paper, workplace.jurisdiction.office, names, environment(templates))
    said = {
        "html": Part(f"{name}.html", mail.html.encode()),
        "text": Part(f"{name}.txt", mail.text.encode()),
        "subject": Part("主题.txt", mail.subject.encode()),
    }
    stand_ins = "、".join(f"{face}以 {family} 代替" for face, family in fonts.substitutes.items()) if fonts else ""
    return Written(parts | said, official.without_glyph, stand_ins)


def fonts_of(workplace: Workplace) -> Fonts | None:
    """Return the fonts that set the PDF; None where they are missing: the .docx comes out all the same."""
    try:
        return find_fonts(workplace.settings.fonts)
    except ConfigurationError:
        return None


def put_forward(
    workplace: Workplace,
    heading: Heading,
    write: Callable[[Document], Written],
    made_from: Mapping[str, Any],
    now: datetime,
) -> tuple[Document, Written]:
    """Return the stored draft of a paper and its files; ``write`` makes them once the document has its number.

    The same paper again keeps its number, and its signatures as long as no byte of it changes.
    """
    document = documents.open_document(workplace.ledger, workplace.name, heading, now)
    files, fonts = write(document), fonts_of(workplace)
    made_from = {**made_from, "fonts": fonts.version if fonts else None}
    contents = {name: _stored(workplace, part) for name, part in files.parts.items()}
    stored = documents.store_text(
        workplace.ledger, document.document_id, contents, made_from, now, subject=document.subject
    )
    return stored, files


def lay_out(workplace: Workplace, document: Document) -> Path:
    """Write the document's files where people can open them, and return the folder."""
    folder = workplace.settings.var / "documents" / workplace.name / document.document_id / f"v{document.version}"
    for part, file in document.contents.items():
        if part not in UNSEEN:
            write_atomically(folder / file.filename, workplace.archive.get(file.content))
    return folder


def show_draft(workplace: Workplace, document: Document) -> dict[str, str | int]:
    """Lay the draft out and show it in the Prefect UI; return what to copy into the sign-off form."""
    told = _told(workplace, document, lay_out(workplace, document))
    create_markdown_artifact(told, key=f"{workplace.name}-{document.kind}", description=f"{document.number}送审稿")
    return {"document": document.document_id, "checksum": document.checksum, "version": document.version}


def _stored(workplace: Workplace, part: Part) -> StoredFile:
    media_type = MEDIA_TYPES[PurePath(part.filename).suffix.lower()]
    return StoredFile(part.filename, media_type, workplace.archive.put(part.content))


def _told(workplace: Workplace, document: Document, folder: Path) -> str:
    text = workplace.archive.get(document.contents["text"].content).decode()
    lines = "\n\n".join(line.strip() for line in text.splitlines() if line.strip())
    return (
        f"# {document.number}送审稿（第{document.version}稿）\n\n"
        f"| 编号 | 校验码 | 文件 |\n|---|---|---|\n| {document.document_id} | **{document.checksum}** | {folder} |\n\n"
        f"审核、签发或退回：运行“审核签发”，填写编号、校验码、姓名和处理意见；"
        f"或用命令 python -m flows sign-off。稿件有任何改动，校验码随之改变，须重新审核、签发。\n\n---\n\n{lines}\n"
    )
