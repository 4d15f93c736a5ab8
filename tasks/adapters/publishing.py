"""What a jurisdiction publishes, where its site lies, and which of its publications meet the units' duty to publish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tasks.adapters.disclosure_files import PublicationRules, load_disclosure
from tasks.adapters.ledger import publications
from tasks.adapters.site import SiteFolder
from tasks.adapters.workplace import Workplace

RULES = "disclosure.yaml"


def rules_of(workplace: Workplace) -> PublicationRules:
    """Return what the jurisdiction publishes; ``ConfigurationError`` if it has not said so."""
    return load_disclosure(workplace.jurisdiction.folder / RULES, workplace.jurisdiction.rules.duties)


def folder_of(workplace: Workplace) -> SiteFolder:
    """Return where the jurisdiction's site lies; web servers show its ``current``."""
    return SiteFolder(workplace.settings.var / "site" / workplace.name)


def counted(workplace: Workplace, known_at: Sequence[datetime | None]) -> list[int]:
    """Return for each time the number of the last publication known then that meets duties; 0 before the first.

    Always 0 where the office does not publish on the units' behalf (``disclosure.yaml``, ``site.on_behalf_of_units``).
    """
    if not (workplace.jurisdiction.folder / RULES).exists() or not rules_of(workplace).on_behalf_of_units:
        return [0] * len(known_at)
    met = publications.listing(workplace.ledger, workplace.name, only_meeting=True)
    return [max((each.number for each in met if at is None or each.shown_at <= at), default=0) for at in known_at]
