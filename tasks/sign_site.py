"""Sites on their way to a signature: put before those who sign, and shown when they have signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reports.site_sheets import SiteSheet, sheet_text
from tasks.adapters.ledger import assessments, documents, publications
from tasks.adapters.ledger.documents import Document, Heading
from tasks.adapters.publishing import folder_of
from tasks.adapters.site import SiteFolder, Version
from tasks.adapters.workplace import Workplace
from tasks.domain.documents import OPEN, DocumentKind, DocumentState
from tasks.domain.errors import DocumentError
from tasks.domain.notices import MailDraft
from tasks.papers import Part, Written, put_forward, show_draft
from tasks.publish import show_site
from tasks.record import Day

SUBJECT = "公开网站"
PROPOSALS, SUMMARY = "data/proposals.json", "summary.txt"


def put_before_signers(workplace: Workplace, name: str, day: Day) -> dict[str, str | int]:
    """Make a staged site the draft that waits for a signature, and return what to copy into the form.

    The draft before it goes. Only one that somebody has reviewed stays, and the new version goes instead: a nightly run does
    not pull away what is about to be signed. Unless it discloses what the new version takes back.
    """
    folder = folder_of(workplace)
    version, before = folder.record(name), _open_draft(workplace)
    if before is not None and _may_stay(folder, before, version):
        folder.discard(name)
        return show_draft(workplace, before) | {"awaiting_sign_off": before.made_from["version"]}
    heading = Heading(
        DocumentKind.SITE, SUBJECT, f"公开网站（数据截至{version.about.as_of}）", version.about.as_of, day.as_of
    )
    document, _ = put_forward(workplace, heading, lambda _: _sheet(folder, version), _made(workplace, version), day.now)
    if before is not None and before.made_from["version"] != name:
        folder.discard(before.made_from["version"])
    return show_draft(workplace, document) | {"awaiting_sign_off": name}


def _open_draft(workplace: Workplace) -> Document | None:
    waiting = documents.listing(workplace.ledger, workplace.name, OPEN)
    return next((each for each in waiting if each.kind is DocumentKind.SITE and each.version), None)


def _may_stay(folder: SiteFolder, reviewed: Document, newer: Version) -> bool:
    name = reviewed.made_from["version"]
    if reviewed.state is not DocumentState.REVIEWED or name not in folder.staged():
        return False
    return folder.record(name).holdings <= newer.holdings


def _made(workplace: Workplace, version: Version) -> Mapping[str, Any]:
    made = assessments.by_id(workplace.ledger, version.about.made_from)
    versions = ("assessment_id", "snapshot_id", "rule_version", "calendar_version", "code_version")
    return {name: getattr(made, name) for name in versions} | {"version": version.name}


def _sheet(folder: SiteFolder, version: Version) -> Written:
    """Return the sheet, and the hash of all files: the signature is bound to every byte of the site."""
    place, shown = folder.folder(version.name), folder.shown()
    now, before = _titles(folder, version), _titles(folder, shown) if shown else {}
    is_open, was_open = _open_pages(version), _open_pages(shown) if shown else frozenset()
    sheet = SiteSheet(
        version=version.name,
        cut_off=f"{version.about.cut_off:%Y-%m-%d %H:%M}",
        listed=len(now),
        added=[title for page, title in now.items() if page not in before],
        gone=[title for page, title in before.items() if page not in now],
        changed=[now[page] for page in now if page in before and (page in is_open) != (page in was_open)],
        warnings=version.about.warnings,
        folder=str(place / "index.html"),
        summary=(place / SUMMARY).read_text(encoding="utf-8-sig"),
    )
    text = Part("公开网站送审单.txt", sheet_text(sheet).encode())
    return Written({"text": text, "content": Part("网站校验.json", json.dumps({"digest": version.digest}).encode())})


def _titles(folder: SiteFolder, version: Version) -> dict[str, str]:
    listed = json.loads((folder.folder(version.name) / PROPOSALS).read_text(encoding="utf-8"))["proposals"]
    return {row["page"]: row["title"] for row in listed}


def _open_pages(version: Version) -> frozenset[str]:
    """Return the addresses of the proposals that are wholly open."""
    keys = (told.removeprefix("open:") for told in version.about.disclosed if told.startswith("open:"))
    return frozenset(f"proposals/{key[:2]}/{key[2:]}.html" for key in keys)


def show_signed(workplace: Workplace, document: Document, now: datetime) -> dict[str, MailDraft]:
    """Show the site that was signed; there is no mail. Done again it changes nothing.

    Raises ``DocumentError`` when the site is not the one that was signed, or is not there any more.
    """
    folder, name = folder_of(workplace), document.made_from["version"]
    if any(each.version == name for each in publications.listing(workplace.ledger, workplace.name)):
        return {}
    if fault := _unfit(workplace, folder, document):
        raise DocumentError(document.number, f"{fault}，没有公开", "请重新运行 publication，再审核、签发。")
    show_site(workplace, name, now.astimezone(workplace.jurisdiction.zone).date(), now)
    return {}


def _unfit(workplace: Workplace, folder: SiteFolder, document: Document) -> str:
    """Return why the signed version may not be shown; empty if it may."""
    name, shown = document.made_from["version"], folder.shown()
    if name not in {*folder.staged(), *folder.kept()}:
        return "所签发的网站版本已不在"
    if shown is not None and shown.name > name:
        return f"已有更新的版本 {shown.name} 上网"
    signed = json.loads(workplace.archive.get(document.contents["content"].content))["digest"]
    if folder.record(name).digest != signed or not folder.is_unchanged(name):
        return "网站文件与所签发的不一致"
    return ""
