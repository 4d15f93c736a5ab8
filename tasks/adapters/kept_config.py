"""The configuration that a document was written with, kept beside it: words, criteria and calendar as they then were."""

from __future__ import annotations

import io
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tasks.adapters.config_files import CALENDARS, COMMON_RULES, load_jurisdiction
from tasks.adapters.workplace import Workplace

# What a document's words and numbers depend on; the source's SQL, addresses and contacts are no part of it.
FILES = (
    "jurisdiction.yaml",
    "ranking.yaml",
    "backlog.yaml",
    "disclosure.yaml",
    "escalation.yaml",
    "key_proposals.yaml",
    "summary.yaml",
)
FOLDERS = ("rules", "templates")
WRITTEN_AT = (1980, 1, 1, 0, 0, 0)


def packed(workplace: Workplace) -> bytes:
    """Return the configuration as a zip; the same files give the same bytes."""
    folder = workplace.jurisdiction.folder
    own = [folder / name for name in FILES] + [path for name in FOLDERS for path in (folder / name).rglob("*")]
    entries = {f"jurisdictions/{workplace.name}/{path.relative_to(folder).as_posix()}": path for path in own}
    entries |= {f"rules/{path.name}": path for path in COMMON_RULES.glob("*.yaml")}
    entries |= {f"calendar/{path.name}": path for path in workplace.calendars.glob("*.yaml")}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as file:
        for name, path in sorted(entries.items()):
            if path.is_file():
                entry = zipfile.ZipInfo(name, WRITTEN_AT)
                entry.compress_type = zipfile.ZIP_DEFLATED
                file.writestr(entry, path.read_bytes())
    return target.getvalue()


@contextmanager
def as_configured(workplace: Workplace, content: bytes) -> Iterator[Workplace]:
    """Yield the workplace with the configuration that ``packed`` returned: the same ledger and archive, the old words."""
    with tempfile.TemporaryDirectory(prefix="duban-") as folder:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            file.extractall(folder)
        root = Path(folder)
        jurisdiction = load_jurisdiction(workplace.name, [root / "jurisdictions"], root / COMMON_RULES.name)
        yield Workplace(workplace.settings, jurisdiction, root / CALENDARS.name)
