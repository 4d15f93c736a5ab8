"""The ranking and the circular of 500 units and 10,000 proposals: time and peak memory of each part.

python -m benchmarks.circular [--scale small|full]
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from benchmarks import synthetic
from benchmarks.measuring import ROOT, apart, line, scale, terms, timed
from reports.circular_building import Evidence, Publisher, circular_content
from reports.circular_facts import DayFrames
from reports.circular_workbooks import circular_ledger, ranking_workbook
from reports.circulars import circular
from reports.fonts import find_fonts
from reports.official_docx import docx_bytes
from reports.official_pdf import pdf_bytes
from tasks.adapters.ranking_files import load_ranking
from tasks.domain.cases import cases
from tasks.domain.commendation import commended
from tasks.domain.escalation_record import EXPLANATIONS, framed
from tasks.domain.frames import BACKLOG
from tasks.domain.obligations import obligations
from tasks.domain.ranking import ranking
from tasks.domain.ranking_measures import counted_items, excused_items
from tasks.domain.ranking_scheme import Sessions

SIZES = {"quick": (20, 200), "small": (120, 2_000), "full": (500, 10_000)}


def measured(units: int, proposals: int) -> dict:
    """Return the seconds of each part, and how long the documents came out."""
    synthetic.UNITS = units
    rules, calendar = terms()
    known, as_of, fonts = synthetic.facts(proposals), synthetic.TODAY, find_fonts()
    schemes = load_ranking(ROOT / "config" / "jurisdictions" / "demo" / "ranking.yaml", rules.duties)
    scheme = replace(schemes.scheme(None, as_of), sessions=Sessions.ALL)
    owed = obligations(known, rules, calendar, as_of)
    seconds = {}
    seconds["ranking"], ranked = timed(lambda: ranking(known, owed, scheme, calendar, as_of))
    frames = DayFrames(
        known, owed, cases(known, owed, as_of), BACKLOG.empty(), framed([], EXPLANATIONS),
        counted_items(known, owed, scheme, as_of), ranked, None, commended(ranked, scheme), scheme, as_of,
    )  # fmt: skip
    publisher = Publisher("督查室", "市", {"department": "市政府部门"}, schemes.circular)
    evidence = Evidence("0" * 64, rules.version, calendar.version, excused_items(known, owed, scheme, as_of))
    seconds["content and charts"], content = timed(
        lambda: circular_content(frames, publisher, evidence, 1, as_of, calendar, fonts)
    )
    document = circular(content)
    seconds["docx"], docx = timed(lambda: docx_bytes(document))
    seconds["PDF"], pdf = timed(lambda: pdf_bytes(document, fonts))
    created = datetime(2026, 7, 15, tzinfo=UTC)
    seconds["ledger xlsx"], xlsx = timed(lambda: circular_ledger(frames, created))
    groups = {"department": "市政府部门"}
    seconds["ranking xlsx"], _ = timed(lambda: ranking_workbook(frames, groups, rules.labels, created))
    sizes = {"docx": len(docx), "PDF": len(pdf), "xlsx": len(xlsx)}
    return {"seconds": seconds, "sizes": sizes, "overdue": len(content.overdue), "obligations": len(owed)}


def main() -> None:
    """Print one line a part."""
    units, proposals = SIZES[scale()]
    found = apart(measured, units, proposals)
    rows = f"{units} units, {proposals:,} proposals, {found['obligations']:,} obligations, {found['overdue']} overdue listed"
    for part, seconds in found["seconds"].items():
        line(f"circular: {part}", f"{seconds:.2f} s", rows)
    sizes = ", ".join(f"{name} {size / 1e6:.2f} MB" for name, size in found["sizes"].items())
    line("circular: all", f"{sum(found['seconds'].values()):.2f} s", f"peak {found['peak_gb']:.2f} GB; {sizes}")


if __name__ == "__main__":
    main()
