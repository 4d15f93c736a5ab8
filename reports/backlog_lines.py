"""A backlog case as lists name it: its number, matter, units, criteria and evidence, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from reports.dossier_words import case_number, matter_of
from tasks.domain.backlog import STANDING_LABELS, Standing
from tasks.domain.backlog_criteria import CRITERION_LABELS, Criterion
from tasks.domain.backlog_figures import responsible_units
from tasks.domain.dossiers import Shelf
from tasks.domain.frames import Column, FrameSpec

UNTITLED = "（题目不列）"
BACKLOG_LIST = FrameSpec(
    "backlog_list",
    "积案清单",
    ("case_no", "proposal_id"),
    (
        Column("case_no", "text", "积案编号"),
        Column("proposal_id", "text", "编号", required=True),
        Column("occurrence", "integer", "第几次列入", required=True),
        Column("name", "text", "建议提案", required=True),
        Column("title", "text", "题目", required=True),
        Column("units", "text", "责任单位"),
        Column("standing", "text", "状态", required=True),
        Column("met_now", "text", "现符合的情形"),
        Column("criteria", "text", "曾符合的情形", required=True),
        Column("since", "date", "起始日期", required=True),
        Column("opened_on", "date", "列入日期", required=True),
        Column("evidence", "text", "依据", required=True),
        Column("inspection", "text", "联合督查"),
        Column("closed_on", "date", "销号日期"),
        Column("proof", "text", "销号依据"),
        Column("signed_by", "text", "签批人"),
    ),
)


@dataclass(frozen=True, slots=True)
class CaseLine:
    """One case of a review; ``unit_ids`` and ``units`` are those who answer for it, ``criteria`` what it meets or met."""

    key: tuple[str, int]
    case_no: str
    name: str
    title: str | None
    unit_ids: tuple[str, ...]
    units: tuple[str, ...]
    standing: Standing
    criteria: tuple[Criterion, ...]
    is_met: bool
    since: date
    opened_on: date
    evidence: str
    closed_on: date | None
    proof: str
    signed_by: str

    @property
    def labels(self) -> tuple[str, ...]:
        """The criteria in words."""
        return tuple(CRITERION_LABELS[criterion] for criterion in self.criteria)

    @property
    def shown_title(self) -> str:
        """The title, or that it is not listed."""
        return self.title or UNTITLED


def case_lines(shelf: Shelf) -> tuple[CaseLine, ...]:
    """Return every case of the review, the oldest first."""
    answering = responsible_units(shelf.reviewed, shelf.facts, shelf.as_of)
    units = answering.groupby("proposal_id", sort=False)["unit_id"].agg(lambda ids: tuple(sorted(set(ids)))).to_dict()
    rows = shelf.reviewed.sort_values(["since", "proposal_id", "occurrence"], kind="stable")
    return tuple(_line(shelf, row, units) for _, row in rows.iterrows())


def _line(shelf: Shelf, row: pd.Series, units: Mapping[str, tuple[str, ...]]) -> CaseLine:
    matter = matter_of(shelf, row["proposal_id"])
    ids = units.get(row["proposal_id"], ())
    met = None if pd.isna(row["met_now"]) else str(row["met_now"])
    is_closed = not pd.isna(row["closed_on"])
    return CaseLine(
        key=(str(row["proposal_id"]), int(row["occurrence"])),
        case_no=case_number(row),
        name=matter.name,
        title=matter.title,
        unit_ids=ids,
        units=tuple(shelf.unit_name.get(unit, unit) for unit in ids),
        standing=Standing(str(row["standing"])),
        criteria=tuple(Criterion(name) for name in (met or str(row["criteria"])).split(";")),
        is_met=met is not None,
        since=row["since"].date(),
        opened_on=row["opened_on"].date(),
        evidence=str(row["evidence"]),
        closed_on=row["closed_on"].date() if is_closed else None,
        proof=str(row["proof"]) if is_closed else "",
        signed_by=str(row["signed_by"]) if is_closed else "",
    )


def backlog_list(shelf: Shelf, lines: Sequence[CaseLine], inspected: Mapping[tuple[str, int], str]) -> pd.DataFrame:
    """Return the cases as people read them in a workbook (``BACKLOG_LIST``); ``inspected`` says by which inspection."""
    ever = shelf.reviewed.set_index(["proposal_id", "occurrence"])["criteria"]
    rows = [
        {
            "case_no": line.case_no,
            "proposal_id": line.key[0],
            "occurrence": line.key[1],
            "name": line.name,
            "title": line.shown_title,
            "units": "、".join(line.units),
            "standing": STANDING_LABELS[line.standing],
            "met_now": "、".join(line.labels) if line.is_met else None,
            "criteria": "、".join(CRITERION_LABELS[Criterion(name)] for name in ever[line.key].split(";")),
            "since": pd.Timestamp(line.since),
            "opened_on": pd.Timestamp(line.opened_on),
            "evidence": line.evidence,
            "inspection": inspected.get(line.key),
            "closed_on": pd.Timestamp(line.closed_on) if line.closed_on else pd.NaT,
            "proof": line.proof or None,
            "signed_by": line.signed_by or None,
        }
        for line in lines
    ]
    return BACKLOG_LIST.typed(pd.DataFrame(rows, columns=BACKLOG_LIST.names))
