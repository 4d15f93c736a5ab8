"""Put the closing (销号) of a backlog case before those who sign; only their signature closes it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from reports.closings import Closing, Proof, closing_form
from tasks.adapters.ledger.documents import Document, Heading
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.backlog_desk import last_reviewed
from tasks.domain.documents import CHECKSUM_LENGTH, DocumentKind
from tasks.domain.errors import ConfigurationError
from tasks.papers import MEDIA_TYPES, Part, Written, lay_out, put_forward, show_draft, written
from tasks.record import Day
from tasks.shelve import Reviewed, inspected_by

LARGEST = 50_000_000
# Where the office puts papers that a form in the UI names.
PROOFS = "proofs"


@dataclass(frozen=True, slots=True)
class Request:
    """Who wants which case closed, on what proof; ``despite`` must say why if the case still meets a criterion."""

    proposal_id: str
    proof: str
    by: str
    files: tuple[Path, ...] = ()
    despite: str = ""


@task(name="申请销号", task_run_name="申请销号 {request.proposal_id}", cache_policy=NO_CACHE)
def ask_to_close(jurisdiction: str, request: Request, day: Day) -> dict[str, str | int]:
    """Draft the closing form, show it, and return what to copy into the sign-off form."""
    return show_draft(open_workplace(jurisdiction), closing_draft(jurisdiction, request, day))


def closing_draft(jurisdiction: str, request: Request, day: Day) -> Document:
    """Return the stored draft of the closing form with its papers; the case stays open until it is signed.

    Wrong use: a proposal without an open case, no proof or name, a case that still meets a criterion without ``despite``,
    a paper that is missing, too large or of a kind that nobody can open.
    """
    workplace = open_workplace(jurisdiction)
    _refuse_blank(request)
    reviewed = last_reviewed(workplace)
    case = _open_case(reviewed, request.proposal_id)
    line = reviewed.line((request.proposal_id, int(case["occurrence"])))
    if line.is_met and not request.despite.strip():
        raise ConfigurationError(
            f"积案{line.case_no}",
            f"按{reviewed.record.as_of}的核定仍符合“{'、'.join(line.labels)}”",
            "请先办结；确要销号的，用 --despite 写明理由。",
        )
    papers = _papers(request.files)
    closing = Closing(
        issuer=workplace.jurisdiction.office.name,
        line=line,
        asked_on=day.as_of,
        asked_by=request.by.strip(),
        proof=request.proof.strip(),
        papers=tuple(Proof(part.filename, _checksum(part)) for part in papers),
        despite=request.despite.strip(),
        inspected=inspected_by(reviewed).get(line.key, ""),
    )
    document = _put_forward(workplace, reviewed, closing, papers, day.now)
    lay_out(workplace, document)
    return document


def _put_forward(
    workplace: Workplace, reviewed: Reviewed, closing: Closing, papers: Sequence[Part], now: datetime
) -> Document:
    line, about = closing.line, reviewed.assessed.record
    heading = Heading(
        kind=DocumentKind.CLOSING,
        subject=f"积案{line.case_no}销号",
        title=f"{line.name}积案销号审批表",
        as_of=reviewed.record.as_of,
        dated_on=closing.asked_on,
    )

    def write(document: Document) -> Written:
        annexes = {f"proof{number:02d}": part for number, part in enumerate(papers, 1)}
        return written(workplace, closing_form(closing), f"积案{line.case_no}销号审批表", annexes)

    versions = ("assessment_id", "snapshot_id", "rule_version", "calendar_version", "code_version")
    ever = reviewed.shelf.reviewed.set_index(["proposal_id", "occurrence"])["criteria"]
    made_from = {
        **{name: getattr(about, name) for name in versions},
        "review_id": reviewed.record.review_id,
        "proposal_id": line.key[0],
        "occurrence": line.key[1],
        "criteria": str(ever[line.key]),
        "proof": closing.proof,
        "asked_by": closing.asked_by,
        "despite": closing.despite,
    }
    return put_forward(workplace, heading, write, made_from, now)[0]


def _refuse_blank(request: Request) -> None:
    named = {"销号依据（--proof）": request.proof, "申请人（--by）": request.by}
    if missing := [name for name, text in named.items() if not text.strip()]:
        raise ConfigurationError("销号", f"没有写明{'、'.join(missing)}", "请补写后再申请。")


def _open_case(reviewed: Reviewed, proposal_id: str) -> pd.Series:
    register = reviewed.register
    mine = register[(register["proposal_id"] == proposal_id) & register["closed_on"].isna()]
    if mine.empty:
        raise ConfigurationError("销号", f"{proposal_id} 没有在办积案", "请用 backlog-case list 查看在办积案。")
    return mine.iloc[-1]


def _papers(files: Sequence[Path]) -> list[Part]:
    names = [path.name for path in files]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigurationError("证明材料", f"有同名文件：{'、'.join(twice)}", "请改名后再申请。")
    return [Part(path.name, read_paper(path)) for path in files]


def proofs_named(jurisdiction: str, names: Sequence[str]) -> tuple[Path, ...]:
    """Return the papers of those names in the jurisdiction's folder of proofs; a name that leads out of it is wrong use."""
    folder = open_workplace(jurisdiction).settings.var / PROOFS / jurisdiction
    if wrong := [name for name in names if PurePath(name).name != name]:
        raise ConfigurationError("证明材料", f"{'、'.join(wrong)} 不是文件名", f"请把材料放进 {folder}，只写文件名。")
    return tuple(folder / name for name in names)


def read_paper(path: Path) -> bytes:
    """Return a paper's content; wrong use if it is missing, too large or of a kind that nobody can open."""
    if PurePath(path.name).suffix.lower() not in MEDIA_TYPES:
        kinds = "、".join(sorted(MEDIA_TYPES))
        raise ConfigurationError(f"证明材料 {path}", "不能收存这种文件", f"可用：{kinds}；其他请打成 .zip。")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise ConfigurationError(f"证明材料 {path}", f"{size} 字节，太大", f"单个文件不超过 {LARGEST} 字节。")
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"证明材料 {path}", f"读不到：{error.strerror}", "请核对路径和权限。") from None


def _checksum(part: Part) -> str:
    return hashlib.sha256(part.content).hexdigest()[:CHECKSUM_LENGTH]
