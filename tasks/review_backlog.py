"""Review the backlog of an assessed day: keep it, write its dossiers and its report, show it to the office."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from prefect import get_run_logger, task
from prefect.artifacts import create_markdown_artifact
from prefect.cache_policies import NO_CACHE

from reports.backlog_lines import BACKLOG_LIST, CaseLine, backlog_list
from reports.backlog_overviews import backlog_overview, case_rows
from reports.backlog_reports import BacklogReport, backlog_report, charts
from reports.dossier_building import case_dossier
from reports.dossiers import Inspection, dossier
from reports.official import OfficialDocument
from reports.official_files import official_files
from reports.workbooks import Sheet, workbook_bytes
from tasks.adapters.archive import write_atomically
from tasks.adapters.backlog_files import load_backlog
from tasks.adapters.config_files import file_of
from tasks.adapters.ledger import backlog_reviews
from tasks.adapters.ledger.backlog_reviews import Found
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import load_assessed
from tasks.domain.backlog import Standing, backlog
from tasks.domain.backlog_figures import ageing, by_criterion, by_unit, by_year, flow_by_month
from tasks.domain.commitments import PROMISES
from tasks.domain.errors import ConfigurationError
from tasks.domain.inspections import INSPECTED, scheduled
from tasks.papers import fonts_of
from tasks.review import publish_table
from tasks.shelve import Reviewed, inspected_by, inspection_terms, reviewed_cases, words_of

DOSSIERS = "案卷"


@task(name="积案核定", task_run_name="积案核定 {assessment_id}", cache_policy=NO_CACHE)
def review_backlog(jurisdiction: str, assessment_id: str, now: datetime) -> str:
    """Store the review of an assessed day with the cases it opens; return its id. A day gone by opens nothing."""
    workplace = open_workplace(jurisdiction)
    path = file_of(workplace.jurisdiction, "backlog.yaml")
    if path is None:
        raise ConfigurationError(f"地区 {jurisdiction}", "没有 backlog.yaml", "请写明积案的认定情形后再核定积案。")
    criteria, assessed = load_backlog(path)[0], load_assessed(workplace, assessment_id)
    as_of = assessed.record.as_of
    found = Found(
        as_of, assessment_id, criteria.version, backlog(assessed.facts, assessed.obligations, criteria, as_of)
    )
    made = backlog_reviews.record_review(workplace.ledger, workplace.archive, jurisdiction, found, now)
    past = "（补看以往日期，不改变积案）" if made.is_past else ""
    get_run_logger().info("积案核定 %s%s：%s", made.review_id, past, dict(made.counts))
    return made.review_id


@task(name="积案案卷", task_run_name="案卷 {review_id}", cache_policy=NO_CACHE)
def write_dossiers(jurisdiction: str, review_id: str) -> int:
    """Write and archive the dossier of every case of the review, as .docx and PDF; return how many."""
    workplace = open_workplace(jurisdiction)
    reviewed = reviewed_cases(workplace, review_id)
    folder = folder_of(workplace, reviewed) / DOSSIERS
    kept = {line.key: _dossier(workplace, reviewed, line, folder) for line in reviewed.lines}
    backlog_reviews.keep_dossiers(workplace.ledger, review_id, kept)
    if fonts_of(workplace) is None:
        get_run_logger().warning("没有中文字体，案卷只有 .docx；安装字体后重新运行即可补出 PDF")
    return len(kept)


def _dossier(workplace: Workplace, reviewed: Reviewed, line: CaseLine, folder: Path) -> dict[str, str]:
    made = case_dossier(reviewed.shelf, *line.key, words_of(workplace), _proposed(workplace, reviewed, line))
    return keep_files(workplace, dossier(made), folder / file_stem(line))


def _proposed(workplace: Workplace, reviewed: Reviewed, line: CaseLine) -> Inspection | None:
    """Return the joint inspection that the dossier proposes; none for a case that needs none any more."""
    terms = inspection_terms(workplace)
    if terms is None or line.standing not in (Standing.NEW, Standing.STILL) or not line.units:
        return None
    days = scheduled(reviewed.record.as_of, terms, workplace.calendar())
    return Inspection(terms.leader, line.units, days.ends_on)


def keep_files(workplace: Workplace, document: OfficialDocument, path: Path) -> dict[str, str]:
    """Write the document beside ``path`` as .docx and, where there are fonts, PDF; return the archive's hashes by ending."""
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    made = official_files(document, fonts_of(workplace), templates)
    kept = {}
    for ending, content in (("docx", made.docx), ("pdf", made.pdf)):
        if content is not None:
            kept[ending] = workplace.archive.put(content)
            write_atomically(path.with_name(f"{path.name}.{ending}"), content)
    return kept


def file_stem(line: CaseLine) -> str:
    """Return what the files of a case are called: the number that it keeps, and its matter."""
    return f"积案{line.case_no} {line.name}".replace("/", "／")


def folder_of(workplace: Workplace, reviewed: Reviewed) -> Path:
    """Return the folder of a review's papers; one that looks back lies apart."""
    past = "（补看）" if reviewed.record.is_past else ""
    return workplace.settings.var / "backlog" / workplace.name / f"{reviewed.record.as_of}{past}"


@task(name="积案核定情况", task_run_name="积案情况 {review_id}", cache_policy=NO_CACHE)
def report_backlog(jurisdiction: str, review_id: str) -> dict[str, str | int]:
    """Write the report and the workbook, publish both as artifacts, and return the counts."""
    workplace = open_workplace(jurisdiction)
    reviewed = reviewed_cases(workplace, review_id)
    report, folder = _report(workplace, reviewed), folder_of(workplace, reviewed)
    stem = f"积案核定情况 {reviewed.record.as_of}"
    keep_files(workplace, backlog_report(report, fonts_of(workplace)), folder / stem)
    write_atomically(folder / f"积案台账 {reviewed.record.as_of}.xlsx", _workbook(workplace, reviewed))
    pictures = charts(report, fonts_of(workplace))
    told = backlog_overview(report, str(folder), reviewed.record.review_id, pictures)
    create_markdown_artifact(told, key=f"{jurisdiction}-backlog", description="积案核定情况")
    publish_table(f"{jurisdiction}-backlog-cases", "在办积案", case_rows(report.open, inspected_by(reviewed)))
    return {"cases": len(report.open), **_named_counts(reviewed.record.counts), "folder": str(folder)}


def _named_counts(counts: Mapping[str, int]) -> dict[str, str | int]:
    return {str(standing): counts.get(str(standing), 0) for standing in Standing}


def _report(workplace: Workplace, reviewed: Reviewed) -> BacklogReport:
    record, shelf = reviewed.record, reviewed.shelf
    earlier = [one for one in backlog_reviews.reviews(workplace.ledger, workplace.name) if one.as_of < record.as_of]
    stock = [(one.as_of, _open_count(one.counts)) for one in [*earlier, record]]
    return BacklogReport(
        issuer=workplace.jurisdiction.office.name,
        as_of=record.as_of,
        previous_on=earlier[-1].as_of if earlier else None,
        is_past=record.is_past,
        lines=reviewed.lines,
        by_criterion=by_criterion(shelf.reviewed),
        by_year=by_year(shelf.reviewed),
        by_unit=by_unit(shelf.reviewed, shelf.facts, record.as_of),
        ages=ageing(shelf.reviewed, record.as_of),
        months=flow_by_month(reviewed.register, record.as_of),
        stock=stock,
    )


def _open_count(counts: Mapping[str, int]) -> int:
    return sum(count for standing, count in counts.items() if standing != Standing.CLOSED)


def _workbook(workplace: Workplace, reviewed: Reviewed) -> bytes:
    """Return the cases, the promises and the inspections as one workbook."""
    cases = backlog_list(reviewed.shelf, reviewed.lines, inspected_by(reviewed))
    sheets = [Sheet("积案清单", BACKLOG_LIST.columns, cases)]
    if len(reviewed.shelf.promises):
        ordered = reviewed.shelf.promises.sort_values(["kept_on", "due_on"], na_position="first", kind="stable")
        sheets.append(Sheet("承诺台账", PROMISES.columns, ordered))
    if len(reviewed.inspected):
        sheets.append(Sheet("联合督查", INSPECTED.columns, reviewed.inspected))
    return workbook_bytes(sheets, workplace.opening(reviewed.record.as_of))
