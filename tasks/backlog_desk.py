"""The register of backlog cases at the desk: what is open, one case's life, its dossier."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd

from reports.backlog_lines import BACKLOG_LIST, backlog_list
from reports.workbooks import Sheet, csv_bytes, workbook_bytes
from tasks.adapters.archive import write_atomically
from tasks.adapters.frame_files import parquet_bytes
from tasks.adapters.ledger import audit, backlog_reviews, documents
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.domain.backlog import STANDING_LABELS
from tasks.domain.documents import OPEN, STATE_LABELS, DocumentKind
from tasks.domain.errors import ConfigurationError
from tasks.shelve import Reviewed, inspected_by, reviewed_cases


def last_reviewed(workplace: Workplace) -> Reviewed:
    """Return the last review that counts; wrong use before the first."""
    last = backlog_reviews.last_review(workplace.ledger, workplace.name)
    if last is None:
        raise ConfigurationError(f"地区 {workplace.name}", "还没有核定过积案", "请先运行 run backlog-review。")
    return reviewed_cases(workplace, last.review_id)


def listed(jurisdiction: str, *, closed_too: bool = False) -> tuple[str, list[str]]:
    """Return a heading and one line a case: number, id, how it stands, since when, criteria, units, matter."""
    workplace = open_workplace(jurisdiction)
    reviewed = last_reviewed(workplace)
    ended = reviewed.register.set_index(["proposal_id", "occurrence"])["closed_on"].dropna()
    lines = [
        f"{line.case_no}  {line.key[0]}  {_standing(ended, line.key) or STANDING_LABELS[line.standing]}"
        f"  自{line.since}  {'、'.join(line.labels)}  {'、'.join(line.units) or '承办单位待定'}\n"
        f"    {line.name} {line.shown_title}"
        for line in sorted(reviewed.lines, key=lambda one: one.case_no)
        if closed_too or line.key not in ended.index
    ]
    if closed_too:
        shown = {line.key for line in reviewed.lines}
        past = [
            row for row in reviewed.register.to_dict("records") if (row["proposal_id"], row["occurrence"]) not in shown
        ]
        lines += [
            f"{row['case_no']}  {row['proposal_id']}  {row['closed_on'].date()}销号  {row['proof']}" for row in past
        ]
    return f"按 {reviewed.record.as_of} 的核定（{reviewed.record.review_id}）", lines


def _standing(ended: pd.Series, key: tuple[str, int]) -> str:
    return f"{ended[key].date()}销号" if key in ended.index else ""


def write_list(jurisdiction: str, path: Path) -> int:
    """Write the last review's cases to ``path`` (.csv, .parquet or .xlsx) and return their number."""
    workplace = open_workplace(jurisdiction)
    reviewed = last_reviewed(workplace)
    frame = backlog_list(reviewed.shelf, reviewed.lines, inspected_by(reviewed))
    created = workplace.opening(reviewed.record.as_of)
    content = {
        ".csv": lambda: csv_bytes(frame, BACKLOG_LIST),
        ".parquet": lambda: parquet_bytes(frame),
        ".xlsx": lambda: workbook_bytes([Sheet("积案清单", BACKLOG_LIST.columns, frame)], created),
    }[path.suffix]()
    write_atomically(path, content)
    return len(frame)


def life_of(jurisdiction: str, proposal_id: str) -> list[str]:
    """Return the life of a proposal's cases, line by line: listed, reviewed, inspected, asked to be closed, closed."""
    workplace = open_workplace(jurisdiction)
    reviewed = last_reviewed(workplace)
    mine = reviewed.register[reviewed.register["proposal_id"] == proposal_id]
    if mine.empty:
        raise ConfigurationError("积案", f"{proposal_id} 从未列为积案", "请用 backlog-case list --all 查看。")
    return [told for row in mine.to_dict("records") for told in _life(workplace, reviewed, row)]


def _life(workplace: Workplace, reviewed: Reviewed, row: dict[str, object]) -> list[str]:
    key = (str(row["proposal_id"]), int(str(row["occurrence"])))
    told = [f"积案{row['case_no']} {key[0]} 第{key[1]}次列入"]
    told += [f"  {_day(row['opened_on'])} 列入：{row['evidence']}"]
    for line in reviewed.lines:
        if line.key == key:
            told.append(f"  {reviewed.record.as_of} 核定：{STANDING_LABELS[line.standing]}；{line.evidence}")
    inspected = inspected_by(reviewed).get(key)
    told += [f"  联合督查：{inspected}"] if inspected else []
    for document in documents.listing(workplace.ledger, workplace.name, OPEN):
        if document.kind is DocumentKind.CLOSING and document.subject == f"积案{row['case_no']}销号":
            told.append(f"  销号审批表 {document.document_id}：{STATE_LABELS[document.state]}")
    if not pd.isna(row["closed_on"]):
        told.append(
            f"  {_day(row['closed_on'])} 销号：{row['proof']}（签批人{row['signed_by']}，{row['document_id']}）"
        )
    with workplace.ledger.connect() as connection:
        entries = audit.entries(connection, key[0])
    zone = workplace.jurisdiction.zone
    return told + [
        f"  {entry['at'].astimezone(zone):%Y-%m-%d %H:%M} {entry['actor']} {entry['act']}" for entry in entries
    ]


def _day(day: object) -> str:
    return str(day.date()) if isinstance(day, datetime) else str(day)


def fetch_dossier(jurisdiction: str, proposal_id: str, path: Path) -> str:
    """Write the dossier of the last review to ``path`` (.docx or .pdf), byte for byte as archived; return the review's id."""
    workplace = open_workplace(jurisdiction)
    last = last_reviewed(workplace).record
    kept = backlog_reviews.dossiers(workplace.ledger, last.review_id)
    mine = [files for (proposal, _), files in sorted(kept.items()) if proposal == proposal_id]
    ending = path.suffix.removeprefix(".")
    if not mine or ending not in mine[-1]:
        what = f"{last.review_id} 没有 {proposal_id} 的 {ending} 案卷"
        raise ConfigurationError("案卷", what, "请核对编号；没有中文字体时只有 .docx。")
    write_atomically(path, workplace.archive.get(mine[-1][ending]))
    return last.review_id
