"""Make the public site of a day, check it, and show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.portal_checks import site_faults
from reports.publications import Edition, site, withdrawn_pages
from tasks.adapters.attachments import read_attachments
from tasks.adapters.disclosure_files import PublicationRules
from tasks.adapters.ledger import publications
from tasks.adapters.ledger.publications import Publication
from tasks.adapters.publishing import folder_of, rules_of
from tasks.adapters.site import About, Version
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import Assessed, load_assessed
from tasks.domain.cases import cases
from tasks.domain.disclosure import attachment_names
from tasks.domain.errors import DocumentError
from tasks.domain.public_frames import PublicRecord
from tasks.domain.public_record import disclosed, public_record
from tasks.domain.publication_duty import duties_met

MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Site:
    """A checked version that nobody sees yet, and what it shows."""

    version: Version
    record: PublicRecord


@task(name="生成公开网站", task_run_name="生成网站 {assessment_id}", cache_policy=NO_CACHE)
def build(jurisdiction: str, assessment_id: str, cut_off: datetime, made_at: datetime) -> str:
    """Write and check the site of an assessed day and return its version's name; nobody sees it yet."""
    workplace = open_workplace(jurisdiction)
    made = build_site(workplace, load_assessed(workplace, assessment_id), cut_off, made_at)
    for warning in made.version.about.warnings:
        get_run_logger().warning("%s", warning)
    return made.version.name


def build_site(workplace: Workplace, day: Assessed, cut_off: datetime, made_at: datetime) -> Site:
    """Write the site of an assessed day where nobody sees it, and check it.

    Raises ``DocumentError`` with the faults, and leaves nothing, if a link is broken or numbers contradict each other.
    """
    rules, folder = rules_of(workplace), folder_of(workplace)
    as_of, known_at = day.record.as_of, day.record.known_at
    standing = cases(day.facts, day.obligations, as_of, known_at)
    record = public_record(day.facts, day.obligations, standing, rules.policy, as_of, known_at)
    edition = edition_of(workplace, rules, day, cut_off)
    last = folder.shown()
    withdrawn = withdrawn_pages(record, last.paths if last else (), last.about.withdrawn if last else {})
    attachments, missing = _attachments(rules, record)
    warnings = (
        *(f"{page}：{reason}" for page, reason in zip(record.held["page"], record.held["reason"], strict=True)),
        *(f"附件未公开：找不到 {name}" for name in missing),
    )
    told = disclosed(record, rules.policy)
    about = About(as_of, cut_off, day.record.assessment_id, told, withdrawn, warnings)
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    version = folder.stage(site(record, edition, attachments, withdrawn, templates), about, made_at)
    faults = site_faults(
        folder.read(version.name), edition.cut_off_text, [link for _, link in rules.footer if link], edition.base
    )
    if faults:
        folder.discard(version.name)
        listed = "\n".join(faults[:MOST_FAULTS])
        raise DocumentError(
            f"公开网站 {workplace.name}",
            f"{len(faults)} 处链接或数字有误，没有公开\n{listed}",
            "现有网站保持原样。请检查本地区 templates/portal 中改过的模板。",
        )
    return Site(version, record)


def _attachments(rules: PublicationRules, record: PublicRecord) -> tuple[dict[str, bytes], list[str]]:
    named = {name for names in record.replies["attachments"].dropna() for name in attachment_names(names)}
    return read_attachments(rules.attachments, named) if rules.attachments else ({}, [])


def edition_of(workplace: Workplace, rules: PublicationRules, day: Assessed, cut_off: datetime) -> Edition:
    """Return what the site says about itself."""
    jurisdiction = workplace.jurisdiction
    return Edition(
        place=jurisdiction.title,
        office=jurisdiction.office.name,
        phone=jurisdiction.office.phone,
        as_of=day.record.as_of,
        cut_off=cut_off.astimezone(jurisdiction.zone),
        address=rules.address,
        group_labels=jurisdiction.groups,
        duty_labels=jurisdiction.rules.labels,
        outcome_labels=jurisdiction.outcome_labels,
        footer=rules.footer,
    )


def show_site(workplace: Workplace, version: str, shown_on: date, shown_at: datetime) -> Publication:
    """Show a version that was built, keep the last ones, and record it with the duties to publish that it meets.

    Shown first and recorded after it: a process that dies in between has met nothing that nobody sees, and the next site
    meets it.
    """
    rules, folder = rules_of(workplace), folder_of(workplace)
    folder.show(version, rules.keep_versions)
    day = load_assessed(workplace, folder.record(version).about.made_from)
    met = duties_met(day.facts, day.obligations, rules.policy, day.record.as_of)
    met = met if rules.on_behalf_of_units else met.iloc[:0]
    return publications.record(workplace.ledger, workplace.name, version, shown_on, shown_at, met)
