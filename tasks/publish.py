"""Make the public site of a day, check it, and show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from reports.portal_checks import site_faults
from reports.publications import Edition, site, withdrawn_pages
from tasks.adapters.attachments import read_attachments
from tasks.adapters.disclosure_files import PublicationRules, load_disclosure
from tasks.adapters.site import SiteFolder, Version
from tasks.adapters.workplace import Workplace, open_workplace
from tasks.assess import Assessed, load_assessed
from tasks.domain.cases import cases
from tasks.domain.disclosure import attachment_names
from tasks.domain.errors import DocumentError
from tasks.domain.public_frames import PublicRecord
from tasks.domain.public_record import public_record
from tasks.domain.publication_duty import published_events

MOST_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Site:
    """A checked version that nobody sees yet: what it shows, and attachments that its replies name but nobody has."""

    version: Version
    record: PublicRecord
    missing: list[str]


@task(name="生成公开网站", task_run_name="生成网站 {assessment_id}", cache_policy=NO_CACHE)
def build(jurisdiction: str, assessment_id: str, cut_off: datetime, made_at: datetime) -> str:
    """Write and check the site of an assessed day and return its version's name; nobody sees it yet."""
    workplace = open_workplace(jurisdiction)
    made = build_site(workplace, load_assessed(workplace, assessment_id), cut_off, made_at)
    for page in made.record.held["page"]:
        get_run_logger().warning("答复未公开:%s 引用了不公开件的标题或编号", page)
    for name in made.missing:
        get_run_logger().warning("附件未公开:找不到 %s", name)
    return made.version.name


@task(name="公开网站", task_run_name="公开 {version}", cache_policy=NO_CACHE)
def show(jurisdiction: str, version: str) -> dict[str, str]:
    """Show that version; where the jurisdiction asks for sign-off it stays unseen and waits."""
    workplace = open_workplace(jurisdiction)
    if rules_of(workplace).needs_sign_off:
        get_run_logger().info("网站 %s 待签发", version)
        return {"awaiting_sign_off": version}
    show_site(workplace, version)
    return {"shown": version}


def rules_of(workplace: Workplace) -> PublicationRules:
    """Return what the jurisdiction publishes; ``ConfigurationError`` if it has not said so."""
    return load_disclosure(workplace.jurisdiction.folder / "disclosure.yaml", workplace.jurisdiction.rules.duties)


def folder_of(workplace: Workplace) -> SiteFolder:
    """Return where the jurisdiction's site lies; web servers show its ``current``."""
    return SiteFolder(workplace.settings.var / "site" / workplace.name)


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
    withdrawn = withdrawn_pages(record, last.paths if last else (), last.withdrawn if last else {})
    attachments, missing = _attachments(rules, record)
    templates = workplace.jurisdiction.templates if workplace.jurisdiction.templates.is_dir() else None
    version = folder.stage(site(record, edition, attachments, withdrawn, templates), as_of, cut_off, made_at, withdrawn)
    faults = site_faults(folder.read(version.name), edition.cut_off_text)
    if faults:
        folder.discard(version.name)
        told = "\n".join(faults[:MOST_FAULTS])
        raise DocumentError(
            f"公开网站 {workplace.name}",
            f"{len(faults)} 处链接或数字有误,没有公开\n{told}",
            "现有网站保持原样。请检查本地区 templates/portal 中改过的模板。",
        )
    return Site(version, record, missing)


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
    )


def show_site(workplace: Workplace, version: str) -> Version:
    """Show a version that was built, and keep the last ones: none that holds a page withdrawn since."""
    folder = folder_of(workplace)
    folder.show(version, rules_of(workplace).keep_versions)
    shown = folder.shown()
    assert shown is not None, "it was shown just now"
    return shown


def publication_events(workplace: Workplace, day: Assessed, recorded_at: datetime) -> pd.DataFrame:
    """Return the events by which showing this day's site meets the units' duty to publish; none where they publish themselves.

    Nothing is stored: whoever keeps them adds them to the facts of later days.
    """
    rules = rules_of(workplace)
    events = published_events(day.facts, day.obligations, rules.policy, day.record.as_of, recorded_at)
    return events if rules.on_behalf_of_units else events.iloc[:0]
