"""Everything one jurisdiction's run works with: its configuration, its source, the ledger and the archive."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, cached_property
from pathlib import Path

from tasks.adapters.archive import Archive
from tasks.adapters.calendars import load_calendar
from tasks.adapters.config_files import CALENDARS, Jurisdiction, load_jurisdiction
from tasks.adapters.ledger.engine import Ledger, open_ledger
from tasks.adapters.samples import build_sample
from tasks.adapters.settings import ROOT, Settings, settings
from tasks.adapters.source import SourceConfig
from tasks.adapters.yaml_files import load_yaml
from tasks.domain.workdays import WorkdayCalendar

VERSION = "0.1.0"


@dataclass(frozen=True)
class Workplace:
    """One jurisdiction at work."""

    settings: Settings
    jurisdiction: Jurisdiction
    calendars: Path = CALENDARS

    @property
    def name(self) -> str:
        """The jurisdiction's short name."""
        return self.jurisdiction.name

    @property
    def is_rehearsal(self) -> bool:
        """Whether mail goes to the office itself instead of the units; what leaves then says so."""
        return bool(self.settings.mail_redirect)

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger, with the newest schema."""
        return open_ledger(self.settings.ledger())

    @property
    def archive(self) -> Archive:
        """The archive of documents and assessments."""
        return Archive(self.settings.var / "archive")

    @property
    def rule_books(self) -> Path:
        """The folder of the rule books that were ever in use."""
        return self.settings.var / "rules"

    @property
    def kept_rows(self) -> Path:
        """The folder of the rows that the last read left for the next one."""
        return self.settings.var / "reads" / self.name

    @cached_property
    def source_config(self) -> SourceConfig:
        """``source.yaml``, checked."""
        return load_yaml(self.jurisdiction.folder / "source.yaml", SourceConfig)

    def source_url(self) -> str:
        """Return the source's URL; a sample that does not exist yet is built."""
        config = self.source_config
        url = self.settings.source(self.name, config.url)
        if config.sample and url == self.settings.source("", config.url):
            path = Path(url.removeprefix("sqlite:///"))
            if not path.exists():
                build_sample(config.sample, path)
        return url

    def calendar(self, known_on: date | None = None) -> WorkdayCalendar:
        """Return the workday calendar as known at the end of ``known_on`` (None: all that is known)."""
        return load_calendar(self.calendars, known_on)

    def opening(self, day: date) -> datetime:
        """Return when office hours open on ``day``."""
        return datetime.combine(day, self.jurisdiction.office_hours[0], self.jurisdiction.zone)


def open_workplace(name: str) -> Workplace:
    """Return the workplace of that jurisdiction; ``ConfigurationError`` with all faults of a file that has any."""
    chosen = settings()
    jurisdiction = load_jurisdiction(name, chosen.jurisdiction_folders())
    if jurisdiction.rehearsal_to:
        chosen = chosen.rehearsing(name, jurisdiction.rehearsal_to)
    return Workplace(chosen, jurisdiction)


@cache
def code_version() -> str:
    """Return the version of the code that decides: the release and a hash of ``tasks/domain``."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "tasks" / "domain").glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes().replace(b"\r\n", b"\n"))
    return f"{VERSION}+{digest.hexdigest()[:8]}"
